"""The gate pass 出入登记 (C7): who came into a gated compound, to whom, on which pass, and left when.

It is typed at the gate with somebody waiting: few fields, all by keyboard. Nothing is asked that the
gate does not need, and everything is erased after 30 days.
"""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.gatepass import rules
from linli.gatepass.plates import PLATE
from linli.ledger.declaration import kinds
from linli.ledger.declaration.categories import CategoryTree
from linli.ledger.declaration.ledger import Action, Ask, Choice, Deadline, Field, Ledger, State

HERE = Path(__file__).parent

GATE_PASSES = Ledger(
    code="gate_passes",
    title=_("Gate passes"),
    letter=pgettext_lazy("serial letter of gate passes", "G"),
    key="g",
    book=_("Gate register"),
    fields=(
        Field("category", kinds.CATEGORY, _("Who comes"), required=True, column="category", categories=CategoryTree(HERE / "categories.toml")),
        Field("plate", PLATE, _("Number plate"), searched=True, short=True),
        Field("place", kinds.PLACE, _("To which home or unit"), required=True, column="place",
              searched=True, short=True),
        Field("pass_no", kinds.TEXT, _("Pass number"), searched=True),
        Field("visitors", kinds.PEOPLE, _("Visitor"), choices=(Choice("visitor", _("Visitor")),),
              hint=_("Only where the gate asks for it: a name, or a phone to call.")),
        Field("people_count", kinds.INTEGER, _("How many people"), least=1, most=500),
        Field("gate", kinds.TEXT, pgettext_lazy("gate pass", "Gate"), searched=True, short=True),
        Field("narrative", kinds.NARRATIVE, _("What for"), column="narrative", searched=True),
        Field("received_at", kinds.MOMENT, pgettext_lazy("gate pass", "In"), column="received_at"),
        Field("finished_at", kinds.MOMENT, pgettext_lazy("gate pass", "Out")),
        Field("pass_back", kinds.FLAG, _("Pass given back")),
    ),
    states=(
        State("open", _("inside"), tone="warn"),
        State("out", _("has left"), open=False, tone="good"),
        State("void", _("void"), open=False),
    ),
    actions=(
        Action("record", _("Let in"), _("Let in"), to="open", needs="record", asks=(
            Ask("category", True), Ask("plate"), Ask("place", True), Ask("pass_no"), Ask("visitors"),
            Ask("people_count"), Ask("narrative"), Ask("gate"), Ask("received_at"),
        )),
        # The gatekeeper lets out as well: no officer closes it.
        Action("leave", _("Has left"), _("Has left"), ("open",), "out", asks=(
            Ask("finished_at", True), Ask("pass_back"),
        )),
        Action("reopen", _("Open again"), _("Opened again"), ("out",), "open", reason=True),
    ),
    deadlines=(Deadline("out", _("leave"), rules.out_by, ("leave",)),),
    checks=(rules.out_after_in,),
    columns=("serial", "received_at", "category", "plate", "place", "pass_no", "state"),
    retention="retention.gate_passes",
    headings=str(HERE / "headings.toml"),
    headline=("plate", "place"),
)  # fmt: skip
