"""An import of 100,000 incident rows, on both databases, against a bare copy of the same rows.

    python -m bench.importing [postgresql|sqlite] [--rows 100000] [--csv]

From a workbook, or from a text table (--csv, 300,000 rows: as many as the largest file that is taken
may hold).

The file is like the sample: mixed ways of writing times, full-width digits, two officers in a
cell, one row in ten that needs a warning. The floor is the plain cells in one table without index,
by COPY (PostgreSQL) or executemany (SQLite).
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import random
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bench import world

GOAL_SECONDS = {"postgresql": 15.0}  # for 100,000 rows of a workbook
GOAL_RATE = {"postgresql": 8000.0}  # rows a second of a text table
HEADINGS = ("序号", "报警时间", "报警方式", "报警人", "联系电话", "警情类别", "地点", "简要警情", "出警民警",
            "到达时间", "处理结果", "备注")  # fmt: skip
CHANNELS = ("110指令", "来人", "电话", "巡逻发现", "警民联系箱", "微信群")
KINDS = ("盗窃", "电诈", "邻里纠纷", "噪音扰民", "火警", "交通事故", "求助", "其它", "纠纷", "被盗")
PLACES = (
    "尚隆苑{a}栋{b}单元{c}室",
    "仁和公寓{a}栋{b}单元{c}室",
    "中山路{c}号",
    "农贸市场",
    "小区北门",
)
STORIES = (
    "楼上漏水双方争吵，经劝解双方同意次日由物业上门查看", "电动车电瓶被偷，停放在楼下未上锁",
    "接到冒充公检法电话转账，未造成损失", "烧烤店深夜喧哗，已责令整改", "家中被撬门，现场已保护",
    "孩子被困电梯，消防到场前已打开", "钥匙忘带，协助联系开锁", "租金押金不退，双方到警务室调解",
)  # fmt: skip
RESULTS = ("现场调解", "批评教育", "已受理移交刑警队", "移交物业", "已帮助解决", "正在处理", "")
NAMES = [
    "冯宇琴",
    "侯艳诺",
    "卢晨杰",
    "黄洁欣",
    "付莉斌",
    "蒋宇华",
    "程欣",
    "贾刚一",
    "任超霞",
    "苏雪",
    "谭萍",
    "欧阳慧",
]


def made(rows: int) -> Iterator[list[Any]]:
    """The cells of so many different rows: texts, the number, and moments in one of four ways."""
    chance = random.Random(7)
    start = datetime(2025, 1, 1)
    for number in range(rows):
        at = start + timedelta(minutes=chance.randrange(525_000))
        arrived = at + timedelta(minutes=chance.randrange(3, 50))
        phone = f"1{chance.choice('3578')}{chance.randrange(10)}0000{chance.randrange(10_000):04d}"
        if chance.random() < 0.05:
            phone = phone[:-1]
        place = chance.choice(PLACES).format(
            a=chance.randrange(1, 30), b=chance.randrange(1, 5), c=chance.randrange(101, 1900)
        )
        written = [_written(when, chance.randrange(4)) for when in (at, arrived)]
        yield [
            number + 1, written[0], chance.choice(CHANNELS), chance.choice(NAMES), phone,
            chance.choice(KINDS), place, chance.choice(STORIES),
            chance.choice(("李建国", "李建国", "李建国、王海涛")), written[1], chance.choice(RESULTS),
            "",
        ]  # fmt: skip


def _written(when: datetime, way: int) -> datetime | str:
    shapes = ("", "{0}-{1}-{2} {3}:{4:02}", "{0}.{1}.{2} {3}:{4:02}", "{1}.{2} {3}:{4:02}")
    if way == 0:
        return when
    return shapes[way].format(when.year, when.month, when.day, when.hour, when.minute)


def generate(rows: int, target: Path) -> None:
    """Write a workbook of so many different rows."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(target), {"constant_memory": True})
    sheet = book.add_worksheet("接处警登记簿")
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet.write_row(0, 0, ["某社区警务室接处警登记簿"])
    sheet.write_row(1, 0, HEADINGS)
    for number, cells in enumerate(made(rows), 2):
        for column, cell in enumerate(cells):
            if isinstance(cell, datetime):
                sheet.write_datetime(number, column, cell, moment)
            elif isinstance(cell, int):
                sheet.write_number(number, column, cell)
            else:
                sheet.write_string(number, column, cell)
    book.close()


def generate_text(rows: int, target: Path) -> None:
    """Write the same as a text table, times as a table program shows them."""
    with target.open("w", encoding="utf-8-sig", newline="") as out:
        sheet = csv.writer(out)
        sheet.writerow(["某社区警务室接处警登记簿"])
        sheet.writerow(HEADINGS)
        for cells in made(rows):
            sheet.writerow(
                [f"{one:%Y-%m-%d %H:%M}" if isinstance(one, datetime) else one for one in cells]
            )


