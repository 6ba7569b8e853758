"""What can be expected to go wrong on a command line, each in words that say what to do."""

from __future__ import annotations

import errno

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db import OperationalError, ProgrammingError
from django.utils.translation import gettext as _

from linli.ground import keyring
from linli.ledger.declaration.registry import UnknownLedger


class CouldNotError(Exception):
    """A command cannot do what was asked; the message says why and what to do about it."""


def explained(trouble: Exception) -> list[str] | None:
    """The lines to print for an expected trouble; None for a mistake of ours (show the traceback)."""
    if isinstance(trouble, CouldNotError):
        return [str(trouble)]
    if isinstance(trouble, ValidationError):
        return list(trouble.messages)
    if isinstance(trouble, PermissionDenied):
        return [str(trouble) or _("This is not allowed.")]
    if isinstance(trouble, UnknownLedger):
        return [_("There is no ledger %(code)s; see: linli ledgers list") % {"code": trouble}]
    if isinstance(trouble, ObjectDoesNotExist):
        return [str(trouble)]
    return _of_the_machine(trouble)


def _of_the_machine(trouble: Exception) -> list[str] | None:
    if isinstance(trouble, keyring.KeyringMissing):
        return [
            _("The keyring is missing: %(path)s. Restore it from a backup.") % {"path": trouble}
        ]
    if isinstance(trouble, keyring.KeyringUnreadable):
        return [_("The keyring cannot be read: %(what)s") % {"what": trouble}]
    if isinstance(trouble, ProgrammingError) and "does not exist" in str(trouble):
        return [_("The database is not prepared. Run: linli migrate")]
    if isinstance(trouble, OperationalError):
        if any(words in str(trouble) for words in _NOT_PREPARED):
            return [_("The database is not prepared. Run: linli migrate")]
        reason = str(trouble).strip().splitlines()[0]
        return [_("The database cannot be used: %(reason)s") % {"reason": reason}]
    if isinstance(trouble, OSError) and trouble.errno in _SYSTEM:
        path = trouble.filename or ""
        return [f"{_SYSTEM[trouble.errno]()} {path}".strip()]
    return None


_NOT_PREPARED = ("no such table", "no such column", "unable to open database file")
_SYSTEM = {
    errno.ENOSPC: lambda: _("The disk is full. Make room and try again."),
    errno.EDQUOT: lambda: _("The disk is full. Make room and try again."),
    errno.EACCES: lambda: _("This may not be read or written by this user:"),
    errno.EPERM: lambda: _("This may not be read or written by this user:"),
    errno.EROFS: lambda: _("This may not be read or written by this user:"),
    errno.ENOENT: lambda: _("There is no such file:"),
    errno.EISDIR: lambda: _("This is a folder, a file is needed:"),
    errno.ENOTDIR: lambda: _("This is a file, a folder is needed:"),
}
