"""The exit codes of every command: done, done with refused rows or findings, could not."""

from __future__ import annotations

from typing import Final

DONE: Final = 0
PARTLY: Final = 1
COULD_NOT: Final = 2
