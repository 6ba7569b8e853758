"""The district with its rooms and the people posted there."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from linli.access.actor import Actor, actor_for, resident_actor, system_actor
from linli.access.commands import set_up_totp
from linli.demo import residents, told
from linli.demo.plan import Room
from linli.org import actions, loading, tree
from linli.org.models import Community, Role, Staff, Unit, UnitKind

_FIRST_PHONE = 100


@dataclass
class Staffed:
    """The rooms (the main one first) and those who can sign in, by user name."""

    rooms: list[Room] = field(default_factory=list)
    people: dict[str, Actor] = field(default_factory=dict)


def staffed(rooms: int | None) -> Staffed:
    """Load the communities of the district (at most `rooms` of them), and put people there."""
    by = system_actor(told.read("cast")["maker"])
    load(rooms, by)
    accounts = told.accounts()
    units = {place: unit for place in {a.unit for a in accounts} if (unit := _unit(place))}
    staff = {
        account.username: _account(account, units[account.unit], by)
        for account in accounts
        if account.unit in units
    }
    return _rooms(staff, by)


def load(rooms: int | None, by: Actor) -> None:
    """Load the district's list; with `rooms` the main room, some others, and one of another station."""
    cast = told.read("cast")
    with loading.SHIPPED.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        columns = reader.fieldnames or ()
        listed = [row for row in reader if row["district_code"] == cast["district"]]
    if rooms is not None:
        near = [row for row in listed if row["street_code"] == cast["main_street"]]
        far = [row for row in listed if row["street_code"] == cast["second_street"]]
        listed = [*near[: rooms - 1], far[0]]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "communities.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(listed)
        loading.load_units(path, by=by)


def _unit(place: str) -> Unit | None:
    """The unit that the accounts call room, station, second, branch or bureau."""
    cast = told.read("cast")
    wanted = {
        "room": (UnitKind.ROOM, cast["main_room"]),
        "station": (UnitKind.STATION, cast["main_street"]),
        "second": (UnitKind.STATION, cast["second_street"]),
        "branch": (UnitKind.BRANCH, cast["district"]),
    }
    if place == "bureau":
        return Unit.objects.get(kind=UnitKind.BUREAU)
    kind, code = wanted[place]
    return Unit.objects.filter(kind=kind, code=code).first()


def _account(account: told.Account, unit: Unit, by: Actor) -> Staff:
    """Somebody who can sign in, with the second factor their role needs.

    All have the same password: it is hashed once, since a good hash is slow by design.
    """
    cast = told.read("cast")
    first = next((one for one in Staff.objects.all() if one.has_usable_password()), None)
    ranks = {Role.OFFICER: cast["rank_officer"], Role.AUXILIARY: cast["rank_auxiliary"]}
    staff = actions.add_staff(
        username=account.username, name=account.name, unit=unit,
        password=None if first else cast["password"],
        role=account.role, by=by, phone=account.phone, badge_no=account.phone[-6:],
        rank=ranks.get(Role(account.role), ""), on_public_page=account.unit == "room",
    )  # fmt: skip
    if first is not None:
        staff.password = first.password
        staff.save(update_fields=["password"])
    if actor_for(staff).needs_second_factor:
        set_up_totp(staff, cast["secret"])
    return staff


def _rooms(staff: dict[str, Staff], by: Actor) -> Staffed:
    """Every room with its profile; other rooms than the main one get one officer each."""
    cast, rng = told.read("cast"), Random("staff")  # noqa: S311 - a demonstration
    units = Unit.objects.filter(kind=UnitKind.ROOM).select_related("parent").order_by("code")
    communities = {one.code: one for one in Community.objects.all()}
    officers: dict[str, Sequence[Staff]] = {
        cast["main_room"]: [staff[n] for n in ("lijianguo", "wanghaitao", "zhouweidong")]
    }
    places: dict[str, told.Places] = {}
    for number, unit in enumerate(units):
        community = communities[unit.code]
        places[unit.code] = told.places(unit.code, community.street_code, community.name)
        _profile(unit, community, places[unit.code], number, by)
        if unit.code not in officers:
            officers[unit.code] = [_officer(unit, rng, number, by)]
    actors = {name: actor_for(one) for name, one in staff.items()}
    # Everybody is posted: from here on the tree stays as it is, and pictures of people are kept.
    made = [
        _room(unit, places[unit.code], [actor_for(one) for one in officers[unit.code]], actors)
        for unit in units
    ]
    made.sort(key=lambda room: not room.main)
    return Staffed(made, actors)


def _profile(unit: Unit, community: Community, at: told.Places, number: int, by: Actor) -> None:
    profile = told.read("cast")["profile"]
    actions.change_unit(
        unit=unit, by=by, hours=profile["hours"], duties=profile["duties"],
        phone=profile["phone"].format(number=number),
        address=profile["address"].format(
            street=at.streets[number % len(at.streets)], number=3 + number * 7 % 180,
            community=community.name,
        ),
    )  # fmt: skip


def _officer(unit: Unit, rng: Random, number: int, by: Actor) -> Staff:
    """The officer of another room, without a password: nobody signs in as them."""
    phone = told.read("cast")["profile"]["phone"].format(number=_FIRST_PHONE + number)
    return actions.add_staff(
        username=f"mj{unit.code[6:]}", name=residents.name(rng), password=None, unit=unit,
        role=Role.OFFICER, by=by, badge_no=f"{100000 + number}", phone=phone,
        rank=told.read("cast")["rank_officer"], on_public_page=True,
    )  # fmt: skip


def say_whereabouts() -> None:
    """Where everybody is now: as the accounts say, other rooms' officers in their communities."""
    told_of = {account.username: account for account in told.accounts()}
    for number, staff in enumerate(Staff.objects.order_by("username")):
        account = told_of.get(staff.username)
        where = account.whereabouts if account else ("community", "station")[number % 2]
        note = account.whereabouts_note if account else ""
        actions.set_whereabouts(staff=staff, whereabouts=where, words=note)


def _room(unit: Unit, places: told.Places, officers: list[Actor], people: dict[str, Actor]) -> Room:
    cast = told.read("cast")
    main = unit.code == cast["main_room"]
    chiefs = {cast["main_street"]: "sunli", cast["second_street"]: "liuyang"}
    assert unit.parent is not None
    district = tree.district_of(unit.pk)
    extra: dict[str, Any] = {}
    if main:
        extra = {"auxiliary": people["chenjing"], "clerk": people["zhaomin"]}
    return Room(
        id=unit.pk, district=district, code=unit.code, places=places, officers=tuple(officers),
        resident=resident_actor(unit.pk, district, cast["resident"]),
        reporter=resident_actor(unit.pk, district, cast["reporter"]),
        chief=people.get(chiefs.get(unit.parent.code, "")), **extra,
    )  # fmt: skip
