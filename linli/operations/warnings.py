"""What must be said loudly: at the start, in `linli check`, and in a banner over the desk."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.ground import clock, keyring
from linli.org import tree

if TYPE_CHECKING:
    from linli.access.actor import Actor

LAST_BACKUP = "last-backup.json"
_TOLD = frozenset(("administrator", "head", "chief"))
_NO_COPY = _(
    "There is no copy of the keyring. If this disk fails, all names and phones are lost. "
    "Make a backup: linli backup --to another disk"
)
_NO_COPY_ASK = _(
    "There is no copy of the keyring. If this disk fails, all names and phones are lost. "
    "Ask the administrator for a backup."
)
_BEHIND = _("The keyring has keys that no backup holds yet. Make a backup: linli backup")
_BEHIND_ASK = _(
    "The keyring has keys that no backup holds yet. Ask the administrator for a backup."
)


def warnings_for(actor: Actor) -> list[Promise]:
    """The warnings this actor can do something about: administrators and heads; others see none."""
    if "administrator" in actor.roles:
        return warnings()
    return [*_of_keyring(commands=False), *_of_calendar()] if _TOLD & actor.roles else []


def warnings() -> list[Promise]:
    """All loud warnings of this installation, the gravest first."""
    return [*_of_keyring(), *_of_calendar()]


def _of_keyring(*, commands: bool = True) -> list[Promise]:
    """With the command that helps, or with whom to ask for it."""
    home = Path(settings.HOME)
    try:
        ring = keyring.load(home)
    except keyring.KeyringMissing:
        return [
            _("The keyring is missing: no name or phone can be read. Restore it from a backup.")
        ]
    except keyring.KeyringUnreadable:
        return [
            _("The keyring is damaged: no name or phone can be read. Restore it from a backup.")
        ]
    if ring.copied_at is None:
        return [_NO_COPY if commands else _NO_COPY_ASK]
    if not set(ring.key_ids) <= copied_keys(home):
        return [_BEHIND if commands else _BEHIND_ASK]
    return []


def _of_calendar() -> list[Promise]:
    if tree.year_known(clock.today().year):
        return []
    return [_("The working days of this year are not known: deadlines are estimates.")]


def copied_keys(home: Path) -> frozenset[str]:
    """The ids of the wrapping keys that the last backup holds."""
    try:
        return frozenset(json.loads((home / LAST_BACKUP).read_text())["keys"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return frozenset()


def note_copied(home: Path, key_ids: Iterable[str]) -> None:
    """Remember which keys a verified backup outside this home holds, and mark the keyring copied."""
    path = home / LAST_BACKUP
    path.write_text(json.dumps({"at": clock.now().isoformat(), "keys": sorted(key_ids)}))
    path.chmod(0o600)
    keyring.load(home).mark_copied()
