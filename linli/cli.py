"""The `linli` command: everything for those who install and run Linli.

Each room brings its commands by `add_commands(subparsers)`; a command sets `func`, which takes the
parsed arguments and returns the exit code: 0 done, 1 done with refused rows or findings, 2 could not.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from linli.ground.exits import COULD_NOT, DONE

INTERRUPTED = 130

# Where commands come from, in the order `linli --help` shows them.
COMMANDS = (
    "linli.operations.commands",
    "linli.operations.retention_commands",
    "linli.org.commands",
    "linli.access.commands",
    "linli.ledger.exchange.runs.commands",
    "linli.demo.commands",
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; gives its exit code. What can be expected to go wrong is said in one line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.settings")
    try:
        import django

        django.setup()
    except (
        ValueError,
        OSError,
    ) as wrong:  # an unreadable LINLI_DATABASE_URL, a home we may not use
        print(f"linli: {wrong}", file=sys.stderr)
        return COULD_NOT
    from django.utils import translation

    translation.activate(language(os.environ))
    args = parser().parse_args(argv)
    return run(args)


def language(environment: Any) -> str:
    """The language of the terminal: Chinese where its locale says so, else English."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if chosen := environment.get(name):
            return "zh-hans" if chosen.lower().startswith("zh") else "en"
    return "en"


def parser() -> argparse.ArgumentParser:
    """The whole command line, with the commands of all rooms that exist."""
    from django.utils.translation import gettext as _

    whole = argparse.ArgumentParser(
        prog="linli",
        description=_("Linli, the work platform of the community police room."),
        epilog=_("Exit codes: 0 done, 1 done with refused rows or findings, 2 could not."),
    )
    subparsers = whole.add_subparsers(required=True, metavar="COMMAND")
    for name in COMMANDS:
        if _exists(name):
            import_module(name).add_commands(subparsers)
    return whole


def _exists(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def run(args: argparse.Namespace) -> int:
    """Call a command's function and turn what may be expected to go wrong into one clear line."""
    from linli.operations.troubles import explained

    try:
        return int(args.func(args))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # `linli ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as trouble:
        lines = explained(trouble)
        if lines is None:
            raise
        for line in lines:
            print(line, file=sys.stderr)
        return COULD_NOT


if __name__ == "__main__":
    sys.exit(main())
