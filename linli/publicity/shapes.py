"""The choices of the ledger of publicity, and the rows of what was given out."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from linli.ledger.declaration import kinds
from linli.ledger.declaration.ledger import Choice, Field

TOPICS = (
    Choice("fraud", pgettext_lazy("topic", "Fraud")),
    Choice("fire", pgettext_lazy("topic", "Fire safety")),
    Choice("theft", pgettext_lazy("topic", "Theft")),
    Choice("ebike", pgettext_lazy("topic", "E-bikes")),
    Choice("traffic", pgettext_lazy("topic", "Traffic")),
    Choice("drugs", pgettext_lazy("topic", "Drugs")),
    Choice("minors", pgettext_lazy("topic", "Protection of minors")),
    Choice("home", pgettext_lazy("topic", "Violence at home")),
    Choice("law", pgettext_lazy("topic", "Law in everyday life")),
    Choice("residence", pgettext_lazy("topic", "Residence and rented homes")),
    Choice("water", pgettext_lazy("topic", "Drowning, flood and storm")),
    Choice("other", pgettext_lazy("topic", "Other")),
)
FRAUDS = (
    Choice("police", pgettext_lazy("fraud", "Impersonated police or court")),
    Choice("shopping", pgettext_lazy("fraud", "Shopping, refund or parcel")),
    Choice("tasks", pgettext_lazy("fraud", "Paid tasks and rebates")),
    Choice("loan", pgettext_lazy("fraud", "Loans and credit")),
    Choice("investment", pgettext_lazy("fraud", "Investment")),
    Choice("acquaintance", pgettext_lazy("fraud", "Impersonated superior or friend")),
    Choice("romance", pgettext_lazy("fraud", "Romance and nude chat")),
    Choice("game", pgettext_lazy("fraud", "Games and fan clubs")),
    Choice("health", pgettext_lazy("fraud", "Health products and pensions")),
    Choice("accounts", pgettext_lazy("fraud", "Selling of cards and accounts")),
)
AUDIENCE = (
    Choice("residents", pgettext_lazy("audience", "Residents")),
    Choice("elderly", pgettext_lazy("audience", "Elderly people")),
    Choice("pupils", pgettext_lazy("audience", "Pupils and students")),
    Choice("parents", pgettext_lazy("audience", "Parents")),
    Choice("tenants", pgettext_lazy("audience", "Tenants and newcomers")),
    Choice("landlords", pgettext_lazy("audience", "Landlords")),
    Choice("shops", pgettext_lazy("audience", "Shops and markets")),
    Choice("staff", pgettext_lazy("audience", "Staff of units")),
    Choice("riders", pgettext_lazy("audience", "Couriers and drivers")),
)
PARTNERS = (
    Choice("committee", pgettext_lazy("partner", "Residents' committee")),
    Choice("school", pgettext_lazy("partner", "School or kindergarten")),
    Choice("property", pgettext_lazy("partner", "Property manager")),
    Choice("fire", pgettext_lazy("partner", "Fire brigade")),
    Choice("bank", pgettext_lazy("partner", "Bank")),
    Choice("judicial", pgettext_lazy("partner", "Judicial office")),
    Choice("health", pgettext_lazy("partner", "Health centre")),
    Choice("unit", pgettext_lazy("partner", "Unit or business")),
    Choice("volunteers", pgettext_lazy("partner", "Volunteers")),
)
MATERIAL = (
    Field("kind", kinds.CHOICE, pgettext_lazy("material", "Kind"), choices=(
        Choice("leaflet", pgettext_lazy("material", "Leaflet")),
        Choice("letter", pgettext_lazy("material", "Letter to residents")),
        Choice("poster", pgettext_lazy("material", "Poster or panel")),
        Choice("banner", pgettext_lazy("material", "Banner")),
        Choice("film", pgettext_lazy("material", "Film or slides")),
        Choice("gift", pgettext_lazy("material", "Small gift")),
        Choice("other", pgettext_lazy("material", "Other")),
    )),
    Field("what", kinds.TEXT, pgettext_lazy("material", "What it is called"), searched=True),
    Field("number", kinds.INTEGER, pgettext_lazy("material", "Number"), least=1, most=1_000_000),
)  # fmt: skip
