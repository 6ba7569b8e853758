from __future__ import annotations

from pathlib import Path

from linli.ledger.declaration import registry
from linli.ledger.exchange.runs import planning, running
from linli.ledger.exchange.runs.models import ImportRun
from tests.cast import Cast, actor

SAMPLES = Path(__file__).parents[2] / "samples"
INCIDENTS_FILE = SAMPLES / "接处警登记簿2025.xlsx"
VISITS_FILE = SAMPLES / "群众来访登记.csv"


def bring(people: Cast, ledger: str, content: bytes, year: int | None = 2025) -> ImportRun:
    """Import bytes into the room of the cast, as 李建国."""
    run = running.receive(
        actor=actor(people.li), ledger=registry.get(ledger), room=people.room, name="f",
        content=content, year=year, language="zh-hans",
    )  # fmt: skip
    running.prepare(run, columns={}, year=year)
    return running.carry_on(run.pk)


def counts(run: ImportRun) -> tuple[int, int, int, int]:
    return run.imported, run.warned, run.duplicate, run.refused


def teach(people: Cast, **said: str) -> None:
    """Map words of the incidents file: teach(people, 微信群="online")."""
    ledger = registry.get("incidents")
    for word, code in said.items():
        name = planning.field_for(people.room, ledger, code)
        planning.teach_value(people.room, ledger, name, word, code)


def csv_of(*rows: str) -> bytes:
    return "\n".join(rows).encode()
