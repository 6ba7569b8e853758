"""The kinds of places: known by the words lists use, and what follows from a kind."""

from __future__ import annotations

import pytest
from django.utils import translation

from linli.ground import rules as law
from linli.ground.clock import today
from linli.inspections.ledger import INSPECTIONS
from linli.inspections.lists import CHECKLISTS
from linli.places import categories, choices
from linli.places.categories import CATEGORIES


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("宾馆", "hotel.hotel"),
        ("招待所", "hotel.inn"),
        ("网约房", "hotel.short_let"),
        ("网吧", "public.internet"),
        ("KTV", "entertainment.song_dance"),
        ("ktv", "entertainment.song_dance"),
        ("打金店", "second_hand.jewellery"),
        ("废品站", "scrap.recycling"),
        ("配钥匙", "locksmith"),
        ("公章刻制业", "seal"),
        ("典当行", "pawn"),
        ("汽修", "vehicle.repair"),
        ("快递", "parcel.courier"),
        ("内保重点单位", "key_unit"),
        ("幼儿园", "institution.kindergarten"),
        ("加油站", "dangerous_goods.fuel"),
        ("易制爆", "dangerous_goods.explosive_precursor"),
        ("家中农药", "dangerous_goods.home"),
        ("九小场所", "shop"),
        ("Pawn", "pawn"),
        ("飞船", None),
    ],
)
def test_a_kind_is_found_by_the_words_of_lists(said: str, code: str | None) -> None:
    assert CATEGORIES.find(said) == code


def test_no_word_means_two_kinds_and_every_kind_has_both_titles() -> None:
    seen: dict[str, str] = {}
    for node in CATEGORIES.walk():
        assert node.zh and node.en and len(node.code) <= 60, node.code
        for word in (node.zh, *node.words):
            assert seen.setdefault(word, node.code) == node.code, word
    assert len(CATEGORIES.by_code) > 90


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_two_kinds_of_a_level_are_called_the_same(language: str) -> None:
    with translation.override(language):
        for nodes in (CATEGORIES.roots, *(node.children for node in CATEGORIES.roots)):
            assert len({node.title for node in nodes}) == len(nodes)


def test_kinds_with_a_checklist_are_called_as_it_is() -> None:
    inspected = INSPECTIONS.categories
    assert inspected is not None
    for node in CATEGORIES.walk():
        kind = categories.inspected_as(node.code)
        assert not kind or kind in inspected.by_code, node.code
        assert not kind or kind in CHECKLISTS.by_code, node.code
    for code in ("hotel", "scrap", "seal", "pawn", "locksmith", "shop", "key_unit"):
        assert categories.inspected_as(code) == code
    assert categories.inspected_as("dangerous_goods.fuel") == "dangerous_goods"
    assert categories.inspected_as("institution.school") == "school_gate"
    assert categories.inspected_as("institution.factory") == "key_unit"
    assert categories.inspected_as("public.park") == ""


def test_what_is_told_of_kinds_is_told_of_kinds_that_are_there() -> None:
    told = {*categories._INSPECTED_AS, *categories.ORGANISATIONS}
    assert told <= set(CATEGORIES.by_code)


def test_goods_are_called_as_the_kinds_of_dangerous_goods_are() -> None:
    kinds = {node.code.split(".")[1] for node in CATEGORIES.by_code["dangerous_goods"].children}
    assert {one.code for one in choices.GOODS} == kinds - {"home"}


def test_the_pack_names_kinds_of_goods_that_are_there() -> None:
    named = law.on(today()).value("dangerous_goods.kept_by_several")
    assert isinstance(named, tuple) and named
    for one in named:
        code = CATEGORIES.find(str(one))
        assert code is not None and code.startswith("dangerous_goods."), one


def test_a_kind_is_one_by_its_parts_not_by_its_first_letters() -> None:
    assert categories.is_kind("hotel.inn", "hotel") and categories.is_kind("hotel", "hotel")
    assert not categories.is_kind("vehicles", "vehicle") and not categories.is_kind(None, "hotel")
    assert categories.root("key_unit.finance") == "key_unit" and categories.root(None) == ""
