"""An export that somebody asked for. Its file lies sealed in LINLI_HOME/files/exports."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.ledger.runs.run import Run


class Status(models.TextChoices):
    """Where an export stands. `stopped` can be begun again; `gone`: its file is erased."""

    ASKED = "asked", _("waits for approval")
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    STOPPED = "stopped", _("stopped")
    DONE = "done", _("ready")
    REFUSED = "refused", _("not approved")
    GONE = "gone", _("erased")


class ExportRun(Run):
    """One export: a ledger's entries as a list shows them, or (without a ledger) all of one room.

    Only who asked for it ever gets its file. `rooms` is {room: [district, entries]} of what it is
    about; `query` the filters of the list. `box` seals the key of the file, `stored` is its name.
    """

    ledger = models.CharField(max_length=40, default="")
    query = models.TextField(default="")
    said = models.CharField(max_length=300, default="")
    rooms = models.JSONField(default=dict)
    form = models.CharField(max_length=10)
    names = models.BooleanField(default=False)
    purpose = models.CharField(max_length=40, default="")
    matter = models.CharField(max_length=80, default="")
    words = models.CharField(max_length=300, default="")
    by = models.UUIDField()
    by_name = models.CharField(max_length=60)
    via = models.CharField(max_length=10)
    status = models.CharField(max_length=10, choices=Status.choices)
    approved_by = models.UUIDField(null=True)
    approved_by_name = models.CharField(max_length=60, default="")
    approved_at = models.DateTimeField(null=True)
    entries = models.IntegerField(default=0)
    written = models.IntegerField(default=0)
    stored = models.CharField(max_length=40, default="")
    box = models.BinaryField(default=b"")
    size = models.BigIntegerField(default=0)
    kept_until = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField(null=True)

    privacy: ClassVar[dict[str, str]] = {
        **Run.privacy,
        **dict.fromkeys(
            (
                "ledger", "rooms", "form", "names", "purpose", "matter", "by", "via",
                "approved_by", "approved_at", "entries", "written", "stored", "size",
                "kept_until", "fetched_at",
            ),
            "internal",
        ),
        **dict.fromkeys(("query", "said", "words", "by_name", "approved_by_name"), "personal"),
        "box": "sensitive",
    }  # fmt: skip

    class Meta:
        indexes = [
            models.Index(fields=["by", "made_at"], name="export_by_maker"),
            models.Index(fields=["status", "made_at"], name="export_by_status"),
        ]
