"""The published designs as the registry and the table of roles see them.

Kept in this process and asked for anew after two seconds at the most (at once where this process
published): one small query says whether anything changed. A version is compiled when it is wanted.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from threading import RLock
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Count, Max
from django.utils.translation import gettext_lazy as _

from linli.access.scopes import Scope
from linli.ledger.custom.compiling import compiled
from linli.ledger.custom.models import LedgerDesign
from linli.ledger.declaration.ledger import Ledger
from linli.org import tree
from linli.org.models import Unit, UnitKind

FRESH_SECONDS: Final = 2.0


@dataclass
class _Shelf:
    """What was found when it was last asked for."""

    mark: Any = None
    asked_at: float = -1e9
    tree: int = -1
    newest: dict[str, int] = field(default_factory=dict)
    versions: dict[tuple[str, int], UUID] = field(default_factory=dict)
    scopes: dict[str, Scope] = field(default_factory=dict)
    retired: set[str] = field(default_factory=set)
    ledgers: dict[tuple[str, int], Ledger] = field(default_factory=dict)


_shelf = _Shelf()
_lock = RLock()
_SHOWN: Final = (LedgerDesign.PUBLISHED, LedgerDesign.RETIRED)


def forget() -> None:
    """Ask anew the next time: something was published, or (in tests) the database is another."""
    global _shelf
    _shelf = _Shelf()


class Shelf:
    """The source of designed ledgers for the registry."""

    def find(self, code: str, version: int | None) -> Ledger | None:
        shelf = _fresh()
        wanted = shelf.newest.get(code) if version is None else version
        if wanted is None or (code, wanted) not in shelf.versions:
            return None
        found = shelf.ledgers.get((code, wanted))
        if found is None:
            row = LedgerDesign.objects.get(id=shelf.versions[code, wanted])
            found = compiled(row.definition, code=row.code, version=row.version)
            shelf.ledgers[code, wanted] = found
        return found

    def codes(self) -> Iterable[str]:
        shelf = _fresh()
        return [code for code in shelf.newest if code not in shelf.retired]

    def require_offered(self, ledger: Ledger, room: UUID, district: UUID) -> None:
        require_offered(ledger, room, district)


def scope_of(code: str) -> Scope | None:
    """Where and by whom a ledger may be used; None for a built-in one."""
    from linli.ledger.declaration import registry

    return None if registry.is_built_in(code) else _fresh().scopes.get(code)


def scopes() -> Mapping[str, Scope]:
    return _fresh().scopes


def is_retired(code: str) -> bool:
    return code in _fresh().retired


def require_offered(ledger: Ledger, room: UUID, district: UUID) -> None:
    """ValidationError where a designed ledger takes no new entries, or not of this room: also for
    imports and commands, which no role narrows."""
    scope = _fresh().scopes.get(ledger.code)
    if is_retired(ledger.code):
        raise ValidationError(_("This ledger is retired; it takes no new entries."), code="retired")
    if scope is None or not (room in scope.rooms or district in scope.whole):
        raise ValidationError(_("This ledger is not one of this room's."), code="room")


def _fresh() -> _Shelf:
    global _shelf
    now = time.monotonic()
    held = _shelf
    if now - held.asked_at < FRESH_SECONDS and held.tree == tree.version():
        return held
    with _lock:
        mark = LedgerDesign.objects.filter(state__in=_SHOWN).aggregate(
            n=Count("id"), at=Max("changed_at")
        )
        if held.mark == mark and held.tree == tree.version():
            held.asked_at = now
            return held
        _shelf = _read(mark, now, held if held.mark is not None else None)
        return _shelf


def _read(mark: Any, now: float, before: _Shelf | None) -> _Shelf:
    shelf = _Shelf(mark, now, tree.version())
    rows = LedgerDesign.objects.filter(state__in=_SHOWN).order_by("published_at", "version")
    units: dict[str, UUID] = {}
    roles: dict[str, frozenset[str]] = {}
    for id, code, version, state, unit, of_roles in rows.values_list(
        "id", "code", "version", "state", "unit", "definition__roles"
    ):
        shelf.versions[code, version] = id
        shelf.newest[code] = max(version, shelf.newest.get(code, 0))
        units[code], roles[code] = unit, frozenset(of_roles or ())
        if state == LedgerDesign.RETIRED:
            shelf.retired.add(code)
    places = _places(set(units.values()))
    shelf.scopes = {
        code: Scope(roles[code], *places[unit]) for code, unit in units.items() if unit in places
    }
    if before is not None:  # a published version never changes
        shelf.ledgers = {k: v for k, v in before.ledgers.items() if k in shelf.versions}
    return shelf


Place = tuple[frozenset[UUID], frozenset[UUID], frozenset[UUID]]


def _places(units: set[UUID]) -> dict[UUID, Place]:
    """Rooms, districts and whole districts of units, as posts have them."""
    none: frozenset[UUID] = frozenset()
    found: dict[UUID, Place] = {}
    for unit in Unit.objects.filter(pk__in=units) if units else ():
        if unit.kind == UnitKind.BRANCH:
            found[unit.pk] = (none, none, frozenset({unit.pk}))
        elif unit.kind == UnitKind.BUREAU:
            branches = Unit.objects.filter(parent=unit).values_list("pk", flat=True)
            found[unit.pk] = (none, none, frozenset(branches))
        else:
            rooms = frozenset(tree.rooms_under(unit.pk))
            found[unit.pk] = (rooms, frozenset({tree.district_of(unit.pk)}), none)
    return found
