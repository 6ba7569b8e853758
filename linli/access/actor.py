"""Who is asking: an immutable picture of a person's posts, made once and passed to every action."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, Final, Literal
from uuid import UUID

from django.db import connection
from django.db.models import Q

from linli.access.roles import ROLES, SECOND_FACTOR
from linli.access.scopes import Scope, scope_of
from linli.ground.clock import today
from linli.org import tree
from linli.org.models import Staff

Kind = Literal["staff", "system", "resident"]
Via = Literal["web", "api", "import", "job", "public"]

_NONE: Final[frozenset[UUID]] = frozenset()


@dataclass(frozen=True, slots=True)
class Reach:
    """Rows somebody may touch: those of `rooms` inside `districts`, and all of the districts in `whole`.

    A row carries its home room and home district for ever. Both are asked for, since the district
    is what a distributed database finds the row by.
    """

    rooms: frozenset[UUID] = _NONE
    districts: frozenset[UUID] = _NONE
    whole: frozenset[UUID] = _NONE
    everywhere: bool = False

    def covers(self, room: UUID | None, district: UUID | None) -> bool:
        """Whether a row of this home room and home district is inside; None stands for unknown."""
        if self.everywhere or district in self.whole:
            return True
        return room in self.rooms and (district is None or district in self.districts)

    def within(self, scope: Scope) -> Reach:
        """What both cover. Either is rooms inside districts or whole districts, never both."""
        if self.everywhere:
            return Reach(scope.rooms, scope.districts, scope.whole)
        if self.whole:
            whole, districts = self.whole & scope.whole, self.whole & scope.districts
            return Reach(scope.rooms if districts else _NONE, districts, whole)
        rooms = self.rooms if scope.whole else self.rooms & scope.rooms
        return Reach(rooms, self.districts & (scope.whole or scope.districts))

    def __bool__(self) -> bool:
        """Whether there is any row it could cover."""
        return bool(self.everywhere or self.whole or (self.rooms and self.districts))

    def q(self, room: str = "room", district: str = "district") -> Q:
        """The same as a condition on the columns named; a reach of nothing is never true."""
        if self.everywhere:
            return Q()
        conditions = []
        if self.whole:
            conditions.append(_among(district, self.whole))
        if self.rooms and self.districts:
            conditions.append(_among(district, self.districts) & _among(room, self.rooms))
        return reduce(or_, conditions) if conditions else Q(pk__in=())


def _among(column: str, values: frozenset[UUID]) -> Q:
    """Equality where one value is left: planners (and Citus) do better by it than by IN."""
    if len(values) == 1:
        return Q((column, next(iter(values))))
    return Q((f"{column}__in", sorted(values)))


@dataclass(frozen=True, slots=True)
class Post:
    """One posting: a role at a unit, with the rooms and districts it reaches."""

    unit: UUID
    unit_kind: str
    unit_name: str
    role: str
    rooms: frozenset[UUID]
    districts: frozenset[UUID]

    @property
    def reach(self) -> Reach:
        if self.unit_kind in ("branch", "bureau"):
            return Reach(whole=self.districts)
        return Reach(self.rooms, self.districts)

    def allows(self, permission: str, ledger: str | None) -> bool:
        """Whether the role holds `permission` for `ledger` (None: for any at all). A community's own
        ledger is open to the roles it names, with what they may do in built-in ones."""
        role, scope = ROLES[self.role], scope_of(ledger, permission)
        if scope is None:
            return role.allows(permission, ledger)
        return (
            self.role in scope.roles and role.allows(permission) and bool(self.reach.within(scope))
        )

    def reach_for(self, permission: str, ledger: str | None) -> Reach:
        """What the post reaches of a ledger that it is allowed."""
        scope = scope_of(ledger, permission)
        return self.reach if scope is None else self.reach.within(scope)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, where they are posted and through which door they came."""

    id: UUID | None
    name: str
    kind: Kind
    posts: tuple[Post, ...]
    via: Via
    # What a token is held to; None: everything the roles allow.
    scopes: frozenset[str] | None = None

    def __bool__(self) -> bool:
        """False for nobody (no session), so that templates can ask `{% if actor %}`."""
        return self.kind != "staff" or self.id is not None

    def may(
        self,
        permission: str,
        ledger: str | None = None,
        room: UUID | None = None,
        district: UUID | None = None,
    ) -> bool:
        """Whether a post of this actor holds `permission`, for that ledger, room and district.

        None means any: `may("read")` asks whether there is something to read at all.
        """
        if self.scopes is not None and permission not in self.scopes:
            return False
        if self.kind == "system":
            return True
        for post in self.posts:
            if not post.allows(permission, ledger):
                continue
            if room is None and district is None:
                return True
            if post.reach_for(permission, ledger).covers(room, district):
                return True
        return False

    def holders(self, permission: str, ledger: str | None = None) -> list[Post]:
        """The posts that hold `permission` (for `ledger`, or for any)."""
        if self.scopes is not None and permission not in self.scopes:
            return []
        return [post for post in self.posts if post.allows(permission, ledger)]

    def reach(self, permission: str, ledger: str | None = None) -> Reach:
        """All rooms and districts where this actor holds `permission` for `ledger` (None: for any)."""
        if self.kind == "system" and (self.scopes is None or permission in self.scopes):
            return Reach(everywhere=True)
        reaches = [post.reach_for(permission, ledger) for post in self.holders(permission, ledger)]
        return Reach(
            _NONE.union(*(reach.rooms for reach in reaches)),
            _NONE.union(*(reach.districts for reach in reaches)),
            _NONE.union(*(reach.whole for reach in reaches)),
        )

    @property
    def home_room(self) -> UUID | None:
        """The room this actor works in: the first post at a room, None for a station or above."""
        return next((post.unit for post in self.posts if post.unit_kind == "room"), None)

    @property
    def room_name(self) -> str:
        """The name of the home room, else of the first unit, else nothing."""
        home = [post.unit_name for post in self.posts if post.unit_kind == "room"]
        return (home or [post.unit_name for post in self.posts] or [""])[0]

    @property
    def role_name(self) -> str:
        """The titles of the roles held, for the head of a page."""
        return ", ".join(dict.fromkeys(str(ROLES[post.role].title) for post in self.posts))

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(post.role for post in self.posts)

    @property
    def needs_second_factor(self) -> bool:
        return not SECOND_FACTOR.isdisjoint(self.roles)


