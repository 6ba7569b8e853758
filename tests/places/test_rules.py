"""The rules of places, one by one, over facts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from linli.demo import businesses
from linli.ground import rules as law
from linli.ground.clock import today
from linli.places import rules

COMPANY = businesses.credit_code(1, kind="91")
ONE_PERSON = businesses.credit_code(2, kind="92")
LICENCE = {"kind": "explosives", "number": "鄂爆001", "valid_until": "2030-01-01"}
STORE = {"kind": "explosive", "what": "雷管", "how_much": "200 发", "storage": "1 号库"}
AN = {"role": "keeper", "name": "安大山", "phone": "13800000001"}
BAI = {"role": "keeper", "name": "白小河", "phone": "13800000002"}


def refused(rule: Callable[[Any], None], **facts: Any) -> set[str]:
    """The fields that a rule refuses; empty where all is right. Every reason is in Chinese too."""
    try:
        rule(facts)
    except ValidationError as error:
        with translation.override("en"):
            english = sorted(error.messages)
        with translation.override("zh-hans"):
            chinese = sorted(error.messages)
        assert all(english) and all(chinese) and set(english) & set(chinese) == set()
        return set(error.error_dict)
    return set()


def explosives(**changed: Any) -> dict[str, Any]:
    return {
        "category": "dangerous_goods.explosive",
        "licences": [LICENCE],
        "goods": [STORE],
        "keepers": [AN, BAI],
        **changed,
    }


def test_explosives_have_a_licence_a_store_and_two_keepers() -> None:
    check = rules.goods_have_two_keepers
    assert refused(check, **explosives()) == set()
    assert refused(check, **explosives(keepers=[AN])) == {"keepers"}
    assert refused(check, **explosives(keepers=[AN, {**BAI, "role": "in_charge"}])) == {"keepers"}
    assert refused(check, **explosives(licences=[])) == {"licences"}
    assert refused(check, **explosives(licences=[{**LICENCE, "number": ""}])) == {"licences"}
    assert refused(check, **explosives(goods=[])) == {"goods"}
    assert refused(check, **explosives(goods=[STORE, {**STORE, "storage": ""}])) == {"goods"}
    nothing = {"category": "dangerous_goods.explosive"}
    assert refused(check, **nothing) == {"goods", "licences", "keepers"}
    with pytest.raises(ValidationError, match="2 名保管员，现已填写 1 名"):
        check(explosives(keepers=[AN]))


def test_a_licence_may_stand_with_the_goods_it_is_for() -> None:
    check = rules.goods_have_two_keepers
    bought = {**STORE, "licence_no": "鄂爆购 7"}
    assert refused(check, **explosives(licences=[], goods=[bought])) == set()
    assert refused(check, **explosives(licences=[], goods=[bought, STORE])) == {"licences"}


def test_somebody_named_twice_is_one_keeper() -> None:
    check = rules.goods_have_two_keepers
    assert refused(check, **explosives(keepers=[AN, dict(AN)])) == {"keepers"}
    same = {"id_number": "420106199001010002"}
    assert refused(check, **explosives(keepers=[{**AN, **same}, {**BAI, **same}])) == {"keepers"}
    # Masked, two people may look the same.
    masked = {"role": "keeper", "name": "安*", "phone": "138****0001"}
    assert refused(check, **explosives(keepers=[masked, dict(masked)])) == set()


@pytest.mark.parametrize("kind", ["fuel", "gas", "pesticide", "fireworks"])
def test_a_filling_station_needs_a_licence_and_one_keeper(kind: str) -> None:
    goods = [{**STORE, "kind": kind}]
    facts = explosives(category=f"dangerous_goods.{kind}", goods=goods, keepers=[AN])
    assert refused(rules.goods_have_two_keepers, **facts) == set()
    assert refused(rules.goods_have_two_keepers, **{**facts, "keepers": []}) == {"keepers"}
    assert refused(rules.goods_have_two_keepers, **{**facts, "licences": []}) == {"licences"}


def test_the_goods_of_a_school_are_kept_like_anybodys() -> None:
    facts = explosives(
        category="institution.school", goods=[{**STORE, "kind": "explosive_precursor"}]
    )
    assert refused(rules.goods_have_two_keepers, **facts) == set()
    assert refused(rules.goods_have_two_keepers, **{**facts, "keepers": [BAI]}) == {"keepers"}
    shop = {"category": "shop.retail"}
    assert refused(rules.goods_have_two_keepers, **shop) == set()


def test_how_many_keepers_is_a_number_of_the_pack(monkeypatch: pytest.MonkeyPatch) -> None:
    own = law.on(today(), overrides={rules.KEEPERS_NEEDED: 3})
    monkeypatch.setattr(law, "on", lambda _day: own)
    assert refused(rules.goods_have_two_keepers, **explosives()) == {"keepers"}


def test_a_store_at_home_says_where_and_what_was_done() -> None:
    check, home = rules.store_at_home_is_looked_after, "dangerous_goods.home"
    kept = {"kind": "pesticide", "what": "敌敌畏", "storage": "阳台", "done": "locked"}
    assert refused(check, category=home, goods=[kept]) == set()
    assert refused(check, category=home) == {"goods"}
    assert refused(check, category=home, goods=[{**kept, "storage": ""}]) == {"goods"}
    assert refused(check, category=home, goods=[kept, {**kept, "done": ""}]) == {"goods"}
    assert refused(check, category="shop", goods=[]) == set()
    # It has neither a licence nor keepers.
    assert refused(rules.goods_have_two_keepers, category=home, goods=[kept]) == set()


def test_a_key_unit_has_key_parts_and_somebody_for_its_security() -> None:
    check = rules.key_unit_has_key_parts
    part = {"what": "金库", "where": "地下一层", "safeguards": "双人双锁，报警联网"}
    guard = {"role": "security", "name": "安大山"}
    unit = {"category": "key_unit.finance", "key_parts": [part], "keepers": [guard]}
    assert refused(check, **unit) == set()
    assert refused(check, **{**unit, "key_parts": []}) == {"key_parts"}
    assert refused(check, **{**unit, "key_parts": [{**part, "safeguards": ""}]}) == {"key_parts"}
    assert refused(check, **{**unit, "keepers": [AN]}) == {"keepers"}
    assert refused(check, category="institution.finance") == set()


def test_an_enterprise_has_a_code_and_a_home_has_none() -> None:
    check = rules.code_for_companies
    assert refused(check, category="institution.factory", credit_code=COMPANY) == set()
    assert refused(check, category="institution.factory", credit_code="") == {"credit_code"}
    assert refused(check, category="key_unit") == {"credit_code"}
    assert refused(check, category="shop.food") == set()
    assert refused(check, category="shop.food", credit_code=ONE_PERSON) == set()
    assert refused(check, category="institution.office", credit_code=ONE_PERSON) == {"credit_code"}
    assert refused(check, category="dangerous_goods.home", credit_code=COMPANY) == {"credit_code"}


@pytest.mark.parametrize("as_kept", [str, lambda day: day])
def test_a_licence_ends_not_before_it_was_issued(as_kept: Callable[[date], Any]) -> None:
    first, last = as_kept(date(2020, 5, 1)), as_kept(date(2023, 4, 30))

    def licence(issued: Any, until: Any) -> dict[str, Any]:
        return {"licences": [{"number": "7", "issued_on": issued, "valid_until": until}]}

    assert refused(rules.licence_dates, **licence(first, last)) == set()
    assert refused(rules.licence_dates, **licence(first, first)) == set()
    assert refused(rules.licence_dates, **licence(last, first)) == {"licences"}
    assert refused(rules.licence_dates, **licence(first, None)) == set()  # without end
    assert refused(rules.licence_dates, **licence("", "")) == set()
    tomorrow = today() + timedelta(days=1)
    assert refused(rules.licence_dates, **licence(as_kept(tomorrow), None)) == {"licences"}
    assert refused(rules.licence_dates, **licence(as_kept(today()), None)) == set()


def test_a_licence_stands_once_and_every_wrong_one_is_named() -> None:
    one = {"kind": "filing", "number": "备a7"}
    twice = [one, {**one, "number": " 备A7"}]
    assert refused(rules.licence_dates, licences=twice) == {"licences"}
    assert refused(rules.licence_dates, licences=[one, {**one, "kind": "fire"}]) == set()
    assert refused(rules.licence_dates, licences=[{"kind": "filing"}, {"kind": "filing"}]) == set()
    back = {"issued_on": "2024-01-01", "valid_until": "2023-01-01"}
    with pytest.raises(ValidationError) as error:
        rules.licence_dates({"licences": [{**back, "number": "7"}, {**back, "number": "8"}]})
    assert len(error.value.error_dict["licences"]) == 2


COMPLETE = (
    rules.goods_have_two_keepers,
    rules.store_at_home_is_looked_after,
    rules.key_unit_has_key_parts,
    rules.code_for_companies,
)


@pytest.mark.parametrize("category", ["dangerous_goods.highly_toxic", "dangerous_goods.home",
                                      "key_unit.education"])  # fmt: skip
def test_what_an_old_list_lacks_is_told_not_refused(category: str) -> None:
    facts = {"category": category}
    lacking = rules.missing(facts)
    assert lacking and set(lacking) == set().union(*(refused(one, **facts) for one in COMPLETE))
    assert [refused(one, **facts, past=True) for one in COMPLETE] == [set()] * len(COMPLETE)
    assert not rules.missing({"category": "hotel.inn"})


def test_what_contradicts_itself_is_refused_in_an_old_list_too() -> None:
    licence = {"issued_on": "2024-01-01", "valid_until": "2023-01-01", "number": "7"}
    assert refused(rules.licence_dates, licences=[licence], past=True) == {"licences"}
    home = {"category": "dangerous_goods.home", "credit_code": COMPANY, "past": True}
    assert refused(rules.code_for_companies, **home) == {"credit_code"}


def test_the_rules_take_a_place_of_which_little_is_known() -> None:
    for rule in (*COMPLETE, rules.licence_dates):
        assert refused(rule) == set()
        assert refused(rule, category=None, keepers=None, licences=None, goods=None) == set()
