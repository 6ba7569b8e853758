"""What printing keeps: thick books made in the background, and a bureau's own Word templates."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from linli.ground.clock import now
from linli.ground.ids import new_id
from linli.ledger.runs.run import Run


class Book(Run):
    """A register that somebody ordered, too thick to wait for. Only who ordered it sees it.

    `query` holds the list's filters, `period` and `room_name` the words on the head of its pages.
    The pages lie sealed in LINLI_HOME/files/books under the random name `file`.
    """

    ledger = models.CharField(max_length=40)
    by = models.UUIDField()
    by_name = models.CharField(max_length=60)
    query = models.JSONField(default=dict)
    room_name = models.CharField(max_length=200, default="")
    period = models.CharField(max_length=400, default="")
    rows = models.IntegerField(default=0)
    at_row = models.IntegerField(default=0)
    pages = models.IntegerField(default=0)
    file = models.CharField(max_length=40, default="")

    privacy: ClassVar[dict[str, str]] = Run.privacy | dict.fromkeys(
        ("ledger", "by", "by_name", "room_name", "rows", "at_row", "pages", "file"),
        "internal",
    ) | dict.fromkeys(("query", "period"), "personal")  # fmt: skip

    class Meta:
        indexes = [models.Index(fields=["by", "made_at"], name="book_by_whom")]


class WordTemplate(models.Model):
    """A bureau's own Word template in place of the shipped one; `name` is "entry" or a document."""

    id = models.UUIDField(primary_key=True, default=new_id)
    ledger = models.CharField(max_length=40)
    name = models.CharField(max_length=40)
    content = models.BinaryField()
    digest = models.CharField(max_length=64)
    file_name = models.CharField(max_length=200)
    by = models.UUIDField(null=True)
    by_name = models.CharField(max_length=60)
    at = models.DateTimeField(default=now)

    privacy: ClassVar[dict[str, str]] = dict.fromkeys(
        ("id", "ledger", "name", "content", "digest", "file_name", "by", "by_name", "at"),
        "internal",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ledger", "name"], name="word_template_once")
        ]

    def __str__(self) -> str:
        return f"{self.ledger}/{self.name}"
