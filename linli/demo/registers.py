"""The register of places of the main room, as it stands since some weeks ago."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from random import Random
from typing import Any

from linli.demo import residents
from linli.demo.businesses import credit_code
from linli.demo.plan import Room
from linli.demo.told import read
from linli.ground import clock
from linli.ledger.acts.act import ThingAct
from linli.ledger.acts.carrying_out import carry_out
from linli.ledger.declaration import registry
from linli.ledger.declaration.thing_actions import ADD

_OPENED = timedelta(days=800)


def fill(room: Room, rng: Random) -> int:
    """Add the places that are told; gives how many. Call it with the clock at their day."""
    places = registry.thing("places")
    street = room.places.streets[0]
    acts = [
        ThingAct(
            places, ADD, room.officers[0], _data(told, street, rng),
            room=room.id, district=room.district,
        )
        for told in read("register")["place"]
    ]  # fmt: skip
    return len(carry_out(acts))


def _data(told: Mapping[str, Any], street: str, rng: Random) -> dict[str, Any]:
    today = clock.today()
    data: dict[str, Any] = {
        **told["data"],
        "name": told["name"],
        "category": told["category"],
        "place": f"{street}{told['street']}号",
        "since": today - timedelta(days=rng.randint(30, _OPENED.days)),
        "keepers": [residents.person(rng, "in_charge", today.year, identity=0)],
    }
    if told["code"]:
        data["credit_code"] = credit_code(told["code"], told.get("kind", "92"))
    if "licence" in told:
        kind, number, issuer, days = told["licence"]
        until = today + timedelta(days=days) if days else None
        data["licences"] = [
            {"kind": kind, "number": number, "issued_by": issuer, "valid_until": until}
        ]
    return data
