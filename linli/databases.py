"""From a LINLI_DATABASE_URL to Django's settings for it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


def database_from_url(url: str) -> dict[str, Any]:
    """Read `sqlite:///path` or `postgresql://user:password@host:port/name`.

    Raises ValueError, naming what is wrong but never the password.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(unquote(parts.path[1:] or ":memory:"))
    if parts.scheme in ("postgresql", "postgres"):
        return {
            "ENGINE": "linli.postgresql",
            "NAME": unquote(parts.path[1:]),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            # A connection lives as long as its thread: the pool of psycopg measured slower.
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
            # Statements are prepared where the code asks for it and nowhere else: the plan of a
            # search must be made for the words that are looked for.
            "OPTIONS": {
                **dict(parse_qsl(parts.query)),
                "server_side_binding": True,
                "prepare_threshold": 1_000_000_000,
            },
            # C.UTF-8, not C: under C the Chinese letters are not letters.
            "TEST": {"TEMPLATE": "template0", "CHARSET": "UTF8"},
        }
    raise ValueError(
        "LINLI_DATABASE_URL must start with sqlite:/// or postgresql://, not with "
        f"{parts.scheme or 'nothing'}:"
    )


def _sqlite(path: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # Writers queue at BEGIN instead of failing in the middle; readers never wait (WAL).
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                "PRAGMA mmap_size=268435456; PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;"
            ),
        },
    }
