"""Check points 签到点: places on a patrol's way with a sign to be scanned."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.ground.clock import now
from linli.ground.ids import new_id

# Letters and digits that nobody takes for each other when the sign is read aloud.
SIGNS = "23456789abcdefghjkmnpqrstvwxyz"
CODE_LENGTH = 10


def new_code() -> str:
    """A code that cannot be guessed: who knows it has stood before the sign."""
    return "".join(secrets.choice(SIGNS) for _sign in range(CODE_LENGTH))


class CheckPoint(models.Model):
    """One check point of a room. Changed by linli.patrols.points only, which leaves history."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    district = models.UUIDField()
    room = models.UUIDField()
    code = models.CharField(_("code"), max_length=20, default=new_code)
    name = models.CharField(_("name"), max_length=40)
    area = models.CharField(_("area"), max_length=40, default="", blank=True)
    place = models.CharField(_("place"), max_length=200, default="", blank=True)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    active = models.BooleanField(default=True)
    made_at = models.DateTimeField(default=now)

    privacy: ClassVar[dict[str, str]] = dict.fromkeys(
        (
            "id", "district", "room", "code", "name", "area", "place", "lon", "lat", "active",
            "made_at",
        ),
        "internal",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "code"], name="check_point_code_once"),
            models.UniqueConstraint(
                fields=["district", "room", "name"],
                condition=models.Q(active=True),
                name="check_point_name_once",
            ),
        ]
        indexes = [models.Index(fields=["room", "area", "name"], name="check_point_room")]

    def __str__(self) -> str:
        return self.name
