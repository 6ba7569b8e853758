"""Where a community's own ledger may be used, and by whom: the table of roles, narrowed.

The engine (a floor above) knows the ledgers that are designed; it tells by `ask`. A ledger without
a scope is a built-in one: there the table of roles alone decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

_NONE: Final[frozenset[UUID]] = frozenset()
# Permissions that are about no ledger's contents: the scope of a ledger does not narrow them.
UNSCOPED: Final[frozenset[str]] = frozenset({"figures", "audit", "administer", "design"})


@dataclass(frozen=True, slots=True)
class Scope:
    """The rooms of the unit that owns a ledger, and the roles that may see it."""

    roles: frozenset[str]
    rooms: frozenset[UUID] = _NONE
    districts: frozenset[UUID] = _NONE
    whole: frozenset[UUID] = _NONE


def _no_scope(code: str) -> Scope | None:
    return None


def _no_scopes() -> Mapping[str, Scope]:
    return {}


_of: Callable[[str], Scope | None] = _no_scope
_all: Callable[[], Mapping[str, Scope]] = _no_scopes


def ask(of: Callable[[str], Scope | None], every: Callable[[], Mapping[str, Scope]]) -> None:
    """Say where scopes come from: of one ledger, and all there are by code."""
    global _of, _all
    _of, _all = of, every


def scope_of(ledger: str | None, permission: str = "read") -> Scope | None:
    """The scope of a ledger; None for a built-in one, for no ledger, or where none applies."""
    return None if ledger is None or permission in UNSCOPED else _of(ledger)


def all_scopes() -> Mapping[str, Scope]:
    """The scopes of all own ledgers, by code."""
    return _all()
