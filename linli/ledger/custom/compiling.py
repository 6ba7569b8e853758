"""From a checked definition to a ledger: the same declaration that a built-in room writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.utils import translation
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.ground.rules import Span
from linli.ledger.declaration import kinds
from linli.ledger.declaration.ledger import (
    Action,
    Ask,
    Choice,
    Deadline,
    Facts,
    Field,
    Ledger,
    Said,
    State,
)

KINDS: Final[Mapping[str, kinds.Kind]] = {
    kind.code: kind
    for kind in (
        kinds.TEXT, kinds.NARRATIVE, kinds.INTEGER, kinds.DECIMAL, kinds.DATE, kinds.MOMENT,
        kinds.CHOICE, kinds.CHOICES, kinds.FLAG, kinds.PLACE, kinds.POINT, kinds.PEOPLE,
        kinds.FILES, kinds.ROWS,
    )
}  # fmt: skip
# The typed column that the first field of a kind lives in; all others live in the entry's data.
_COLUMNS: Final = {"place": "place", "point": "lon,lat", "narrative": "narrative"}
_SEARCHED: Final = ("text", "narrative", "place")
_NAMED: Final = ("text", "place", "choice", "integer", "date", "narrative")
_HEADED: Final = 2


def _in_language(zh: str, en: str) -> str:
    english = (translation.get_language() or "zh").startswith("en")
    return (en or zh) if english else (zh or en)


# A text in two languages that answers in the reader's.
_two = lazy(_in_language, str)


def words(told: Any) -> Any:
    """A text of a definition ({"zh": …, "en": …}) as a ledger carries it."""
    told = told or {}
    return _two(str(told.get("zh") or ""), str(told.get("en") or ""))


def compiled(definition: Mapping[str, Any], *, code: str, version: int) -> Ledger:
    """The ledger that a checked definition describes."""
    taken: set[str] = set()
    own = tuple(_field(told, definition, taken) for told in definition["fields"])
    fields = (*own, *_kept_by_itself(definition, {field.name for field in own}))
    letter = definition["letter"]
    return Ledger(
        code=code,
        title=words(definition["title"]),
        letter=_two(letter["zh"], letter["en"]),
        key=code,
        fields=fields,
        states=(
            State("open", pgettext_lazy("own ledger", "being handled"), tone="warn"),
            State("closed", pgettext_lazy("own ledger", "done"), open=False, tone="good"),
            State("void", pgettext_lazy("own ledger", "void"), open=False),
        ),
        actions=tuple(_actions(definition, own)),
        deadlines=tuple(_deadlines(definition)),
        columns=("serial", "received_at", *definition["columns"], "state"),
        version=version,
        book=words(definition["title"]),
        designed=True,
        headline=tuple(definition["headline"]),
        kept_for=(definition["keep"]["months"], definition["keep"]["after"]),
        below=tuple(_said(one) for one in definition.get("below", ())),
    )


def _field(told: Mapping[str, Any], definition: Mapping[str, Any], taken: set[str]) -> Field:
    kind = KINDS[told["kind"]]
    column = _COLUMNS.get(kind.code, "")
    if column and (column in taken or told.get("in_row")):
        column = ""
    taken.add(column)
    choices: tuple[Choice, ...] = ()
    if told.get("list"):
        choices = tuple(
            Choice(one["code"], words(one["title"])) for one in definition["lists"][told["list"]]
        )
    elif kind is kinds.PEOPLE:
        choices = (Choice("concerned", _("Person concerned")),)
    return Field(
        told["name"],
        kind,
        words(told["title"]),
        hint=words(told["hint"]) if told.get("hint") else "",
        required=bool(told.get("required")),
        column=column,
        choices=choices,
        searched=kind.code in _SEARCHED,
        short=kind.code == "place",
        least=told.get("least"),
        most=told.get("most"),
        unit=words(told["unit"]) if told.get("unit") else "",
        fields=tuple(
            _field({**sub, "in_row": True}, definition, set()) for sub in told.get("fields", ())
        ),
        shown_if=_tree(told.get("shown_if")),
        constraint=_tree(told.get("constraint")),
        complaint=words(told["complaint"]) if told.get("complaint") else "",
        calculate=_tree(told.get("calculate")),
        above=tuple(_said(one) for one in told.get("above", ())),
    )


def _tree(told: Mapping[str, Any] | None) -> Any:
    return told["tree"] if told else None


def _said(told: Mapping[str, Any]) -> Said:
    return Said(words(told["title"]), bool(told.get("heading")), _tree(told.get("shown_if")))


def _kept_by_itself(definition: Mapping[str, Any], names: set[str]) -> Iterator[Field]:
    """What every own ledger has beside its own fields: when it came in, and what came of it."""
    yield Field(
        "received_at", kinds.MOMENT, pgettext_lazy("own ledger", "Recorded for"),
        column="received_at",
    )  # fmt: skip
    if definition["follow_up"] and "result" not in names:
        yield Field("result", kinds.NARRATIVE, pgettext_lazy("own ledger", "Result"), searched=True)


def _actions(definition: Mapping[str, Any], own: tuple[Field, ...]) -> Iterator[Action]:
    names = {field.name for field in own}
    asks = (*(Ask(field.name) for field in own), Ask("received_at"))
    first = "open" if definition["follow_up"] else "closed"
    yield Action(
        "record", pgettext_lazy("own ledger", "Record"), pgettext_lazy("own ledger", "Recorded"),
        to=first, asks=asks, needs="record",
    )  # fmt: skip
    result = (Ask("result"),) if definition["follow_up"] and "result" not in names else ()
    yield Action(
        "close", pgettext_lazy("own ledger", "Close"), pgettext_lazy("own ledger", "Closed"),
        ("open",), "closed", asks=result, needs="close",
    )  # fmt: skip
    yield Action(
        "reopen", pgettext_lazy("own ledger", "Reopen"), pgettext_lazy("own ledger", "Reopened"),
        ("closed",), "open", needs="close", reason=True,
    )  # fmt: skip


def _deadlines(definition: Mapping[str, Any]) -> Iterator[Deadline]:
    days = definition.get("days")
    if not days or not definition["follow_up"]:
        return

    def span(facts: Facts) -> Span:
        return Span(int(days), "days")

    yield Deadline("handled", pgettext_lazy("own ledger", "handle it"), span, ("close",))


def columns_of(fields: list[Mapping[str, Any]], headline: list[str]) -> list[str]:
    """What a list shows of entries where the design does not say: what is always asked and the
    headline does not say already."""
    asked = [one for one in fields if one["kind"] in _NAMED and not one.get("shown_if")]
    return [str(one["name"]) for one in asked if one["name"] not in headline][:_HEADED]


def headline_of(fields: list[Mapping[str, Any]]) -> list[str]:
    """The fields that tell one entry from another: the first that are always asked, in words."""
    asked = [one for one in fields if one["kind"] in _NAMED and not one.get("shown_if")]
    wanted = [one for one in asked if one["kind"] in ("text", "place", "choice")] or asked
    return [str(one["name"]) for one in wanted[:_HEADED]]
