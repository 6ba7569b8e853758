"""An untidy list of places comes in: every value as the table of the sample says, undone as one act."""

from __future__ import annotations

from typing import Any

import pytest

from linli.ledger.acts.thing_values import parts_of
from linli.ledger.entries import counting
from linli.ledger.entries.models import EntryPerson
from linli.ledger.exchange.runs import running, undoing
from linli.ledger.exchange.runs.models import ImportRun, Status
from linli.ledger.verify import verify
from linli.places.models import Place
from linli.places.register import PLACES
from tests.cast import Cast, actor, cast
from tests.places import untidy


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


def bring(people: Cast) -> ImportRun:
    run = running.receive(
        actor=actor(people.li, "import"), ledger=PLACES, room=people.room,
        name="场所台账.xlsx", content=untidy.SAMPLE.read_bytes(),
    )  # fmt: skip
    running.prepare(run, columns={}, year=None)
    return running.carry_on(run.pk)


def expected() -> list[dict[str, Any]]:
    return [row for told in untidy.EXPECTED.values() for row in told.values() if row is not None]


def test_every_row_is_what_the_table_says(people: Cast) -> None:
    run = bring(people)
    assert (run.status, run.refused, run.problem) == (Status.DONE, 0, "")
    found = {place.name: place for place in Place.objects.all()}
    wanted = expected()
    assert run.came_in == len(wanted) == Place.objects.count()
    for row in wanted:
        place = found[row["name"]]
        assert place.category == (row["category"] or "other"), row["name"]
        assert place.credit_code == (row["credit_code"] or ""), row["name"]
        licences = parts_of(PLACES, [place.id])[place.id]["licences"]
        assert [
            {name: one[name] for name in told}
            for one, told in zip(licences, row["licences"], strict=True)
        ] == row["licences"], row["name"]
        assert EntryPerson.objects.filter(entry=place.id).count() == len(row.get("keepers", ()))
        said = (place.data.get("past") or {}).get("said") or {}
        for heading, text in row.get("said", {}).items():
            assert said[heading] == text, (row["name"], heading)
    assert [one for one in verify() if one.wrong] == []
    assert counting.rebuild_and_compare() == []


def test_the_same_list_again_adds_nothing(people: Cast) -> None:
    bring(people)
    count = Place.objects.count()
    again = bring(people)
    assert (again.came_in, again.refused) == (0, 0)
    assert Place.objects.count() == count


def test_undone_as_one_act_and_brought_again(people: Cast) -> None:
    run = bring(people)
    undoing.begin_undo(run, actor(people.li))
    undone = undoing.undo(run.pk)
    assert undone.status == Status.UNDONE
    assert not Place.objects.filter(Place.standing).exists()
    assert counting.rebuild_and_compare() == []
    assert bring(people).came_in == len(expected())
    assert [one for one in verify() if one.wrong] == []
