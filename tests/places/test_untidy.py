"""The untidy list is what its table says: by the readers the import will use."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from linli.ground import codes, times
from linli.ledger.exchange.sheets import reading
from linli.ledger.exchange.words import headings
from linli.places import validity
from linli.places.categories import CATEGORIES
from linli.places.rules import licence_dates, missing
from tests.places import untidy
from tests.places.test_headings import KNOWN


@cache
def read(sheet: str) -> tuple[list[str], dict[int, dict[str, Any]]]:
    """The headings and the rows by number of the sample, as the import reads a sheet."""
    found = {one.name: one for one in reading.sheets(untidy.SAMPLE.read_bytes())}[sheet]
    head = headings.find_head(found, KNOWN)
    assert head is not None
    rows = {
        number: dict(zip(head.headings, cells, strict=False))
        for number, cells in found.rows()
        if number > head.row
    }
    return list(head.headings), rows


@pytest.mark.parametrize("sheet", untidy.HEADS)
def test_the_head_is_found_under_its_title(sheet: str) -> None:
    heads, rows = read(sheet)
    assert heads == untidy.HEADS[sheet]
    told = untidy.EXPECTED[sheet]
    assert set(rows) <= set(told)
    assert all(told[number] is None for number in set(told) - set(rows))


def test_the_sample_is_what_its_script_writes(tmp_path: Path) -> None:
    untidy.write(tmp_path / "again.xlsx")
    for new, kept in zip(
        reading.sheets((tmp_path / "again.xlsx").read_bytes()),
        reading.sheets(untidy.SAMPLE.read_bytes()),
        strict=True,
    ):
        assert (new.name, list(new.rows())) == (kept.name, list(kept.rows()))


def places() -> list[tuple[str, int, dict[str, Any], dict[str, Any]]]:
    """(sheet, number, cells by target, what is expected) of every row that becomes a place."""
    found = []
    for sheet, told in untidy.EXPECTED.items():
        _heads, rows = read(sheet)
        for number, expected in told.items():
            if expected is not None:
                cells = {KNOWN.get(headings.plain(h), h): c for h, c in rows[number].items()}
                found.append((sheet, number, cells, expected))
    return found


PLACES = places()


@pytest.mark.parametrize(("sheet", "number", "cells", "expected"), PLACES)
def test_kinds_and_codes_are_read_as_expected(
    sheet: str, number: int, cells: dict[str, Any], expected: dict[str, Any]
) -> None:
    kind = CATEGORIES.find(str(cells["category"] or ""))
    assert (kind or "other") == expected["category"]
    assert set(missing(expected)) == set(expected.get("lacks", ()))
    kept = {**expected.get("said", {}), **expected.get("sealed", {})}
    code = reading.cell_text(cells["credit_code"])
    if expected["credit_code"]:
        assert codes.credit_code(code) == expected["credit_code"]
    elif code not in ("", "无"):
        with pytest.raises(codes.Refused):
            codes.credit_code(code)
        assert code in kept.values()


@pytest.mark.parametrize(("sheet", "number", "cells", "expected"), PLACES)
def test_terms_are_read_as_expected(
    sheet: str, number: int, cells: dict[str, Any], expected: dict[str, Any]
) -> None:
    cell = cells["licences[0].valid_until"]
    if cell in ("", None, "/"):
        assert not any("valid_until" in one for one in expected["licences"])
        return
    try:
        term = validity.read(cell)
        licence_dates({"licences": [term._asdict()]})
    except times.Unreadable:
        assert str(cell) in expected["said"].values()
    except ValidationError as refused:
        assert set(refused.error_dict) == {"licences"}
        assert str(cell) in expected["said"].values() and expected["licences"] == []
    else:
        (licence,) = expected["licences"]
        assert licence["valid_until"] == term.valid_until
        assert licence.get("issued_on") == term.issued_on
        assert term.open_ended == (term.valid_until is None)


def test_nobody_in_the_list_exists() -> None:
    text = "\n".join(
        codes.halfwidth(reading.cell_text(cell))
        for sheet in untidy.HEADS
        for cells in read(sheet)[1].values()
        for cell in cells.values()
    )
    phones = [one for line in text.splitlines() if (one := codes.number_in(line))]
    assert phones
    for kind, number in phones:
        assert number[14:17] in ("000", "999") if kind == "identity" else number[3:7] == "0000"
