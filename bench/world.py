"""What the benchmarks stand on: a fresh database with rooms, officers and their tokens."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
POSTGRESQL = os.environ.get("LINLI_BENCH_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/")
ROOMS, OFFICERS = 50, 16  # officers per room: each has a daily limit of looks


@dataclass
class World:
    """Where the benchmark happens. `env` is for processes that take part."""

    url: str
    home: Path
    env: dict[str, str]
    # [{"room": id, "token": text}], officers of all rooms in turn
    officers: list[dict[str, str]] = field(default_factory=list)

    def python(self, *arguments: str) -> str:
        """Run Python in this world; what it prints."""
        done = subprocess.run(
            [sys.executable, *arguments],
            env=self.env,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}")
        return done.stdout


def empty(kind: str, name: str = "linli_bench") -> World:
    """An empty database ("postgresql" or "sqlite") and a home of its own."""
    home = Path(tempfile.mkdtemp(prefix="linli-bench-"))
    if kind == "postgresql":
        url = POSTGRESQL + name
        _psql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        _psql(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
    else:
        url = f"sqlite:///{home}/bench.sqlite3"
    env = {
        **os.environ,
        "LINLI_HOME": str(home),
        "LINLI_DATABASE_URL": url,
        "LINLI_SECRET_KEY": "for the benchmark",
        "PYTHONPATH": str(ROOT),
    }
    env.pop("LINLI_DEBUG", None)
    return World(url, home, env)


def make(kind: str, name: str = "linli_bench") -> World:
    """A fresh database ("postgresql" or "sqlite"), migrated, with rooms, officers and tokens."""
    world = empty(kind, name)
    world.officers = json.loads(world.python("-m", "bench.world"))
    return world


def end(world: World) -> None:
    """Remove what was made."""
    shutil.rmtree(world.home, ignore_errors=True)
    if world.url.startswith("postgresql"):
        _psql(f"DROP DATABASE IF EXISTS {urlsplit(world.url).path[1:]} WITH (FORCE)")


def _psql(sql: str) -> None:
    import psycopg

    with psycopg.connect(POSTGRESQL + "postgres", autocommit=True) as connection:
        connection.execute(sql)  # type: ignore[call-overload]


def _furnish() -> list[dict[str, str]]:
    """Migrate and fill the database of this process; its officers."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from linli.access import tokens
    from linli.access.actor import system_actor
    from linli.ground import keyring
    from linli.org import actions

    keyring.create(Path(settings.HOME))
    call_command("migrate", verbosity=0)
    by = system_actor("bench")

    def unit(kind: str, code: str, name: str, parent: object) -> object:
        return actions.add_unit(kind=kind, code=code, name=name, parent=parent, by=by)

    bureau = unit("bureau", "420100", "市局", None)
    branch = unit("branch", "420106", "分局", bureau)
    stations = [unit("station", f"42010{n:03d}", f"第{n}派出所", branch) for n in range(5)]
    rooms = [unit("room", f"42010{n:05d}", f"第{n}警务室", stations[n % 5]) for n in range(ROOMS)]
    officers = []
    for turn in range(OFFICERS):
        for number, room in enumerate(rooms):
            staff = actions.add_staff(
                username=f"o{number}-{turn}",
                name="李建国",
                password=None,
                unit=room,
                role="officer",
                badge_no=f"{number:03d}{turn:03d}",
                by=by,
            )
            officers.append({"room": str(room.pk), "token": tokens.create(staff, "bench")})
    return officers


if __name__ == "__main__":
    print(json.dumps(_furnish()))
