"""HTML forms from a declaration. They only carry what was typed: cleaning is the kinds' work, so
that a form, the API and an import give the same answer to the same input."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _

from linli.ground import clock
from linli.ledger.acts.cleaning import asked, field_asked
from linli.ledger.declaration import conditions
from linli.ledger.declaration.kinds import moment_text
from linli.ledger.declaration.ledger import Action, Ask, Field
from linli.ledger.declaration.numbers_and_days import plain_number
from linli.ledger.declaration.register import Register
from linli.ledger.declaration.row_fields import blank
from linli.ledger.forms.widgets import KEPT_WITH_A_ROW, RowsWidget, StaffSelect, widget_of


class KindField(forms.Field):
    """A form field that keeps what was typed; its kind cleans it in the action."""

    def __init__(self, ledger: Register, field: Field, ask: Ask) -> None:
        self.ledger_field = field
        super().__init__(
            required=False, label=field.title, help_text=field.hint, widget=widget_of(field)
        )
        self.asked_for = ask.required or field.required

    @property
    def told(self) -> list[tuple[str, str]]:
        """What the browser must know to show, work out and judge it: data attributes."""
        return conditions.told(self.ledger_field)

    def clean(self, value: Any) -> Any:
        return value


class LedgerForm(forms.Form):
    """The form of one action of one ledger."""

    ledger: Register
    action_name: str

    def raw_data(self) -> dict[str, Any]:
        """What was typed, by field name, for Act.data."""
        return {
            name: field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            for name, field in self.fields.items()
            if not field.widget.value_omitted_from_data(
                self.data, self.files, self.add_prefix(name)
            )
        }

    def offer_staff(self, colleagues: Callable[[], Sequence[tuple[str, str]]]) -> None:
        """Who may be chosen where a colleague is asked for: (id, name)."""
        if asking := [one for one in self._controls() if isinstance(one, StaffSelect)]:
            choices = [("", ""), *colleagues()]
            for control in asking:
                control.choices = choices

    def offer_things(self, things_of: Callable[[str], Sequence[tuple[str, str]]]) -> None:
        """The things of a register that may be named, by its code; a field whose register has none
        is not asked for. What the matter names already stays to be chosen."""
        for name, field in list(self.fields.items()):
            about = getattr(field, "ledger_field", None)
            if about is None or about.kind.code != "thing":
                continue
            kept = self.initial.get(name)
            choices = list(things_of(about.of))
            if kept and kept not in [id for id, _title in choices]:
                choices.append((kept, kept))
            field.widget.choices = [("", ""), *choices]
            if not choices:
                del self.fields[name]

    def offer_choices(self, room: UUID | None) -> None:
        """The choices of this room where they differ from room to room; a field for which the room
        has none is not asked for."""
        for name, field in list(self.fields.items()):
            offers = getattr(getattr(field, "ledger_field", None), "offers", None)
            if offers is None:
                continue
            offered = {one.code: one.title for one in (offers(room) if room else ())}
            # What the matter says already stays to be ticked, also where it is offered no more.
            said = {code: code for code in self.initial.get(name) or () if code not in offered}
            choices = list((offered | said).items())
            field.widget.choices = choices
            if not choices:
                del self.fields[name]

    def _controls(self) -> Iterator[forms.Widget]:
        for field in self.fields.values():
            yield field.widget
            if isinstance(field.widget, RowsWidget):
                yield from field.widget.controls.values()

    def required_names(self) -> list[str]:
        return [name for name, field in self.fields.items() if getattr(field, "asked_for", False)]


def form_class(
    ledger: Register, action_name: str, only: Iterable[str] | None = None
) -> type[LedgerForm]:
    """The Django form of an action, its fields in the order asked; `only` narrows them."""
    action = ledger.all_actions[action_name]
    wanted = None if only is None else set(only)
    fields: dict[str, Any] = {
        ask.name: KindField(ledger, field_asked(ledger, action, ask.name), ask)
        for ask in asked(ledger, action)
        if wanted is None or ask.name in wanted
    }
    if action.reason:
        fields["reason"] = _reason()
    return type(
        "ActionForm", (LedgerForm,), {**fields, "ledger": ledger, "action_name": action_name}
    )


def _reason() -> forms.Field:
    field = forms.CharField(
        label=_("Reason"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    field.asked_for = True  # type: ignore[attr-defined]
    return field


def errors_to_form(form: forms.Form, error: ValidationError) -> None:
    """Put what an action refused beside the fields it is about; the rest on top of the form."""
    form.full_clean()
    for name, problems in _by_field(error).items():
        known = name if name in form.fields else None
        form.add_error(known, ValidationError(problems))


def _by_field(error: ValidationError) -> Mapping[str, list[Any]]:
    if hasattr(error, "error_dict"):
        return error.error_dict
    return {NON_FIELD_ERRORS: error.error_list}


def as_typed_value(field: Field, value: Any) -> Any:
    """A kept value as its form shows it, and as the form gives it back where it is left alone."""
    code = field.kind.code
    if field.fields:
        return [_row_as_typed(field, row) for row in value or ()]
    if value is None or value == "":
        return {"choices": [], "checklist": {}, "files": []}.get(code, "")
    if code == "thing":
        return value["id"]
    if code == "moment":
        return moment_text(value)
    if code == "flag":
        return "1" if value else "0"
    if code in ("integer", "decimal"):
        return plain_number(value)
    if code == "point":
        return ",".join(str(part) for part in value)
    return value if isinstance(value, list | dict) else str(value)


def _row_as_typed(field: Field, row: Mapping[str, Any]) -> dict[str, Any]:
    typed = {sub.name: as_typed_value(sub, row.get(sub.name)) for sub in field.fields}
    return {
        name: value
        for name, value in (typed | {key: row.get(key) for key in KEPT_WITH_A_ROW}).items()
        if not blank(value)
    }


def rows_left_alone(field: Field, typed: Sequence[Mapping[str, Any]], kept: Sequence[Any]) -> Any:
    """Typed rows for a correction: those that were left alone as they are kept (a time shown to
    the minute keeps its seconds); None where all of them were."""
    known = [(_row_as_typed(field, row), row) for row in kept]
    said = [{name: value for name, value in row.items() if not blank(value)} for row in typed]
    if said == [shown for shown, _row in known]:
        return None
    return [next((kept for shown, kept in known if shown == row), row) for row in said]


def roles_first(action: Action) -> dict[str, Any]:
    """The people an action asks for, begun with what they mostly are (`Ask.role`)."""
    return {ask.name: [{"role": ask.role}] for ask in action.asks if ask.role}


def now_text() -> str:
    """The present moment as a time field is filled with."""
    return moment_text(clock.now())
