"""Rows, checklists and deadlines that start again, in matters: recorded, added to, corrected."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from linli.ground import clock
from linli.ledger.acts.cleaning import facts_of
from linli.ledger.acts.possible import actions_for
from linli.ledger.entries.models import Entry
from linli.ledger.reading import entry_view, search
from linli.ledger.verify import verify
from tests.cast import Cast, actor
from tests.ledger.sampler import SAMPLER, done, registered

SHOP = {"exit": "ok", "extinguisher": "bad", "wires": "na"}
CHECKED = {"list": "shop", "answers": SHOP, "notes": {"extinguisher": "已过期"}}


@pytest.fixture(autouse=True)
def ledger() -> Iterator[None]:
    with registered():
        yield


def now_of(made: Any) -> Entry:
    return Entry.objects.get(id=made.entry)


def sound() -> bool:
    return not [finding for finding in verify() if finding.wrong]


def test_everything_that_can_be_typed_is_kept_and_replays(people: Cast) -> None:
    made = done(
        "record", people.li, people.room, due_on="3月2日", households="１２", amount="2.50",
        days="we;mo", urgent="1", lead=str(people.wang.pk), checks=CHECKED,
        sessions=[{"held_at": "2026-03-05 09:30", "outcome": "谈过", "minutes": "30"}],
    )  # fmt: skip
    entry = now_of(made)
    year = clock.today().year
    assert entry.data == {
        "due_on": f"{year}-03-02", "households": 12, "amount": 2.5, "days": ["mo", "we"],
        "urgent": True, "lead": str(people.wang.pk), "checks": CHECKED,
        "sessions": [{"held_at": "2026-03-05T01:30:00+00:00", "minutes": 30, "outcome": "谈过"}],
    }  # fmt: skip
    facts = facts_of(SAMPLER, vars(entry))
    assert facts["due_on"] == date(year, 3, 2)
    assert facts["sessions"][0]["held_at"] == datetime.fromisoformat("2026-03-05T01:30:00+00:00")
    assert facts["sessions"][0]["held_on"] is None
    assert sound()


def test_an_action_adds_a_row_with_when_and_by_whom(people: Cast) -> None:
    made = done("record", people.li, people.room)
    done("hold", people.li, people.room, made.entry, minutes=40, outcome="谈过", held_on="3月2日")
    done(
        "hold", people.wang, people.room, made.entry,
        minutes="50", outcome="谈成", result="调解成功", present=["tu"],
    )  # fmt: skip
    entry = now_of(made)
    first, second = entry.data["sessions"]
    assert (first["by"], first["outcome"], first["held_on"][5:]) == ("李建国", "谈过", "03-02")
    assert (second["by"], second["minutes"], second["present"]) == ("王海涛", 50, ["tu"])
    assert datetime.fromisoformat(second["at"]) <= clock.now()
    assert entry.data["result"] == "调解成功"  # no sub-field: it goes into the entry
    assert entry.rev == 3
    assert sound()


def test_a_row_that_is_added_obeys_its_sub_fields(people: Cast) -> None:
    made = done("record", people.li, people.room)
    with pytest.raises(ValidationError) as caught:
        done("hold", people.li, people.room, made.entry, minutes=0, way="smoke")
    assert set(caught.value.message_dict) == {"minutes", "way", "outcome"}
    with pytest.raises(ValidationError):
        done("hold", people.li, people.room, made.entry, minutes=1, outcome="x", at_night="yes")
    assert "sessions" not in now_of(made).data


def test_a_correction_changes_takes_away_and_never_forges_rows(people: Cast) -> None:
    made = done("record", people.li, people.room)
    for outcome in ("谈过", "又谈", "谈成"):
        done("hold", people.li, people.room, made.entry, minutes=30, outcome=outcome)
    kept = now_of(made).data["sessions"]
    given = [
        {**kept[0], "outcome": "谈过一次"},
        {**kept[2], "by": "别人"},
        {"outcome": "补记", "minutes": 5, "at": "2026-01-01T00:00:00+00:00", "by": "李建国"},
    ]
    done("correct", people.li, people.room, made.entry, reason="笔误", sessions=given)
    rows = now_of(made).data["sessions"]
    assert [row["outcome"] for row in rows] == ["谈过一次", "谈成", "补记"]
    assert rows[0]["at"] == kept[0]["at"] and rows[0]["by"] == "李建国"
    assert "by" not in rows[1] and "at" not in rows[2]
    with pytest.raises(ValidationError, match="没有改动"):
        done("correct", people.li, people.room, made.entry, reason="再看", sessions=rows)
    done("correct", people.li, people.room, made.entry, reason="录错", sessions=[])
    assert "sessions" not in now_of(made).data
    assert sound()


def test_an_action_is_there_only_while_its_condition_holds(people: Cast) -> None:
    made = done("record", people.li, people.room)
    who = actor(people.li)

    def offered() -> bool:
        return "order" in [action.name for action in actions_for(who, now_of(made))]

    assert not offered()
    with pytest.raises(ValidationError, match="目前的情况"):
        done("order", people.li, people.room, made.entry, due_on="2026-12-01")
    done("check", people.li, people.room, made.entry, checks=CHECKED)
    assert offered()
    done("order", people.li, people.room, made.entry, due_on=clock.today() + timedelta(days=9))
    good = {"list": "shop", "answers": dict.fromkeys(SHOP, "ok")}
    done("check", people.li, people.room, made.entry, checks=good)
    assert not offered()


def test_a_deadline_starts_again_with_every_row(people: Cast) -> None:
    start = clock.now() - timedelta(days=3)
    made = done("record", people.li, people.room, received_at=start.isoformat())
    due = [now_of(made).deadlines["session"]]
    assert due[0]["from"] == start.isoformat(timespec="seconds")
    for _round in range(2):
        done("hold", people.li, people.room, made.entry, minutes=30, outcome="谈过")
        due.append(now_of(made).deadlines["session"])
    assert all("met" not in one for one in due)
    assert due[0]["due"] < due[1]["due"] < due[2]["due"]
    assert now_of(made).due_at == datetime.fromisoformat(due[2]["due"])
    done("hold", people.li, people.room, made.entry, minutes=30, outcome="谈成")
    last = now_of(made)
    assert "met" in last.deadlines["session"]  # there is no fourth round
    assert last.due_at is None
    assert sound()


def test_a_correction_of_rows_moves_the_deadline_that_counts_them(people: Cast) -> None:
    made = done("record", people.li, people.room)
    done("hold", people.li, people.room, made.entry, minutes=30, outcome="谈过")
    done("hold", people.li, people.room, made.entry, minutes=30, outcome="谈过")
    third = now_of(made).deadlines["session"]
    rows = now_of(made).data["sessions"]
    done("correct", people.li, people.room, made.entry, reason="重复", sessions=rows[:1])
    second = now_of(made).deadlines["session"]
    assert second["from"] == third["from"] and second["due"] < third["due"]
    assert sound()


def test_a_day_starts_a_deadline_at_its_end_and_moves_it_when_corrected(people: Cast) -> None:
    made = done("record", people.li, people.room, checks=CHECKED)
    done("order", people.li, people.room, made.entry, due_on="2027-03-01")
    first = now_of(made).deadlines["right"]["due"]
    assert clock.local(datetime.fromisoformat(first)).date() == date(2027, 3, 16)
    done("correct", people.li, people.room, made.entry, reason="改期", due_on="2027-03-02")
    assert now_of(made).deadlines["right"]["due"] > first
    done("correct", people.li, people.room, made.entry, reason="不限期", due_on="")
    assert "right" not in now_of(made).deadlines
    assert sound()


def test_words_in_searched_sub_fields_are_found(people: Cast) -> None:
    made = done("record", people.li, people.room, sessions=[{"outcome": "楼道堆放杂物已清理"}])
    who = actor(people.li)

    def found(words: str) -> list[Any]:
        return [entry.id for entry in search.find(who, words).entries]

    assert found("堆放杂物") == [made.entry]
    done("hold", people.li, people.room, made.entry, minutes=5, outcome="邻居握手言和")
    assert found("握手言和") == [made.entry]
    done("correct", people.li, people.room, made.entry, reason="录错", sessions=[])
    assert found("握手言和") == []


def test_the_history_says_what_was_added_and_what_was_put_right(people: Cast) -> None:
    made = done("record", people.li, people.room, checks=CHECKED)
    for outcome in ("谈过", "又谈"):
        done("hold", people.li, people.room, made.entry, minutes=30, outcome=outcome, result="未成")
    line = entry_view.timeline(now_of(made))[0]
    assert line.said == [("Sessions（第 2 条）", "30 min；Outcome：又谈"), ("Result", "未成")]
    rows = now_of(made).data["sessions"]
    given = [{**rows[1], "minutes": "45"}, {"outcome": "补记"}]
    checks = {"list": "shop", "answers": {**SHOP, "extinguisher": "ok"}}
    done("correct", people.li, people.room, made.entry, reason="错", sessions=given, checks=checks)
    said = [(c.title, c.old, c.new) for c in entry_view.timeline(now_of(made))[0].changes]
    assert said == [
        ("Sessions（第 1 条）", "30 min；Outcome：又谈", "45 min；Outcome：又谈"),
        ("Sessions（第 2 条）", "", "补记"),
        ("Sessions（第 1 条）", "30 min；Outcome：谈过", ""),
        ("Checks：灭火器在有效期内", "不合格 (已过期)", "合格"),
    ]
