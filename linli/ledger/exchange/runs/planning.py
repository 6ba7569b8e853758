"""What an import would do: columns, words nobody knows yet, and the verdicts of a dry run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple, Protocol
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from linli.access.actor import Actor
from linli.ground.ids import new_id
from linli.ledger.declaration.ledger import Ledger
from linli.ledger.declaration.register import Register
from linli.ledger.declaration.thing import Thing
from linli.ledger.entries.models import Entry
from linli.ledger.exchange.rows.cells import Guide
from linli.ledger.exchange.rows.own_exports import refuse_composed
from linli.ledger.exchange.rows.readers import AnyReader, reader_of
from linli.ledger.exchange.runs.models import ColumnMemory, ValueMemory
from linli.ledger.exchange.sheets.opening import FileRefused
from linli.ledger.exchange.sheets.reading import Cells, Sheet, cell_text, sheets
from linli.ledger.exchange.words.cell_out import with_number
from linli.ledger.exchange.words.headings import (
    Found,
    find_head,
    guess,
    plain,
    remembered,
    targets,
    words,
)
from linli.ledger.exchange.words.recognising import head_of_lines, own_book, titles
from linli.ledger.exchange.words.targets import field_at
from linli.org import tree
from linli.org.models import Unit

PREVIEW_ROWS = 3000
_IMPORTANT = frozenset(("received_at", "category", "place", "narrative", "officers", "result"))
SAMPLE_ROWS = 20


class Row(NamedTuple):
    """One row below the head: `skipped` says why it is no matter ("" where it is one)."""

    sheet: int
    number: int
    cells: Cells
    skipped: str = ""


@dataclass
class Book:
    """A file with the heads of its sheets found. `left_out` are sheets without a head. `own` says
    what the columns are where the file is an export of this ledger: nothing is to be chosen then."""

    sheets: list[Sheet]
    heads: list[Found]
    left_out: list[str]
    own: Mapping[str, str] | None = None

    @property
    def size(self) -> int:
        return sum(
            max(sheet.size - head.row, 0)
            for sheet, head in zip(self.sheets, self.heads, strict=True)
        )

    def twice(self, columns: Mapping[str, str]) -> bool:
        """Whether two columns of one sheet are the same field."""
        for head in self.heads:
            given = [columns[h] for h in head.headings if h and columns.get(h)]
            if len(given) != len(set(given)):
                return True
        return False

    def headings(self) -> list[str]:
        """All headings, each once, in order."""
        listed = (heading for head in self.heads for heading in head.headings if heading)
        return list(dict.fromkeys(listed))

    def rows(self, ledger: Register) -> Iterator[Row]:
        """The rows below the heads; blank, repeated heads and totals are marked, not hidden."""
        totals = words(ledger).totals
        for index, (sheet, head) in enumerate(zip(self.sheets, self.heads, strict=True)):
            same_as_head = [plain(heading) for heading in head.headings if heading]
            for number, cells in sheet.rows():
                if number > head.row:
                    yield Row(index, number, cells, _skipped(cells, same_as_head, totals))


def _skipped(cells: Cells, head: list[str], totals: frozenset[str]) -> str:
    first = next((cell for cell in cells if cell not in ("", None)), None)
    if first is None:
        return "blank"
    if not isinstance(first, str) or first.isdecimal():  # a number is no word of ours
        return ""
    start = plain(first)
    if start in totals:
        return "total"
    if head and start == head[0]:
        listed = [plain(cell_text(cell)) for cell in cells if cell_text(cell)]
        if listed == head:
            return "head"
    return "" if start or any(cell_text(cell) for cell in cells) else "blank"


def open_book(content: bytes, ledger: Register, room: UUID) -> Book:
    """The sheets that have a head. Raises FileRefused, naming headings that would be known."""
    if isinstance(ledger, Ledger):
        refuse_composed(ledger)
    found = sheets(content)
    known: dict[str, str] = dict(words(ledger).columns)
    known |= {plain(heading): target for heading, target in remembered(room, ledger).items()}
    kept: list[tuple[Sheet, Found]] = []
    left_out = []
    for sheet in found:
        head = head_of_lines(sheet) or find_head(sheet, known)
        if head is None:
            left_out.append(sheet.name)
        else:
            kept.append((sheet, head))
    if not kept:
        firsts = {target: word for word, target in reversed(list(words(ledger).columns.items()))}
        examples = [word for target, word in firsts.items() if target in _IMPORTANT]
        raise FileRefused(
            _("No row of headings was found. Known headings are such as: %(examples)s."),
            code="no_head",
            params={"examples": pgettext("between choices", ", ").join(examples)},
        )
    heads = [head for _sheet, head in kept]
    return Book([sheet for sheet, _head in kept], heads, left_out, _own(heads, ledger))


def _own(heads: list[Found], ledger: Register) -> Mapping[str, str] | None:
    """What the columns are of an export of this ledger; of things every file is read by its headings."""
    return own_book(heads, ledger) if isinstance(ledger, Ledger) else None


@dataclass
class Settings:
    """What a person has said about a file: the year, corrected columns, words mapped."""

    year: int | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Plan:
    """What would happen. `unknown` counts the words per field that no list has; `counts` are the
    verdicts of the first `looked_at` rows."""

    ledger: Register
    book: Book
    columns: dict[str, str]
    settings: Settings
    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    unknown: dict[str, Counter[str]] = field(default_factory=dict)
    sample: list[tuple[Row, str, list[str]]] = field(default_factory=list)
    rows_without_year: int = 0
    looked_at: int = 0
    whole: bool = True

    @property
    def needs_year(self) -> bool:
        return self.rows_without_year > 0

    @property
    def time_column_missing(self) -> bool:
        """Whether the column is missing without which no row says anything (see `indispensable`)."""
        return indispensable(self.ledger) not in self.columns.values()


def indispensable(register: Register) -> str:
    """The field that a row cannot do without: when a matter was received, what a thing is called."""
    return register.headline[0] if isinstance(register, Thing) else "received_at"


def district_and_room(room: Unit) -> tuple[UUID, UUID]:
    """(home district, room) of what is recorded in a room now."""
    return tree.district_of(room.pk), room.pk


def columns_of(
    book: Book, ledger: Register, room: UUID, chosen: Mapping[str, str]
) -> dict[str, str]:
    """{heading: target}: what a person chose now, what the room taught, what is known."""
    if book.own is not None:
        return {**book.own, **{h: target for h, target in chosen.items() if h in book.own}}
    taught = {**remembered(room, ledger), **chosen}
    columns = dict.fromkeys(book.headings(), "")
    for head in book.heads:  # each sheet has each field once
        found = guess([h for h in head.headings if h], ledger, taught)
        columns |= {h: target for h, target in found.items() if target and not columns[h]}
    if not isinstance(ledger, Ledger):
        return columns
    told = titles([heading for heading, target in columns.items() if not target], ledger)
    return columns | {h: target for h, target in told.items() if "#" in target and h not in chosen}


def guide(
    *,
    book: Book,
    ledger: Register,
    room: Unit,
    actor: Actor,
    run: UUID,
    columns: Mapping[str, str],
    year: int | None,
    language: str,
) -> Guide:
    """The guide of a run. Raises ValidationError where nobody could answer for a matter."""
    district, room_id = district_and_room(room)
    staff = [one for one, _role in tree.staff_of(room_id)]
    by_name = {with_number(one.name, one.badge_no or one.username): one.pk for one in staff}
    by_name |= {one.name: one.pk for one in staff}
    for name, count in Counter(one.name for one in staff).items():
        if count > 1:  # two of that name: a person says which, by teaching it
            del by_name[name]
    duty = tree.duty_officer(room_id)
    if actor.id is not None and actor.kind == "staff":
        fallback, name = actor.id, actor.name
    elif duty is not None:
        fallback, name = duty.pk, duty.name
    else:
        raise ValidationError(
            _(
                "Nobody is posted in this room who could answer for its matters. Post somebody first."
            ),
            code="no_staff",
        )
    values: dict[str, dict[str, str]] = {}
    for taught in ValueMemory.objects.filter(room=room_id, ledger=ledger.code):
        values.setdefault(taught.field, {})[taught.said] = taught.code
    return Guide(
        ledger=ledger, room=room_id, district=district, actor=actor, run=run,
        heads=tuple(head.headings for head in book.heads), columns=dict(columns), values=values,
        staff=by_name, fallback=fallback, fallback_name=name, year=year, language=language,
        own=book.own is not None,
    )  # fmt: skip


def plan(
    content: bytes,
    *,
    ledger: Register,
    room: Unit,
    actor: Actor,
    settings: Settings | None = None,
    most: int | None = PREVIEW_ROWS,
) -> Plan:
    """A dry run over the first `most` rows (None: all). Raises FileRefused, ValidationError."""
    settings = settings or Settings()
    book = open_book(content, ledger, room.pk)
    columns = columns_of(book, ledger, room.pk, settings.columns)
    made = Plan(ledger, book, columns, settings)
    if made.time_column_missing:
        made.sample = [(row, "", []) for row in islice(_matters(book, ledger), SAMPLE_ROWS)]
        return made
    language = translation.get_language() or "zh-hans"
    reader = reader_of(
        guide(
            book=book, ledger=ledger, room=room, actor=actor, run=new_id(), columns=columns,
            year=settings.year, language=language,
        )
    )  # fmt: skip
    rows = book.rows(ledger)
    seen: dict[bytes, int] = {}
    present = in_ledger(reader.guide)
    while batch := list(islice(rows, 500)):
        _look_at(made, batch, reader, seen, present)
        if most is not None and made.looked_at >= most:
            made.whole = next(rows, None) is None
            break
    return made


def _matters(book: Book, ledger: Register) -> Iterator[Row]:
    return (row for row in book.rows(ledger) if not row.skipped)


def _look_at(
    made: Plan,
    batch: list[Row],
    reader: AnyReader,
    seen: dict[bytes, int],
    present: Mapping[bytes, Present],
) -> None:
    outcomes = [
        None if row.skipped else reader.outcome(row.sheet, row.number, row.cells, dry=True)
        for row in batch
    ]
    for row, outcome in zip(batch, outcomes, strict=True):
        made.looked_at += 1
        if outcome is None:
            made.counts["skipped"] += 1
            continue
        verdict = verdict_of(outcome, row.number, seen, present)
        made.counts[verdict] += 1
        made.rows_without_year += outcome.year_missing
        for name, said in outcome.unknown:
            made.unknown.setdefault(name, Counter())[said] += 1
        told = [outcome.refused] if outcome.refused else outcome.warnings
        made.reasons.update(told if verdict in ("refused", "warned") else ())
        if len(made.sample) < SAMPLE_ROWS:
            made.sample.append((row, verdict, told))


class _Judged(Protocol):
    @property
    def source(self) -> bytes: ...
    @property
    def refused(self) -> str: ...
    @property
    def warnings(self) -> list[str]: ...


def verdict_of(
    outcome: _Judged, row: int, seen: dict[bytes, int], present: Mapping[bytes, Present]
) -> str:
    """imported, warned, duplicate or refused; `seen` are the rows above, `present` the ledger's."""
    if outcome.refused:
        return "refused"
    if outcome.source in seen or outcome.source in present:
        return "duplicate"
    seen[outcome.source] = row
    return "warned" if outcome.warnings else "imported"


