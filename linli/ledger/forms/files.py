"""How files are put into a form: what was sent already as ticked lines, and a place for more.

Without script new files travel with the form (<name>-new) and the page takes them in before the form
is looked at; with script each is sent at once. Either way the form itself carries only ids.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms

from linli.ledger.declaration.ledger import Field
from linli.ledger.files import media, taking_in
from linli.ledger.files.reading import Shown

NEW: Final = "-new"  # behind the name of the field: files that come with the form
THERE: Final = "-there"  # says that the field was on the page, also with nothing ticked


class FilesWidget(forms.Widget):
    """The page says by `known` which files this person may see by name; ids of others are dropped."""

    template_name = "ledger/files_widget.html"
    use_fieldset = True
    needs_multipart_form = True

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.field = field
        self.known: Mapping[str, Shown] = {}

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return list(data.getlist(name) if hasattr(data, "getlist") else data.get(name) or ())

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and f"{name}{THERE}" not in data

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        given: Sequence[str] = [value] if isinstance(value, str) else value or ()
        context["widget"] |= {
            "files": [self.known[id] for id in given if id in self.known],
            "accept": media.ACCEPT,
            "accept_photos": media.ACCEPT_PHOTOS,
            "most": taking_in.most_bytes() // (1024 * 1024),
            "title": self.field.title,
        }
        return context
