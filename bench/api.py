"""The API against its floors, on both databases.

    python -m bench.api [postgresql|sqlite] [--seconds 10] [--only create,read,reveal]

The server and the load are on this machine; what counts is the ratio to a bare Django view in the
same server at the same clients (goals in `GOALS`). Each pair is measured twice, floor and ours in
turn, and the better of each counts: other work on the machine only ever makes things slower.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

from bench import load, world
from bench.load import Request, Result

CLIENTS = 16
GOALS = {"create": 0.25, "create, one room": 0.25, "read one": 0.45, "reveal": 0.25}
NARRATIVES = (
    "楼上卫生间渗水，楼下住户天花板滴水，双方协商不成，要求社区民警到场调解",
    "停在楼下的电动车电瓶被盗，物业监控拍到一名男子，请求查看",
    "深夜烧烤摊噪音扰民，多次劝说无效，影响老人和孩子休息",
    "老人走失，上午十点从家中出门买菜未归，穿灰色外套",
)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("database", nargs="?", choices=("postgresql", "sqlite"))
    options.add_argument("--seconds", type=float, default=10)
    options.add_argument("--only", default="")
    chosen = options.parse_args()
    print(facts())
    for kind in [chosen.database] if chosen.database else ["postgresql", "sqlite"]:
        place = world.make(kind)
        try:
            _measure(kind, place, chosen.seconds, set(filter(None, chosen.only.split(","))))
        finally:
            world.end(place)


def facts() -> str:
    with Path("/proc/cpuinfo").open() as file:
        cpu = next((line.split(":")[1].strip() for line in file if "model name" in line), "?")
    load_now = os.getloadavg()[0]
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC · {os.cpu_count()} x {cpu} · "
        f"Python {platform.python_version()} · load before: {load_now:.1f} · "
        f"granian {load.WORKERS} workers x {load.THREADS} threads · {CLIENTS} clients"
    )


def _body(number: int, room: str = "") -> str:
    data = {
        "category": "complaint",
        "narrative": NARRATIVES[number % 4],
        "place": "才汇巷小区3栋2单元",
        "channel": "walk_in",
        "visitors": [{"role": "visitor", "name": "张小花", "phone": "13800001234"}],
    }
    return json.dumps({"data": data, **({"room": room} if room else {})}, ensure_ascii=False)


def _send(port: int, path: str, body: str, token: str = "") -> dict[str, str]:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", body.encode(), headers, method="POST"
    )
    with urllib.request.urlopen(request) as answer:
        made: dict[str, str] = json.loads(answer.read())
        return made


def _measure(kind: str, place: world.World, seconds: float, only: set[str]) -> None:
    place.python("-c", "from bench import bare; bare.make_table()")
    officers = place.officers
    records = "/api/v1/ledgers/visits/entries"
    with (
        load.serving(place, "bench.bare:application") as bare,
        load.serving(place, "linli.wsgi:application") as ours,
    ):
        row = _send(bare, "/rows", _body(0))["id"]
        made = [
            (_send(ours, records, _body(n), officer["token"])["id"], officer["token"])
            for n, officer in enumerate(officers)
        ]
        insert = [Request("POST", "/rows", "", _body(n)) for n in range(4)]
        read = [Request("GET", f"/rows/{row}")]
        reason = '{"purpose": "safety"}'
        plan = {
            "create": (
                insert,
                [Request("POST", records, o["token"], _body(n)) for n, o in enumerate(officers)],
            ),
            "create, one room": (
                insert,
                [Request("POST", records, officers[0]["token"], _body(n)) for n in range(4)],
            ),
            "read one": (read, [Request("GET", f"/api/v1/entries/{i}", t) for i, t in made]),
            "reveal": (
                read,
                [Request("POST", f"/api/v1/entries/{i}/reveal", t, reason) for i, t in made],
            ),
        }
        print(
            f"\n{kind}\n{'':18}{'floor/s':>9}{'ours/s':>9}{'ratio':>7}{'goal':>6}"
            f"{'p50 ms':>8}{'p99 ms':>8}{'errors':>8}"
        )
        for name, (floor, own) in plan.items():
            if only and name.split(",")[0].split()[0] not in only:
                continue
            rounds = 1 if name == "reveal" else 2  # a day's limit of looks allows one
            best = [_best(bare, floor, ours, own, seconds, rounds)]
            for below, above in best:
                print(
                    f"{name:18}{below.rate:9.0f}{above.rate:9.0f}{above.rate / below.rate:7.2f}"
                    f"{GOALS[name]:6.2f}{above.p50:8.1f}{above.p99:8.1f}{above.errors:8d}",
                    flush=True,
                )


def _best(
    bare: int, floor: list[Request], ours: int, own: list[Request], seconds: float, rounds: int
) -> tuple[Result, Result]:
    below, above = [], []
    for _round in range(rounds):
        below.append(load.run(bare, floor, clients=CLIENTS, seconds=seconds))
        above.append(load.run(ours, own, clients=CLIENTS, seconds=seconds))
    return max(below, key=lambda r: r.rate), max(above, key=lambda r: r.rate)


if __name__ == "__main__":
    main()
