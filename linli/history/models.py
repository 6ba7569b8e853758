"""That something was done by someone to something. Actors and subjects by id and text only:
history knows nothing of the floors above it and cannot be changed by them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from linli.ground.ids import new_id


class Head(models.Model):
    """The end of one room's chain, and the lock that every writer of that room takes first.

    `numbers` holds what is counted under that lock: the last serial per ledger and year.
    """

    room = models.UUIDField(primary_key=True)
    district = models.UUIDField()
    seq = models.BigIntegerField(default=0)
    hash = models.BinaryField(default=b"")
    numbers = models.JSONField(default=dict)

    privacy: ClassVar = dict.fromkeys(("room", "district", "seq", "hash", "numbers"), "internal")


class Step(models.Model):
    """The chained header of one step; what was done is in its body, which may be erased.

    `hash` covers the previous hash and every other column (see chain.header_hash).
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    district = models.UUIDField()
    room = models.UUIDField()
    seq = models.BigIntegerField()
    subject = models.UUIDField()
    action = models.CharField(max_length=40)
    actor = models.UUIDField(null=True)
    act = models.UUIDField()
    serial = models.CharField(max_length=60, default="")
    acted_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    digest = models.BinaryField()
    hash = models.BinaryField()

    privacy: ClassVar = dict.fromkeys(
        (
            "id", "district", "room", "seq", "subject", "action", "actor", "act", "serial",
            "acted_at", "recorded_at", "digest", "hash",
        ),
        "internal",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "room", "seq"], name="step_once_per_seq"),
        ]
        indexes = [
            models.Index(fields=["subject", "seq"], name="step_by_subject"),
            models.Index(fields=["district", "recorded_at"], name="step_by_time"),
            models.Index(fields=["actor", "acted_at"], name="step_by_actor"),
        ]


class StepBody(models.Model):
    """What one step did, as canonical JSON text, and the salt of its digest.

    Deleted only together with an erasure step (see Erasure); the database refuses anything else.
    """

    step = models.UUIDField(primary_key=True)
    salt = models.BinaryField()
    text = models.TextField()

    privacy: ClassVar = {"step": "internal", "salt": "internal", "text": "personal"}


class Erasure(models.Model):
    """Says that the body of `step` was erased by the chained step `by`."""

    step = models.UUIDField(primary_key=True)
    by = models.UUIDField()

    privacy: ClassVar = {"step": "internal", "by": "internal"}


class ReadLog(models.Model):
    """One look at personal data: who, when, at what, why. Written in the transaction that looks.

    Rows without `sealed_by` are new; the worker chains them into their room's history in batches.
    """

    KINDS = ("reveal", "lookup", "search", "export", "print", "file")

    id = models.UUIDField(primary_key=True, default=new_id)
    at = models.DateTimeField()
    district = models.UUIDField(null=True)
    room = models.UUIDField(null=True)
    entry = models.UUIDField(null=True)
    actor = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=80)
    kind = models.CharField(max_length=10)
    fields = models.JSONField(default=list)
    purpose = models.CharField(max_length=40, default="")
    matter = models.CharField(max_length=80, default="")
    words = models.CharField(max_length=300, default="")
    count = models.IntegerField(default=1)
    sealed_by = models.UUIDField(null=True)

    privacy: ClassVar[dict[str, Any]] = {
        **dict.fromkeys(
            (
                "id", "at", "district", "room", "entry", "actor", "kind", "fields", "purpose",
                "matter", "count", "sealed_by",
            ),
            "internal",
        ),
        "actor_name": "personal",
        "words": "personal",
    }  # fmt: skip

    class Meta:
        indexes = [
            models.Index(fields=["district", "at"], name="read_by_district"),
            models.Index(fields=["room", "at"], name="read_by_room"),
            models.Index(fields=["actor", "kind", "at"], name="read_by_actor"),
            models.Index(fields=["entry"], name="read_by_entry"),
            models.Index(
                fields=["room"], condition=models.Q(sealed_by=None), name="read_not_sealed"
            ),
        ]
