"""The secret a backup is encrypted with: a passphrase that a person knows, or a key in a file."""

from __future__ import annotations

import base64
import getpass
import hashlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from django.utils.translation import gettext as _

from linli.operations.troubles import CouldNotError

SHORTEST: Final = 12  # characters of a passphrase
_MARK: Final = "linli-backup-key-1:"
# 64 MiB and a quarter of a second: dear to guess, cheap once a night.
SCRYPT: Final = {"n": 2**16, "r": 8, "p": 1}
_MOST_MEMORY: Final = 1 << 30


@dataclass(frozen=True)
class Secret:
    """What was given; `kind` says how it becomes a key."""

    kind: Literal["passphrase", "key"]
    raw: bytes

    def stretched(self, salt: bytes, cost: dict[str, int] | None = None) -> bytes:
        """32 bytes; for a passphrase by scrypt, which makes guessing dear."""
        if self.kind == "key":
            return self.raw
        cost = cost or SCRYPT
        memory = 128 * cost["n"] * cost["r"] * 2
        if memory > _MOST_MEMORY:
            raise CouldNotError(_("The backup asks for more memory than this program gives it."))
        return hashlib.scrypt(self.raw, salt=salt, dklen=32, maxmem=memory, **cost)


def ask(passphrase_file: Path | None, key_file: Path | None, *, new: bool) -> Secret:
    """The secret from where the command line says, else by asking (twice when it is `new`).

    Raises CouldNotError where there is none, or a new passphrase is too short.
    """
    if key_file is not None:
        return _from_key_file(key_file)
    if passphrase_file is not None:
        lines = passphrase_file.read_text("utf-8").splitlines()
        text = lines[0].strip() if lines else ""
    elif sys.stdin.isatty():
        text = getpass.getpass(_("Passphrase of the backup: "))
        if new and text != getpass.getpass(_("The same again: ")):
            raise CouldNotError(_("The two are not the same."))
    else:
        raise CouldNotError(_("There is nobody to ask: give --passphrase-file or --key-file."))
    return passphrase(text, new=new)


def passphrase(text: str, *, new: bool = False) -> Secret:
    """A passphrase as a secret; a new one must not be short."""
    if new and len(text) < SHORTEST:
        raise CouldNotError(
            _("The passphrase is too short: %(n)d characters at least.") % {"n": SHORTEST}
        )
    return Secret("passphrase", text.encode())


def _from_key_file(path: Path) -> Secret:
    text = path.read_text("ascii", errors="replace").strip()
    try:
        raw = base64.b64decode(text.removeprefix(_MARK), validate=True)
    except ValueError:
        raw = b""
    if not text.startswith(_MARK) or len(raw) != 32:
        raise CouldNotError(_("%(path)s is no key made by linli backup.") % {"path": path})
    return Secret("key", raw)


def new_key_file(path: Path) -> None:
    """Make a key file (32 random bytes), readable by its owner only; never over an existing one."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise CouldNotError(_("%(path)s exists already.") % {"path": path}) from None
    with os.fdopen(handle, "w") as file:
        file.write(_MARK + base64.b64encode(os.urandom(32)).decode() + "\n")
