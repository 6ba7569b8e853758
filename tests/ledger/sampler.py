"""A ledger with one field of every kind, and actions that add rows: registered by a test alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from linli.ledger.acts import carrying_out
from linli.ledger.acts.act import Act, Done
from linli.ledger.declaration import kinds, registry
from linli.ledger.declaration.checklists import Checklists
from linli.ledger.declaration.ledger import (
    Action,
    Ask,
    Choice,
    Deadline,
    Facts,
    Field,
    Ledger,
    State,
)
from linli.org.models import Staff, Unit
from linli.org.tree import district_of
from tests.cast import actor

LISTS = Checklists(Path(__file__).parent / "sampler_checks.toml")
WEEKDAYS = tuple(
    Choice(code, title)
    for code, title in (("mo", "Monday"), ("tu", "Tuesday"), ("we", "Wednesday"))
)
WAYS = (Choice("met", "Face to face"), Choice("phone", "By telephone"))


def next_round(facts: Facts) -> str | None:
    """3 working days to the first session, 7 to the second, 30 days to the third, then no more."""
    rounds = (
        "deadline.disputes.first",
        "deadline.disputes.second",
        "deadline.mediation.confirmation",
    )
    held = len(facts["sessions"] or ())
    return rounds[held] if held < len(rounds) else None


def put_right_by(facts: Facts) -> str | None:
    return "deadline.inspections.again" if facts.get("due_on") else None


def something_is_bad(facts: Facts) -> bool:
    return bool(LISTS.bad(facts["checks"]))


SESSION = (
    Field("held_at", kinds.MOMENT, "Held at"),
    Field("held_on", kinds.DATE, "Day"),
    Field("way", kinds.CHOICE, "Way", choices=WAYS),
    Field("present", kinds.CHOICES, "Present", choices=WEEKDAYS),
    Field("minutes", kinds.INTEGER, "Minutes", least=1, most=600, unit="min"),
    Field("outcome", kinds.NARRATIVE, "Outcome", required=True, searched=True),
    Field("led_by", kinds.STAFF, "Led by"),
    Field("agreed", kinds.FLAG, "Agreed"),
)

SAMPLER = Ledger(
    code="sampler",
    headings=str(Path(__file__).parent / "sampler_headings.toml"),
    title="Samples",
    letter="ZZ",
    key="zz",
    fields=(
        Field("narrative", kinds.NARRATIVE, "What", required=True, column="narrative", searched=True),
        Field("place", kinds.PLACE, "Place", column="place", searched=True, short=True),
        Field("received_at", kinds.MOMENT, "Received", column="received_at"),
        Field("due_on", kinds.DATE, "Due on"),
        Field("households", kinds.INTEGER, "Households", least=0, most=9999, unit="households"),
        Field("amount", kinds.DECIMAL, "Amount", least=0, unit="kg"),
        Field("days", kinds.CHOICES, "Days", choices=WEEKDAYS),
        Field("urgent", kinds.FLAG, "Urgent"),
        Field("lead", kinds.STAFF, "Lead"),
        Field("sessions", kinds.ROWS, "Sessions", fields=SESSION),
        Field("checks", kinds.CHECKLIST, "Checks", checklists=LISTS),
        Field("result", kinds.NARRATIVE, "Result"),
        Field("people", kinds.PEOPLE, "People", choices=(Choice("party", "Party"),)),
    ),
    states=(
        State("open", "open", tone="warn"),
        State("closed", "closed", open=False, tone="good"),
        State("void", "void", open=False),
    ),
    actions=(
        Action(
            "record", "Record", "Recorded", to="open", needs="record",
            asks=(
                Ask("narrative", True), Ask("place"), Ask("received_at"), Ask("due_on"),
                Ask("households"), Ask("amount"), Ask("days"), Ask("urgent"), Ask("lead"),
                Ask("sessions"), Ask("checks"), Ask("people"),
            ),
        ),
        Action(
            "hold", "Hold a session", "Session held", ("open",), adds="sessions",
            asks=(
                Ask("held_at"), Ask("held_on"), Ask("way"), Ask("present"), Ask("minutes", True),
                Ask("outcome", True), Ask("led_by"), Ask("result"),
            ),
        ),
        Action("check", "Check", "Checked", ("open",), asks=(Ask("checks", True),)),
        Action(
            "order", "Order to put right", "Ordered", ("open",), asks=(Ask("due_on", True),),
            only_if=something_is_bad,
        ),
        Action("close", "Close", "Closed", ("open",), "closed", asks=(Ask("result"),), needs="close"),
    ),
    deadlines=(
        Deadline(
            "session", "hold a session", next_round, ("hold", "close"), start="acted_at",
            begins_with=("record", "hold"),
        ),
        Deadline("right", "put right", put_right_by, ("close",), start="due_on", begins_with="order"),
    ),
)  # fmt: skip


@contextmanager
def registered(ledger: Ledger = SAMPLER) -> Iterator[Ledger]:
    """The ledger, as long as the test needs it."""
    registry.register(ledger)
    try:
        yield ledger
    finally:
        registry._ledgers.pop(ledger.code)


def act(action: str, staff: Staff, room: Unit, entry: Any = None, **data: Any) -> Act:
    """An act in the sampler."""
    reason, at = data.pop("reason", ""), data.pop("at", None)
    home = {"room": room.pk, "district": district_of(room.pk)} if action == "record" else {}
    return Act(SAMPLER, action, actor(staff), data, entry=entry, reason=reason, at=at, **home)


def done(action: str, staff: Staff, room: Unit, entry: Any = None, **data: Any) -> Done:
    if action == "record":
        data.setdefault("narrative", "样例：三期一户邻里纠纷")
    return carrying_out.carry_out([act(action, staff, room, entry, **data)])[0]
