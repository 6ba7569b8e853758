"""The rules of inspections as pure functions over an entry's facts."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from linli.ground import clock
from linli.ground import rules as law
from linli.inspections.lists import CHECKLISTS
from linli.ledger.declaration.ledger import Facts

AGAIN = "deadline.inspections.again"


def is_wrong(facts: Facts) -> bool:
    """Whether anything was found: on the checklist or beside it."""
    return bool(CHECKLISTS.bad(facts.get("checklist"))) or bool(facts.get("items"))


def is_right(facts: Facts) -> bool:
    """Whether the last re-inspection found everything put right."""
    again = facts.get("reinspections") or []
    return bool(again) and again[-1]["outcome"] == "all"


def is_right_or_handed_on(facts: Facts) -> bool:
    """An order ends when all is right, or when another body has taken the matter over."""
    return is_right(facts) or bool(facts.get("referred_to"))


def written_by(facts: Facts) -> str | None:
    """What was found is written down soon; nothing runs where it came with the recording."""
    return None if facts.get("checklist") else "deadline.inspections.written"


def again_by(facts: Facts) -> str | None:
    """Everything ordered is looked at again, until all of it is right."""
    return None if is_right(facts) else AGAIN


def can_be_ordered(facts: Facts) -> None:
    """An order says what is wrong, found by two who filled in the checklist."""
    _inspected(facts)
    put_right_in_time(facts)
    if not is_wrong(facts):
        raise ValidationError(
            _(
                "Nothing is wrong on the checklist. Name what is to be put right, or choose “Nothing found”."
            )
        )


def nothing_is_wrong(facts: Facts) -> None:
    """Clean is only what was checked, with nothing wrong."""
    _inspected(facts)
    if is_wrong(facts):
        raise ValidationError(
            _("The checklist has items that are not in order: order them to be put right.")
        )


def _inspected(facts: Facts) -> None:
    missing = {
        name: _("Fill this in first.") for name in ("checklist", "second") if not facts.get(name)
    }
    if missing:
        raise ValidationError(missing)


def two_inspect(facts: Facts) -> None:
    """The second inspector is somebody else than the first, who answers for the matter."""
    again = facts.get("reinspections") or []
    second = again[-1].get("second") if again else facts.get("second")
    if second and str(second) == str(facts["responsible"]) and not facts["past"]:
        raise ValidationError(
            {"second": _("The second inspector is somebody else than the first.")}
        )


def checklist_is_of_its_kind(facts: Facts) -> None:
    """A hotel is not inspected by the list for scrap; a kind without a list may take any."""
    kind, answered = (facts.get("category") or "").split(".")[0], facts.get("checklist")
    if not answered or kind not in CHECKLISTS.by_code or answered["list"] == kind:
        return
    problem = _("This is another kind's checklist. Take the one called “%(list)s”.")
    raise ValidationError(
        {"checklist": ValidationError(problem, params={"list": CHECKLISTS.by_code[kind].title})}
    )


def put_right_in_time(facts: Facts) -> None:
    """The day lies not before the inspection, and no later than it has to be looked at again."""
    due = facts.get("due_on")
    if due is None or facts["past"]:
        return
    start = clock.local(facts.get("acted_at") or facts["received_at"]).date()
    if due < start:
        raise ValidationError({"due_on": _("This day has passed. Check it.")})
    most = law.on(start).span(AGAIN)
    latest = start + timedelta(days=most.n)
    if most.unit == "days" and due > latest:
        problem = _(
            "At most %(n)s days, until %(day)s. What takes longer is looked at and given a new day then."
        )
        raise ValidationError(
            {"due_on": ValidationError(problem, params={"n": most.n, "day": latest.isoformat()})}
        )


def looked_at_again(facts: Facts) -> None:
    """Again by two; and whoever has not put it right is given a new day."""
    two_inspect(facts)
    if is_right(facts):
        return
    if not facts.get("due_on") or facts["due_on"] < clock.local(facts["acted_at"]).date():
        raise ValidationError({"due_on": _("Say until when the rest is put right.")})
    put_right_in_time(facts)
