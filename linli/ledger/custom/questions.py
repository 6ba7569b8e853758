"""The sheet “survey” of a workbook, row by row: questions become fields, groups headings and rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from linli.ledger.custom.types import ALIASES, INSTEAD, KEPT_ANYWAY, KINDS, OFFERED

if TYPE_CHECKING:
    from linli.ledger.custom.workbook import Row

_YES: Final = ("yes", "true", "true()", "1")
_NO: Final = ("no", "false", "false()", "0", "")
# Columns whose meaning a ledger does not take over: refused with what to write, or told.
_REFUSED: Final = ("choice_filter", "repeat_count", "trigger")
_LEFT_AWAY: Final = (
    "default", "required_message", "guidance_hint", "media::image", "read_only", "parameters",
)  # fmt: skip


@dataclass
class _Group:
    """A group one is in: its condition, and the repeating field its questions go into."""

    condition: str
    row: int
    rows: dict[str, Any] | None = None


@dataclass
class Questions:
    """Reads the survey into a draft. `problems` are (message, row, column); `rows` says in which
    rows each name stands."""

    draft: dict[str, Any]
    languages: Mapping[str, str]
    problems: list[tuple[str, int, str]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    rows: dict[str, list[int]] = field(default_factory=dict)
    groups: list[_Group] = field(default_factory=list)
    waiting: list[dict[str, Any]] = field(default_factory=list)

    def take(self, rows: list[Row]) -> None:
        """Read all rows."""
        for row in rows:
            self.row(row)
        for group in self.groups:
            self.wrong(_("This group has no end; add a row of type end_group."), group.row, "type")
        self.draft["below"] = self.waiting

    def wrong(self, message: str, row: int, column: str) -> None:
        self.problems.append((message, row, column))

    def row(self, row: Row) -> None:
        words = row["type"].split()
        if not words:
            self.wrong(_("A row needs a type: %(types)s.") % {"types": OFFERED}, row.number, "type")
            return
        said = "_".join(words[:2]) if words[0] in ("begin", "end") else words[0]
        kind = ALIASES.get(said, said.lower())
        kind = ALIASES.get(kind, kind)
        if kind in KEPT_ANYWAY:
            self.remarks.append(
                _("Row %(row)d: %(type)s is left away; Linli keeps who recorded what and when.")
                % {"row": row.number, "type": kind}
            )
        elif kind in ("begin_group", "begin_repeat"):
            self.begin(row, repeats=kind == "begin_repeat")
        elif kind in ("end_group", "end_repeat"):
            self.end(row, repeats=kind == "end_repeat")
        elif kind == "note":
            self.waiting.append({"title": self.title(row), **self.shown(row)})
        elif kind in KINDS:
            self.question(row, kind, words)
        else:
            self.unknown(row, said, kind)

    def unknown(self, row: Row, said: str, kind: str) -> None:
        if instead := INSTEAD.get(kind):
            message = _("The type %(type)s is not offered; %(instead)s.") % {
                "type": said, "instead": instead,
            }  # fmt: skip
        else:
            message = _("There is no type %(type)s. There are: %(types)s.") % {
                "type": said, "types": OFFERED,
            }  # fmt: skip
        self.wrong(message, row.number, "type")
        if row["name"]:  # what refers to it is not to be blamed as well
            self.put(row, {"name": row["name"], "kind": "text", "title": self.title(row)})

    def title(self, row: Row) -> dict[str, str]:
        """The label; where it would show values it shows only its words."""
        said = row.said("label", self.languages)
        if any("${" in text for text in said.values()):
            self.remarks.append(
                _(
                    "Row %(row)d: a label cannot show the value of another field; only its words stay."
                )
                % {"row": row.number}
            )
            said = {language: re.sub(r"\$\{[^}]*\}", "…", text) for language, text in said.items()}
        return said

    def conditions(self, row: Row) -> list[str]:
        """The conditions of the groups around a row, within its repeating group, and its own."""
        above: list[str] = []
        for group in self.groups:
            if group.rows is not None:
                above = []  # the whole rows are hidden by their own condition
            elif group.condition:
                above.append(group.condition)
        return [one for one in (*above, row["relevant"]) if one]

    def shown(self, row: Row) -> dict[str, Any]:
        found = self.conditions(row)
        if not found:
            return {}
        text = found[0] if len(found) == 1 else " and ".join(f"({one})" for one in found)
        return {"shown_if": {"text": text}}

    def begin(self, row: Row, *, repeats: bool) -> None:
        if repeats and row["repeat_count"]:
            self.refuse_columns(row)
        if not repeats:
            shown = self.shown(row)
            self.groups.append(_Group(row["relevant"], row.number))
            title = self.title(row)
            if any(title.values()):
                self.waiting.append({"title": title, "heading": True, **shown})
            return
        if any(group.rows is not None for group in self.groups):
            self.wrong(
                _("A group that repeats cannot stand in another; close the first one before it."),
                row.number, "type",
            )  # fmt: skip
        rows = {"name": row["name"], "kind": "rows", "title": self.title(row), "fields": []}
        rows |= self.shown(row) | self.hint(row)
        self.put(row, rows)
        self.groups.append(_Group("", row.number, rows))

    def end(self, row: Row, *, repeats: bool) -> None:
        if not self.groups or (self.groups[-1].rows is not None) != repeats:
            self.wrong(
                _("Nothing of this kind was begun before; write end_%(kind)s, or take the row away.")
                % {"kind": "group" if repeats else "repeat"}
                if self.groups
                else _("No group was begun before this row; take it away."),
                row.number, "type",
            )  # fmt: skip
            return
        self.groups.pop()

    def hint(self, row: Row) -> dict[str, Any]:
        said = row.said("hint", self.languages)
        return {"hint": said} if any(said.values()) else {}

    def put(self, row: Row, told: dict[str, Any]) -> None:
        """Add a field where one is by now, with what was said before it."""
        if not told["name"]:
            self.wrong(_("Give this row a name, in letters, digits and _."), row.number, "name")
        if self.waiting:
            told["above"] = list(self.waiting)
            self.waiting.clear()
        self.rows.setdefault(told["name"], []).append(row.number)
        inside = next((group.rows for group in reversed(self.groups) if group.rows), None)
        (inside["fields"] if inside else self.draft["fields"]).append(told)

    def question(self, row: Row, kind: str, words: list[str]) -> None:
        told: dict[str, Any] = {
            "name": row["name"],
            "kind": KINDS[kind],
            "title": self.title(row),
            **self.hint(row),
            **self.shown(row),
            **self.required(row),
        }
        if not any(told["title"].values()):
            told["title"]["en"] = row["name"]
            if kind != "calculate":
                self.wrong(_("Give this row a label."), row.number, "label")
        if kind == "text" and "multiline" in row["appearance"]:
            told["kind"] = "narrative"
        if kind.startswith("select"):
            self.choose(row, told, words)
        if kind == "range":
            self.bounds(row, told)
        if row["constraint"]:
            told["constraint"] = {"text": row["constraint"]}
            message = row.said("constraint_message", self.languages)
            if any(message.values()):
                told["complaint"] = message
        if row["calculation"]:
            told["calculate"] = {"text": row["calculation"]}
        elif kind == "calculate":
            self.wrong(_("A row of type calculate needs a calculation."), row.number, "calculation")
        self.refuse_columns(row)
        self.put(row, told)

    def required(self, row: Row) -> dict[str, Any]:
        said = row["required"].lower()
        if said in _YES:
            return {"required": True}
        if said not in _NO:
            self.wrong(
                _(
                    "Write yes or no. A field that is needed only sometimes gets yes here and its "
                    "condition in the column relevant."
                ),
                row.number, "required",
            )  # fmt: skip
        return {}

    def choose(self, row: Row, told: dict[str, Any], words: list[str]) -> None:
        rest = [word for word in words[1:] if word not in ("from", "using")]
        if "or_other" in rest or "or_other" in row["type"]:
            self.wrong(
                _(
                    "or_other is not offered. Add a choice “other” to the list, and a field of type "
                    "text with relevant selected(${%(name)s}, 'other')."
                )
                % {"name": row["name"]},
                row.number, "type",
            )  # fmt: skip
            rest = [word for word in rest if word != "or_other"]
        if not rest:
            self.wrong(
                _("Write the name of a list of choices behind the type: select_one colours."),
                row.number, "type",
            )  # fmt: skip
        told["list"] = rest[-1] if rest else ""

    def bounds(self, row: Row, told: dict[str, Any]) -> None:
        """The parameters of a range: start=0 end=10 step=1."""
        parts = dict(re.findall(r"(start|end|step)\s*=\s*(-?[0-9.]+)", row["parameters"]))
        try:
            least, most = float(parts.get("start", 1)), float(parts.get("end", 10))
            step = float(parts.get("step", 1))
        except ValueError:
            self.wrong(_("Write parameters as start=0 end=10 step=1."), row.number, "parameters")
            return
        whole = all(one.is_integer() for one in (least, most, step))
        told["kind"] = "integer" if whole else "decimal"
        told["least"], told["most"] = (int(least), int(most)) if whole else (least, most)

    def refuse_columns(self, row: Row) -> None:
        """Columns that change what is asked are refused; those that only trim it are told."""
        instead = {
            "choice_filter": _("write one select for each case, with relevant"),
            "repeat_count": _("leave it away: as many rows are added as are needed"),
            "trigger": _("leave it away: calculations follow what is typed"),
        }
        for column in _REFUSED:
            if row[column]:
                self.wrong(
                    _("The column %(column)s is not offered; %(instead)s.")
                    % {"column": column, "instead": instead[column]},
                    row.number, column,
                )  # fmt: skip
        for column in _LEFT_AWAY:
            if row[column] and not (column == "parameters" and row["type"].startswith("range")):
                self.remarks.append(
                    _("Row %(row)d: what stands in the column %(column)s is left away.")
                    % {"row": row.number, "column": column}
                )
