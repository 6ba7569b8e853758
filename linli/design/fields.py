"""How a form's fields and errors are laid out: label above, hint below, errors linked."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import (
    BaseForm,
    BaseFormSet,
    BoundField,
    CheckboxInput,
    Field,
    FileInput,
    HiddenInput,
    Select,
)
from django.forms.widgets import Input, MultiWidget, RadioSelect, Textarea
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

WIDTHS = ("short", "medium", "long")


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the summary on top: what is wrong and the control it leads to ("" = none)."""

    message: str
    target: str


def _words(bound: BoundField, error: ValidationError) -> tuple[str, bool]:
    """An error as a sentence, and whether it names its field already.

    Django's "This field is required." does not say what to do; a message of the field's own stays.
    """
    message = str(next(iter(error)))
    if error.code != "required" or message != str(Field.default_error_messages["required"]):
        return message, False
    if isinstance(bound.field.widget, CheckboxInput):
        return _("Tick “%(label)s” to go on.") % {"label": bound.label}, True
    if isinstance(bound.field.widget, Select | RadioSelect):
        return _("Choose: %(label)s.") % {"label": bound.label}, True
    return _("Fill in: %(label)s.") % {"label": bound.label}, True


def _errors(bound: BoundField) -> list[ValidationError]:
    return bound.form.errors.get(bound.name, bound.errors).as_data() if bound.errors else []


def _shape(bound: BoundField) -> str:
    """Which markup the control needs: one control, a single tick, a group, or several parts."""
    widget = bound.field.widget
    if isinstance(widget, CheckboxInput):
        return "check"
    if isinstance(widget, RadioSelect):  # and its subclass CheckboxSelectMultiple
        return "choices"
    if isinstance(widget, MultiWidget):
        return "split"
    # A widget of its own kind (rows of people) has many controls: no single one to point a label at.
    return "one" if isinstance(widget, Input | Select | Textarea) else "rows"


def _needed(bound: BoundField) -> bool:
    """Must it be filled in? A form cleaned elsewhere says so by `asked_for` instead of `required`."""
    return bool(bound.field.required or getattr(bound.field, "asked_for", False))


def _widget_attrs(bound: BoundField, options: dict[str, Any]) -> dict[str, Any]:
    """HTML attributes of the control; `data_x_y=1` in the tag becomes `data-x-y="1"`."""
    attrs: dict[str, Any] = {}
    for name, value in options.items():
        if name.startswith(("data_", "aria_")):
            attrs[name.replace("_", "-")] = value
        elif name in {"placeholder", "autofocus", "inputmode", "autocomplete", "rows"}:
            attrs[name] = value
        elif name == "suggest":
            attrs["data-suggest-url"] = value
    own = bound.field.widget.attrs
    if _needed(bound) and not bound.field.required and _shape(bound) == "one":
        attrs.setdefault("aria-required", "true")
    if isinstance(bound.field.widget, Textarea) and "rows" not in own:
        attrs.setdefault("rows", 4)
    if "autocomplete" not in own and not isinstance(bound.field.widget, FileInput):
        # Officers type other people's data all day: the browser must not remember it.
        attrs.setdefault("autocomplete", "off")
    return attrs


def render_field(bound: BoundField, options: dict[str, Any]) -> SafeString:
    """One field with its label, hint and errors.

    Options: label, hint, width (short|medium|long), plus attributes for the control (see
    `_widget_attrs`). A hidden field renders as its input alone.
    """
    if isinstance(bound.field.widget, HiddenInput):
        return bound.as_widget()
    shape = _shape(bound)
    width = options.get("width", "")
    context = {
        "bound": bound,
        "shape": shape,
        "grouped": bound.field.widget.use_fieldset or shape == "rows",
        "label": options.get("label") or bound.label,
        "hint": options.get("hint") or bound.help_text,
        "need": _needed(bound) and options.get("say_need", True),
        "messages": [_words(bound, error)[0] for error in _errors(bound)],
        "width": width if width in WIDTHS else "",
        "control": bound.as_widget(attrs=_widget_attrs(bound, options)),
        "hint_id": f"{bound.auto_id}_helptext",
        "error_id": f"{bound.auto_id}_error",
    }
    return render_to_string("design/parts/field.html", context)


def _forms(sources: tuple[Any, ...]) -> list[BaseForm]:
    """The bound forms among forms, formsets and None."""
    found: list[BaseForm] = []
    for source in sources:
        if isinstance(source, BaseFormSet):
            found.extend(source.forms)
        elif isinstance(source, BaseForm):
            found.append(source)
    return [form for form in found if form.is_bound]


def _field_problems(form: BaseForm) -> list[Problem]:
    found: list[Problem] = []
    for bound in form:
        if not bound.errors:
            continue
        target = "" if bound.is_hidden else (bound.id_for_label or f"{bound.auto_id}_0")
        for error in _errors(bound):
            message, named = _words(bound, error)
            parts = {"label": bound.label, "message": message}
            found.append(Problem(message if named else _("%(label)s: %(message)s") % parts, target))
    return found


def problems(sources: tuple[Any, ...]) -> list[Problem]:
    """Everything that has to be put right in these forms and formsets, top to bottom."""
    whole = [
        Problem(str(message), "")
        for source in sources
        if isinstance(source, BaseFormSet) and source.is_bound
        for message in source.non_form_errors()
    ]
    per_form = (
        [*(Problem(str(m), "") for m in form.non_field_errors()), *_field_problems(form)]
        for form in _forms(sources)
    )
    return [*whole, *chain.from_iterable(per_form)]
