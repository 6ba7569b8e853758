"""One matter is one entry. What every matter has is a typed column; the rest is `data`."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from linli.ground.ids import new_id


class GuardedError(Exception):
    """Someone tried to change an entry other than by an action."""


class Guarded(models.Model):
    """Rows that only actions write (see acts/carrying_out.py): direct saves and deletes raise."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        raise GuardedError("entries are changed by linli.ledger.acts only")

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise GuardedError("entries are never deleted; void them by an action")


class Entry(Guarded):
    """One matter 事项 in a ledger. Home room and home district never change."""

    id = models.UUIDField(primary_key=True)
    district = models.UUIDField()
    room = models.UUIDField()
    ledger = models.CharField(max_length=40)
    version = models.SmallIntegerField()
    serial_year = models.SmallIntegerField()
    serial_no = models.IntegerField()
    state = models.CharField(max_length=20)
    is_open = models.BooleanField()
    first_asked = models.UUIDField()
    responsible = models.UUIDField()
    offered_to = models.UUIDField(null=True)
    offered_at = models.DateTimeField(null=True)
    assisting = models.JSONField(default=list)
    occurred_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    category = models.CharField(max_length=60, default="")
    channel = models.CharField(max_length=20, default="")
    narrative = models.TextField(default="")
    place = models.CharField(max_length=200, default="")
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    data = models.JSONField(default=dict)
    deadlines = models.JSONField(default=dict)
    past = models.BooleanField(default=False)
    rules = models.CharField(max_length=40)
    rev = models.IntegerField(default=1)
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField(null=True)
    import_run = models.UUIDField(null=True)
    source = models.BinaryField(null=True)

    privacy: ClassVar[dict[str, str]] = {
        **dict.fromkeys(
            (
                "id", "district", "room", "ledger", "version", "serial_year", "serial_no", "state",
                "is_open", "first_asked", "responsible", "offered_to", "offered_at", "assisting",
                "occurred_at", "received_at", "due_at", "closed_at", "category", "channel",
                "deadlines", "past", "rules", "rev", "recorded_at", "recorded_by", "import_run",
                "source",
            ),
            "internal",
        ),
        "narrative": "personal",
        "place": "personal",
        "lon": "personal",
        "lat": "personal",
        "data": "personal",
    }  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "room", "ledger", "serial_year", "serial_no"],
                name="entry_serial_once",
            ),
            models.UniqueConstraint(
                fields=["district", "room", "ledger", "source"],
                condition=models.Q(source__isnull=False),
                name="entry_imported_once",
            ),
            models.CheckConstraint(
                condition=models.Q(is_open=False) | models.Q(closed_at__isnull=True),
                name="entry_open_is_not_closed",
            ),
        ]
        indexes = [
            models.Index("room", "ledger", models.F("received_at").desc(), "id", name="entry_room"),
            models.Index(
                "district", "ledger", models.F("received_at").desc(), "id", name="entry_district"
            ),
            models.Index(
                fields=["responsible", "due_at"],
                condition=models.Q(is_open=True),
                name="entry_to_do",
            ),
            models.Index(
                fields=["room", "due_at"], condition=models.Q(is_open=True), name="entry_room_due"
            ),
            models.Index(
                fields=["offered_to"],
                condition=models.Q(offered_to__isnull=False),
                name="entry_offered",
            ),
            models.Index(
                fields=["import_run"],
                condition=models.Q(import_run__isnull=False),
                name="entry_import",
            ),
        ]


