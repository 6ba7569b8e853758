"""What stays when an entry is gone, what stops its clock, and the record that it was done."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from linli.ground.ids import new_id


class Hold(models.Model):
    """A hold 暂缓销毁 (a court, a complaint, an audit): the entry is not erased while it stands.

    It stands until it is released, or to the end of the day `until`.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    district = models.UUIDField()
    room = models.UUIDField()
    ledger = models.CharField(max_length=40)
    entry = models.UUIDField()
    reason = models.CharField(max_length=300)
    until = models.DateField(null=True)
    placed_at = models.DateTimeField()
    placed_by = models.UUIDField(null=True)
    placed_by_name = models.CharField(max_length=80)
    released_at = models.DateTimeField(null=True)
    released_by_name = models.CharField(max_length=80, default="")
    release_reason = models.CharField(max_length=300, default="")

    privacy: ClassVar = {
        **dict.fromkeys(
            (
                "id", "district", "room", "ledger", "entry", "until", "placed_at", "placed_by",
                "released_at",
            ),
            "internal",
        ),
        **dict.fromkeys(
            ("reason", "placed_by_name", "released_by_name", "release_reason"), "personal"
        ),
    }  # fmt: skip

    class Meta:
        indexes = [
            models.Index(fields=["entry"], name="hold_entry"),
            models.Index(
                fields=["room"], condition=models.Q(released_at=None), name="hold_standing"
            ),
        ]


class RetentionRun(models.Model):
    """The record that a night's erasing was done: how much, in which ledgers, which keys.

    `ledgers` is {ledger: {"erased": n, "held": n, "rule": code, "next": day}}, the first three where
    anything was due, `next` when something will be; `keys` are the ids of destroyed keys. Without
    `finished_at` it was broken off or is still at work.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    by_name = models.CharField(max_length=80)
    erased = models.IntegerField(default=0)
    held = models.IntegerField(default=0)
    reads = models.IntegerField(default=0)
    again = models.IntegerField(default=0)
    ledgers = models.JSONField(default=dict)
    keys = models.JSONField(default=list)
    problem = models.TextField(default="")

    privacy: ClassVar = dict.fromkeys(
        (
            "id", "started_at", "finished_at", "by_name", "erased", "held", "reads", "again",
            "ledgers", "keys", "problem",
        ),
        "internal",
    )  # fmt: skip

    class Meta:
        indexes = [models.Index(fields=["-started_at"], name="retention_newest")]
