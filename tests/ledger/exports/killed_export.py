"""Run as a program by test_killed: begins an export and is killed in the middle of it."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any
from uuid import UUID


def main() -> None:
    import django

    django.setup()
    from linli.ledger.exports import running, tables

    write = tables.write

    def killed(out: Any, **how: Any) -> int:
        (how["beside"] / "sheet").write_text("in the clear")
        write(out, **how)
        out.write(bytes(300_000))
        os.kill(os.getpid(), signal.SIGKILL)
        return 0

    tables.write = killed  # type: ignore[assignment]
    running.carry_on(UUID(sys.argv[1]))


if __name__ == "__main__":
    main()
