"""The rules of meetings as pure functions over an entry's facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from linli.ground import clock
from linli.ledger.declaration.ledger import Facts
from linli.meetings.shapes import HAZARD

Row = Mapping[str, Any]
VOTES = ("votes_satisfied", "votes_fair", "votes_dissatisfied")


def opinions(facts: Facts) -> Sequence[Row]:
    return facts.get("opinions") or ()


def answers(facts: Facts) -> list[tuple[int, Row]]:
    """(number of the opinion, answer); in an old book the first answer is to the first opinion."""
    return [(row["opinion"] or n, row) for n, row in enumerate(facts.get("answers") or (), 1)]


def unanswered(facts: Facts) -> list[int]:
    """The numbers (from 1) of the opinions that nobody has answered."""
    answered = {number for number, _row in answers(facts)}
    return [n for n, _row in enumerate(opinions(facts), 1) if n not in answered]


def all_answered(facts: Facts) -> bool:
    return not unanswered(facts)


def something_to_answer(facts: Facts) -> bool:
    return bool(unanswered(facts))


def held_by(facts: Facts) -> str | None:
    """A meeting that was called is held, or called off; without a time nothing runs."""
    return "deadline.meetings.held" if facts.get("starts_at") else None


def answered_by(facts: Facts) -> str | None:
    """Every opinion is answered within the time for opinions, counted from the meeting."""
    return "deadline.opinions.answered" if unanswered(facts) else None


def filed_by(facts: Facts) -> str | None:
    """The minutes are filed soon after the meeting, or after the last opinion was answered."""
    return None if unanswered(facts) else "deadline.meetings.filed"


def times_in_order(facts: Facts) -> None:
    """A meeting that was held is not to come (typed times have no seconds)."""
    held = facts.get("held_at")
    if held and held > clock.now() + timedelta(minutes=5):
        raise ValidationError({"held_at": _("This meeting is yet to come.")})


def opinions_are_whole(facts: Facts) -> None:
    """What becomes a matter says what it is, and a hazard where; an old book may be silent."""
    if facts["past"]:
        return
    for number, row in enumerate(opinions(facts), 1):
        if not (row["raised_by"] and row["about"] and row["what"]):
            _refuse(number, _("Opinion %(number)d: say who raised it, its kind, and what it is."))
        if row["about"] == HAZARD and not row["where"]:
            _refuse(number, _("Opinion %(number)d is about a hazard: say where it is."))


def _refuse(number: int, problem: Any) -> None:
    params = {"number": number}
    raise ValidationError({"opinions": ValidationError(problem, params=params, code="row")})


def raised_with_its_place(facts: Facts) -> None:
    """The same beside the field, where one opinion is added."""
    last = opinions(facts)[-1]
    if last["about"] == HAZARD and not last["where"]:
        raise ValidationError({"where": _("An opinion about a hazard says where it is.")})


def answers_an_opinion(facts: Facts) -> None:
    """An answer belongs to an opinion that was raised, and each is answered once."""
    *earlier, last = answers(facts)
    number, count = last[0], len(opinions(facts))
    if number > count:
        problem = _("There is no opinion %(number)d: %(count)d were raised.")
        told = {"number": number, "count": count}
        raise ValidationError({"opinion": ValidationError(problem, params=told)})
    if number in {one for one, _row in earlier}:
        problem = _("Opinion %(number)d is answered already. Correct that answer instead.")
        raise ValidationError({"opinion": ValidationError(problem, params={"number": number})})


def somebody_came(facts: Facts) -> None:
    """A meeting has people in it: rows of who was there, or their number."""
    if not facts.get("present") and not facts.get("present_count"):
        raise ValidationError({"present_count": _("Say how many were there, or who, row by row.")})


def counted(facts: Facts) -> int:
    """How many were there: the number that was said, else the rows, each at least one."""
    said = facts.get("present_count")
    return said or sum(row["number"] or 1 for row in facts.get("present") or ())


def told(facts: Facts) -> list[tuple[str, str]]:
    """What a meeting comes to: how many came, what still waits, how the room was appraised."""
    said = []
    if not facts.get("present_count") and (came := counted(facts)):
        said.append((_g("Present in all"), str(came)))
    if raised := opinions(facts):
        open_ones = unanswered(facts)
        text = _g("%(answered)d of %(raised)d answered") % {
            "answered": len(raised) - len(open_ones), "raised": len(raised),
        }  # fmt: skip
        said.append((_g("Opinions"), text))
        said += [
            (_g("Opinion %(number)d waits") % {"number": n}, short(raised[n - 1]["what"]))
            for n in open_ones
        ]
    votes = [facts.get(name) or 0 for name in VOTES]
    if sum(votes):
        share = f"{100 * votes[0] / sum(votes):.0f}%"
        said.append((_g("Satisfied in the appraisal"), f"{share} ({votes[0]}/{sum(votes)})"))
    return said


def short(text: str | None, most: int = 60) -> str:
    """The beginning of what was said."""
    said = " ".join((text or "").split())
    return said if len(said) <= most else said[:most] + "…"
