"""The actions every ledger has: correct, void, hand over, accept, refuse, note, attach, ask,
answer, and the program's own: report as overdue."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.ledger.declaration import kinds
from linli.ledger.declaration.ledger import Action, Ask, Choice, Field, Ledger

VOID = "void"
ESCALATE = "escalate"
LEVELS = ("head", "chief")

HAND_TO = Field("hand_to", kinds.STAFF, _("Hand to"), required=True)
NOTE = Field("note", kinds.NARRATIVE, pgettext_lazy("matter", "Note"), required=True)
QUESTION = Field("question", kinds.NARRATIVE, _("Question"), required=True)
ANSWER = Field("answer", kinds.NARRATIVE, _("Answer"), required=True)
LATE = Field("overdue_deadline", kinds.TEXT, pgettext_lazy("matter", "Overdue"), required=True)
TOLD = Field(
    "escalated_to", kinds.CHOICE, _("Reported to"), required=True,
    choices=(Choice("head", _("Head of the room")), Choice("chief", _("Chief of the station"))),
)  # fmt: skip
ADDED_FILES = Field("added_files", kinds.FILES, _("Photos and files"), required=True)
REMOVED_FILES = Field("removed_files", kinds.FILES, _("Files to take off"), required=True)

# Fields of everyday actions: they are kept in the step, not in the entry.
STEP_FIELDS = {
    field.name: field
    for field in (HAND_TO, NOTE, QUESTION, ANSWER, LATE, TOLD, ADDED_FILES, REMOVED_FILES)
}


def everyday_actions(ledger: Ledger) -> tuple[Action, ...]:
    """The common actions with the states of this ledger filled in; a frozen ledger has none."""
    if ledger.frozen:
        return ()
    opened = ledger.open_states
    every = tuple(state.name for state in ledger.states if state.name != VOID)
    return (
        Action("note", _("Add a note"), pgettext_lazy("matter", "Note"), opened, asks=(Ask("note", True),)),
        # Also on a closed matter: what was signed is scanned afterwards.
        Action(
            "attach", _("Add photos or files"), _("Files added"), every,
            asks=(Ask("added_files", True),),
        ),
        Action(
            "detach", _("Take files off"), _("Files taken off"), every,
            asks=(Ask("removed_files", True),), needs="correct", reason=True,
        ),
        Action(
            "hand_over", _("Hand over"), _("Handed over"), opened,
            asks=(Ask("hand_to", True),), needs="hand_over", reason=True,
        ),
        Action("accept", _("Accept"), _("Accepted"), opened, needs="hand_over"),
        Action("refuse", _("Return"), _("Returned"), opened, needs="hand_over", reason=True),
        Action(
            "assign", _("Assign"), _("Assigned"), opened,
            asks=(Ask("hand_to", True),), needs="assign", reason=True,
        ),
        Action(
            "ask", _("Ask the reporter"), _("Question to the reporter"), opened,
            asks=(Ask("question", True),), needs="ask", shown_to_reporter=True,
        ),
        Action(
            "answer", _("Answer"), _("Answer of the reporter"), every,
            asks=(Ask("answer", True),), needs="answer", shown_to_reporter=True,
        ),
        Action("correct", _("Correct"), _("Corrected"), every, needs="correct", reason=True),
        Action("void", _("Void"), _("Voided"), every, to=VOID, needs="void", reason=True),
        # The program's own (escalation.py): no role has this permission.
        Action(
            ESCALATE, _("Report as overdue"), _("Reported as overdue"), opened,
            asks=(Ask("overdue_deadline", True), Ask("escalated_to", True)), needs="escalate",
        ),
    )  # fmt: skip