class Peak(threading.Thread):
    """The most memory this process and its children had at one time, in MB."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most = 0.0
        self.own = 0.0
        self.samples: list[float] = []
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.5):
            processes = [os.getpid(), *_children(os.getpid())]
            sizes = [_resident(one) for one in processes]
            self.own = max(self.own, sizes[0])
            self.most = max(self.most, sum(sizes))
            self.samples.append(sizes[0])


def _children(pid: int) -> list[int]:
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    found = [int(one) for one in listed.split()]
    return found + [deeper for one in found for deeper in _children(one)]


def _resident(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * resource.getpagesize() / 1_048_576


def _measure(file: str) -> dict[str, Any]:
    """In a process of the world: import, then the floor."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "linli.settings"
    import django

    django.setup()
    from linli.access.actor import system_actor
    from linli.ledger.declaration import registry
    from linli.ledger.exchange.runs import planning, results, running
    from linli.ledger.exchange.sheets import opening
    from linli.org import tree
    from linli.org.models import Staff, Unit

    room = Unit.objects.get(kind="room", code="4201000000")
    # The world's officers all have one name; the file knows two of this room.
    for number, (staff, _role) in enumerate(tree.staff_of(room.pk)):
        name = ("李建国", "王海涛")[number] if number < 2 else f"第{number}人"
        Staff.objects.filter(pk=staff.pk).update(name=name)
    tree.forget()
    planning.teach_value(room, registry.get("incidents"), "channel", "微信群", "online")
    content = opening.take(Path(file))
    result_seconds = 0.0
    write = results.write

    def timed(run: Any) -> None:
        nonlocal result_seconds
        started = time.monotonic()
        write(run)
        result_seconds = time.monotonic() - started

    results.write = timed
    peak = Peak()
    peak.start()
    started, cpu = time.monotonic(), _cpu()
    run = running.receive(
        actor=system_actor("bench", via="import"), ledger=registry.get("incidents"), room=room,
        name="bench.xlsx", content=content, year=2025,
    )  # fmt: skip
    running.prepare(run, columns={}, year=2025)
    run = running.carry_on(run.pk)
    seconds = time.monotonic() - started - result_seconds
    cpu = _cpu() - cpu
    peak.over.set()
    samples = peak.samples or [0.0]
    return {
        "rows": run.came_in, "warned": run.warned, "refused": run.refused, "status": run.status,
        "problem": run.problem, "seconds": seconds, "result_seconds": result_seconds, "cpu": cpu,
        "peak_mb": peak.most, "own_mb": peak.own, "own_early_mb": samples[len(samples) // 4],
        "floor": _floor(content),
    }  # fmt: skip


def _cpu() -> float:
    """Seconds that all processors of the machine have worked, the database's included."""
    told = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    idle = int(told[3]) + int(told[4])
    return (sum(map(int, told[:8])) - idle) / os.sysconf("SC_CLK_TCK")


def _floor(content: bytes) -> float:
    """Seconds to read the same file and put its cells into one plain table."""
    from django.db import connection, transaction

    from linli.ledger.exchange.sheets.reading import cell_text, sheets

    columns = ", ".join(f"c{n} text" for n in range(len(HEADINGS)))
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bench_plain ({columns})")
    started = time.monotonic()
    rows = (
        [cell_text(cell) for cell in cells]
        for number, cells in sheets(content)[0].rows()
        if number > 2
    )
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.connection.cursor() as raw, raw.copy("COPY bench_plain FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(HEADINGS))
            cursor.executemany(f"INSERT INTO bench_plain VALUES ({marks})", rows)
    return time.monotonic() - started


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", default=["postgresql", "sqlite"])
    parser.add_argument("--rows", type=int)
    parser.add_argument("--csv", action="store_true")
    args = parser.parse_args()
    args.rows = args.rows or (300_000 if args.csv else 100_000)
    kind_of_file = "csv" if args.csv else "xlsx"
    file = Path(tempfile.gettempdir()) / f"linli-bench-import-{args.rows}.{kind_of_file}"
    if not file.exists():
        (generate_text if args.csv else generate)(args.rows, file)
    print(
        f"{platform.machine()}, {os.cpu_count()} cores; {args.rows} rows, {file.stat().st_size >> 20} MB"
    )
    failed = False
    for kind in args.kinds:
        place = world.make(kind, "linli_bench_import")
        try:
            got = json.loads(
                place.python("-m", "bench.importing", "--measure", str(file)).splitlines()[-1]
            )
        finally:
            world.end(place)
        goal = args.rows / GOAL_RATE[kind] if args.csv and kind in GOAL_RATE else None
        if not args.csv and args.rows == 100_000:
            goal = GOAL_SECONDS.get(kind)
        print(
            f"{kind:10} {got['rows']} rows in {got['seconds']:.1f} s = {got['rows'] / got['seconds']:.0f} rows/s"
            f" (goal {f'{goal:.1f}' if goal else '-'} s), {got['warned']} with a warning, {got['refused']} refused;"
            f" floor {got['floor']:.1f} s, ratio {got['seconds'] / got['floor']:.1f};"
            f" processor of the whole machine {got['cpu']:.1f} s, with the result workbook;"
            f" memory: all processes {got['peak_mb']:.0f} MB, writer {got['own_early_mb']:.0f} MB after a"
            f" quarter, {got['own_mb']:.0f} MB at most; result workbook {got['result_seconds']:.1f} s more"
            f" {got['problem']}"
        )
        failed |= bool(goal and got["seconds"] > goal)
    return int(failed)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(_measure(sys.argv[2])))
        sys.exit(0)
    sys.exit(main())
