"""Home-away watch 外出户看护登记簿 (C8): a household is away, the room looks after its home as agreed.

Every look is a row with what was found. Nobody enters a home on a watch: where a key is left for
that, it stands in the register of entrusted keys.
"""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.home_watch import rules
from linli.ledger.declaration import kinds
from linli.ledger.declaration.categories import CategoryTree
from linli.ledger.declaration.ledger import Action, Ask, Choice, Deadline, Field, Ledger, State

HERE = Path(__file__).parent

ROLES = (
    Choice("householder", pgettext_lazy("home watch", "Householder")),
    Choice("contact", _("Who is called if something is wrong")),
    Choice("key_holder", _("Who has a key")),
)
CHECKS = (
    Choice("door", _("Doors and locks")),
    Choice("windows", _("Windows and balcony")),
    Choice("mail", _("Letters and parcels at the door")),
    Choice("meters", _("Water, gas and power from outside")),
    Choice("light", _("Lights and noise")),
    Choice("vehicle", _("Car or e-bike")),
    Choice("neighbours", _("Ask the neighbours")),
)
FOUND = (
    Choice("in_order", pgettext_lazy("home watch", "All in order")),
    Choice("small", _("Something small")),
    Choice("leak", _("Water, gas or power")),
    Choice("opened", _("Door or window open")),
    Choice("broken_in", _("Signs of a break-in")),
    Choice("other", pgettext_lazy("home watch", "Something else")),
)
ENDS = (
    Choice("back", _("They are back")),
    Choice("unwanted", _("They want no watch any more")),
    Choice("moved", pgettext_lazy("home watch", "They moved away")),
)
LOOK = (
    Field("checked_at", kinds.MOMENT, _("Looked at")),
    Field("found", kinds.CHOICE, pgettext_lazy("home watch", "Found"), choices=FOUND),
    Field("what", kinds.NARRATIVE, pgettext_lazy("home watch", "What was found"), searched=True),
    Field("told", kinds.TEXT, _("Who was told, what was done")),
)

HOME_WATCH = Ledger(
    code="home_watch",
    title=_("Home-away watch"),
    letter=pgettext_lazy("serial letter of home-away watch", "HW"),
    key="",
    book=_("Register of home-away watch"),
    fields=(
        Field("category", kinds.CATEGORY, _("Why they are away"), required=True, column="category", categories=CategoryTree(HERE / "categories.toml")),
        Field("place", kinds.PLACE, _("Which home"), required=True, column="place", searched=True, short=True),
        Field("people", kinds.PEOPLE, pgettext_lazy("home watch", "Household and contacts"), choices=ROLES,
              hint=_("A phone that is answered while they are away.")),
        Field("away_from", kinds.DATE, _("Away from"), required=True),
        Field("away_until", kinds.DATE, _("Away until"), required=True),
        Field("every_days", kinds.INTEGER, _("A look every … days"), least=1, most=30, unit=pgettext_lazy("unit", "days"),
              hint=_("As agreed with them. Blank: as the rule says.")),
        Field("agreed", kinds.CHOICES, _("What is looked at"), choices=CHECKS),
        Field("narrative", kinds.NARRATIVE, pgettext_lazy("home watch", "What else is agreed"), column="narrative", searched=True,
              hint=_("Nothing that a thief would like to read.")),
        Field("received_at", kinds.MOMENT, pgettext_lazy("home watch", "Asked at"), column="received_at"),
        Field("looks", kinds.ROWS, pgettext_lazy("home watch", "Looks"), fields=LOOK),
        Field("ended_how", kinds.CHOICE, pgettext_lazy("home watch", "Why it ended"), choices=ENDS),
        Field("returned_on", kinds.DATE, _("Back on")),
        Field("result", kinds.NARRATIVE, pgettext_lazy("home watch", "What was told to them"), searched=True),
        Field("remark", kinds.NARRATIVE, _("Remark"), searched=True),
    ),
    states=(
        State("watched", pgettext_lazy("home watch", "being watched"), tone="warn"),
        State("ended", pgettext_lazy("home watch", "ended"), open=False, tone="good"),
        State("void", _("void"), open=False),
    ),
    actions=(
        Action("record", _("Take on a watch"), _("Watch taken on"), to="watched", needs="record", asks=(
            Ask("category", True), Ask("place", True), Ask("people", True), Ask("away_from", True),
            Ask("away_until", True), Ask("every_days"), Ask("agreed", True), Ask("narrative"),
            Ask("received_at"), Ask("remark"),
        ), check=rules.watch_is_to_come),
        Action("look", _("Look at the home"), pgettext_lazy("home watch", "Looked at it"), ("watched",),
               adds="looks", check=rules.look_says_what_is_wrong, asks=(
            Ask("checked_at", True), Ask("found", True), Ask("what"), Ask("told"),
        )),
        Action("tell", _("Tell the household"), _("Household told"), ("watched",),
               asks=(Ask("note", True),), only_if=rules.was_looked_at),
        Action("extend", _("They stay away longer"), _("Away for longer"), ("watched",), asks=(
            Ask("away_until", True), Ask("every_days"),
        ), check=rules.watch_is_to_come),
        Action("end", _("End the watch"), _("Watch ended"), ("watched",), "ended", asks=(
            Ask("ended_how", True), Ask("returned_on"), Ask("result"),
        )),
        Action("reopen", _("Open again"), _("Opened again"), ("ended",), "watched",
               needs="close", reason=True),
    ),
    deadlines=(
        Deadline("look", _("look at the home"), rules.first_look_by, ("look", "end"), start="away_from"),
        Deadline("again", _("look at the home again"), rules.next_look_by, ("look", "end"),
                 start="acted_at", begins_with=("look", "extend", "reopen")),
        Deadline("told", _("tell the household"), rules.owner_told_by, ("tell", "end"),
                 start="acted_at", begins_with="look"),
        Deadline("back", _("ask whether they are back"), rules.back_by, ("end", "extend"),
                 start="away_until", begins_with=("record", "extend", "reopen")),
    ),
    checks=(rules.days_in_order,),
    columns=("serial", "received_at", "place", "away_from", "away_until", "state"),
    retention="retention.home_watch",
    headings=str(HERE / "headings.toml"),
    headline=("place",),
    derived=rules.told,
)  # fmt: skip