NOBODY: Final = Actor(id=None, name="", kind="staff", posts=(), via="web")


def system_actor(name: str, via: Via = "job") -> Actor:
    """The program itself: jobs, commands, the demo. May everything, everywhere; history names it."""
    return Actor(id=None, name=name, kind="system", posts=(), via=via)


def resident_actor(room: UUID, district: UUID, name: str = "") -> Actor:
    """Somebody on the public page of a room: may record there and answer, and read nothing."""
    post = Post(room, "room", "", "resident", frozenset({room}), frozenset({district}))
    return Actor(id=None, name=name, kind="resident", posts=(post,), via="public")


# One row per post and, for a station or bureau, per unit below it. Hand-written because a token's
# request runs it too, as part of its one statement.
POST_COLUMNS = """s.id, s.name, p.id, p.role, u.id, u.kind, u.name, u.parent_id, up.parent_id,
    u.former_districts, child.id, child.former_districts"""
POST_JOINS = """
    LEFT JOIN org_posting p ON p.staff_id = s.id AND p.since <= %s
        AND (p.until IS NULL OR p.until > %s)
    LEFT JOIN org_unit u ON u.id = p.unit_id
    LEFT JOIN org_unit up ON up.id = u.parent_id
    LEFT JOIN org_unit child ON child.parent_id = u.id AND u.kind IN ('station', 'bureau')"""
_LOAD = f"SELECT {POST_COLUMNS} FROM org_staff s {POST_JOINS} WHERE s.id = %s AND s.is_active"  # noqa: S608 - constants

Row = Sequence[Any]


def actor_from_rows(
    rows: Sequence[Row], via: Via, scopes: frozenset[str] | None = None
) -> Actor | None:
    """Make the actor of rows that begin with `POST_COLUMNS`, all of one person; None without rows."""
    if not rows:
        return None
    by_posting: dict[Any, list[Row]] = {}
    for row in rows:
        if row[2] is not None:
            by_posting.setdefault(row[2], []).append(row)
    posts = sorted((_post(group) for group in by_posting.values()), key=_own_room_first)
    return Actor(_uuid(rows[0][0]), rows[0][1], "staff", tuple(posts), via, scopes)


def _own_room_first(post: Post) -> tuple[int, str, str]:
    return (
        ("room", "station", "branch", "bureau").index(post.unit_kind),
        post.unit_name,
        post.role,
    )


def _post(rows: Sequence[Row]) -> Post:
    role, unit, kind, name, parent, grandparent, former = rows[0][3:10]
    children = {_uuid(row[10]) for row in rows if row[10] is not None}
    districts: set[UUID] = set()
    rooms: set[UUID] = set()
    if kind == "room":
        rooms = {_uuid(unit)}
        districts = {_uuid(grandparent), *_uuids(former)}
    elif kind == "station":
        rooms = children
        districts = {_uuid(parent)}.union(*(_uuids(row[11]) for row in rows))
    else:
        districts = {_uuid(unit)} if kind == "branch" else children
    return Post(_uuid(unit), kind, name, role, frozenset(rooms), frozenset(districts))


def _uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def _uuids(value: Any) -> Iterable[UUID]:
    """A JSON list of ids as the driver gives it: text on SQLite, text or a list on PostgreSQL."""
    if not value or value == "[]":
        return ()
    listed = json.loads(value) if isinstance(value, str) else value
    return [UUID(text) for text in listed]


def sql_id(value: UUID) -> UUID | str:
    """An id as a parameter of hand-written SQL: PostgreSQL has the type, SQLite 32 hex digits."""
    return value if connection.vendor == "postgresql" else value.hex


FRESH_SECONDS: Final = 2.0
# The tree's version is part of the key: what an action changed in this process acts at once.
_cache: dict[tuple[UUID, Via, int], tuple[float, Actor]] = {}


def actor_for(staff: Staff, via: Via = "web") -> Actor:
    """The actor of a member of staff, in one query; kept for 2 s in this process.

    A change of postings acts at once in the process that made it, elsewhere within 2 s.
    An account that may not sign in any more has no posts.
    """
    key = (staff.pk, via, tree.version())
    held = _cache.get(key)
    if held is not None and time.monotonic() - held[0] < FRESH_SECONDS:
        return held[1]
    day = today()
    with connection.cursor() as cursor:
        cursor.execute(_LOAD, [day, day, sql_id(staff.pk)])
        rows = cursor.fetchall()
    actor = actor_from_rows(rows, via) or Actor(staff.pk, staff.name, "staff", (), via)
    if len(_cache) > 5000:
        _cache.clear()
    _cache[key] = (time.monotonic(), actor)
    return actor
