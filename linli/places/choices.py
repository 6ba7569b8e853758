"""What the fields of a place can be: who answers for it, its licences, its goods."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.ledger.declaration.ledger import Choice

IN_CHARGE = Choice("in_charge", pgettext_lazy("place", "Person in charge"))
REPRESENTATIVE = Choice("representative", pgettext_lazy("place", "Legal representative"))
SECURITY = Choice("security", pgettext_lazy("place", "Answers for security"))
KEEPER = Choice("keeper", pgettext_lazy("place", "Keeper of dangerous goods"))
KEEPERS = (IN_CHARGE, REPRESENTATIVE, SECURITY, KEEPER)

LICENCES = (
    Choice("business", _("Business licence")),
    Choice("special_trade", _("Special trade licence")),
    Choice("filing", _("Certificate of filing with the police")),
    Choice("entertainment", _("Entertainment licence")),
    Choice("internet", _("Internet café licence")),
    Choice("fire", _("Fire safety certificate")),
    Choice("hygiene", _("Hygiene licence")),
    Choice("food", _("Food licence")),
    Choice("chemicals", _("Dangerous chemicals licence")),
    Choice("explosives", _("Civil explosives licence")),
    Choice("fireworks", _("Fireworks licence")),
    Choice("precursors", _("Drug precursors licence or filing")),
    Choice("radiation", _("Radiation safety licence")),
    Choice("firearms", _("Firearms licence")),
    Choice("courier", _("Courier licence")),
    Choice("school", _("School licence")),
    Choice("medical", _("Medical practice licence")),
    Choice("finance", _("Finance licence")),
    Choice("other", pgettext_lazy("licence", "Other")),
)

# The same codes as the kinds of dangerous goods among the places: a school's laboratory has them too.
GOODS = (
    Choice("firearms", _("Firearms and ammunition")),
    Choice("explosive", _("Civil explosives")),
    Choice("fireworks", _("Fireworks")),
    Choice("highly_toxic", _("Highly toxic chemicals")),
    Choice("explosive_precursor", _("Explosive precursors")),
    Choice("drug_precursor", _("Drug precursors")),
    Choice("radioactive", _("Radioactive goods")),
    Choice("fuel", pgettext_lazy("goods", "Fuel")),
    Choice("gas", pgettext_lazy("goods", "Gas")),
    Choice("pesticide", _("Pesticides")),
    Choice("chemicals", _("Other dangerous chemicals")),
)

DONE = (
    Choice("locked", pgettext_lazy("store at home", "Locked away")),
    Choice("taught", pgettext_lazy("store at home", "Explained how to keep it")),
    Choice("used_up", pgettext_lazy("store at home", "Used up or given back")),
    Choice("taken", pgettext_lazy("store at home", "Taken away by the body in charge")),
)

TRADING = (
    Choice("open", pgettext_lazy("place", "Open")),
    Choice("paused", pgettext_lazy("place", "Closed for a time")),
)
