"""The headings of ordinary lists of places, before the register reads them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from linli.ledger.exchange.words.headings import plain
from linli.ledger.exchange.words.targets import parse
from linli.places import choices
from tests.places.untidy import HEADS

TOLD = tomllib.loads(
    (Path(choices.__file__).parent / "headings.toml").read_text("utf-8")
)  # fmt: skip
COLUMNS: dict[str, list[str]] = TOLD["columns"]
KNOWN = {plain(heading): target for target, said in COLUMNS.items() for heading in said}


def test_no_heading_is_two_columns() -> None:
    said = [heading for headings in COLUMNS.values() for heading in headings]
    assert len(said) == len(set(said)) > 250
    for target, headings in COLUMNS.items():
        for heading in headings:
            assert KNOWN[plain(heading)] == target, heading


def test_every_target_is_written_as_targets_are() -> None:
    roles = {one.code for one in choices.KEEPERS}
    for target in COLUMNS:
        aim = parse(target)
        if aim.field == "keepers":
            assert aim.part in ("name", "phone", "id_number", "address")
            assert not aim.which or aim.which in roles
        elif aim.part:
            assert aim.field in ("licences", "goods", "key_parts") and aim.which.isdecimal()


@pytest.mark.parametrize(
    ("field", "known"),
    [
        ("trading", {one.code for one in choices.TRADING}),
        ("licences[0].kind", {one.code for one in choices.LICENCES}),
    ],
)
def test_words_of_choices_mean_choices_that_are_there(field: str, known: set[str]) -> None:
    words = TOLD["choices"][field]
    assert set(words) == known
    said = [word for some in words.values() for word in some]
    assert len(said) == len(set(said))


@pytest.mark.parametrize(
    ("heading", "target"),
    [
        ("场所名称", "name"),
        ("招牌名称", "name"),
        ("字 号", "name"),
        ("统一社会信用代码", "credit_code"),
        ("营业执照号", "credit_code"),
        ("法定代表人", "keepers.name"),
        ("联系电话*", "keepers.phone"),
        ("治安责任人", "keepers[security].name"),
        ("保管员", "keepers[keeper].name"),
        ("特种行业许可证号", "licences[0].number"),
        ("有效期至", "licences[0].valid_until"),
        ("建筑面积（㎡）", "area"),
        ("房间数（间）", "rooms"),
    ],
)
def test_a_heading_is_known(heading: str, target: str) -> None:
    assert KNOWN[plain(heading)] == target


def test_the_sample_has_no_heading_that_is_not_known() -> None:
    unknown = {h for heads in HEADS.values() for h in heads if h and plain(h) not in KNOWN}
    assert unknown == {"上次检查"}  # kept as it was said
