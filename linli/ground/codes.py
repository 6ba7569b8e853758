"""Codes that people write down: identity numbers, phones, credit codes, areas; and their masks.

Every reader takes what a person typed or a spreadsheet held, gives the one normal form or raises
`Refused` with a reason in the officer's words. All are pure and fast.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from linli.ground import clock

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_WIDE = re.compile("[\uff01-\uff5e\u3000\u2010-\u2015\u2212\u00a0]")
_NARROW = (
    {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
    | {0x3000: " ", 0x00A0: " ", 0x2212: "-"}
    | dict.fromkeys(range(0x2010, 0x2016), "-")
)
_PADDING = re.compile(r"[\s\-_.·'\"`\u200b\ufeff]+")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+?\d{1,2}")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_VALUE = {sign: value for value, sign in enumerate(_CREDIT_ALPHABET)}
_CREDIT_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_MISTAKEN = {"I": "1", "O": "0", "S": "5", "V": "U", "Z": "2"}  # what is read for what stands there
_PROVINCES = frozenset(
    re.findall(
        "..",
        "1112131415212223313233343536374142434445465051525354616263646571818283",
    )
)
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"(010|02\d|0[3-9]\d\d)[\s\-()]*([2-9]\d{6,7})(?:[\s\-()*#,]+(\d{1,5}))?")
_EARLIEST_BIRTH = 1850


class Refused(ValueError):
    """A value that cannot be taken. `code` is for programs, `message` (lazy) for people."""

    def __init__(self, code: str, message: str | Promise) -> None:
        super().__init__(code, message)  # both, so that worker processes can send it
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class IdentityFacts(NamedTuple):
    """What an identity number tells: the birth date and the sex (1 male, 2 female)."""

    birth: date
    sex: int


def halfwidth(text: str) -> str:
    """Full-width digits, letters and marks made half-width; Chinese characters stay."""
    if text.isascii() or not _WIDE.search(text):
        return text
    return text.translate(_NARROW)


def _digits(text: str) -> str:
    """Half-width, upper case, without the blanks, dashes and quotes that people put between."""
    narrow = halfwidth(text).strip()
    if narrow.endswith(".0"):  # a number cell that a program wrote out as text
        narrow = narrow[:-2]
    return _PADDING.sub("", narrow).upper()


def _refuse_spoiled(text: str) -> None:
    if _SCIENTIFIC.fullmatch(halfwidth(text).strip()):
        raise Refused("spoiled_number", _SPOILED)


_SPOILED = _(
    "A spreadsheet has rounded this number and lost its last digits. "
    "Type it again into a cell formatted as text."
)


def _wrong_length(code: str, template: _StrPromise, number: int) -> Refused:
    return Refused(code, format_lazy(template, n=number))


def _check_digit(number: str) -> str:
    """The check sign of GB 11643 over the first 17 digits."""
    return _CHECK[sum(int(d) * w for d, w in zip(number, _WEIGHTS, strict=False)) % 11]


def _birth(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def identity_number(text: str) -> str:
    """The 18 signs of a resident identity number (GB 11643), X in capitals; else `Refused`."""
    _refuse_spoiled(text)
    number = _digits(text)
    if not number:
        raise Refused("identity_empty", _("There is no identity number here."))
    if "O" in number and number.replace("O", "0")[:-1].isdigit():
        raise Refused(
            "identity_letter_o",
            _("There is a letter O where a digit 0 belongs. Type the number again."),
        )
    if not number.isascii() or not (number[:-1] + "0").isdigit():
        raise Refused(
            "identity_signs",
            _("An identity number has digits only; the last sign may be X. Check what was typed."),
        )
    if len(number) == 15 and number.isdigit():
        raise Refused(
            "identity_old",
            _("This is an old number of 15 digits, no longer valid since 2013. Ask for the 18."),
        )
    if len(number) != 18:
        raise _wrong_length(
            "identity_length",
            _("{n} digits: an identity number has 18. Check the last digits."),
            len(number),
        )
    if number[17] not in "0123456789X":
        raise Refused("identity_signs", _("The last sign of an identity number is a digit or X."))
    if number[17] != _check_digit(number):
        # Excel keeps 15 digits and writes zeros for the rest.
        if number.endswith("000"):
            raise Refused("spoiled_number", _SPOILED)
        raise Refused(
            "identity_check",
            _("The check digit does not fit: at least one digit is wrong. Compare with the card."),
        )
    if number[:2] not in _PROVINCES and number[0] != "9":
        raise Refused("identity_area", _("No province has these first two digits. Check them."))
    birth = _birth(number)
    if birth is None or birth.year < _EARLIEST_BIRTH or birth > clock.today():
        raise Refused("identity_birth", _("Digits 7 to 14 are no possible birth date. Check them."))
    return number


def identity_facts(number: str) -> IdentityFacts:
    """Birth date and sex of a number that `identity_number` has returned."""
    birth = _birth(number)
    if birth is None:
        raise ValueError("not a checked identity number")
    return IdentityFacts(birth, 1 if int(number[16]) % 2 else 2)


def _without_country(number: str) -> str:
    if number.startswith("+86"):
        return number[3:]
    if number.startswith("0086"):
        return number[4:]
    if len(number) == 13 and number.startswith("861"):
        return number[2:]
    return number


def mobile(text: str) -> str:
    """The 11 digits of a mainland mobile number; +86, blanks and dashes are taken off."""
    _refuse_spoiled(text)
    number = _without_country(_digits(text))
    if _MOBILE.fullmatch(number):
        return number
    if not (number.isascii() and number.isdigit()):
        raise Refused("phone_signs", _("A phone number has digits only. Check what was typed."))
    if len(number) == 10 and _MOBILE.match(number + "0"):
        raise Refused("phone_short", _("10 digits: one digit is missing, a mobile number has 11."))
    if len(number) != 11:
        raise _wrong_length(
            "phone_length", _("{n} digits: a mobile number has 11. Check it."), len(number)
        )
    raise Refused(
        "phone_prefix", _("A mobile number begins with 13 to 19. Check the first digits.")
    )


def phone(text: str) -> str:
    """A mobile number, or a landline as `027-87654321` or `027-87654321-801`; else `Refused`."""
    if _MOBILE.fullmatch(text):  # as most are written, and as all come that were read before
        return text
    narrow = halfwidth(text).strip()
    compact = _without_country(_PADDING.sub("", narrow).upper())
    if _MOBILE.fullmatch(compact):
        return compact
    local = narrow
    if narrow.startswith("+86"):
        # Abroad the area code is written without its zero.
        local = re.sub(r"^\+86[\s\-(]*0?", "0", narrow)
    landline = _LANDLINE.fullmatch(local.lstrip("( "))
    if landline is None and compact.startswith("0"):
        landline = _LANDLINE.fullmatch(compact)
    if landline is not None:
        return "-".join(part for part in landline.groups() if part)
    if (
        compact.isascii()
        and compact.isdigit()
        and len(compact) in (7, 8)
        and compact[0] in "2345678"
    ):
        raise Refused(
            "phone_no_area", _("A landline needs its area code, such as 027 before the number.")
        )
    return mobile(text)


def credit_code(text: str) -> str:
    """The 18 signs of a unified social credit code (GB 32100-2015); else `Refused`.

    python-stdnum asks for eight digits in front; the standard lets a letter name who registers
    (N agriculture, A the armed forces, Y others), so the village collectives of N would be refused.
    """
    _refuse_spoiled(text)
    number = _digits(text)
    if not number:
        raise Refused("credit_empty", _("There is no social credit code here."))
    if not number.isascii() or not number.isalnum():
        raise Refused(
            "credit_signs",
            _("A social credit code has digits and capitals without I, O, S, V, Z. Check it."),
        )
    if len(number) != 18:
        raise _not_18_signs(number)
    for place, sign in enumerate(number, 1):
        if sign not in _CREDIT_VALUE:
            raise Refused(
                "credit_letter",
                format_lazy(
                    _("Sign {n} is a letter {letter}, which no credit code has: {instead} is meant?"),
                    n=place, letter=sign, instead=_MISTAKEN[sign],
                ),
            )  # fmt: skip
    if not number[2:8].isdigit():
        raise Refused(
            "credit_area",
            _("Signs 3 to 8 of a credit code are the digits of an area. Copy it from the licence."),
        )
    if number[17] != credit_check_sign(number):
        if number[:17].isdigit() and number[17] == _check_digit(number) and _birth(number):
            raise Refused(
                "credit_identity",
                _("This is a person's identity number. Here stands the code of the licence."),
            )
        if number.isdigit() and number.endswith("000"):  # as identity numbers are spoiled
            raise Refused("spoiled_number", _SPOILED)
        raise Refused(
            "credit_check",
            _("The check sign does not fit: at least one sign is wrong. Compare with the licence."),
        )
    return number


def credit_check_sign(first_17: str) -> str:
    """The sign of GB 32100 over the first 17 signs; KeyError for a sign that no code has."""
    total = sum(_CREDIT_VALUE[d] * w for d, w in zip(first_17, _CREDIT_WEIGHTS, strict=False))
    return _CREDIT_ALPHABET[-total % 31]


def _not_18_signs(number: str) -> Refused:
    """What was written in the place of a credit code, by its length."""
    if len(number) in (13, 15) and number.isdigit():
        return _wrong_length(
            "credit_old",
            _(
                "{n} digits: this is a registration number, as licences had it before October 2015. "
                "The licence of today has a code of 18 signs: ask to see it."
            ),
            len(number),
        )
    if len(number) == 9:
        return Refused(
            "credit_organisation",
            _(
                "9 signs: this is an old organisation code. "
                "The licence of today has a code of 18 signs: ask to see it."
            ),
        )
    return _wrong_length(
        "credit_length",
        _("{n} signs: a social credit code has 18. Check the last ones."),
        len(number),
    )


def area_code(text: str) -> str:
    """A statistical area code of 6, 9 or 12 digits; nothing is read from it but the province."""
    _refuse_spoiled(text)
    number = _digits(text)
    if not (number.isascii() and number.isdigit()) or len(number) not in (6, 9, 12):
        raise Refused("area_length", _("An area code has 6, 9 or 12 digits. Check it."))
    if number[:2] not in _PROVINCES:
        raise Refused("area_province", _("No province has these first two digits. Check them."))
    return number


def mask_identity(number: str) -> str:
    """The first 3 and last 4 signs: `420***********123X`; what is too short is hidden whole."""
    if len(number) < 15:
        return "*" * len(number)
    return number[:3] + "*" * (len(number) - 7) + number[-4:]


_IN_TEXT = re.compile(r"(?<![0-9])(?:([1-9][0-9]{16}[0-9Xx])|(1[3-9][0-9]{9}))(?![0-9])")


def number_in(text: str) -> tuple[str, str] | None:
    """The first identity or mobile number inside a text: ("identity" or "phone", the number)."""
    found = _IN_TEXT.search(halfwidth(text))
    if found is None:
        return None
    return ("identity" if found[1] else "phone"), found[0].upper()


def masked_numbers(text: str) -> str:
    """A text with identity and mobile numbers inside it masked; without any it stays as it is."""
    if number_in(text) is None:
        return text
    return _IN_TEXT.sub(
        lambda found: mask_identity(found[0]) if found[1] else mask_phone(found[0]),
        halfwidth(text),
    )


def mask_phone(number: str) -> str:
    """`138****1234`; a landline keeps its area code: `027-****4321`."""
    if "-" in number:
        area, _dash, rest = number.partition("-")
        own = rest.partition("-")[0]
        return f"{area}-****{own[-4:]}" if len(own) > 6 else f"{area}-****"
    if len(number) < 11:
        return "*" * len(number)
    return f"{number[:3]}****{number[-4:]}"


@cache
def _compound_surnames() -> frozenset[str]:
    path = Path(__file__).parent / "data" / "surnames.toml"
    return frozenset(tomllib.loads(path.read_text("utf-8"))["compound"])


def mask_name(name: str) -> str:
    """The surname and one star, whatever the length; compound surnames stay whole."""
    name = name.strip()
    if not name:
        return ""
    if len(name) > 2 and name[:2] in _compound_surnames():
        return name[:2] + "*"
    return name[0] + "*"
