from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.ground.words import (
    Query,
    _read,
    bigrams,
    index_words,
    initials,
    name_pinyin,
    pinyin,
    query_words,
)

chinese = st.text(alphabet="楼上漏水双方争吵尚隆苑路灯损坏𡈽地庙", min_size=2, max_size=30)


def found(query: str, narrative: str, short: str = "") -> bool:
    words = set(index_words(narrative, short))
    wanted = query_words(query)
    return (
        bool(wanted)
        and words.issuperset(wanted.all_of)
        and (not wanted.any_of or any(words.issuperset(way) for way in wanted.any_of))
    )


def test_chinese_is_cut_in_twos_and_latin_kept_whole() -> None:
    assert bigrams("楼上漏水，Ｅ3栋KTV 13900001234") == [
        "楼上", "上漏", "漏水", "e3", "栋", "ktv", "13900001234",
    ]  # fmt: skip
    assert bigrams("漏水漏水") == ["漏水", "水漏"]
    assert bigrams("𡈽地庙") == ["𡈽地", "地庙"]
    assert bigrams("") == bigrams("，。 ！") == []


@given(chinese, st.data())
def test_any_part_of_a_text_finds_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 2))
    end = data.draw(st.integers(start + 2, len(text)))
    assert set(query_words(text[start:end]).all_of) <= set(bigrams(text))
    assert found(text[start:end], text)


@given(st.text(), st.text())
def test_any_text_can_be_cut_and_asked(narrative: str, short: str) -> None:
    words = index_words(narrative, short)
    assert len(words) == len(set(words))
    assert set(bigrams(narrative)) | set(bigrams(short)) <= set(words)
    query_words(narrative)
    initials(narrative), pinyin(narrative)


@given(chinese)
def test_a_title_is_found_by_its_pinyin_and_initials(title: str) -> None:
    title = title[:10].replace("𡈽", "土")
    assert found(pinyin(title), "", title)
    assert found(initials(title), "", title)


@pytest.mark.parametrize(
    "query",
    ["loushui", "lou shui", "LOUSHUI", "ls", "shangloushui", "楼上 ls", "漏水", "e3", "ktv"],
)
def test_ways_to_ask_for_a_leak(query: str) -> None:
    assert found(query, "住户反映家中进水", "楼上漏水 E3栋 KTV")


def test_what_is_not_there_is_not_found() -> None:
    for query in ("漏电", "loudian", "ld", "漏水 停电", "loushui tingdian"):
        assert not found(query, "楼上漏水", "")


def test_a_single_character_cannot_be_searched() -> None:
    assert query_words("水") == Query([], [])
    assert not query_words("水")
    assert not query_words("，")
    assert query_words("3栋 漏水").all_of == ["3", "漏水"]


def test_letters_are_read_in_every_sensible_way() -> None:
    assert query_words("ls").any_of == [["i:ls"], ["ls"]]
    assert query_words("loushui").any_of == [["p:loushui"], ["loushui"]]
    assert sorted(next(w for w in query_words("dianti").any_of if len(w) > 1)) == [
        "p:anti",
        "p:dian",
    ]
    assert query_words("nvren").any_of[0] == ["p:nvren"]
    assert len(query_words(" ".join(["fangan dianti xianguo"] * 9)).any_of) <= 16


def test_only_the_head_of_a_narrative_sounds() -> None:
    assert found("loushui", "楼上漏水" + "。" * 60)
    assert not found("loushui", "。" * 60 + "楼上漏水")
    assert found("loushui", "。" * 60, "楼上漏水")


def test_pinyin_and_initials() -> None:
    assert pinyin("张三A1") == "zhangsana1"
    assert initials("楼上漏水") == "lsls"
    assert pinyin("女绿") == "nvlv"


def test_characters_with_several_readings_are_read_by_their_company() -> None:
    assert pinyin("调解银行空调") == "tiaojieyinhangkongtiao"
    assert initials("重复") == "cf"
    assert found("tiaojie", "", "上门调解") and found("tj", "", "上门调解")
    assert found("shangmentiaojie", "", "上门调解")
    assert name_pinyin("曾 彤") == "zengtong"
    assert name_pinyin("尉迟恭") == "yuchigong"
    assert name_pinyin("张三") == "zhangsan"


@given(st.text(alphabet="调解银行空重复单位曾了长大楼水", min_size=2, max_size=30))
def test_a_told_reading_changes_its_neighbours_wherever_it_stands(text: str) -> None:
    """The index works by pairs, pinyin by whole runs: both hear the same."""
    syllables = _read(text)
    heard = [f"p:{one}{two}" for one, two in pairwise(syllables)]
    assert [word for word in index_words("", text) if word.startswith("p:")] == list(
        dict.fromkeys(heard)
    )
    assert pinyin(text) == "".join(syllables)


def test_the_head_of_a_narrative_is_heard_up_to_its_fortieth_sign() -> None:
    for before in ("。" * 38, "\u0130" * 38, "A" * 37 + " "):  # \u0130 has two small letters
        assert "p:loushang" in index_words(before + "楼上漏水", "")
        assert "p:shanglou" not in index_words(before + "楼上漏水", "")
