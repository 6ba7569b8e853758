"""The sample of a room's ledger of disputes, as it is. What is expected is counted from the cells with
another reader (openpyxl)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from linli.cli import main
from linli.ground import clock
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry, EntryPerson
from linli.ledger.exchange.words import headings
from linli.ledger.verify import verify
from tests.cast import Cast
from tests.ledger.exchange.conftest import SAMPLES, bring, counts, csv_of

pytestmark = pytest.mark.django_db

FILE = SAMPLES / "矛盾纠纷台账.xlsx"
CHECKED = {"已履行": "kept", "未履行": "not", None: None}


def cells() -> list[tuple[Any, ...]]:
    sheet = openpyxl.load_workbook(FILE).worksheets[0]
    return list(sheet.iter_rows(min_row=3, values_only=True))


def expected_state(row: tuple[Any, ...]) -> str:
    if row[11] == "调解成功":
        return "agreed" if row[13] == "未履行" else "settled"
    return {"正在调解": "mediating", "未成功": "failed", "引导诉讼": "failed"}[row[11]]


def day(value: Any) -> str:
    return f"{clock.local(datetime.fromisoformat(value)):%Y-%m-%d}"


def test_every_row_of_the_sample_says_what_its_cells_say(people: Cast) -> None:
    run = bring(people, "disputes", FILE.read_bytes(), year=None)
    without_year = sum(isinstance(row[1], str) for row in cells())
    assert (run.status, run.problem) == ("done", "")
    assert counts(run) == (180 - without_year, without_year, 0, 0) == (119, 61, 0, 0)
    found = {one.data["past"]["number"]: one for one in Entry.objects.filter(ledger="disputes")}
    assert len(found) == 180
    for row in cells():
        entry = found[str(row[0])]
        assert entry.state == expected_state(row), row
        assert entry.narrative == row[5]
        [session] = entry.data["sessions"]
        assert day(session["held_at"]) == f"{row[9]:%Y-%m-%d}"
        assert session["mediators"] == row[8]
        assert session.get("partner") == ("committee" if "社区调委会" in row[8] else None)
        assert entry.data["signed"] is (row[10] == "是")
        assert entry.data.get("referred_to") == ("court" if row[11] == "引导诉讼" else None)
        checks = entry.data.get("checks", [])
        if not row[12] and not row[13]:
            assert checks == [], row
            continue
        [check] = checks
        assert check.get("checked_on") == (f"{row[12]:%Y-%m-%d}" if row[12] else None)
        assert check.get("kept") == CHECKED[row[13]]
    assert [one for one in verify() if one.wrong] == []


def test_a_day_without_a_year_takes_it_from_the_mediation(people: Cast) -> None:
    bring(people, "disputes", FILE.read_bytes(), year=None)
    found = {one.data["past"]["number"]: one for one in Entry.objects.filter(ledger="disputes")}
    for row in cells():
        entry = found[str(row[0])]
        received = clock.local(entry.received_at)
        if not isinstance(row[1], str):
            assert f"{received:%Y-%m-%d}" == f"{row[1]:%Y-%m-%d}"
            continue
        assert f"{received.month}月{received.day}日" == row[1]
        assert 0 <= (row[9].date() - received.date()).days < 30, row
        assert entry.data["past"]["said"]["排查日期"] == row[1]
        assert any(str(received.year) in note for note in entry.data["past"]["notes"])
    # The last day of the year was mediated in the next one.
    assert clock.local(found["6"].received_at).year == 2025


def test_two_names_in_a_cell_are_two_people_of_that_party(people: Cast) -> None:
    bring(people, "disputes", FILE.read_bytes(), year=None)
    entry = next(e for e in Entry.objects.all() if e.data["past"]["number"] == "3")
    roles = EntryPerson.objects.filter(entry=entry.id).order_by("position")
    assert list(roles.values_list("role", "name_mask")) == [
        ("party_a", "侯*"), ("party_b", "姜*"), ("party_b", "韩*"),
    ]  # fmt: skip
    total = sum(len(row[3].split("、")) + len(row[4].split("、")) for row in cells())
    assert EntryPerson.objects.count() == total


def test_the_officer_answers_and_the_committee_is_nobody_of_the_staff(people: Cast) -> None:
    bring(people, "disputes", FILE.read_bytes(), year=None)
    wanted = Counter(row[8].split("、")[0] for row in cells())
    found = Counter(Entry.objects.values_list("responsible", flat=True))
    assert found == {
        people.li.pk: wanted["李建国"], people.wang.pk: wanted["王海涛"],
        people.chen.pk: wanted["陈静"],
    }  # fmt: skip
    assert not Entry.objects.exclude(assisting=[]).exists()


def test_a_second_time_adds_nothing(people: Cast) -> None:
    first = bring(people, "disputes", FILE.read_bytes(), year=None)
    again = bring(people, "disputes", FILE.read_bytes(), year=None)
    assert (
        again.pk == first.pk or counts(again) == (0, 0, 180, 0)
    ) and Entry.objects.count() == 180


def test_by_the_command(people: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["import", "disputes", str(FILE), "--room", people.room.code]
    assert main(command) == 0
    assert Entry.objects.filter(ledger="disputes").count() == 180
    assert main(command) == 0
    assert Entry.objects.count() == 180
    assert "180" in capsys.readouterr().out


def test_three_checks_and_a_judicial_office(people: Cast) -> None:
    content = csv_of(
        "排查日期,纠纷类型,甲方,乙方,纠纷概况,调解人,调解日期,调解结果,7天回访日期,履行情况,"
        "30天回访日期,30天回访情况,第三次回访日期,第三次回访情况",
        "2025-03-03,邻里,张小花,李大山,楼道堆物,李建国、司法所,2025-03-05,成功,"
        "3月12日,部分履行,2025-04-04,已履行,2025-06-03,履行完毕",
    )
    assert counts(bring(people, "disputes", content, year=None)) == (1, 0, 0, 0)
    entry = Entry.objects.get()
    assert entry.data["sessions"][0]["partner"] == "judicial"
    assert [(c["checked_on"], c["kept"]) for c in entry.data["checks"]] == [
        ("2025-03-12", "partly"), ("2025-04-04", "kept"), ("2025-06-03", "kept"),
    ]  # fmt: skip


def test_an_unknown_word_and_a_wrong_day_stay_as_they_were_said(people: Cast) -> None:
    content = csv_of(
        "排查日期,纠纷类型,甲方,纠纷概况,调解人,调解日期,结果,回访日期,回访情况",
        "2025-03-03,邻里,张小花,楼道堆物,李建国,2025-13-05,调解成功,2025-02-31,不清楚",
    )
    assert counts(bring(people, "disputes", content, year=None)) == (0, 1, 0, 0)
    past = Entry.objects.get().data["past"]
    assert past["said"]["调解日期"] == "2025-13-05"
    assert past["said"]["回访日期"] == "2025-02-31"
    assert past["said"]["回访情况"] == "不清楚"
    assert len(past["notes"]) == 3


def test_a_mediation_before_the_dispute_stays_aside(people: Cast) -> None:
    content = csv_of(
        "排查日期,纠纷类型,甲方,纠纷概况,调解人,调解日期,结果",
        "2025-03-03,邻里,张小花,楼道堆物,李建国,2025-03-01,调解成功",
    )
    assert counts(bring(people, "disputes", content, year=None)) == (0, 1, 0, 0)
    entry = Entry.objects.get()
    assert "sessions" not in entry.data
    assert entry.data["past"]["said"]["调解日期"] == "2025-03-01"


def test_what_a_person_may_choose_for_a_column() -> None:
    offered = dict(headings.targets(registry.get("disputes")))
    assert {"sessions[0].held_at", "checks[2].kept", "people[party_b].name", "people.name"} <= set(
        offered
    )
    assert len(set(offered.values())) == len(offered)


def test_every_heading_leads_somewhere() -> None:
    """A slip in headings.toml would keep a column aside in silence."""
    for code in ("disputes", "cases", "committee"):
        ledger = registry.get(code)
        known = {target for target, _title in headings.targets(ledger)}
        assert set(headings.words(ledger).columns.values()) <= known | {"number", "officers"}, code
        assert Path(ledger.headings).is_file()
