"""The checklists that are shipped with the inspections; their codes are those of the kinds."""

from __future__ import annotations

from pathlib import Path

from linli.ledger.declaration.checklists import Checklists

CHECKLISTS = Checklists(Path(__file__).parent / "checklists.toml")
