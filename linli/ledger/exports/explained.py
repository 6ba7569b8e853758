"""The README of an archive: what is in it and how to read it with nothing but a text editor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils import translation
from django.utils.translation import gettext as _

from linli.ground import clock
from linli.ledger.declaration.ledger import Ledger
from linli.org.models import Unit


def readme(
    language: str, ledgers: Sequence[Ledger], *, room: Unit, counts: Mapping[str, int], masked: bool
) -> str:
    """The text, in that language."""
    with translation.override(language):
        listed = "\n".join(
            f"- `ledgers/{ledger.code}/` {ledger.title}: {counts.get(ledger.code, 0)}"
            for ledger in ledgers
        )
        made = f"{clock.local(clock.now()):%Y-%m-%d %H:%M}"
        parts = [
            f"# {room.name} ({room.code})",
            _("Everything that Linli kept of this police room, made on %(at)s (Shanghai).")
            % {"at": made},
            _masked() if masked else _open(),
            f"## {_('Ledgers and their entries')}",
            listed,
            _(
                "`definition.json` says what a ledger asks for, its states and choices, in Chinese "
                "and English. `entries.csv` is a table for people (UTF-8, opens in Excel and WPS); a "
                "cell that looked like a formula begins with an apostrophe. `entries.jsonl` has one "
                "entry a line as JSON, with codes instead of titles and times in UTC: for programs."
            ),
            f"## {_('What else there is')}",
            _rest(),
            f"## {_('Is it whole')}",
            _(
                "`manifest.json` gives the size and the SHA-256 of every file; `signature.json` is "
                "its Ed25519 signature by the installation that made it. `linli export --check FILE` "
                "compares all of it; `sha256sum` does so for a single file."
            ),
        ]
        return "\n\n".join(parts) + "\n"


def _masked() -> str:
    return _(
        "People are masked: their full names and numbers are not in this archive. Narratives, "
        "files and the history are as they were written. Keep it like a personal file."
    )


def _open() -> str:
    return _(
        "People are in it with their full names and numbers. Keep it like a personal file, "
        "encrypted, and erase it when it has done its work."
    )


def _rest() -> str:
    lines = (
        (
            "ledgers/*/entries.*",
            _("people concerned stand with their entry, work logs are a ledger"),
        ),
        ("room.json", _("the room, the units above it, its communities and working days")),
        ("staff.csv, .jsonl", _("who was posted here, and when")),
        ("links.csv, .jsonl", _("which matter came from which")),
        ("files/", _("photos, papers and recordings, by ledger and number")),
        ("files.csv, .jsonl", _("to which matter each file belongs; those whose time was over")),
        (
            "history/steps.csv, .jsonl",
            _(
                "every step ever taken, in order. `digest` is SHA-256 of salt and body as it "
                "stands in the line; `hash` chains the steps (linli/history/chain.py)"
            ),
        ),
        ("other/", _("other tables of the room, with Linli's own names")),
    )
    return "\n".join(f"- `{name}`: {words}" for name, words in lines)
