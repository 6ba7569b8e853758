"""A list's filters and columns under a name, and which of them a person wants to see first."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from linli.ground.ids import new_id


class SavedView(models.Model):
    """The filters of one ledger's list under a name. With `unit` (a room or station) it is shared
    with everybody there; without, its owner alone sees it."""

    id = models.UUIDField(primary_key=True, default=new_id)
    district = models.UUIDField()
    owner = models.UUIDField()
    unit = models.UUIDField(null=True)
    ledger = models.CharField(max_length=40)
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=600)
    made_at = models.DateTimeField()

    privacy: ClassVar = {
        **dict.fromkeys(("id", "district", "owner", "unit", "ledger", "made_at"), "internal"),
        **dict.fromkeys(("name", "query"), "personal"),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "owner", "ledger", "name"], name="saved_view_name_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["unit", "ledger"],
                condition=models.Q(unit__isnull=False),
                name="saved_view_shared",
            )
        ]


class FirstView(models.Model):
    """The saved view with which a person's list of a ledger opens."""

    id = models.UUIDField(primary_key=True, default=new_id)
    district = models.UUIDField()
    staff = models.UUIDField()
    ledger = models.CharField(max_length=40)
    view = models.UUIDField()

    privacy: ClassVar = dict.fromkeys(("id", "district", "staff", "ledger", "view"), "internal")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "staff", "ledger"], name="first_view_once")
        ]
        indexes = [models.Index(fields=["view"], name="first_view_view")]
