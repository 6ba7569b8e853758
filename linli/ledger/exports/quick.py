"""The cells of CSV straight from the database's text: what `Layout.cells` and `as_text` say, said for
a million rows. Titles are looked up once for each column; times are moved to Shanghai by the hour.

What is rare (rows, checklists, older forms) is left to the layout's own getters, so that there is
one place that says how a value is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from linli.ledger.declaration.ledger import Field
from linli.ledger.entries.serials import written as serial
from linli.ledger.exchange.words import cell_out
from linli.ledger.exchange.words.sheet_columns import Column, Layout
from linli.ledger.exports.reading import AT, Person, Row, moment

Text = Callable[[Row, Sequence[Person]], str]
Batch = list[tuple[Row, list[Person]]]
_KEPT: Final = 50_000  # values of a column that are remembered
_SUSPECT: Final = frozenset("'=+-@\t\r")
_OWN_MOMENTS: Final = {"received_at": "received_at", "due": "due_at", "closed": "closed_at"}
# Since then Shanghai is eight hours ahead without exception.
_STEADY: Final = "1992"


def lines(layout: Layout, batch: Batch, cells: Sequence[Text]) -> Iterator[list[str]]:
    """The rows of a batch as texts."""
    for row, people in batch:
        yield [cell(row, people) for cell in cells]


def texts(layout: Layout, staff: cell_out.Staff) -> list[Text]:
    """What makes the text of each column."""
    return [
        _fast(layout, column, staff) or _slow(get, staff)
        for column, get in zip(layout.columns, layout._getters, strict=True)
    ]


def _slow(get: Any, staff: cell_out.Staff) -> Text:
    as_text = cell_out.as_text
    return lambda row, people: as_text(get(row, people, staff))


def _fast(layout: Layout, column: Column, staff: cell_out.Staff) -> Text | None:
    target = column.target
    if column.beside or target == "received_at":
        return _beside(layout, target, staff)
    if "#" in target:
        return _person(layout, target)
    about = layout.ledger.by_name.get(target)
    if about is None or layout.extent.versions - {layout.ledger.version}:
        return None
    return _of_column(about) if about.column else _of_data(about, staff)


def _beside(layout: Layout, target: str, staff: cell_out.Staff) -> Text | None:
    """What is of the entry itself; a field of the form may have the same name."""
    if target in _OWN_MOMENTS:
        return _moment(_OWN_MOMENTS[target])
    if target in ("serial", "state"):
        return _serial(layout) if target == "serial" else _state(layout)
    if target == "responsible":
        return _responsible(staff)
    return _assisting(layout, staff) if target == "assisting" else None


def _serial(layout: Layout) -> Text:
    letter, year, number = str(layout.ledger.letter), AT["serial_year"], AT["serial_no"]
    ready = cell_out.harmless(serial(letter, 2026, 1)) == serial(letter, 2026, 1)

    def text(row: Row, _people: Sequence[Person]) -> str:
        said = serial(letter, row.raw[year], row.raw[number])
        return said if ready else cell_out.harmless(said)

    return text


def _remembered(at: int, make: Callable[[Any], str]) -> Text:
    """The text of a column with few different values, each made once."""
    known: dict[Any, str] = {}

    def text(row: Row, _people: Sequence[Person]) -> str:
        value = row.raw[at]
        found = known.get(value)
        if found is None:
            if len(known) > _KEPT:
                known.clear()
            found = known[value] = make(value)
        return found

    return text


def _state(layout: Layout) -> Text:
    titles = {name: str(state.title) for name, state in layout.ledger.state_by_name.items()}
    return _remembered(AT["state"], lambda code: cell_out.harmless(titles.get(code, code)))


def _responsible(staff: cell_out.Staff) -> Text:
    def make(raw: str) -> str:
        one = raw if "-" in raw else _dashed(raw)
        return cell_out.harmless(staff.get(one, one))

    return _remembered(AT["responsible"], make)


def _dashed(raw: str) -> str:
    return f"{raw[:8]}-{raw[8:12]}-{raw[12:16]}-{raw[16:20]}-{raw[20:]}"


def _assisting(layout: Layout, staff: cell_out.Staff) -> Text:
    at, known = AT["assisting"], staff

    def text(row: Row, _people: Sequence[Person]) -> str:
        if row.raw[at] == "[]":
            return ""
        return cell_out.harmless(
            cell_out.several([known.get(str(i), str(i)) for i in row.assisting])
        )

    return text


# Moments

_hours: dict[str, str] = {}


def local_text(text: str | None) -> str:
    """A moment as the database writes it, on the clock of Shanghai: what `moment_cell` says."""
    if not text:
        return ""
    hour = _hours.get(text[:13])
    if hour is None or text[19:20] not in ("", ".", "+") or not _is_utc(text):
        if text[:4] < _STEADY or not _is_utc(text):
            return cell_out.as_text(cell_out.moment_cell(moment(text)))
        if len(_hours) > _KEPT:
            _hours.clear()
        made = cell_out.moment_cell(moment(f"{text[:13]}:00:00"))
        hour = _hours[text[:13]] = cell_out.as_text(made)[:13]
    seconds = text[16:19]
    return f"{hour}{text[13:16]}" if seconds in (":00", "") else f"{hour}{text[13:19]}"


def _is_utc(text: str) -> bool:
    return (
        len(text) >= 19
        and text[19:].partition("+")[2] in ("", "00", "00:00")
        and ("-" not in text[19:])
    )


def _moment(name: str) -> Text:
    at, local = AT[name], local_text
    return lambda row, _people: local(row.raw[at])


# Fields


def _of_column(about: Field) -> Text | None:
    if about.column == "lon,lat":
        return None
    at, kind = AT[about.column], about.kind.code
    if kind in ("narrative", "text", "place"):
        return _plain(at)
    if kind in ("choice", "category"):
        write = cell_out.writer(about)

        def make(code: Any) -> str:
            return cell_out.as_text(write(code, {})) if code else ""

        return _remembered(at, make)
    return _moment(about.column) if kind == "moment" else None


def _plain(at: int) -> Text:
    suspect, harmless = _SUSPECT, cell_out.harmless

    def text(row: Row, _people: Sequence[Person]) -> str:
        said: str = row.raw[at] or ""
        return harmless(said) if said[:1] in suspect else said

    return text


def _of_data(about: Field, staff: cell_out.Staff) -> Text | None:
    """A field beside the columns: short values are remembered, long texts are only made harmless."""
    name, kind = about.name, about.kind.code
    if kind in ("text", "place", "narrative"):
        suspect, harmless = _SUSPECT, cell_out.harmless

        def plain(row: Row, _people: Sequence[Person]) -> str:
            said = row.data.get(name)
            if type(said) is not str:
                return "" if said in (None, []) else harmless(str(said))
            return harmless(said) if said[:1] in suspect else said

        return plain
    if kind == "moment":
        return lambda row, _people: local_text(_spaced(row.data.get(name)))
    if kind not in ("choice", "category", "staff", "date"):
        return None
    write = cell_out.writer(about)
    known: dict[str, str] = {}

    def text(row: Row, _people: Sequence[Person]) -> str:
        value = row.data.get(name)
        if not value:
            return ""
        found = known.get(value)
        if found is None:
            if len(known) > _KEPT:
                known.clear()
            found = known[value] = cell_out.as_text(write(value, staff))
        return found

    return text


def _spaced(text: str | None) -> str | None:
    """2026-11-22T01:00:00Z as a database would write it."""
    return text and text.replace("T", " ", 1).replace("Z", "+00", 1)


def _person(layout: Layout, target: str) -> Text | None:
    """people#2.phone"""
    name, _hash, rest = target.partition("#")
    number, _dot, part = rest.partition(".")
    about, at = layout.ledger.by_name.get(name), int(number) - 1
    if about is None or layout.extent.versions - {layout.ledger.version}:
        return None
    suspect, harmless = _SUSPECT, cell_out.harmless
    if part == "role":
        titles = {code: harmless(title) for code, title in cell_out.choice_titles(about).items()}

        def role(_row: Row, people: Sequence[Person]) -> str:
            if at >= len(people):
                return ""
            code = people[at].get("role", "")
            return titles.get(code) or harmless(cell_out.choice_title(about, code))

        return role
    said_part = f"{part}_said"

    def text(_row: Row, people: Sequence[Person]) -> str:
        if at >= len(people):
            return ""
        said = people[at].get(part) or people[at].get(said_part) or ""
        return harmless(said) if said[:1] in suspect else said

    return text
