"""Keys with which programs use the API in somebody's name."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from linli.access.actor import FRESH_SECONDS, POST_COLUMNS, POST_JOINS, Actor, actor_from_rows
from linli.access.models import Token
from linli.access.roles import PERMISSIONS
from linli.ground.clock import now, today
from linli.org import actions, tree
from linli.org.models import Staff

PREFIX: Final = "linli_"
_SIGNS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_LENGTH: Final = 40  # 238 bits: a plain hash is enough, there is nothing to guess


def create(
    staff: Staff, name: str, *, expires_at: datetime | None = None, scopes: Iterable[str] = ()
) -> str:
    """Make a token and give its text: the only time it can be seen.

    `scopes` holds it to some permissions; none means all that the person's roles allow. That it
    was made is a step in the history, never the text.
    """
    held_to = sorted(set(scopes))
    if unknown := [scope for scope in held_to if scope not in PERMISSIONS]:
        raise ValidationError(
            _("There is no permission called %(name)s.") % {"name": ", ".join(unknown)}
        )
    raw = PREFIX + "".join(secrets.choice(_SIGNS) for _i in range(_LENGTH))
    with transaction.atomic():
        Token.objects.create(
            staff=staff, name=name[:60], digest=_digest(raw), expires_at=expires_at, scopes=held_to
        )
        actions.note_staff(
            staff=staff, action="staff.token", by=actions.Program("linli token create"),
            body={"name": name[:60], "scopes": held_to, "expires_at": expires_at},
        )  # fmt: skip
    return raw


def end(token: Token) -> None:
    """End a token; here at once, in other processes within 2 s."""
    Token.objects.filter(pk=token.pk, ended_at=None).update(ended_at=now())
    _cache.clear()


def _digest(raw: str) -> bytes:
    return hashlib.sha256(raw.encode()).digest()


_SQL: Final = f"""
    SELECT {POST_COLUMNS}, t.scopes, t.expires_at
    FROM access_token t JOIN org_staff s ON s.id = t.staff_id {POST_JOINS}
    WHERE t.digest = %s AND t.ended_at IS NULL AND s.is_active"""  # noqa: S608 - constants

# By digest, not by token: the memory of a process holds no usable keys.
_cache: dict[tuple[bytes, int], tuple[float, Actor | None, float]] = {}


def actor_for_token(raw: str) -> Actor | None:
    """Who acts by this token, or None if it is unknown, ended or expired.

    One statement, then kept for at most 2 s in this process: a token or posting that ended acts
    within 2 s. Unknown tokens are not kept, so that nobody can fill the memory with them.
    """
    if not raw.startswith(PREFIX) or len(raw) != len(PREFIX) + _LENGTH:
        return None
    digest = _digest(raw)
    key = (digest, tree.version())
    held = _cache.get(key)
    if held is not None and time.monotonic() - held[0] < FRESH_SECONDS:
        return held[1] if held[2] > now().timestamp() else None
    actor, expires = _load(digest)
    if actor is None:
        _cache.pop(key, None)
        return None
    if len(_cache) > 5000:
        _cache.clear()
    _cache[key] = (time.monotonic(), actor, expires)
    return actor if expires > now().timestamp() else None


def _load(digest: bytes) -> tuple[Actor | None, float]:
    """The actor and when the token expires (seconds since 1970, infinity for never)."""
    day = today()
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [day, day, digest])
        rows = cursor.fetchall()
    if not rows:
        return None, 0.0
    scopes, expires_at = rows[0][-2:]
    listed = json.loads(scopes) if isinstance(scopes, str) else scopes
    return actor_from_rows(rows, "api", frozenset(listed) or None), _seconds(expires_at)


def _seconds(moment: Any) -> float:
    """A moment of a hand-written query: SQLite gives text in UTC, PostgreSQL a datetime."""
    if moment is None:
        return float("inf")
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=now().tzinfo)
    return float(moment.timestamp())
