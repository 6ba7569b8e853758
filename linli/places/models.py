"""Places 场所 of a room, and their licences. Changed by acts only (linli/ledger/acts)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from linli.ledger.entries.things import PartRow, ThingRow


class Place(ThingRow):
    """A place of a room: hotel, shop, key unit, store of dangerous goods."""

    name = models.CharField(max_length=200)
    category = models.CharField(max_length=60)
    credit_code = models.CharField(max_length=18, default="")
    place = models.CharField(max_length=200, default="")
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    trading = models.CharField(max_length=20, default="")

    privacy: ClassVar[dict[str, str]] = {
        **ThingRow.usual_privacy,
        **dict.fromkeys(("name", "category", "credit_code", "trading"), "internal"),
        **dict.fromkeys(("place", "lon", "lat"), "personal"),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "credit_code"],
                condition=ThingRow.standing & ~models.Q(credit_code=""),
                name="place_code_once",
            ),
            models.UniqueConstraint(
                fields=["district", "room", "source"],
                condition=models.Q(source__isnull=False),
                name="place_imported_once",
            ),
            models.CheckConstraint(condition=ThingRow.in_order, name="place_days_in_order"),
        ]
        indexes = [
            models.Index(fields=["room", "category", "name"], name="place_room"),
            models.Index(fields=["district", "category", "name"], name="place_district"),
            models.Index(
                fields=["import_run"],
                condition=models.Q(import_run__isnull=False),
                name="place_import",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Licence(PartRow):
    """A licence of a place, or its certificate of filing."""

    kind = models.CharField(max_length=20, default="")
    number = models.CharField(max_length=200, default="")
    issued_by = models.CharField(max_length=200, default="")
    issued_on = models.DateField(null=True)
    valid_until = models.DateField(null=True)

    privacy: ClassVar[dict[str, str]] = {
        **PartRow.usual_privacy,
        **dict.fromkeys(("kind", "number", "issued_by", "issued_on", "valid_until"), "internal"),
    }

    class Meta:
        indexes = [
            models.Index(fields=["owner"], name="licence_owner"),
            models.Index(
                fields=["valid_until"],
                condition=models.Q(valid_until__isnull=False),
                name="licence_ends",
            ),
        ]
