"""A hand-made ledger for tests, small enough to read."""

from __future__ import annotations

from typing import Any

from linli.ledger.custom import definition, designs
from linli.ledger.custom.models import LedgerDesign
from linli.ledger.declaration.ledger import Ledger
from linli.org.models import Staff, Unit
from tests.cast import actor
from tests.house.source import ROOT

SAMPLE = ROOT / "tests" / "samples" / "电动车充电安全排查.xlsform.xlsx"


def field(name: str, kind: str = "text", title: str = "", **more: Any) -> dict[str, Any]:
    """A field of a draft; expressions as plain text."""
    for part in definition.EXPRESSIONS:
        if part in more:
            more[part] = {"text": more[part]}
    return {"name": name, "kind": kind, "title": {"zh": title or name, "en": ""}, **more}


def draft(*fields: dict[str, Any], title: str = "便民登记", **more: Any) -> dict[str, Any]:
    return {
        **definition.blank_draft(),
        "title": {"zh": title, "en": ""},
        "fields": list(fields),
        **more,
    }


def published(by: Staff, unit: Unit, *fields: dict[str, Any], **more: Any) -> Ledger:
    """A ledger with these fields, published by somebody for their unit."""
    from linli.ledger.declaration import registry

    row = designs.begin(by=actor(by), unit=unit, definition=draft(*fields, **more))
    designs.publish(by=actor(by), draft=row)
    return registry.get(row.code)


def sample(by: Staff, unit: Unit) -> Ledger:
    """The workbook of the samples as a ledger."""
    from linli.ledger.custom import workbook
    from linli.ledger.declaration import registry

    form = workbook.read(SAMPLE.read_bytes())
    assert form.problems == []
    row = designs.begin(by=actor(by), unit=unit, definition=form.draft, code=form.code)
    designs.publish(by=actor(by), draft=row)
    return registry.get(row.code)


__all__ = ["SAMPLE", "LedgerDesign", "draft", "field", "published", "sample"]
