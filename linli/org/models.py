"""The unit tree, the communities it covers, the staff and where they are posted.

A unit is at most four deep (bureau, branch, station, room), so there is no path column: ancestors
are three joins, a subtree is the index on parent, and a move is one row.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from linli.ground.clock import now, today
from linli.ground.ids import new_id


class UnitKind(models.TextChoices):
    """How high a unit stands; each kind hangs under the one before it."""

    BUREAU = "bureau", _("Bureau")
    BRANCH = "branch", _("Branch bureau")
    STATION = "station", _("Police station")
    ROOM = "room", _("Police room")


PARENT_KIND = {
    UnitKind.BUREAU: None,
    UnitKind.BRANCH: UnitKind.BUREAU,
    UnitKind.STATION: UnitKind.BRANCH,
    UnitKind.ROOM: UnitKind.STATION,
}


class Unit(models.Model):
    """A bureau, a branch, a station or a room (警务室)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(_("kind"), max_length=8, choices=UnitKind.choices)
    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=60)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("belongs to"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    provisional = models.BooleanField(_("provisional"), default=False)
    rural = models.BooleanField(_("rural"), default=False)
    since = models.DateField(_("since"), default=today)
    until = models.DateField(_("until"), null=True, blank=True)
    # A room that moved to another branch keeps the old ones here: what it recorded there stays
    # with that district for ever, and the room's people may go on reading it.
    former_districts = models.JSONField(default=list, blank=True, editable=False)
    address = models.CharField(_("address"), max_length=120, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    hours = models.JSONField(_("opening hours"), default=list, blank=True)
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    duties = models.TextField(_("duties"), blank=True)

    privacy: ClassVar[dict[str, str]] = {
        "id": "public",
        "kind": "public",
        "code": "public",
        "name": "public",
        "parent": "public",
        "provisional": "public",
        "rural": "public",
        "since": "public",
        "until": "public",
        "former_districts": "internal",
        "address": "public",
        "phone": "public",
        "hours": "public",
        "lon": "public",
        "lat": "public",
        "duties": "public",
    }

    class Meta:
        verbose_name = _("unit")
        constraints = [
            models.UniqueConstraint(fields=["kind", "code"], name="unit_code_once_per_kind"),
            models.CheckConstraint(condition=Q(kind__in=UnitKind.values), name="unit_kind_known"),
            models.CheckConstraint(
                condition=Q(kind=UnitKind.BUREAU, parent=None)
                | (~Q(kind=UnitKind.BUREAU) & Q(parent__isnull=False)),
                name="unit_only_a_bureau_stands_alone",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="unit_ends_after_it_began"
            ),
            models.CheckConstraint(
                condition=Q(lon=None, lat=None)
                | Q(lon__gte=-180, lon__lte=180, lat__gte=-90, lat__lte=90),
                name="unit_point_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a unit that hangs under the wrong kind; the hours must be weekly slots."""
        parent_kind = self.parent.kind if self.parent else None
        if parent_kind != PARENT_KIND[UnitKind(self.kind)]:
            raise ValidationError(
                {
                    "parent": _(
                        "A room belongs to a station, a station to a branch, a branch to a bureau."
                    )
                }
            )
        check_hours(self.hours)


def check_hours(hours: Any) -> None:
    """Weekly slots: a list of {"day": 0..6 (Monday is 0), "from": "08:30", "to": "12:00"}."""
    wrong = ValidationError(
        {"hours": _("Opening hours must be weekly slots with a day, from and to.")}
    )
    if not isinstance(hours, list):
        raise wrong
    for slot in hours:
        if not isinstance(slot, dict) or set(slot) != {"day", "from", "to"}:
            raise wrong
        if slot["day"] not in range(7) or not str(slot["from"]) < str(slot["to"]):
            raise wrong


class Community(models.Model):
    """A residents' or villagers' committee (社区/村) of the national statistics list."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(_("code"), max_length=12)
    name = models.CharField(_("name"), max_length=60)
    street_code = models.CharField(_("street code"), max_length=9)
    street = models.CharField(_("street"), max_length=60)
    district_code = models.CharField(_("district code"), max_length=6)
    district = models.CharField(_("district"), max_length=60)
    # The list's own three digits: 111 main urban ... 220 village; blank where it does not say.
    kind = models.CharField(_("urban or rural code"), max_length=3, blank=True)

    privacy: ClassVar[dict[str, str]] = dict.fromkeys(
        ("id", "code", "name", "street_code", "street", "district_code", "district", "kind"),
        "public",
    )

    class Meta:
        verbose_name = _("community")
        constraints = [models.UniqueConstraint(fields=["code"], name="community_code_once")]

    def __str__(self) -> str:
        return self.name


class Coverage(models.Model):
    """Which room covers a community, and from when to when (`until` is the first day it no longer does)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    room = models.ForeignKey(
        Unit, verbose_name=_("room"), on_delete=models.PROTECT, related_name="coverage"
    )
    community = models.ForeignKey(
        Community,
        verbose_name=_("community"),
        on_delete=models.PROTECT,
        related_name="coverage",
        db_index=False,  # the constraint below has the index
    )
    since = models.DateField(_("since"), default=today)
    until = models.DateField(_("until"), null=True, blank=True)

    privacy: ClassVar[dict[str, str]] = dict.fromkeys(
        ("id", "room", "community", "since", "until"), "public"
    )

    class Meta:
        verbose_name = _("coverage")
        constraints = [
            models.UniqueConstraint(
                fields=["community"], condition=Q(until=None), name="community_covered_by_one_room"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="coverage_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room_id} {self.community_id}"


class Whereabouts(models.TextChoices):
    COMMUNITY = "community", _("In the community")
    STATION = "station", _("At the station")
    OUT = "out", _("Out on business")
    OFF = "off", _("Off duty")


class StaffManager(BaseUserManager["Staff"]):
    """Accounts are made by `org.actions.add_staff` and `linli admin create` only."""

    def get_by_natural_key(self, username: str | None) -> Staff:
        return self.get(username=(username or "").strip().lower())


class Staff(AbstractBaseUser):
    """A person who works here and signs in: police officer, auxiliary, clerk, administrator."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = models.CharField(_("user name"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=40)
    name_pinyin = models.CharField(_("name in pinyin"), max_length=120, blank=True)
    badge_no = models.CharField(_("badge number"), max_length=12, blank=True)
    rank = models.CharField(_("rank"), max_length=30, blank=True)
    phone = models.CharField(_("work phone"), max_length=20, blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    on_public_page = models.BooleanField(_("shown on the public page"), default=False)
    whereabouts = models.CharField(
        _("whereabouts"), max_length=10, choices=Whereabouts.choices, default=Whereabouts.OFF
    )
    whereabouts_note = models.CharField(_("where exactly"), max_length=60, blank=True)
    whereabouts_since = models.DateTimeField(_("there since"), default=now)
    keys_off = models.BooleanField(_("single-key shortcuts off"), default=False)
    language = models.CharField(_("language"), max_length=10, blank=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = StaffManager()

    privacy: ClassVar[dict[str, str]] = {
        "id": "internal",
        "password": "sensitive",
        "last_login": "internal",
        "username": "internal",
        "name": "internal",
        "name_pinyin": "internal",
        "badge_no": "internal",
        "rank": "internal",
        "phone": "internal",
        "is_active": "internal",
        "on_public_page": "internal",
        "whereabouts": "internal",
        "whereabouts_note": "internal",
        "whereabouts_since": "internal",
        "keys_off": "internal",
        "language": "internal",
    }

    class Meta:
        verbose_name = _("staff")
        verbose_name_plural = _("staff")
        constraints = [
            models.CheckConstraint(
                condition=Q(username=Lower("username")), name="user_name_in_small_letters"
            ),
            models.UniqueConstraint(
                fields=["badge_no"], condition=~Q(badge_no=""), name="badge_number_once"
            ),
            models.CheckConstraint(
                condition=Q(whereabouts__in=Whereabouts.values), name="whereabouts_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.username


class Role(models.TextChoices):
    """What somebody is at a unit; what that allows is in `linli/access/roles.py`."""

    OFFICER = "officer", _("Community police officer")
    AUXILIARY = "auxiliary", _("Auxiliary")
    CLERK = "clerk", _("Clerk or permit assistant")
    HEAD = "head", _("Head of the room")
    CHIEF = "chief", _("Chief of the station")
    BRANCH = "branch", _("Business desk of the branch")
    ANALYST = "analyst", _("Analyst")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


class Posting(models.Model):
    """Somebody's role at a unit from a day on (`until` is the first day it no longer holds)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    staff = models.ForeignKey(
        Staff, verbose_name=_("staff"), on_delete=models.PROTECT, related_name="postings"
    )
    unit = models.ForeignKey(
        Unit, verbose_name=_("unit"), on_delete=models.PROTECT, related_name="postings"
    )
    role = models.CharField(_("role"), max_length=14, choices=Role.choices)
    since = models.DateField(_("since"), default=today)
    until = models.DateField(_("until"), null=True, blank=True)

    privacy: ClassVar[dict[str, str]] = dict.fromkeys(
        ("id", "staff", "unit", "role", "since", "until"), "internal"
    )

    class Meta:
        verbose_name = _("posting")
        constraints = [
            models.UniqueConstraint(
                fields=["staff", "unit", "role"], condition=Q(until=None), name="posted_once"
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="posting_role_known"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="posting_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.role} {self.unit_id}"


class WorkdayOverride(models.Model):
    """A day that is worked or free against the calendar: the year's 调休, a city's own holiday."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    day = models.DateField(_("day"))
    working = models.BooleanField(_("working day"))
    note = models.CharField(_("note"), max_length=60, blank=True)
    unit = models.ForeignKey(
        Unit,
        verbose_name=_("only in"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="workday_overrides",
    )

    privacy: ClassVar[dict[str, str]] = dict.fromkeys(
        ("id", "day", "working", "note", "unit"), "public"
    )

    class Meta:
        verbose_name = _("working-day override")
        constraints = [
            models.UniqueConstraint(
                fields=["day"], condition=Q(unit=None), name="override_once_for_all"
            ),
            models.UniqueConstraint(fields=["day", "unit"], name="override_once_per_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.working}"
