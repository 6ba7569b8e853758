"""The plans that are shipped: the steps for each kind of emergency, in their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext as _g

from linli.ledger.declaration.checklists import Checklists
from linli.ledger.declaration.ledger import Choice, Facts

PLANS = Checklists(Path(__file__).parent / "checklists.toml")


def _title(plan: str, step: str) -> str:
    return PLANS.by_code[plan].by_code[step].title


_lazy_title = lazy(_title, str)

# Every step of every plan: "fire.call". The plan of an entry is its category.
STEPS: tuple[Choice, ...] = tuple(
    Choice(f"{plan.code}.{step.code}", _lazy_title(plan.code, step.code))
    for plan in PLANS.lists
    for step in plan.items
)


@dataclass(frozen=True)
class Step:
    """One step of a plan, and when, by whom and with what remark it was done."""

    code: str
    title: str
    at: datetime | None = None
    by: str = ""
    remark: str = ""


def plan_of(category: str | None) -> str:
    """The code of the plan for a category (also a finer one of a city's own tree); "" where there
    is none."""
    code = (category or "").split(".")[0]
    return code if code in PLANS.by_code else ""


def steps(category: str | None, done: Sequence[Any]) -> list[Step]:
    """The steps of the plan in order, those that were done with their first time.

    `done` are the facts' rows. A step of a plan that was exchanged since comes last.
    """
    first: dict[str, Any] = {}
    for row in done:
        first.setdefault(row["step"], row)
    plan = plan_of(category)
    codes = [f"{plan}.{item.code}" for item in PLANS.by_code[plan].items] if plan else []
    titles = {choice.code: str(choice.title) for choice in STEPS}
    return [
        _step(code, titles, first.get(code))
        for code in (*codes, *(c for c in first if c not in codes))
    ]


def _step(code: str, titles: dict[str, str], row: Any) -> Step:
    title = titles.get(code, code)
    if row is None:
        return Step(code, title)
    return Step(code, title, row.get("at"), row.get("by") or "", row.get("remark") or "")


def told(facts: Facts) -> list[tuple[str, str]]:
    """How far the plan is, and how long it took."""
    listed = steps(facts.get("category"), facts.get("done_steps") or ())
    if not listed:
        return []
    done = sum(step.at is not None or bool(step.by) for step in listed)
    said = [
        (
            _g("Steps of the plan"),
            _g("%(done)d of %(all)d done") % {"done": done, "all": len(listed)},
        )
    ]
    if facts.get("finished_at"):
        minutes = int((facts["finished_at"] - facts["received_at"]).total_seconds() // 60)
        said.append(
            (
                _g("It took"),
                _g("%(hours)d h %(minutes)d min")
                % {"hours": minutes // 60, "minutes": minutes % 60},
            )
        )
    return said
