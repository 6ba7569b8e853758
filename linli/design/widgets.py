"""Form widgets that the scripts make better and that work without them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms

from linli.ground import words


def pinyin_words(label: str) -> str:
    """What else a choice is found by: its pinyin and the initials, e.g. 'loushui ls'."""
    return f"{words.pinyin(label)} {words.initials(label)}"


class SearchableSelect(forms.Select):
    """A choice list that is filtered as one types (Chinese, pinyin, initials); a plain one without script.

    `search_words(label)` gives the further words of an option; `hints` maps a value to the small
    text shown beside it.
    """

    def __init__(
        self,
        *args: Any,
        search_words: Callable[[str], str] = pinyin_words,
        hints: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.attrs.setdefault("data-combobox", "")
        self._search_words = search_words
        self._hints = hints or {}

    def create_option(
        self, name: str, value: Any, label: int | str, *args: Any, **kwargs: Any
    ) -> dict[str, Any]:
        """Django's option with its search words and hint."""
        option = super().create_option(name, value, label, *args, **kwargs)
        if value not in (None, ""):
            option["attrs"]["data-search"] = self._search_words(str(label))
            if hint := self._hints.get(str(value)):
                option["attrs"]["data-hint"] = hint
        return option


class DateTimeInput(forms.DateTimeInput):
    """The browser's own date and time picker, to the minute."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%dT%H:%M")


class DateInput(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")
