"""Entrusted keys 代管钥匙登记簿 (C8): who left which key with the room, until when, and who got it back.

The tag on the key carries its number here and no address: a lost key opens no door. Every use is
noted in a row, with what for and with whose leave.
"""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.entrusted_keys import rules
from linli.ledger.declaration import kinds
from linli.ledger.declaration.categories import CategoryTree
from linli.ledger.declaration.ledger import Action, Ask, Choice, Deadline, Field, Ledger, State

HERE = Path(__file__).parent

ROLES = (
    Choice("depositor", _("Who leaves the key")),
    Choice("may_fetch", _("Who may fetch it")),
    Choice("witness", pgettext_lazy("keys", "Witness")),
)
WAYS = (
    Choice("phone", pgettext_lazy("keys", "Phone")),
    Choice("visit", pgettext_lazy("keys", "At the door")),
    Choice("message", pgettext_lazy("keys", "Message or letter")),
)
LEAVES = (
    Choice("agreed", _("Agreed when it was left")),
    Choice("called", _("Said yes on the phone")),
    Choice("emergency", _("Danger: water, gas, fire, a person in need")),
)
TAKERS = (
    Choice("depositor", _("The one who left it")),
    Choice("named", _("Somebody they named")),
    Choice("committee", pgettext_lazy("keys", "Residents' committee, as they asked")),
    Choice("manager", pgettext_lazy("keys", "Property manager, as they asked")),
)
USE = (
    Field("what_for", kinds.NARRATIVE, _("What the key was taken for"), searched=True),
    Field("leave", kinds.CHOICE, _("With whose leave"), choices=LEAVES),
    Field(
        "companion",
        kinds.STAFF,
        pgettext_lazy("keys", "Second officer"),
        hint=_("Nobody enters a home alone."),
    ),
    Field("put_back", kinds.FLAG, _("Key is back in the box")),
)
REMINDER = (
    Field("how", kinds.CHOICE, pgettext_lazy("keys", "How"), choices=WAYS),
    Field("answer", kinds.TEXT, pgettext_lazy("keys", "What they say")),
)

ENTRUSTED_KEYS = Ledger(
    code="entrusted_keys",
    title=_("Entrusted keys"),
    letter=pgettext_lazy("serial letter of entrusted keys", "EK"),
    key="k",
    book=_("Register of entrusted keys"),
    fields=(
        Field("category", kinds.CATEGORY, _("Kind of key"), required=True, column="category", categories=CategoryTree(HERE / "categories.toml")),
        Field("key_no", kinds.TEXT, _("Number on the tag"), required=True, searched=True, short=True,
              hint=_("A number only. No address and no name on the tag.")),
        Field("key_count", kinds.INTEGER, _("How many keys"), least=1, most=50),
        Field("place", kinds.PLACE, _("Which door"), required=True, column="place", searched=True, short=True),
        Field("people", kinds.PEOPLE, pgettext_lazy("keys", "People concerned"), choices=ROLES,
              hint=_("Who leaves the key, and who else may fetch it.")),
        Field("narrative", kinds.NARRATIVE, pgettext_lazy("keys", "What is agreed"), required=True, column="narrative", searched=True,
              hint=_("What the key may be used for: let the gas inspector in, water the flowers, only keep it.")),
        Field("until", kinds.DATE, pgettext_lazy("keys", "Until"), required=True),
        Field("received_at", kinds.MOMENT, pgettext_lazy("keys", "Left at"), column="received_at"),
        Field("kept_where", kinds.TEXT, pgettext_lazy("keys", "Kept where"), hint=_("Locked: key box or safe.")),
        Field("uses", kinds.ROWS, _("Key taken out"), fields=USE),
        Field("reminders", kinds.ROWS, pgettext_lazy("keys", "Reminders"), fields=REMINDER),
        Field("handed_to", kinds.CHOICE, _("Handed back to"), choices=TAKERS),
        Field("finished_at", kinds.MOMENT, pgettext_lazy("keys", "Handed back at")),
        Field("result", kinds.NARRATIVE, pgettext_lazy("keys", "How it ended"), searched=True),
        Field("remark", kinds.NARRATIVE, _("Remark"), searched=True),
    ),
    states=(
        State("kept", pgettext_lazy("keys", "with the room"), tone="warn"),
        State("returned", pgettext_lazy("keys", "handed back"), open=False, tone="good"),
        State("lost", _("lost: locks to be changed"), open=False),
        State("void", _("void"), open=False),
    ),
    actions=(
        Action("record", _("Take a key"), _("Key taken"), to="kept", needs="record", asks=(
            Ask("category", True), Ask("key_no", True), Ask("key_count"), Ask("place", True),
            Ask("people", True), Ask("narrative", True), Ask("until", True), Ask("kept_where"),
            Ask("received_at"), Ask("remark"),
        ), check=rules.day_is_to_come),
        Action("hand_back", _("Hand the key back"), pgettext_lazy("keys", "Handed back"), ("kept",), "returned",
               check=rules.is_in_the_box, asks=(
            Ask("handed_to", True), Ask("finished_at", True), Ask("people", role="may_fetch"), Ask("result"),
        )),
        Action("use", _("Take the key out"), _("Key taken out"), ("kept",), adds="uses",
               only_if=rules.is_in, asks=(
            Ask("what_for", True), Ask("leave", True), Ask("companion"), Ask("put_back"),
        )),
        Action("put_back", _("Key is back"), _("Key is back in the box"), ("kept",), adds="uses",
               only_if=rules.is_out, asks=(Ask("what_for", True), Ask("put_back", True))),
        Action("remind", _("Remind"), _("Reminded"), ("kept",), adds="reminders", asks=(
            Ask("how", True), Ask("answer", True),
        )),
        Action("extend", _("Agree on a later day"), _("Later day agreed"), ("kept",),
               check=rules.day_is_to_come, reason=True, asks=(Ask("until", True),)),
        Action("lose", _("The key is lost"), _("Key lost"), ("kept",), "lost", needs="close",
               asks=(Ask("result", True), Ask("finished_at"))),
        Action("reopen", _("Open again"), _("Opened again"), ("returned", "lost"), "kept",
               needs="close", reason=True),
    ),
    deadlines=(
        Deadline("returned", _("hand the key back"), rules.returned_by, ("hand_back", "lose"),
                 start="until", begins_with=("record", "extend", "reopen")),
        Deadline("asked", _("remind again"), rules.asked_by, ("remind", "extend", "hand_back", "lose"),
                 start="acted_at", begins_with="remind"),
    ),
    checks=(rules.days_in_order,),
    columns=("serial", "received_at", "key_no", "category", "place", "until", "state"),
    retention="retention.entrusted_keys",
    headings=str(HERE / "headings.toml"),
    headline=("key_no", "place"),
)  # fmt: skip
