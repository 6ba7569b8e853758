"""Days, numbers, several choices and colleagues in files: out in words, and in again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.utils import translation

from linli.access.actor import system_actor
from linli.ledger.entries.models import Entry
from linli.ledger.exchange.words import headings
from linli.ledger.verify import verify
from linli.operations.export import export
from linli.org import actions
from tests.cast import Cast
from tests.ledger.exchange.conftest import bring, csv_of
from tests.ledger.sampler import SAMPLER, done, registered


@pytest.fixture(autouse=True)
def ledger() -> Iterator[None]:
    with registered():
        yield


def test_what_is_exported_in_words_comes_in_again(people: Cast, tmp_path: Path) -> None:
    said = {
        "due_on": "2026-12-01", "households": 12, "amount": 2.5, "days": ["mo", "we"],
        "urgent": False, "lead": str(people.wang.pk),
    }  # fmt: skip
    done("record", people.li, people.room, narrative="第一件", place="三期", **said)
    out = tmp_path / "samples.csv"
    with translation.override("en"):
        export("sampler", people.room.code, out)
        assert "Monday; Wednesday" in out.read_text("utf-8-sig")
        for staff in (people.li, people.wang):
            actions.post(
                staff=staff, unit=people.next_room, role="officer", by=system_actor("tests")
            )
        run = bring(replace(people, room=people.next_room), "sampler", out.read_bytes())
    assert (run.imported, run.refused) == (1, 0)
    again = Entry.objects.get(past=True)
    assert {name: again.data[name] for name in said} == said
    assert not [finding for finding in verify() if finding.wrong]


def test_what_is_no_number_day_or_choice_stays_as_it_was_said(people: Cast) -> None:
    content = csv_of(
        "What,Received,Due on,Households,Amount,Days,Lead",
        "第二件,2025-03-02 10:00,3月20日,十二户,1 234.5,Monday；Sunday,某某某",
        "第三件,2025-03-02 10:00,2025-03-20,１２ households,30kg,tu,王海涛",
    )
    run = bring(people, "sampler", content)
    assert (run.imported, run.warned) == (1, 1)
    second = Entry.objects.get(narrative="第二件")
    third = Entry.objects.get(narrative="第三件")
    assert second.data["past"]["said"].keys() >= {"Households", "Days", "Lead"}
    assert second.data["due_on"] == "2025-03-20"
    assert second.data["amount"] == 1234.5
    assert "households" not in second.data
    assert third.data["households"] == 12 and third.data["amount"] == 30.0
    assert (third.data["days"], third.data["lead"]) == (["tu"], str(people.wang.pk))


def test_rows_and_checklists_are_not_offered_for_a_column() -> None:
    offered = dict(headings.targets(SAMPLER))
    assert "households" in offered
    assert not {"sessions", "checks"} & set(offered)