class EntryPerson(Guarded):
    """A person concerned with an entry: masked forms to show, keyed hashes to find, a sealed rest."""

    id = models.UUIDField(primary_key=True)
    district = models.UUIDField()
    room = models.UUIDField()
    entry = models.UUIDField()
    position = models.SmallIntegerField()
    role = models.CharField(max_length=20)
    name_mask = models.CharField(max_length=40)
    phone_mask = models.CharField(max_length=30, default="")
    id_mask = models.CharField(max_length=30, default="")
    name_hash = models.BinaryField(null=True)
    pinyin_hash = models.BinaryField(null=True)
    phone_hash = models.BinaryField(null=True)
    id_hash = models.BinaryField(null=True)
    ended = models.BooleanField(default=False)

    privacy: ClassVar = {
        **dict.fromkeys(
            ("id", "district", "room", "entry", "position", "role", "ended"), "internal"
        ),
        **dict.fromkeys(("name_mask", "phone_mask", "id_mask"), "personal"),
        **dict.fromkeys(("name_hash", "pinyin_hash", "phone_hash", "id_hash"), "sensitive"),
    }

    class Meta:
        indexes = [
            models.Index(fields=["entry"], name="person_entry"),
            *(
                models.Index(
                    fields=[name],
                    condition=models.Q(**{f"{name}__isnull": False}),
                    name=f"person_{name}",
                )
                for name in ("name_hash", "pinyin_hash", "phone_hash", "id_hash")
            ),
        ]


class EntryLink(Guarded):
    """One matter that came from another of the same room: `item` is what in the cause it came from
    (a finding, an opinion), `reason` the reaction. It names nobody; people stay in the cause."""

    id = models.UUIDField(primary_key=True)
    district = models.UUIDField()
    room = models.UUIDField()
    cause = models.UUIDField()
    effect = models.UUIDField()
    reason = models.CharField(max_length=40)
    item = models.CharField(max_length=60, default="")
    at = models.DateTimeField()

    privacy: ClassVar = dict.fromkeys(
        ("id", "district", "room", "cause", "effect", "reason", "item", "at"), "internal"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "cause", "reason", "item"], name="link_caused_once"
            ),
            models.UniqueConstraint(fields=["district", "effect"], name="link_one_cause"),
        ]
        indexes = [
            models.Index(fields=["cause"], name="link_cause"),
            models.Index(fields=["effect"], name="link_effect"),
        ]


class Sealed(Guarded):
    """Sensitive values of an entry or of a person in it, encrypted as one JSON text.

    `owner` is the entry or the person; a correction adds the next version, so that the old value
    is kept as long as the entry. The row key is wrapped by the key `key_id` of the keyring.
    """

    id = models.UUIDField(primary_key=True)
    district = models.UUIDField()
    room = models.UUIDField()
    entry = models.UUIDField()
    owner = models.UUIDField()
    version = models.SmallIntegerField(default=1)
    key_id = models.CharField(max_length=60)
    wrapped = models.BinaryField()
    box = models.BinaryField()

    privacy: ClassVar = {
        **dict.fromkeys(
            ("id", "district", "room", "entry", "owner", "version", "key_id", "wrapped"), "internal"
        ),
        "box": "sensitive",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "owner", "version"], name="sealed_version_once"
            )
        ]
        indexes = [models.Index(fields=["entry"], name="sealed_entry")]


