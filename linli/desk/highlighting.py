"""Found words are marked where they stand; what stands deeper in the text is shown as a piece of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from linli.desk import list_rows
from linli.ledger.entries.models import Entry
from linli.ledger.reading import entry_view

AROUND: Final = 24  # signs on each side of a word that was found


@dataclass(frozen=True)
class Hit:
    """A matter that was found: its row, and its words with those looked for marked."""

    row: list_rows.Row
    title: SafeString
    place: SafeString
    piece: SafeString


def hits(entries: Sequence[Entry], words: Sequence[str]) -> list[Hit]:
    """The matters found as rows with their marks."""
    return [_hit(row, words) for row in list_rows.rows(entries)]


def _hit(row: list_rows.Row, words: Sequence[str]) -> Hit:
    above = f"{row.title} {row.entry.place}".lower()
    hidden = [word for word in words if word.lower() not in above]
    return Hit(
        row, marked(row.title, words), marked(row.place, words),
        marked(_piece(row.entry, hidden), words),
    )  # fmt: skip


def marked(text: str, words: Sequence[str]) -> SafeString:
    """The text with every word in <mark>; all else escaped."""
    found = sorted({word for word in words if word}, key=len, reverse=True)
    if not found or not text:
        return format_html("{}", text)
    parts = re.split(f"({'|'.join(map(re.escape, found))})", text, flags=re.IGNORECASE)
    return format_html_join(
        "",
        "{}",
        ((format_html("<mark>{}</mark>", p) if n % 2 else p,) for n, p in enumerate(parts)),
    )


def _piece(entry: Entry, hidden: Sequence[str]) -> str:
    """The text around the first of the words that the row itself does not show; "" for none."""
    if not hidden:
        return ""
    texts = (text for about, text in entry_view.facts_shown(entry) if about.in_search)
    for text in texts:
        for word in hidden:
            at = text.lower().find(word.lower())
            if at >= 0:
                start, end = max(at - AROUND, 0), at + len(word) + AROUND
                piece = " ".join(text[start:end].split())
                return f"{'…' if start else ''}{piece}{'…' if end < len(text) else ''}"
    return ""
