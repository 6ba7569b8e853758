"""The agreement 调解协议书 in three copies: one for each party, one for the file of the mediators."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.ledger.declaration.ledger import Document

AGREEMENT = Document(
    "agreement",
    _("Mediation agreement"),
    Path(__file__).parent / "typst" / "agreement.typ",
    states=("agreed", "settled"),
    action="settle",
    # As many as the rule "mediation.copies" says.
    copies=(_("for party A"), _("for party B"), _("for the file of the mediators")),
    word=Path(__file__).parent / "word" / "agreement.txt",
    rules={"confirmation": "deadline.mediation.confirmation"},
    words={
        "parties": pgettext_lazy("agreement", "The parties"),
        "party_a": _("Party A"),
        "party_b": _("Party B"),
        "role": pgettext_lazy("agreement", "Role"),
        "name": _("Name"),
        "identity": _("Identity number"),
        "phone": _("Phone"),
        "address": _("Address"),
        "facts": _("The dispute"),
        "mediated": pgettext_lazy("agreement", "Mediated"),
        "mediators": _("Mediators"),
        "partner": pgettext_lazy("mediation", "Together with"),
        "terms": pgettext_lazy("agreement", "What was agreed"),
        "freely": _(
            "Of their own free will, and on an equal footing, the parties agree on the following:"
        ),
        "perform_by": _("To be performed by"),
        "effect": _(
            "This agreement takes effect when the parties and the mediator have signed it. The "
            "parties perform it of their own accord. Within {days} days of its taking effect they "
            "may together ask a people's court to confirm it; where it is not performed, either "
            "party may go to court."
        ),
        "effect_police": _(
            "This agreement takes effect when the parties and the mediator have signed it. Where "
            "it is performed the police impose no penalty; where it is not, they handle the case "
            "by law, and either party may bring a civil action."
        ),
        "signatures": _("Signatures or fingerprints"),
        "mediator": _("Mediator"),
        "recorder": _("Recorder"),
        "seal": pgettext_lazy("agreement", "Seal"),
        "day": pgettext_lazy("agreement", "Day"),
    },
)
