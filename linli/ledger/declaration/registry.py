"""The ledgers this installation has. Each room of floor 4 registers its own when Django starts;
those that communities design (linli/ledger/custom) are added by `design`.

A ledger is known by its code. An entry keeps the form it was made with: `of` gives the ledger in the
version of an entry.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

if TYPE_CHECKING:
    from linli.access.actor import Actor

from linli.ledger.declaration.checked_declarations import require_sound, require_sound_thing
from linli.ledger.declaration.ledger import Ledger
from linli.ledger.declaration.thing import Thing

_ledgers: dict[str, Ledger] = {}


class UnknownLedger(LookupError):
    """No ledger has this code."""


def register(ledger: Ledger) -> None:
    """Add a ledger. ValueError where another one has its code, or where it cannot work."""
    require_sound(ledger)
    if _ledgers.setdefault(ledger.code, ledger) is not ledger:
        raise ValueError(f"two ledgers are called {ledger.code}")


_things: dict[str, Thing] = {}


def register_thing(thing: Thing) -> None:
    """Add a register of things. ValueError where another register or ledger has its code, or where
    it cannot work."""
    require_sound_thing(thing)
    if thing.code in _ledgers or _things.setdefault(thing.code, thing) is not thing:
        raise ValueError(f"two registers are called {thing.code}")


def thing(code: str) -> Thing:
    """The register of things of that code. UnknownLedger."""
    try:
        return _things[code]
    except KeyError:
        raise UnknownLedger(code) from None


def is_thing(code: str) -> bool:
    """Whether that is the code of a register of things."""
    return code in _things


def register_of(code: str, version: int | None = None) -> Ledger | Thing:
    """The ledger or the register of things of that code. UnknownLedger."""
    return _things[code] if code in _things else get(code, version)


def things() -> tuple[Thing, ...]:
    """Every register of things."""
    return tuple(_things.values())


def things_open_to(actor: Actor, permission: str = "read") -> list[Thing]:
    """The registers of things for which somebody holds a permission somewhere."""
    return [one for one in _things.values() if actor.may(permission, one.code)]


class Designed(Protocol):
    """Where the ledgers that communities design come from."""

    def find(self, code: str, version: int | None) -> Ledger | None: ...
    def codes(self) -> Iterable[str]: ...
    def require_offered(self, ledger: Ledger, room: UUID, district: UUID) -> None: ...


_designed: list[Designed] = []


def design(source: Designed) -> None:
    """Say where designed ledgers come from."""
    _designed[:] = [source]


class OfVersion(Protocol):
    @property
    def ledger(self) -> str: ...
    @property
    def version(self) -> int: ...


def get(code: str, version: int | None = None) -> Ledger:
    """The ledger of that code; a designed one in that version (None: the newest). UnknownLedger."""
    found = _ledgers.get(code)
    for source in _designed if found is None else ():
        found = source.find(code, version)
    if found is None:
        raise UnknownLedger(code)
    return found


def of(entry: OfVersion) -> Ledger:
    """The ledger of an entry, with the form the entry was made with."""
    return get(entry.ledger, entry.version)


def require_offered(ledger: Ledger, room: UUID, district: UUID) -> None:
    """ValidationError where a designed ledger takes no new entries, or not of this room."""
    for source in _designed if ledger.designed else ():
        source.require_offered(ledger, room, district)


def is_there(code: str) -> bool:
    """Whether this installation has such a ledger."""
    try:
        return bool(get(code))
    except UnknownLedger:
        return False


def is_built_in(code: str) -> bool:
    return code in _ledgers


def all_ledgers() -> tuple[Ledger, ...]:
    """Every ledger: the built-in ones, then those that communities design (not the retired)."""
    return (*_ledgers.values(), *(get(code) for source in _designed for code in source.codes()))


def sealed_codes() -> list[str]:
    """The ledgers that nothing outside them shows, though the reader may open them."""
    return [ledger.code for ledger in all_ledgers() if ledger.sealed]


def open_to(actor: Actor, permission: str = "read") -> list[Ledger]:
    """The ledgers for which somebody holds a permission somewhere, in the order of `all_ledgers`."""
    known = [one for code, one in _ledgers.items() if actor.may(permission, code)]
    codes = (code for source in _designed for code in source.codes())
    return [*known, *(get(code) for code in codes if actor.may(permission, code))]