class Present(NamedTuple):
    """A row that is in the ledger: the run that brought it, its serial."""

    run: UUID | None
    year: int
    number: int


def in_ledger(guide: Guide) -> dict[bytes, Present]:
    """All imported rows that are in this ledger of this room already, by source.

    Read once and kept: asked for batch by batch, PostgreSQL reads a room that is just growing
    (its figures not yet known to the planner) from end to end each time.
    """
    if isinstance(guide.ledger, Thing):
        of_things = guide.ledger.model.objects.filter(
            district=guide.district, room=guide.room, source__isnull=False
        ).values_list("source", "import_run")
        return {bytes(source): Present(run, 0, 0) for source, run in of_things.iterator(5000)}
    rows = Entry.objects.filter(
        district=guide.district, room=guide.room, ledger=guide.ledger.code, source__isnull=False
    ).values_list("source", "import_run", "serial_year", "serial_no")
    runs: dict[UUID | None, UUID | None] = {}  # one object for all rows of a run
    return {
        bytes(source or b""): Present(runs.setdefault(run, run), year, number)
        for source, run, year, number in rows.iterator(5000)
    }


def teach_columns(room: Unit, ledger: Register, columns: Mapping[str, str]) -> None:
    """Remember which column is which in this room's files. Raises ValidationError."""
    valid = {"", *(target for target, _title in targets(ledger))}
    district, room_id = district_and_room(room)
    for heading, target in columns.items():
        if target not in valid:
            raise ValidationError(_("There is no such field here."), code="target")
        ColumnMemory.objects.update_or_create(
            district=district, room=room_id, ledger=ledger.code, heading=heading[:80],
            defaults={"target": target},
        )  # fmt: skip


