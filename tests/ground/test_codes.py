import pickle
from datetime import date

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from linli.demo import businesses
from linli.ground import codes
from linli.ground.codes import Refused


def with_check(first_17: str) -> str:
    return first_17 + ric.calc_check_digit(first_17 + "0")


IDENTITY = with_check("42010619900101002")

numbers = st.builds(
    lambda area, born, order: with_check(f"{area}{born:%Y%m%d}{order}"),
    st.sampled_from(["420106", "110101", "810000", "830000", "650102"]),
    st.dates(date(1900, 1, 1), date(2020, 1, 1)),
    st.sampled_from(["000", "999", "001"]),
)


@given(numbers, st.booleans())
def test_a_right_number_is_read_however_it_is_written(number: str, spaced: bool) -> None:
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in number)
    assert codes.identity_number(wide) == number
    assert codes.identity_number(f" {number[:6]} {number[6:14]}-{number[14:].lower()} ") == number
    facts = codes.identity_facts(number)
    assert f"{facts.birth:%Y%m%d}" == number[6:14]
    assert facts.sex == (1 if int(number[16]) % 2 else 2)


@given(numbers, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_found(number: str, place: int, more: int) -> None:
    wrong = number[:place] + str((int(number[place]) + more) % 10) + number[place + 1 :]
    with pytest.raises(Refused):
        codes.identity_number(wrong)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "identity_empty"),
        ("无", "identity_signs"),
        ("4201061990010100011", "identity_length"),
        ("4207041977072500", "identity_length"),
        ("420106900101001", "identity_old"),
        ("4.20106E+17", "spoiled_number"),
        ("4.2010319870224e+17", "spoiled_number"),
        ("420106199001015000", "spoiled_number"),
        ("420103198702240000.0", "spoiled_number"),
        ("42O70419960311000X", "identity_letter_o"),
        (IDENTITY[:17] + ("1" if IDENTITY[17] != "1" else "2"), "identity_check"),
        (with_check("00010619900101002"), "identity_area"),
        (with_check("42010619900230002"), "identity_birth"),
        (with_check("42010629990101002"), "identity_birth"),
        (IDENTITY[:17] + "Y", "identity_signs"),
    ],
)
def test_a_wrong_identity_number_is_refused_with_its_reason(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        codes.identity_number(text)
    assert refused.value.code == code
    assert str(refused.value) == str(refused.value.message) != code


def test_the_reason_says_how_many_digits_there_are() -> None:
    with pytest.raises(Refused, match="19"):
        codes.identity_number("4201061990010100011")


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("171-0000-3686", "17100003686"),
        ("186 0000 4272", "18600004272"),
        ("+86 13900001234", "13900001234"),
        ("8613900001234", "13900001234"),
        ("１３９００００１２３４", "13900001234"),
        ("13900001234.0", "13900001234"),
        ("027-85226700", "027-85226700"),
        ("（０２７）８５２２６７００", "027-85226700"),
        ("02785226700", "027-85226700"),
        ("+86 27 85226700", "027-85226700"),
        ("0711-3380000", "0711-3380000"),
        ("027-85226700-801", "027-85226700-801"),
        ("010 6512 0000", "010-65120000"),
    ],
)
def test_phones_have_one_normal_form(text: str, normal: str) -> None:
    assert codes.phone(text) == normal
    assert codes.phone(normal) == normal


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1790000688", "phone_short"),
        ("179000068812", "phone_length"),
        ("12900001234", "phone_prefix"),
        ("85226700", "phone_no_area"),
        ("无", "phone_signs"),
        ("", "phone_signs"),
        ("1.39E+10", "spoiled_number"),
    ],
)
def test_a_wrong_phone_is_refused_with_its_reason(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        codes.phone(text)
    assert refused.value.code == code


CREDIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
credit_heads = st.builds(
    "".join,
    st.tuples(
        st.text(alphabet=CREDIT_SIGNS, min_size=2, max_size=2),
        st.text(alphabet="0123456789", min_size=6, max_size=6),
        st.text(alphabet=CREDIT_SIGNS, min_size=9, max_size=9),
    ),
)


@given(credit_heads)
def test_credit_codes_are_checked_as_the_library_does(first: str) -> None:
    right = first + uscc.calc_check_digit(first)
    assert codes.credit_check_sign(first) == right[-1]
    assert codes.credit_code(right.lower()) == right
    if right[:2].isdigit():
        assert uscc.validate(right) == right
    wrong = first + ("0" if right[-1] != "0" else "1")
    with pytest.raises(Refused):
        codes.credit_code(wrong)


@given(credit_heads, st.integers(0, 16), st.sampled_from(CREDIT_SIGNS))
def test_one_wrong_sign_of_a_credit_code_is_found(first: str, place: int, sign: str) -> None:
    right = first + codes.credit_check_sign(first)
    wrong = right[:place] + sign + right[place + 1 :]
    if wrong != right:
        with pytest.raises(Refused):
            codes.credit_code(wrong)


COMPANY = businesses.credit_code(1, kind="91")


@pytest.mark.parametrize(
    "text",
    [
        COMPANY.lower(),
        f" {COMPANY[:8]} {COMPANY[8:12]}-{COMPANY[12:]}\n",
        "".join(chr(ord(sign) + 0xFEE0) for sign in COMPANY),
        f"'{COMPANY}",
    ],
)
def test_a_credit_code_is_read_however_it_is_written(text: str) -> None:
    assert codes.credit_code(text) == COMPANY


def test_a_village_collective_has_a_code_though_the_library_refuses_it() -> None:
    village = businesses.credit_code(7, kind="N2")
    assert codes.credit_code(village) == village
    assert not uscc.is_valid(village)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "credit_empty"),
        (" - ", "credit_empty"),
        ("无", "credit_signs"),
        ("91420106MA0000O1/K", "credit_signs"),
        ("9142010600000", "credit_old"),
        ("420106000123456", "credit_old"),
        ("MA0000015", "credit_organisation"),
        (COMPANY[:17], "credit_length"),
        (COMPANY + "0", "credit_length"),
        ("91420106MA4K", "credit_length"),
        ("ABCDEFGHJKLMNPQRTU", "credit_area"),
        ("AAAAAAAAAAAAAAAAAA", "credit_area"),
        (COMPANY[:10] + "O" + COMPANY[11:], "credit_letter"),
        (COMPANY[:4] + "I" + COMPANY[5:], "credit_letter"),
        (COMPANY[:17] + ("0" if COMPANY[17] != "0" else "1"), "credit_check"),
        (IDENTITY, "credit_identity"),
        ("9.14201E+17", "spoiled_number"),
        ("914201060000123000", "spoiled_number"),
    ],
)
def test_a_wrong_credit_code_is_refused_with_its_reason(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        codes.credit_code(text)
    assert refused.value.code == code
    assert str(refused.value) == str(refused.value.message) != code
    assert text.strip(" -") == "" or text not in str(refused.value)  # it may be a person's number


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_reason_says_which_letter_stands_where(language: str) -> None:
    with translation.override(language), pytest.raises(Refused) as refused:
        codes.credit_code(COMPANY[:10] + "O" + COMPANY[11:])
    with translation.override(language):
        assert "11" in str(refused.value)
        assert "O" in str(refused.value) and "0" in str(refused.value)
    again = pickle.loads(pickle.dumps(refused.value))
    assert again.code == "credit_letter"


@given(st.integers(0, 999_999), st.sampled_from(["91", "92", "12", "52", "N2"]))
def test_a_made_up_credit_code_is_right_and_nobodys(number: int, kind: str) -> None:
    made = businesses.credit_code(number, kind=kind)
    assert codes.credit_code(made) == made
    body, check = made[8:16], made[16]
    weights = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714, the organisation code inside
    total = sum(int(sign, 36) * w for sign, w in zip(body, weights, strict=True))
    assert check != "0123456789X0"[11 - total % 11]


def test_area_codes() -> None:
    assert codes.area_code("420106 003 001") == "420106003001"
    for wrong in ("4201", "990106003001", "42010600300A"):
        with pytest.raises(Refused):
            codes.area_code(wrong)


@given(st.text())
def test_readers_return_or_refuse_whatever_comes(text: str) -> None:
    for reader in (codes.identity_number, codes.phone, codes.credit_code, codes.area_code):
        try:
            assert reader(reader(text)) == reader(text)
        except Refused as refused:
            assert str(refused.message)


def test_masks_hide_the_middle() -> None:
    assert codes.mask_identity("42010619900101123X") == "420***********123X"
    assert codes.mask_identity("4201") == "****"
    assert codes.mask_phone("13900001234") == "139****1234"
    assert codes.mask_phone("027-85226700-801") == "027-****6700"
    assert codes.mask_phone("110") == "***"
    assert [codes.mask_name(name) for name in ("张三", "张三丰", "欧阳锋", "欧阳", "")] == [
        "张*", "张*", "欧阳*", "欧*", "",
    ]  # fmt: skip


def test_halfwidth_leaves_chinese_alone() -> None:
    assert codes.halfwidth("Ａ１－２　栋：《𡈽地庙》。") == "A1-2 栋:《𡈽地庙》。"


def test_a_refusal_can_be_sent_between_processes() -> None:
    with pytest.raises(Refused) as refused:
        codes.identity_number("4201061990010100011")
    sent = pickle.loads(pickle.dumps(refused.value))
    assert (sent.code, str(sent)) == (refused.value.code, str(refused.value))
