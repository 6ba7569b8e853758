"""An XLSForm workbook as a draft of a ledger.

`pyxform` opens the workbook and says at the end whether it finds it well formed; what the rows mean
for a ledger is said here, because every problem must name its row and what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from linli.ledger.custom import definition
from linli.ledger.custom.questions import Questions
from linli.ledger.exchange.sheets import opening

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as Text

MOST_BYTES: Final = 5 * 1024 * 1024
# Its reader runs in this process; ten thousand choices in two languages unpack to a tenth of it.
MOST_UNPACKED: Final = 20 * 1024 * 1024
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_ALIASES: Final[Mapping[str, str]] = {
    "caption": "label",
    "relevance": "relevant",
    "calculate": "calculation",
    "constraining_message": "constraint_message",
    "bind::jr:constraintmsg": "constraint_message",
    "bind::relevant": "relevant",
    "bind::constraint": "constraint",
    "bind::calculate": "calculation",
    "bind::required": "required",
    "command": "type",
    "tag": "name",
    "list name": "list_name",
    "set_form_title": "form_title",
    "set_form_id": "form_id",
    "readonly": "read_only",
}
_COLUMN_OF: Final[Mapping[str, str]] = {
    "shown_if": "relevant",
    "calculate": "calculation",
    "list": "type",
    "kind": "type",
    "title": "label",
    "least": "parameters",
}


@dataclass(frozen=True)
class RowProblem:
    """What is wrong in a workbook, and where: sheet, row (as the table program counts), column."""

    message: Text
    sheet: str = ""
    row: int = 0
    column: str = ""

    @property
    def where(self) -> str:
        if not self.row:
            return self.sheet
        told = {"sheet": self.sheet, "row": self.row, "column": self.column}
        if self.column:
            return _("%(sheet)s, row %(row)d, %(column)s") % told
        return _("%(sheet)s, row %(row)d") % told

    def __str__(self) -> str:
        if not self.where:
            return str(self.message)
        return _("%(where)s: %(message)s") % {"where": self.where, "message": self.message}


@dataclass
class Row:
    """One row of a sheet: texts by (column, language); the language is "" where none is named."""

    number: int
    cells: dict[tuple[str, str], str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get((column, ""), "")

    def said(self, column: str, languages: Mapping[str, str]) -> dict[str, str]:
        """What a column says in Chinese and in English."""
        told = {"zh": "", "en": ""}
        for (name, language), text in self.cells.items():
            if name == column:
                plain = "zh" if _HAN.search(text) else "en"
                told[languages.get(language) or plain] = text
        return told


@dataclass
class Form:
    """What became of a workbook: a draft, what is wrong with it, and what was left away."""

    draft: dict[str, Any] = field(default_factory=definition.blank_draft)
    code: str = ""
    problems: list[RowProblem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def read(content: bytes) -> Form:
    """The draft in a workbook (.xlsx or .xls). Raises FileRefused for a file that is none."""
    if len(content) > MOST_BYTES:
        raise opening.FileRefused(
            _("An XLSForm workbook has at most 5 MB. Take pictures and unused sheets out of it."),
            code="too_large",
        )
    if opening.recognise(content) != "workbook":
        raise opening.FileRefused(
            _("This is no workbook. Choose the XLSForm itself (.xlsx)."), code="not_a_workbook"
        )
    if content.startswith(b"PK") and opening.unpacked_size(content) > MOST_UNPACKED:
        raise opening.FileRefused(opening.BOMB, code="bomb")
    # Only here, where a workbook is read: it takes half a second to load.
    from pyxform.errors import PyXFormError
    from pyxform.xls2json_backends import xls_to_dict, xlsx_to_dict

    form = Form()
    try:
        book = (xlsx_to_dict if content.startswith(b"PK") else xls_to_dict)(BytesIO(content))
    except PyXFormError as wrong:
        form.problems.append(RowProblem(_in_own_words(wrong)))
        return form
    except Exception as wrong:  # whatever a damaged workbook makes its reader stumble over
        raise opening.FileRefused(
            _(
                "This workbook is damaged. Open it in your table program, save it anew and try again."
            ),
            code="damaged",
        ) from wrong
    _fill(form, book)
    if not form.problems:
        form.problems += _second_opinion(book)
    return form


def _fill(form: Form, book: Mapping[str, Any]) -> None:
    sheets = {name: _rows(book, name) for name in ("survey", "choices", "settings")}
    if not sheets["survey"]:
        form.problems.append(
            RowProblem(
                _("There is no sheet “survey” with rows; the fields of the ledger stand there.")
            )
        )
        return
    if not any(row["type"] or row["name"] for row in sheets["survey"]):
        form.problems.append(
            RowProblem(
                _(
                    "The sheet “survey” has no columns “type” and “name”: this is an ordinary table, no XLSForm."
                )
            )
        )
        return
    languages = _languages(form, sheets)
    _settings(form, sheets["settings"], languages)
    choice_rows = _choices(form, sheets["choices"], languages)
    questions = Questions(form.draft, languages)
    questions.take(sheets["survey"])
    form.problems += [
        RowProblem(message, "survey", row, column) for message, row, column in questions.problems
    ]
    form.remarks += questions.remarks
    rows_of = questions.rows
    checked = definition.check(form.draft)
    told = {(one.sheet, one.row, one.column) for one in form.problems}
    found = [_placed(problem, rows_of, choice_rows) for problem in checked.problems]
    form.problems += [one for one in found if (one.sheet, one.row, one.column) not in told]
    form.problems.sort(key=lambda one: (one.sheet != "survey", one.row))
    if not form.problems:
        form.draft = checked.definition


def _placed(
    problem: definition.Problem,
    rows_of: Mapping[str, list[int]],
    choice_rows: Mapping[str, list[int]],
) -> RowProblem:
    """The row of the workbook that a problem of the draft comes from."""
    if problem.part.startswith("choice "):
        row = choice_rows[problem.field][int(problem.part.split()[1])]
        return RowProblem(problem.message, "choices", row, "name")
    column = _COLUMN_OF.get(problem.part, problem.part)
    found = rows_of.get(problem.field)
    if not found:
        return RowProblem(problem.message, "settings" if problem.part == "title" else "")
    return RowProblem(problem.message, "survey", found[-1 if column == "name" else 0], column)


def _rows(book: Mapping[str, Any], sheet: str) -> list[Row]:
    """The rows of a sheet that say something, with columns and languages told apart."""
    rows = []
    for number, cells in enumerate(book.get(sheet) or (), 2):
        split = {_split(head): str(text).strip() for head, text in cells.items() if text}
        if split:
            rows.append(Row(number, split))
    return rows


def _split(head: str) -> tuple[str, str]:
    """A heading as column and language: "label::English (en)" -> ("label", "English (en)")."""
    whole = head.strip().lower().replace(" ::", "::").replace(":: ", "::")
    if whole in _ALIASES:
        return _ALIASES[whole], ""
    name, _sign, language = head.partition("::")
    if not language and re.match(r"(label|hint)\s*:", head, re.IGNORECASE):
        name, _sign, language = head.partition(":")
    name = name.strip().lower()
    name = _ALIASES.get(name, name.replace(" ", "_"))
    return _ALIASES.get(name, name), language.strip()


def _languages(form: Form, sheets: Mapping[str, list[Row]]) -> dict[str, str]:
    """What the languages of the workbook are to us: name -> "zh" or "en"; others are left away."""
    found: dict[str, str] = {}
    others: set[str] = set()
    for row in (*sheets["survey"], *sheets["choices"]):
        for _column, language in row.cells:
            if not language or language in found:
                continue
            low = language.lower()
            if _HAN.search(language) or "zh" in low or "chinese" in low:
                found[language] = "zh"
            elif "(en" in low or "english" in low or low in ("en", "eng"):
                found[language] = "en"
            else:
                others.add(language)
    if others:
        for row in (*sheets["survey"], *sheets["choices"]):
            row.cells = {key: text for key, text in row.cells.items() if key[1] not in others}
        form.remarks.append(
            _("Left away: texts in %(languages)s; a ledger has Chinese and English.")
            % {"languages": ", ".join(sorted(others))}
        )
    return found


def _settings(form: Form, rows: list[Row], languages: Mapping[str, str]) -> None:
    if not rows:
        return
    form.draft["title"] = rows[0].said("form_title", languages)
    form.code = rows[0]["form_id"] or rows[0]["id_string"]
    if not any(form.draft["title"].values()):
        form.draft["title"] = rows[0].said("form_id", languages)


def _choices(form: Form, rows: list[Row], languages: Mapping[str, str]) -> dict[str, list[int]]:
    """Put the lists of choices into the draft; gives the rows they stand in."""
    numbers: dict[str, list[int]] = {}
    for row in rows:
        name = row["list_name"]
        code = row["name"] or row["value"]
        if not name or not code:
            missing = "list_name" if not name else "name"
            form.problems.append(
                RowProblem(_("Fill this in, or take the row away."), "choices", row.number, missing)
            )
            continue
        title = row.said("label", languages)
        if not any(title.values()):
            title["zh" if _HAN.search(code) else "en"] = code
        form.draft["lists"].setdefault(name, []).append({"code": code, "title": title})
        numbers.setdefault(name, []).append(row.number)
    return numbers


def _second_opinion(book: Mapping[str, Any]) -> Iterator[RowProblem]:
    """What pyxform itself finds wrong with the form."""
    from pyxform.errors import PyXFormError
    from pyxform.xls2json import workbook_to_json
    from pyxform.xls2json_backends import DefinitionData

    known = set(DefinitionData.__dataclass_fields__)
    try:
        workbook_to_json(
            DefinitionData(**{name: part for name, part in book.items() if name in known}),
            form_name="data",
        )
    except PyXFormError as wrong:
        yield RowProblem(_in_own_words(wrong))


def _in_own_words(wrong: Exception) -> str:
    return _("The XLSForm is not well formed. What its checker says: %(words)s") % {
        "words": " ".join(str(wrong).split())[:500]
    }
