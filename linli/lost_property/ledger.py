"""Lost property 失物招领登记簿 (C8): handed in, its owner looked for, given back or handed on.

The law (Civil Code, art. 314 to 318): the owner is told, or a notice is posted; it is kept with care;
what nobody claims within a year of the notice belongs to the State, never to the finder.
"""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.ledger.declaration import kinds
from linli.ledger.declaration.categories import CategoryTree
from linli.ledger.declaration.ledger import Action, Ask, Choice, Deadline, Field, Ledger, State
from linli.lost_property import rules
from linli.lost_property.documents import NOTICE, RECEIPT

HERE = Path(__file__).parent

SOURCES = (
    Choice("counter", _("Handed in at the counter")),
    Choice("patrol", _("Found on patrol")),
    Choice("shop", _("From a shop, a bus or a taxi")),
    Choice("body", _("From the property manager or committee")),
    Choice("mail", _("Sent or left without a name")),
)
ROLES = (
    Choice("finder", _("Finder")),
    Choice("owner", pgettext_lazy("lost property", "Owner")),
    Choice("collector", _("Fetched by")),
)
PROOFS = (
    Choice("mark", _("Named the mark only the owner knows")),
    Choice("papers", _("Papers with the same name")),
    Choice("unlocked", _("Unlocked the phone before us")),
    Choice("bought", _("Receipt, photo or number of the thing")),
)
TAKERS = (
    Choice("station", _("Property office of the station")),
    Choice("issuer", _("Office that issued the papers")),
    Choice("other_room", _("Another police unit that has the loss reported")),
    Choice("state", _("The State: a year after the notice")),
    Choice("not_kept", _("Sold or destroyed: it could not be kept")),
)

LOST_PROPERTY = Ledger(
    code="lost_property",
    title=_("Lost property"),
    letter=pgettext_lazy("serial letter of lost property", "LP"),
    key="l",
    book=_("Lost property register"),
    fields=(
        Field("category", kinds.CATEGORY, _("Kind of thing"), required=True, column="category", categories=CategoryTree(HERE / "categories.toml")),
        Field("narrative", kinds.NARRATIVE, _("What it looks like"), required=True, column="narrative", searched=True,
              hint=_("Colour, make, size, contents. Names and numbers on papers belong to the owner below.")),
        Field("mark", kinds.TEXT, _("What only the owner can know"),
              hint=_("Not on the notice: ask for it before giving the thing back.")),
        Field("cash", kinds.DECIMAL, _("Cash counted with the finder"), least=0, most=10_000_000, unit=pgettext_lazy("unit", "yuan")),
        Field("place", kinds.PLACE, _("Found at"), column="place", searched=True, short=True),
        Field("found_at", kinds.MOMENT, _("Time of finding")),
        Field("source", kinds.CHOICE, _("How it came in"), column="channel", choices=SOURCES),
        Field("people", kinds.PEOPLE, _("Finder and owner"), choices=ROLES,
              hint=_("A finder need not give a name.")),
        Field("received_at", kinds.MOMENT, _("Handed in"), column="received_at"),
        Field("receipt_given", kinds.FLAG, _("Receipt given to the finder")),
        Field("kept_where", kinds.TEXT, pgettext_lazy("lost property", "Kept where"), searched=True, short=True,
              hint=_("Shelf, bag number or safe.")),
        Field("photos", kinds.FILES, _("Photos")),
        Field("told_at", kinds.MOMENT, _("Owner told at")),
        Field("told_how", kinds.TEXT, _("How the owner was found and told")),
        Field("notice_on", kinds.DATE, _("Notice posted on")),
        Field("notice_where", kinds.TEXT, _("Notice posted where")),
        Field("proof", kinds.CHOICES, _("How the owner proved it"), choices=PROOFS),
        Field("costs", kinds.DECIMAL, _("Costs of keeping paid"), least=0, most=100_000, unit=pgettext_lazy("unit", "yuan"),
              hint=_("Only what keeping it really cost.")),
        Field("handed_to", kinds.CHOICE, _("Handed on to whom"), choices=TAKERS),
        Field("receipt_no", kinds.TEXT, _("Number of the receipt"), searched=True),
        Field("finished_at", kinds.MOMENT, _("Given back or handed on")),
        Field("result", kinds.NARRATIVE, pgettext_lazy("lost property", "How it ended"), searched=True),
        Field("remark", kinds.NARRATIVE, _("Remark"), searched=True),
    ),
    states=(
        State("open", _("owner looked for"), tone="warn"),
        State("told", _("owner told"), tone="plain"),
        State("noticed", _("notice posted"), tone="plain"),
        State("returned", _("given back"), open=False, tone="good"),
        State("handed_on", _("handed on"), open=False),
        State("void", _("void"), open=False),
    ),
    actions=(
        Action("record", _("Take in"), _("Taken in"), to="open", needs="record", asks=(
            Ask("category", True), Ask("narrative", True), Ask("mark"), Ask("cash"), Ask("place"),
            Ask("found_at"), Ask("source"), Ask("people"), Ask("received_at"), Ask("receipt_given"),
            Ask("kept_where"), Ask("photos"), Ask("remark"),
        )),
        Action("tell", _("Tell the owner"), _("Owner told"), ("open",), "told", asks=(
            Ask("told_how", True), Ask("told_at"), Ask("people", role="owner"),
        )),
        Action("post_notice", _("Post a notice"), _("Notice posted"), ("open", "told"), "noticed", asks=(
            Ask("notice_on", True), Ask("notice_where", True),
        )),
        Action("give_back", _("Give back"), _("Given back"), ("open", "told", "noticed"), "returned",
               needs="close", asks=(
            Ask("people", True, "collector"), Ask("proof", True), Ask("finished_at", True), Ask("costs"), Ask("result"),
        )),
        Action("tell_again", _("Owner found, or told again"), _("Owner told"), ("told", "noticed"), "told", asks=(
            Ask("told_how", True), Ask("told_at"), Ask("people", role="owner"),
        )),
        Action("hand_on", pgettext_lazy("lost property", "Hand on"), pgettext_lazy("lost property", "Handed on"), ("open", "told", "noticed"), "handed_on",
               needs="close", check=rules.may_be_handed_on, asks=(
            Ask("handed_to", True), Ask("result", True), Ask("receipt_no"), Ask("finished_at", True),
        )),
        Action("reopen", _("Open again"), _("Opened again"), ("returned", "handed_on"), "open",
               needs="close", reason=True),
    ),
    deadlines=(
        Deadline("noticed", _("tell the owner or post a notice"), rules.noticed_by,
                 ("tell", "tell_again", "post_notice", "give_back", "hand_on")),
        Deadline("fetched", _("ask the owner again"), rules.fetched_by,
                 ("tell", "tell_again", "post_notice", "give_back", "hand_on"), start="acted_at",
                 begins_with=("tell", "tell_again")),
        Deadline("unclaimed", _("hand on what nobody claimed"), rules.unclaimed_by,
                 ("give_back", "hand_on"), start="notice_on", begins_with="post_notice"),
    ),
    checks=(rules.times_in_order,),
    documents=(RECEIPT, NOTICE),
    columns=("serial", "received_at", "category", "narrative", "kept_where", "state"),
    retention="retention.lost_property",
    headings=str(HERE / "headings.toml"),
)  # fmt: skip
