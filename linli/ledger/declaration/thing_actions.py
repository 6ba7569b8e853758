"""The actions every thing has: add, change, correct, end, begin again, merge, take a merge back,
move to another room, note, attach, detach, and the program's own: remind."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.ledger.declaration import kinds
from linli.ledger.declaration.common_actions import ADDED_FILES, NOTE, REMOVED_FILES, VOID
from linli.ledger.declaration.ledger import Action, Ask, Field

ADD, CHANGE, CORRECT, END, REOPEN = "add", "change", "correct", "end", "reopen"
MERGE, UNMERGE, MOVE, REMIND = "merge", "unmerge", "move_home", "remind"

# States of a thing; no column keeps them, they follow from the days.
STANDING, ENDED, MERGED = "standing", "ended", "merged"

SINCE = Field("since", kinds.DATE, pgettext_lazy("thing", "Since"), column="since")
UNTIL = Field("until", kinds.DATE, pgettext_lazy("thing", "Until"), column="until")
INTO = Field("into", kinds.TEXT, _("The one that stays"), required=True)
TO_ROOM = Field("to_room", kinds.TEXT, _("Room that takes it over"), required=True)

# Fields of these actions that no register declares.
THING_FIELDS = {
    field.name: field for field in (SINCE, UNTIL, INTO, TO_ROOM, NOTE, ADDED_FILES, REMOVED_FILES)
}
TITLES = {
    STANDING: pgettext_lazy("state of a thing", "in being"),
    ENDED: pgettext_lazy("state of a thing", "ended"),
    MERGED: pgettext_lazy("state of a thing", "merged"),
    VOID: pgettext_lazy("state of a thing", "void"),
}


def actions_of_things(fields: Sequence[Field]) -> tuple[Action, ...]:
    """The common actions over the fields of a register."""
    asks = tuple(Ask(field.name) for field in fields)
    here, gone, every = (STANDING,), (ENDED,), (STANDING, ENDED)
    return (
        Action(ADD, pgettext_lazy("thing", "Add"), pgettext_lazy("thing", "Added"), needs="record",
               asks=(*asks, Ask("since"))),
        Action(CHANGE, pgettext_lazy("thing", "Change"), pgettext_lazy("thing", "Changed"), here,
               asks=asks),
        Action(CORRECT, _("Correct"), _("Corrected"), every, needs="correct", reason=True,
               asks=(*asks, Ask("since"), Ask("until"))),
        Action(END, pgettext_lazy("thing", "End"), pgettext_lazy("thing", "Ended"), here,
               needs="correct", reason=True, asks=(Ask("until", True),)),
        Action(REOPEN, pgettext_lazy("thing", "In being again"), pgettext_lazy("thing", "In being again"),
               gone, needs="correct", reason=True),
        Action(MERGE, pgettext_lazy("thing", "Merge"), pgettext_lazy("thing", "Merged"), every,
               needs="correct", reason=True, asks=(Ask("into", True),)),
        Action(UNMERGE, pgettext_lazy("thing", "Part again"), pgettext_lazy("thing", "Parted again"),
               (MERGED,), needs="correct", reason=True),
        Action(MOVE, _("Give to another room"), _("Given to another room"), here,
               needs="correct", reason=True, asks=(Ask("to_room", True),)),
        Action(VOID, pgettext_lazy("thing", "Added by mistake: void it"), _("Voided"), every, needs="void",
               reason=True),
        Action("note", _("Add a note"), pgettext_lazy("matter", "Note"), every, asks=(Ask("note", True),)),
        Action("attach", _("Add photos or files"), _("Files added"), every, asks=(Ask("added_files", True),)),
        Action("detach", _("Take files off"), _("Files taken off"), every, needs="correct", reason=True,
               asks=(Ask("removed_files", True),)),
        # The program's own (acts/watching.py): no role has this permission.
        Action(REMIND, _("Remind"), _("Reminded of a day that runs out"), here, needs="escalate"),
    )  # fmt: skip