def teach_value(room: Unit, ledger: Register, name: str, said: str, code: str) -> None:
    """Remember what a word stands for; code "" keeps only the word. Raises ValidationError."""
    if not _is_code(room, ledger, name, code):
        raise ValidationError(
            _("“%(code)s” is not in the list that “%(said)s” could stand for."),
            code="value",
            params={"code": code[:40], "said": said[:40]},
        )
    district, room_id = district_and_room(room)
    ValueMemory.objects.update_or_create(
        district=district, room=room_id, ledger=ledger.code, field=name, said=said[:80],
        defaults={"code": code},
    )  # fmt: skip


def _is_code(room: Unit, ledger: Register, name: str, code: str) -> bool:
    return code == "" or code in dict(codes_for(room, ledger, name))


def codes_for(room: Unit, ledger: Register, name: str) -> list[tuple[str, str]]:
    """What a word of this field may stand for: (code, title)."""
    if name == "officers":
        return [(str(one.pk), one.name) for one, _role in tree.staff_of(room.pk)]
    field_of = field_at(ledger, name)
    if field_of is None:
        return []
    if field_of.categories is not None:
        tree_of = field_of.categories
        return [(node.code, tree_of.text(node.code)) for node in tree_of.walk()]
    if field_of.kind.code == "flag":
        return [("yes", str(_("yes"))), ("no", str(_("no")))]
    return [(choice.code, str(choice.title)) for choice in field_of.choices]


def field_for(room: Unit, ledger: Register, code: str) -> str:
    """The field that a code belongs to, for `--map`. Raises ValidationError."""
    told = ledger.channel if isinstance(ledger, Ledger) else None
    channel = told.name if told else "channel"
    for name in ("category", channel):
        if code in dict(codes_for(room, ledger, name)):
            return name
    raise ValidationError(
        _("“%(code)s” is neither a category nor a channel of this ledger."),
        code="value",
        params={"code": code[:40]},
    )
