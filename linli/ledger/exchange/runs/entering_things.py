"""The things of a batch enter the register: all at once, or one by one where one of them may not.

What stands in the register already (the same credit code) is told and not added a second time.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import ValidationError

from linli.ledger.acts import carrying_out
from linli.ledger.acts.adding_things import NewThing


def enter(new: Sequence[NewThing]) -> list[str]:
    """Enter them; of each "" or why it is there already. Raises ValidationError where one cannot be
    entered for another reason (then those before it are in: a run goes on where it was stopped)."""
    if not new:
        return []
    try:
        carrying_out.carry_out(new)
    except ValidationError:
        return [_one(thing) for thing in new]
    return [""] * len(new)


def _one(new: NewThing) -> str:
    try:
        carrying_out.carry_out([new])
    except ValidationError as error:
        by_field = error.error_dict if hasattr(error, "error_dict") else {}
        problems = [one for errors in by_field.values() for one in errors]
        if not problems or any(problem.code != "once" for problem in problems):
            raise
        return " ".join(ValidationError(problems).messages)
    return ""
