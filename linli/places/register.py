"""The register of places 场所 (E1): hotels, trades under licence, key units, shops, dangerous goods.

A licence that runs out becomes an inspection in good time (linli/reactions.py).
"""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.ledger.declaration import kinds
from linli.ledger.declaration.ledger import Field
from linli.ledger.declaration.thing import Thing, Watch
from linli.places import rules, validity
from linli.places.categories import CATEGORIES
from linli.places.choices import DONE, GOODS, KEEPERS, LICENCES, TRADING
from linli.places.models import Licence, Place

HERE = Path(__file__).parent

PLACES = Thing(
    code="places",
    title=_("Places"),
    singular=pgettext_lazy("register", "Place"),
    model=Place,
    fields=(
        Field("name", kinds.TEXT, _("Name on the licence"), required=True, column="name"),
        Field("category", kinds.CATEGORY, _("Kind of place"), required=True, column="category",
              categories=CATEGORIES),
        Field("credit_code", kinds.CREDIT_CODE, _("Unified social credit code"), column="credit_code"),
        Field("place", kinds.PLACE, pgettext_lazy("place", "Address"), required=True, column="place"),
        Field("point", kinds.POINT, _("Map point"), column="lon,lat"),
        Field("trading", kinds.CHOICE, pgettext_lazy("place", "Trading"), column="trading", choices=TRADING),
        Field("keepers", kinds.PEOPLE, _("Who answers for it"), choices=KEEPERS,
              hint=_("Who answers for the place and its security. No guests, no customers.")),
        Field("licences", kinds.PARTS, pgettext_lazy("place", "Licences"), part=Licence, fields=(
            Field("kind", kinds.CHOICE, pgettext_lazy("licence", "Kind"), choices=LICENCES),
            Field("number", kinds.TEXT, pgettext_lazy("licence", "Number")),
            Field("issued_by", kinds.TEXT, pgettext_lazy("licence", "Issued by")),
            Field("issued_on", kinds.DATE, pgettext_lazy("licence", "Issued on")),
            Field("valid_until", kinds.DATE, pgettext_lazy("licence", "Valid until"),
                  from_cell=validity.of_cell),
        )),
        Field("key_parts", kinds.ROWS, _("Key parts"), fields=(
            Field("what", kinds.TEXT, pgettext_lazy("key part", "Key part"), required=True),
            Field("where", kinds.TEXT, pgettext_lazy("key part", "Where")),
            Field("safeguards", kinds.TEXT, pgettext_lazy("key part", "How it is protected")),
        )),
        Field("goods", kinds.ROWS, _("Dangerous goods"), fields=(
            Field("what", kinds.TEXT, pgettext_lazy("goods", "Goods"), required=True),
            Field("kind", kinds.CHOICE, pgettext_lazy("goods", "Kind"), choices=GOODS),
            Field("how_much", kinds.TEXT, pgettext_lazy("goods", "How much")),
            Field("storage", kinds.TEXT, pgettext_lazy("goods", "Where it is stored")),
            Field("licence_no", kinds.TEXT, pgettext_lazy("goods", "Licence number")),
            Field("done", kinds.CHOICE, pgettext_lazy("goods", "What was done"), choices=DONE),
        )),
        Field("scope", kinds.NARRATIVE, pgettext_lazy("place", "Line of business")),
        Field("owner_body", kinds.TEXT, pgettext_lazy("place", "Superior body")),
        Field("hours", kinds.TEXT, pgettext_lazy("place", "Opening hours")),
        Field("staff", kinds.INTEGER, pgettext_lazy("place", "Employees"), least=0, most=100_000),
        Field("guards", kinds.INTEGER, pgettext_lazy("place", "Security guards"), least=0, most=10_000),
        Field("area", kinds.DECIMAL, pgettext_lazy("place", "Floor area"), least=0, most=10_000_000,
              unit="m²"),
        Field("rooms", kinds.INTEGER, pgettext_lazy("place", "Rooms"), least=0, most=100_000),
        Field("beds", kinds.INTEGER, pgettext_lazy("place", "Beds"), least=0, most=100_000),
        Field("capacity", kinds.INTEGER, pgettext_lazy("place", "Capacity"), least=0, most=1_000_000),
        Field("cameras", kinds.INTEGER, pgettext_lazy("place", "Cameras"), least=0, most=100_000),
        Field("exits", kinds.INTEGER, pgettext_lazy("place", "Emergency exits"), least=0, most=1_000),
        Field("photos", kinds.FILES, _("Photos")),
        Field("remark", kinds.NARRATIVE, pgettext_lazy("place", "Remark")),
    ),
    headline=("name",),
    columns=("name", "category", "place", "credit_code", "trading", "since"),
    filters=("name", "category", "place", "credit_code", "trading"),
    ordered=("name", "category", "place", "since"),
    checks=(
        rules.goods_have_two_keepers, rules.store_at_home_is_looked_after, rules.key_unit_has_key_parts,
        rules.code_for_companies, rules.licence_dates,
    ),
    once=("credit_code",),
    watches=(Watch("licence", of="licences.valid_until", before="deadline.places.licence"),),
    lacks=rules.missing,
    counted_by="category",
    headings=str(HERE / "headings.toml"),
    retention="retention.places",
)  # fmt: skip
