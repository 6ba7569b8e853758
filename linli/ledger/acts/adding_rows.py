"""Actions that add a row to an entry: one more session, visit or round of the same matter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from linli.ledger.acts import deadlines
from linli.ledger.declaration.ledger import Action, Ledger
from linli.ledger.declaration.row_fields import MOST_ROWS
from linli.ledger.declaration.slot import as_kept


def taken(
    ledger: Ledger, action: Action, cleaned: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """(what goes into the new row, what goes into the entry)."""
    if not action.adds:
        return {}, dict(cleaned)
    rows = ledger.field(action.adds)
    row = {n: as_kept(v) for n, v in cleaned.items() if rows.sub(n) and v is not None}
    return row, {name: value for name, value in cleaned.items() if not rows.sub(name)}


def add_row(
    values: dict[str, Any], action: Action, row: Mapping[str, Any], at: datetime, by: str
) -> None:
    """Append the row to the entry's data, with when it was done and by whom."""
    present = values["data"].get(action.adds) or []
    if len(present) >= MOST_ROWS:
        raise ValidationError(_("At most %(most)d rows fit here."), params={"most": MOST_ROWS})
    signed = {**row, "at": deadlines.iso(at), "by": by}
    values["data"] = {**values["data"], action.adds: [*present, signed]}
