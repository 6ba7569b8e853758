"""The tables that things stand on. A register's own table is a `ThingRow`, dated rows of it are
`PartRow`s; what links matters to things is here too."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from linli.ledger.entries.models import Guarded


class ThingRow(Guarded):
    """One thing. Home room and home district never change: what moves ends here and begins there."""

    id = models.UUIDField(primary_key=True)
    district = models.UUIDField()
    room = models.UUIDField()
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    merged_into = models.UUIDField(null=True)
    moved_from = models.UUIDField(null=True)
    void = models.BooleanField(default=False)
    rev = models.IntegerField(default=1)
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)
    import_run = models.UUIDField(null=True)
    source = models.BinaryField(null=True)
    data = models.JSONField(default=dict)

    OWN: ClassVar = (
        "id", "district", "room", "since", "until", "merged_into", "moved_from", "void", "rev", "made_at",
        "made_by", "import_run", "source", "data",
    )  # fmt: skip
    # How they are classed; a table says it of its own columns beside these.
    usual_privacy: ClassVar[dict[str, str]] = {
        **dict.fromkeys(OWN, "internal"),
        "data": "personal",
    }
    standing: ClassVar = models.Q(until=None, merged_into=None, void=False)

    # For the constraint of a table: nothing ends before it begins.
    in_order: ClassVar = (
        models.Q(since=None) | models.Q(until=None) | models.Q(until__gte=models.F("since"))
    )

    class Meta:
        abstract = True

    @property
    def state(self) -> str:
        """standing, ended, merged or void."""
        return state_of(vars(self))


def state_of(values: Any) -> str:
    """The state that the days of a thing (columns by name) make."""
    if values["void"]:
        return "void"
    if values["merged_into"] is not None:
        return "merged"
    return "standing" if values["until"] is None else "ended"


class PartRow(Guarded):
    """One dated row of a thing: a licence, a stay, a member."""

    id = models.UUIDField(primary_key=True)
    district = models.UUIDField()
    room = models.UUIDField()
    owner = models.UUIDField()
    position = models.SmallIntegerField()

    OWN: ClassVar = ("id", "district", "room", "owner", "position")
    usual_privacy: ClassVar[dict[str, str]] = dict.fromkeys(OWN, "internal")

    class Meta:
        abstract = True


class EntryThing(Guarded):
    """A matter that names a thing: `name` is what the thing was called on that day."""

    id = models.UUIDField(primary_key=True)
    district = models.UUIDField()
    room = models.UUIDField()
    entry = models.UUIDField()
    register = models.CharField(max_length=40)
    thing = models.UUIDField()
    field = models.CharField(max_length=40)

    privacy: ClassVar = dict.fromkeys(
        ("id", "district", "room", "entry", "register", "thing", "field"), "internal"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "entry", "field", "thing"], name="entry_names_thing_once"
            )
        ]
        indexes = [
            models.Index(fields=["thing"], name="entrything_thing"),
            models.Index(fields=["entry"], name="entrything_entry"),
        ]
