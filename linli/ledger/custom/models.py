"""What communities have designed: one row per version of a ledger."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models


class LedgerDesign(models.Model):
    """One version of a ledger that a unit designed for itself and the rooms below it.

    A published version never changes: entries keep the form they were made with. `unit` is the room,
    or the station or branch for all its rooms; `district` the branch above it.
    """

    DRAFT, PUBLISHED, RETIRED = "draft", "published", "retired"

    id = models.UUIDField(primary_key=True)
    district = models.UUIDField()
    unit = models.UUIDField()
    code = models.CharField(max_length=40)
    version = models.SmallIntegerField()
    title_zh = models.CharField(max_length=80)
    title_en = models.CharField(max_length=80, default="")
    definition = models.JSONField()
    state = models.CharField(max_length=10)
    made_by = models.UUIDField(null=True)
    made_by_name = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    privacy: ClassVar = {
        **dict.fromkeys(
            (
                "id", "district", "unit", "code", "version", "title_zh", "title_en", "definition",
                "state", "made_by", "made_at", "changed_at", "published_at",
            ),
            "internal",
        ),
        "made_by_name": "personal",
    }  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="design_version_once"),
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(state="draft"), name="design_one_draft"
            ),
        ]
        indexes = [models.Index(fields=["unit", "state"], name="design_of_unit")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        raise TypeError("designs are changed by linli.ledger.custom.designs only")

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("designs are changed by linli.ledger.custom.designs only")
