"""What the data files of the demonstration say, typed: names, places, rhythms, kinds of matters."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final

DATA: Final = Path(__file__).parent / "data"


@cache
def read(name: str) -> Mapping[str, Any]:
    """One data file, `name` without its ending."""
    return tomllib.loads((DATA / f"{name}.toml").read_text("utf-8"))


@dataclass(frozen=True)
class Account:
    """Somebody who can sign in to the demonstration. `unit`: room, station, second, branch, bureau."""

    username: str
    name: str
    role: str
    unit: str
    phone: str
    whereabouts: str = "off"
    whereabouts_note: str = ""


@dataclass(frozen=True)
class Story:
    """What is written of one matter: what it is about, what was done, how it may have ended."""

    narrative: str
    handling: tuple[str, ...]
    results: tuple[str, ...]


@dataclass(frozen=True)
class Kind:
    """A kind of matter: how often, when, where, and what is written about it."""

    ledger: str
    code: str
    weight: float
    months: tuple[float, ...]
    hours: tuple[float, ...]
    channels: Mapping[str, float]
    stories: tuple[Story, ...]
    words: Mapping[str, list[str]]
    where: tuple[str, ...] = ()
    weekend: float = 1.0
    office: bool = False
    flow: str = "incident"


@dataclass(frozen=True)
class Places:
    """What places of a community are called."""

    compounds: tuple[str, ...]
    streets: tuple[str, ...]

    def one(self, rng: Random, where: str) -> str:
        """A place of that sort (home, shared, gate, street, shop, site)."""
        told = read("places")
        return str(
            rng.choice(told["patterns"][where]).format(
                compound=rng.choice(self.compounds),
                street=rng.choice(self.streets),
                building=rng.randint(1, 26),
                entrance=rng.randint(1, 4),
                flat=rng.randint(1, 18) * 100 + rng.randint(1, 4),
                number=rng.randint(1, 260),
                shop=rng.choice(told["words"]["shop"]),
            )
        )


def accounts() -> list[Account]:
    """Everybody who can sign in, in the order of the table."""
    return [Account(**raw) for raw in read("cast")["account"]]


def places(community_code: str, street_code: str, community: str) -> Places:
    """The places of a community: as listed for it, else made of its name."""
    told = read("places")
    compounds = told["compounds"].get(community_code)
    if compounds is None:
        generic = told["generic"]
        community = community.removesuffix(generic["without"])
        compounds = [pattern.format(community=community) for pattern in generic["compounds"]]
        if community.endswith(tuple(generic["plain_endings"])):
            compounds = [community, *compounds[1:]]
    streets = told["streets"].get(street_code, told["streets"]["other"])
    return Places(tuple(compounds), tuple(streets))


@cache
def kinds(ledger: str) -> tuple[Kind, ...]:
    """The kinds of matters of a ledger."""
    return tuple(_kind(ledger, raw) for raw in read(ledger)["kind"])


def _kind(ledger: str, raw: Mapping[str, Any]) -> Kind:
    rhythm = read("rhythm")
    own = {name: raw[name] for name in ("code", "weight", "channels")}
    own |= {name: raw[name] for name in ("weekend", "office", "flow") if name in raw}
    return Kind(
        **own,
        ledger=ledger,
        months=tuple(rhythm["months"][raw["months"]]),
        hours=tuple(rhythm["hours"][raw["hours"]]),
        where=tuple(raw.get("where", ())),
        words=read(ledger)["words"],
        stories=tuple(_story(line, raw) for line in raw["narratives"]),
    )


def _story(line: str, raw: Mapping[str, Any]) -> Story:
    """Read "narrative > handling | result | another result"."""
    before, *results = (part.strip() for part in line.split("|"))
    narrative, *handling = (part.strip() for part in before.split(">"))
    return Story(
        narrative,
        tuple(handling or raw.get("handling", ())),
        tuple(results or raw.get("results", ())),
    )


@dataclass
class Words:
    """Sentences with their gaps filled by chance; within one matter a word stays what it was."""

    rng: Random
    lists: Mapping[str, list[str]]
    chosen: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        if name not in self.chosen:
            self.chosen[name] = self.rng.choice(self.lists[name])
        return self.chosen[name]

    def one(self, sentences: tuple[str, ...]) -> str:
        """One of the sentences, filled in."""
        return self.fill(self.rng.choice(sentences))

    def fill(self, sentence: str) -> str:
        return sentence.format_map(self)
