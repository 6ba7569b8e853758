"""An import and what a room has taught it. Files lie sealed in LINLI_HOME/files/exchange."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.ground.ids import new_id
from linli.ledger.runs.run import Run


class Status(models.TextChoices):
    """Where an import stands. `stopped` can be gone on with."""

    PREVIEW = "preview", _("not started")
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    STOPPED = "stopped", _("stopped")
    DONE = "done", _("done")
    UNDOING = "undoing", _("being undone")
    UNDONE = "undone", _("undone")


class ImportRun(Run):
    """One import of one file into one ledger of one room.

    `columns` is {heading: target}; `folder` the random name of its files ("": they are gone).
    """

    district = models.UUIDField()
    room = models.UUIDField()
    ledger = models.CharField(max_length=40)
    by = models.UUIDField(null=True)
    by_name = models.CharField(max_length=60, default="")
    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    folder = models.CharField(max_length=40)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PREVIEW)
    year = models.SmallIntegerField(null=True)
    columns = models.JSONField(default=dict)
    rows = models.IntegerField(default=0)
    at_row = models.IntegerField(default=0)
    imported = models.IntegerField(default=0)
    warned = models.IntegerField(default=0)
    duplicate = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    skipped = models.IntegerField(default=0)
    has_result = models.BooleanField(default=False)
    started_at = models.DateTimeField(null=True)
    undo_act = models.UUIDField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.UUIDField(null=True)

    privacy: ClassVar[dict[str, str]] = Run.privacy | dict.fromkeys(
        (
            "district", "room", "ledger", "by", "by_name", "file_name", "digest", "folder",
            "year", "columns", "rows", "at_row", "imported", "warned", "duplicate", "refused",
            "skipped", "has_result", "started_at", "undo_act", "undone_at", "undone_by",
        ),
        "internal",
    )  # fmt: skip

    class Meta:
        indexes = [models.Index(fields=["room", "made_at"], name="import_by_room")]

    @property
    def came_in(self) -> int:
        return self.imported + self.warned


class ColumnMemory(models.Model):
    """A room said once which column of its files is which; "" is a column to leave out."""

    id = models.UUIDField(primary_key=True, default=new_id)
    district = models.UUIDField()
    room = models.UUIDField()
    ledger = models.CharField(max_length=40)
    heading = models.CharField(max_length=80)
    target = models.CharField(max_length=60, blank=True)

    privacy: ClassVar[dict[str, str]] = dict.fromkeys(
        ("id", "district", "room", "ledger", "heading", "target"), "internal"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "room", "ledger", "heading"], name="column_said_once"
            )
        ]

    def __str__(self) -> str:
        return self.heading


class ValueMemory(models.Model):
    """A room said once what a word in its files stands for: a channel, a category, a colleague."""

    id = models.UUIDField(primary_key=True, default=new_id)
    district = models.UUIDField()
    room = models.UUIDField()
    ledger = models.CharField(max_length=40)
    field = models.CharField(max_length=60)
    said = models.CharField(max_length=80)
    code = models.CharField(max_length=60)

    privacy: ClassVar[dict[str, str]] = dict.fromkeys(
        ("id", "district", "room", "ledger", "field", "said", "code"), "internal"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "room", "ledger", "field", "said"], name="value_said_once"
            )
        ]

    def __str__(self) -> str:
        return self.said
