"""What the reporter sees of their matter behind the receipt code, and what they write there.

Not shown: what they reported and wrote themselves (whoever finds the slip of paper must not read
it), anybody's data, notes and handling between officers.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from linli.access.actor import resident_actor
from linli.history import chain
from linli.history.models import Step, StepBody
from linli.ledger.acts.act import Act, Once
from linli.ledger.acts.carrying_out import carry_out
from linli.ledger.declaration import registry
from linli.ledger.declaration.ledger import Ledger
from linli.ledger.entries import rows
from linli.ledger.entries.models import Entry, Receipt, SentOnce
from linli.ledger.entries.serials import serial_text
from linli.org.models import Staff
from linli.publicsite import limits
from linli.reactions import ASKED_AFTERWARDS
from linli.surveys import answering

# The fields that officers write for the reporter, in the order shown; the rest stays inside.
_FOR_REPORTER: Final = ("referred_to", "words_given", "result", "told_how", "question")
_LABELS: Final[Mapping[str, Promise]] = {
    "result": pgettext_lazy("for the reporter", "Result"),
    "referred_to": pgettext_lazy("for the reporter", "Passed on to"),
    "words_given": pgettext_lazy("for the reporter", "Explanation"),
    "told_how": pgettext_lazy("for the reporter", "How you were told"),
}
# Telling the outcome tells what stands as the result, whenever it was written.
_TELLS: Final = ("tell", "close", "handle")
_ANSWERED_BY: Final = ("told", "answered", "noticed")
_IDENTITY: Final = re.compile(r"(?<!\d)\d{6}(?:19|20)\d{9}[\dXx](?!\d)")

_TITLES: Final[Mapping[str, Promise]] = {
    "record": pgettext_lazy("for the reporter", "Received"),
    "notice": pgettext_lazy("for the reporter", "Taken up"),
    "handle": pgettext_lazy("for the reporter", "Done"),
    "tell": pgettext_lazy("for the reporter", "The outcome"),
    "close": pgettext_lazy("for the reporter", "Closed"),
    "refer": pgettext_lazy("for the reporter", "Passed on to those in charge"),
    "explain": pgettext_lazy("for the reporter", "Explained"),
    "reopen": pgettext_lazy("for the reporter", "Taken up again"),
    "ask": pgettext_lazy("for the reporter", "A question to you"),
    "answer": pgettext_lazy("for the reporter", "You wrote"),
    "void": pgettext_lazy("for the reporter", "Taken out of the register"),
}
_STATES: Final[Mapping[str, tuple[Promise, str]]] = {
    "open": (pgettext_lazy("for the reporter", "received, being dealt with"), "wait"),
    "on_site": (pgettext_lazy("for the reporter", "officers are on the spot"), "doing"),
    "referred": (pgettext_lazy("for the reporter", "passed on, we follow it up"), "doing"),
    "handled": (pgettext_lazy("for the reporter", "done"), "done"),
    "explained": (pgettext_lazy("for the reporter", "explained"), "done"),
    "closed": (pgettext_lazy("for the reporter", "closed"), "done"),
    "void": (pgettext_lazy("for the reporter", "taken out of the register"), ""),
}


class TooMuch(Exception):
    """The reporter has written very often within the hour."""


@dataclass(frozen=True, slots=True)
class Event:
    """One step that the reporter sees. `said`: (label, text) pairs that officers wrote for them."""

    title: str
    at: datetime
    said: list[tuple[str, str]] = field(default_factory=list)
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Matter:
    """A matter as its reporter sees it. `events` are in the order they happened; `answer_by` is
    when they hear from us at the latest; `asked` says that a question waits for an answer, `survey`
    that they are asked how it went."""

    entry: UUID
    room: UUID
    district: UUID
    serial: str
    state: str
    tone: str
    received_at: datetime
    officer: str
    answer_by: datetime | None
    events: list[Event]
    asked: bool
    takes_messages: bool
    survey: bool = False


def matter_of(entry_id: UUID) -> Matter | None:
    """The matter; None when it no longer exists (its time is over)."""
    entry = Entry.objects.filter(id=entry_id).first()
    if entry is None:
        return None
    ledger = registry.of(entry)
    steps = list(Step.objects.filter(subject=entry.id).order_by("seq"))
    words, tone = _STATES.get(entry.state, (None, ""))
    if words is None:
        words = ledger.state_by_name[entry.state].title  # type: ignore[assignment]
    return Matter(
        entry=entry.id,
        room=entry.room,
        district=entry.district,
        serial=serial_text(entry),
        state=str(words),
        tone=tone,
        received_at=entry.received_at,
        officer=_officer(entry.responsible),
        answer_by=_answer_by(entry),
        events=_events(ledger, steps),
        asked=_asked(steps),
        takes_messages=entry.state in ledger.all_actions["answer"].from_states,
        survey=answering.is_asked(entry, ASKED_AFTERWARDS),
    )


def receipt_matter(receipt: Receipt) -> Matter | None:
    return matter_of(receipt.entry)


def _officer(responsible: UUID) -> str:
    """Who deals with it, if that person stands on the public page."""
    staff = Staff.objects.filter(pk=responsible, on_public_page=True, is_active=True).first()
    return staff.name if staff else ""


def _answer_by(entry: Entry) -> datetime | None:
    if not entry.is_open:
        return None
    running = [
        datetime.fromisoformat(kept["due"])
        for name, kept in entry.deadlines.items()
        if name in _ANSWERED_BY and "met" not in kept
    ]
    return min(running) if running else None


def _asked(steps: list[Step]) -> bool:
    """Whether the last word in the conversation is a question of ours."""
    spoken = [step.action for step in steps if step.action in ("ask", "answer")]
    return bool(spoken) and spoken[-1] == "ask"


def _events(ledger: Ledger, steps: list[Step]) -> list[Event]:
    """The steps that the ledger shows to the reporter, with what was written for them."""
    texts = dict(
        StepBody.objects.filter(step__in=[step.id for step in steps]).values_list("step", "text")
    )
    shown: list[Event] = []
    data: dict[str, Any] = {}
    told: dict[str, Any] = {}
    for step in steps:
        body = orjson.loads(texts[step.id]) if step.id in texts else {}
        data = body.get("set", {}).get("data", data)
        action = ledger.all_actions.get(step.action)
        if step.action not in ("record", "void") and not (action and action.shown_to_reporter):
            continue
        asked = [ask.name for ask in action.asks] if action and step.action != "record" else []
        names = {*asked, *(["result"] if step.action in _TELLS else [])}
        said = _said(names, {**data, **body}, told)
        shown.append(Event(_title(step.action, action), step.acted_at, said, step.action == "ask"))
    return shown


def _title(name: str, action: Any) -> str:
    return str(_TITLES.get(name) or action.done)


def _said(
    names: set[str], values: Mapping[str, Any], told: dict[str, Any]
) -> list[tuple[str, str]]:
    """What is for the reporter and was not told before; identity numbers are blotted out."""
    said = []
    for name in _FOR_REPORTER:
        value = values.get(name) if name in names else None
        if not value:
            continue
        if name != "question" and told.get(name) == value:
            continue
        told[name] = value
        said.append((str(_LABELS.get(name, "")), _IDENTITY.sub("***", str(value))))
    return said


def write(*, entry: UUID, text: str, nonce: str) -> None:
    """The reporter answers or adds something; sent twice (the same `nonce`) it is kept once.

    Raises TooMuch, ValidationError (the matter takes no messages any more), Entry.DoesNotExist.
    """
    matter = Entry.objects.get(id=entry)
    once = Once(
        hashlib.sha256(f"publicsite.answer {entry} {nonce}".encode()).digest(),
        hashlib.sha256(text.encode()).digest(),
    )
    with translation.override(settings.LANGUAGE_CODE):
        actor = resident_actor(matter.room, matter.district, _("Reporter, by receipt code"))
    with rows.writing():
        chain.lock({matter.room: matter.district})
        if SentOnce.objects.filter(key_hash=once.key_hash).exists():
            return
        if limits.matter_is_full(entry):
            raise TooMuch
        carry_out(
            [
                Act(
                    registry.of(matter), "answer", actor, {"answer": text},
                    room=matter.room, district=matter.district, entry=entry, once=once,
                )
            ]
        )  # fmt: skip
