"""Days, numbers, several choices, rows and checklists: how they are read, refused and shown."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from linli.ground import clock
from linli.history.chain import canonical
from linli.ledger.acts.cleaning import clean_value
from linli.ledger.declaration import kinds
from linli.ledger.declaration.checked_declarations import faults
from linli.ledger.declaration.ledger import Action, Ask, Choice, Deadline, Field, Ledger, State
from linli.ledger.declaration.slot import as_kept
from tests.ledger.sampler import LISTS, SAMPLER, SESSION, WEEKDAYS

DAY = Field("day", kinds.DATE, "Day")
COUNT = Field("count", kinds.INTEGER, "Count", least=1, most=31, unit="户")
WEIGHT = Field("weight", kinds.DECIMAL, "Weight", unit="kg")
DAYS = Field("days", kinds.CHOICES, "Days", choices=WEEKDAYS)
ROWS = Field("rows", kinds.ROWS, "Sessions", fields=SESSION)
CHECKS = Field("checks", kinds.CHECKLIST, "Checks", checklists=LISTS)


def cleaned(field: Field, value: Any) -> Any:
    return clean_value(field, value, required=False)


def refused(field: Field, value: Any, language: str = "en") -> str:
    with translation.override(language), pytest.raises(ValidationError) as caught:
        cleaned(field, value)
    with translation.override(language):
        return " ".join(caught.value.messages)


@pytest.mark.parametrize("said", ["2025-12-07", "2025.12.7", "２０２５年１２月７日", "2025/12/7"])
def test_a_day_is_read_as_it_is_written(said: str) -> None:
    assert cleaned(DAY, said) == date(2025, 12, 7)
    assert as_kept(cleaned(DAY, said)) == "2025-12-07"
    assert kinds.DATE.text("2025-12-07", DAY) == "2025-12-07"


def test_a_day_without_a_year_is_of_this_one() -> None:
    assert cleaned(DAY, "3月2日") == date(clock.today().year, 3, 2)
    assert refused(DAY, "sometime")


@pytest.mark.parametrize("said", ["12", "１２", 12, "12 户", "12户", 12.0, " 12 "])
def test_a_whole_number_is_read_also_full_width_and_with_its_unit(said: Any) -> None:
    assert cleaned(COUNT, said) == 12


@pytest.mark.parametrize(
    "said", ["1.5", "0", "32", "twelve", True, "NaN", "Infinity", "1e999", [1], 10**30, "1_0x"]
)
def test_what_is_no_such_number_is_refused(said: Any) -> None:
    assert refused(COUNT, said)


def test_bounds_and_numbers_are_said_with_their_unit() -> None:
    assert refused(COUNT, 40, "zh-hans") == "不能大于31户。"
    with translation.override("zh-hans"):
        assert kinds.INTEGER.text(3, COUNT) == "3户"
    assert kinds.DECIMAL.text(2.50, WEIGHT) == "2.5 kg"
    assert kinds.DECIMAL.text(1e-06, WEIGHT) == "0.000001 kg"
    assert cleaned(WEIGHT, "1,234.5") == 1234.5


@given(st.decimals(-(10**11), 10**11, allow_nan=False, places=9))
def test_a_number_says_the_same_after_json_and_a_second_cleaning(number: Decimal) -> None:
    kept = cleaned(WEIGHT, str(number))
    assert abs(Decimal(repr(kept)) - number) <= Decimal("0.00002")  # floats beyond six places
    assert canonical({"n": json.loads(canonical({"n": kept}))["n"]}) == canonical({"n": kept})
    assert cleaned(WEIGHT, kept) == kept
    assert str(kept) != "-0.0"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "number", [0.1, 12.0, 999_999_999_999.0, 123456.789012, 1e-06, 0.0, 100000000000.5, -2.5e-05]
)
def test_a_number_comes_back_from_the_database_as_it_went(number: float) -> None:
    text = canonical({"n": cleaned(WEIGHT, number)})
    kind = "jsonb" if connection.vendor == "postgresql" else "text"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT CAST(%s AS {kind})", [text])
        back = cursor.fetchone()[0]
    assert canonical(json.loads(back) if isinstance(back, str) else back) == text


@pytest.mark.parametrize(
    "said", ["we;mo", "Wednesday；Monday", "mo、we", ["we", "mo", "mo"], "Monday, we", "mo，we,"]
)
def test_several_choices_are_kept_in_declared_order(said: Any) -> None:
    assert cleaned(DAYS, said) == ["mo", "we"]


def test_a_choice_with_a_comma_in_its_title_is_found_whole() -> None:
    field = Field("x", kinds.CHOICES, "X", choices=(Choice("a", "Fire, police"), Choice("b", "B")))
    assert cleaned(field, "Fire, police") == ["a"]
    assert cleaned(field, "Fire, police；B") == ["a", "b"]
    assert "choices" in refused(DAYS, "mo;sunday")
    assert cleaned(DAYS, []) is None


def test_rows_are_cleaned_by_their_sub_fields_and_empty_ones_left_out() -> None:
    rows = cleaned(
        ROWS,
        [
            {"held_on": "2026-3-2", "minutes": "３０", "outcome": " 谈过 ", "present": "mo;tu"},
            {"held_on": "", "minutes": None, "outcome": " ", "present": []},
            {"outcome": "谈成", "agreed": "yes", "held_at": "2026-03-05 09:30"},
        ],
    )
    assert as_kept(rows) == [
        {"held_on": "2026-03-02", "present": ["mo", "tu"], "minutes": 30, "outcome": "谈过"},
        {"held_at": "2026-03-05T01:30:00+00:00", "outcome": "谈成", "agreed": True},
    ]


def test_what_is_wrong_with_a_row_is_said_with_its_number_and_field() -> None:
    wrong = refused(ROWS, [{"outcome": "a"}, {"minutes": "x"}, {"outcome": "b", "colour": "red"}])
    assert "2, Minutes: “x” is not a number." in wrong
    assert "2, Outcome: Fill this in." in wrong
    assert "3, colour: There is no such field here." in wrong
    assert "第1行“Outcome”：请填写。" in refused(ROWS, [{"minutes": 3}], "zh-hans")
    for odd in ("text", {"a": 1}, [1], [{}] * 201):
        assert refused(ROWS, odd)


def test_rows_are_facts_with_times_and_days() -> None:
    assert kinds.ROWS.fact
    kept = [
        {"held_on": "2026-03-02", "outcome": "x", "at": "2026-03-02T01:00:00+00:00", "by": "李"}
    ]
    [row] = kinds.ROWS.fact(kept, ROWS)
    assert row["held_on"] == date(2026, 3, 2)
    assert row["minutes"] is None
    assert row["at"].year == 2026 and row["by"] == "李"


SHOP = {"exit": "ok", "extinguisher": "bad", "wires": "na"}


def test_a_checklist_wants_an_answer_to_every_item() -> None:
    value = {"list": "shop", "answers": SHOP, "notes": {"extinguisher": " 已过期 ", "exit": ""}}
    kept = cleaned(CHECKS, value)
    assert kept == {"list": "shop", "answers": SHOP, "notes": {"extinguisher": "已过期"}}
    assert [item.code for item in LISTS.bad(kept)] == ["extinguisher"]
    with translation.override("zh-hans"):
        text = kinds.CHECKLIST.text(kept, CHECKS)
        assert (
            text
            == "沿街店铺：合格 1 项，不合格 1 项，不适用 1 项。不合格项：灭火器在有效期内 (已过期)。"
        )
    missing = refused(CHECKS, {"list": "shop", "answers": {"exit": "ok"}}, "zh-hans")
    assert missing == "还有未检查的项目：灭火器在有效期内；电线无私拉乱接。"


def test_an_unknown_list_item_or_answer_is_refused() -> None:
    assert refused(CHECKS, {"answers": SHOP}) == "Choose the checklist."
    assert "Not on this checklist: roof." in refused(
        CHECKS, {"list": "shop", "answers": {**SHOP, "roof": "ok"}}
    )
    assert "answer with" in refused(CHECKS, {"list": "shop", "answers": {**SHOP, "exit": "fine"}})
    long = {"list": "shop", "answers": SHOP, "notes": {"exit": "x" * 201}}
    assert "200" in refused(CHECKS, long)
    assert cleaned(CHECKS, {}) is None


def test_a_city_may_load_its_own_checklist(home: Any) -> None:
    from linli.ledger.declaration.checklists import Checklists

    own = home / "checklists" / "sampler_checks.toml"
    own.parent.mkdir(exist_ok=True)
    own.write_text(
        '[[list]]\ncode="own"\nzh="本市"\nen="Own"\n[[list.item]]\ncode="a"\nzh="一"\nen="A"\n'
    )
    try:
        assert [one.code for one in Checklists(LISTS.file).lists] == ["own"]
    finally:
        own.unlink()


def test_every_kind_describes_itself_for_programs() -> None:
    for field in SAMPLER.fields:
        assert field.kind.schema(field)["type"]
    rows = kinds.ROWS.schema(ROWS)["items"]
    assert rows["required"] == ["outcome"]
    assert rows["properties"]["minutes"] == {
        "type": "integer", "minimum": 1, "maximum": 600, "x-unit": "min", "title": "Minutes",
        "x-kind": "integer",
    }  # fmt: skip
    assert kinds.CHECKLIST.schema(CHECKS)["properties"]["list"]["enum"] == ["shop", "hostel"]


def test_a_declaration_that_cannot_work_says_why() -> None:
    assert list(faults(SAMPLER)) == []
    wrong = Ledger(
        code="wrong", title="Wrong", letter="W", key="w", states=(State("open", "open"),),
        fields=(
            Field("a", kinds.ROWS, "A", fields=(Field("at", kinds.TEXT, "At"),)),
            Field("b", kinds.ROWS, "B", fields=(Field("x", kinds.PEOPLE, "X"),)),
            Field("c", kinds.CHECKLIST, "C"),
            Field("d", kinds.CHOICES, "D"),
            Field("phone", kinds.PHONE, "Phone"),
            Field("p", kinds.PEOPLE, "P", choices=WEEKDAYS),
            Field("q", kinds.PEOPLE, "Q", choices=WEEKDAYS),
        ),
        actions=(
            Action("record", "R", "R", to="there", asks=(Ask("nothing"),)),
            Action("add", "A", "A", ("open",), adds="c"),
        ),
        deadlines=(Deadline("d", "D", lambda facts: None, ("never",), start="c"),),
    )  # fmt: skip
    said = "\n".join(faults(wrong))
    for words in (
        "no state called void", "more than one field of people", "a.at: at and by",
        "b.x: a row cannot have the kind people", "c: a checklist needs checklists",
        "d: a choice needs choices", "phone: phone and identity numbers belong to people", "there is no state there", "there is no field nothing",
        "add: adds must name a field of rows", "there is no action never", "starts with no time",
    ):  # fmt: skip
        assert words in said


def test_the_choices_are_told_with_the_signs_of_the_language() -> None:
    way = Field("way", kinds.CHOICE, "Way", choices=(Choice("a", "上门"), Choice("b", "电话")))
    assert "上门、电话" in refused(way, "c", "zh-hans")
    assert "上门, 电话" in refused(way, "c", "en")