class WordsField(models.Field):  # type: ignore[type-arg]
    """The words of a text: text[] under a GIN index on PostgreSQL; on SQLite a text that triggers
    copy into an FTS5 table."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "text[]" if connection.vendor == "postgresql" else "text"

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> Any:
        if isinstance(value, list) and connection.vendor != "postgresql":
            return " ".join(value)
        return value


class SearchText(models.Model):
    """The words of one entry, cut into pairs of characters, beside what a search is scoped by."""

    id = models.BigAutoField(primary_key=True)
    district = models.UUIDField()
    room = models.UUIDField()
    ledger = models.CharField(max_length=40)
    received_at = models.DateTimeField()
    entry = models.UUIDField()
    words = WordsField()

    privacy: ClassVar = {
        **dict.fromkeys(("id", "district", "room", "ledger", "received_at", "entry"), "internal"),
        "words": "personal",
    }

    class Meta:
        indexes = [
            models.Index("room", models.F("received_at").desc(), name="words_room"),
            models.Index("district", models.F("received_at").desc(), name="words_district"),
            models.Index(fields=["entry"], name="words_entry"),
        ]


class CountDelta(models.Model):
    """One more (or less) of something on a day; appended with the entry, folded by the worker."""

    id = models.BigAutoField(primary_key=True)
    district = models.UUIDField()
    room = models.UUIDField()
    ledger = models.CharField(max_length=40)
    category = models.CharField(max_length=60)
    day = models.DateField()
    measure = models.CharField(max_length=12)
    n = models.IntegerField()

    privacy: ClassVar = dict.fromkeys(
        ("id", "district", "room", "ledger", "category", "day", "measure", "n"), "internal"
    )


class DailyCount(models.Model):
    """How many entries of a category were received or closed in a room on a day."""

    id = models.BigAutoField(primary_key=True)
    district = models.UUIDField()
    room = models.UUIDField()
    ledger = models.CharField(max_length=40)
    category = models.CharField(max_length=60)
    day = models.DateField()
    measure = models.CharField(max_length=12)
    n = models.IntegerField()

    privacy: ClassVar = CountDelta.privacy

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "room", "ledger", "category", "day", "measure"],
                name="one_count_a_day",
            )
        ]


class Draft(models.Model):
    """A form someone has begun: sealed as a whole, seen by its writer only."""

    id = models.UUIDField(primary_key=True, default=new_id)
    staff = models.UUIDField()
    room = models.UUIDField()
    ledger = models.CharField(max_length=40)
    action = models.CharField(max_length=40, default="record")
    entry = models.UUIDField(null=True)
    saved_at = models.DateTimeField()
    box = models.BinaryField()

    privacy: ClassVar = {
        **dict.fromkeys(
            ("id", "staff", "room", "ledger", "action", "entry", "saved_at"), "internal"
        ),
        "box": "sensitive",
    }

    class Meta:
        indexes = [models.Index(fields=["staff", "saved_at"], name="draft_by_staff")]


class Receipt(models.Model):
    """A reporter's way back to their matter: only a hash of the code is kept. `answered`:
    whether it was said how it went; what was said, and when, stands nowhere beside it."""

    code_hash = models.BinaryField(primary_key=True)
    district = models.UUIDField()
    room = models.UUIDField()
    entry = models.UUIDField()
    made_on = models.DateField()
    answered = models.BooleanField(default=False)

    privacy: ClassVar = {
        **dict.fromkeys(("district", "room", "entry", "made_on", "answered"), "internal"),
        "code_hash": "sensitive",
    }

    class Meta:
        indexes = [models.Index(fields=["entry"], name="receipt_entry")]


class SentOnce(models.Model):
    """An idempotency key that was used: the same key again gives the same answer."""

    key_hash = models.BinaryField(primary_key=True)
    fingerprint = models.BinaryField()
    entry = models.UUIDField()
    at = models.DateTimeField()

    privacy: ClassVar = dict.fromkeys(("key_hash", "fingerprint", "entry", "at"), "internal")


class ErasedEntry(models.Model):
    """What stays of an erased entry: that it was there, its serial and the day it was received.

    `rule` says why: the code of a rule, "own" or "request"; `step` is the chained step that erased
    it. The id is the entry's.
    """

    id = models.UUIDField(primary_key=True)
    district = models.UUIDField()
    room = models.UUIDField()
    ledger = models.CharField(max_length=40)
    serial_year = models.SmallIntegerField()
    serial_no = models.IntegerField()
    received_on = models.DateField()
    rule = models.CharField(max_length=60)
    erased_at = models.DateTimeField()
    step = models.UUIDField()

    privacy: ClassVar = dict.fromkeys(
        (
            "id", "district", "room", "ledger", "serial_year", "serial_no", "received_on", "rule",
            "erased_at", "step",
        ),
        "internal",
    )  # fmt: skip

    class Meta:
        indexes = [
            models.Index(
                fields=["room", "ledger", "serial_year", "serial_no"], name="erased_serial"
            ),
            models.Index(fields=["room", "ledger", "received_on"], name="erased_received"),
        ]
