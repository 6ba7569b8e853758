"""What one matter causes in another, from top to bottom: the only place that knows several ledgers.

`linli.ledger.acts.reacting` enters what is found here in the transaction of the act that causes it. A
function below looks at the facts of one matter and says what follows from it, by the item in it
that it follows from (a row, a point of a checklist); what was found before the act is not found
anew, and nothing follows twice. What is not an entry in another ledger follows elsewhere:

- what is overdue goes to the desks of head and chief: `linli/ledger/acts/escalation.py`;
- a day in a register of things that runs out is noticed by `linli/ledger/acts/watching.py`;
- who came with a matter is asked when it closes: the ledgers in ASKED_AFTERWARDS, `linli/surveys`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from linli.ground import clock
from linli.ledger.acts import watching
from linli.ledger.acts.reacting import Effect, Reaction
from linli.ledger.declaration import registry
from linli.ledger.declaration.ledger import Facts
from linli.places.categories import inspected_as

Found = Mapping[str, Effect]

SHORT: Final = 400  # signs of the cause's text that go along; the rest is one click away


# An incident of kind dispute 纠纷警情 is mediated: it opens a dispute of the same kind.
def dispute_of_incident(facts: Facts) -> Found:
    kind, _dot, sort = str(facts.get("category") or "").partition(".")
    if kind != "dispute":
        return {}
    return {"": _carried("disputes", facts, category=sort, source="incident")}


# What a patrol finds 巡逻发现 is not left in the patrol's book: a hazard is put right, an incident
# is handled. What it calls "other" stays where it is.
def hazards_of_patrol(facts: Facts) -> Found:
    return {
        n: _carried(
            "hazards", facts, text=row["what"], place=row["where"], source="patrol",
            category=_meant("hazards", row["what"]),
        )
        for n, row in _rows(facts, "findings")
        if row.get("kind") == "hazard"
    }  # fmt: skip


def incidents_of_patrol(facts: Facts) -> Found:
    return {
        n: _carried(
            "incidents", facts, text=row["what"], place=row["where"], channel="patrol",
            category=_meant("incidents", row["what"]),
        )
        for n, row in _rows(facts, "findings")
        if row.get("kind") == "incident"
    }  # fmt: skip


# What an inspection orders to be put right 责令整改 becomes a hazard with the day of the order, for
# each point of the checklist that is not in order and for each further item.
def hazards_of_inspection(facts: Facts) -> Found:
    if facts["state"] != "rectify":
        return {}
    found = {}
    kind, subject = str(facts.get("category") or ""), str(facts.get("subject") or "")
    with translation.override(settings.LANGUAGE_CODE):  # what is kept is in the house's language
        for item, what in _ordered(facts):
            found[item] = _carried(
                "hazards", facts, source="inspection",
                text=_("%(subject)s: %(what)s") % {"subject": subject, "what": what},
                category=_HAZARD_OF_KIND.get(kind) or _meant("hazards", what, "management"),
                responsible_body=subject, due_on=facts.get("due_on"),
            )  # fmt: skip
    return found


_HAZARD_OF_KIND: Final = {
    "fire_exits": "fire_exits",
    "ebike_charging": "ebike",
    "dangerous_goods": "dangerous_goods",
}


def _ordered(facts: Facts) -> Iterator[tuple[str, str]]:
    """(item, what is wrong) of the checklist and beside it."""
    lists = registry.get("inspections").by_name["checklist"].checklists
    assert lists
    for item, answer, note in lists.answered(facts.get("checklist")):
        if answer == "bad":
            wrong = _("Not in order: %(item)s") % {"item": item.title}
            yield f"checklist.{item.code}", _("; ").join(part for part in (note, wrong) if part)
    for n, row in _rows(facts, "items"):
        parts = (row.get("what"), row.get("demand"))
        yield f"item.{n}", _("; ").join(part for part in parts if part)


# An opinion raised in a meeting 意见 does not end in its minutes: a hazard is put right, anything else
# is answered like a visit. An old book may not say where the hazard is: then where they met.
def hazards_of_meeting(facts: Facts) -> Found:
    return {
        n: _carried(
            "hazards", facts, text=row["what"], place=row["where"] or _somewhere(facts),
            source="meeting", category=_meant("hazards", row["what"]),
            responsible_body=row["asked_of"],
        )
        for n, row in _rows(facts, "opinions")
        if row.get("about") == "hazard" and row["what"]
    }  # fmt: skip


def visits_of_meeting(facts: Facts) -> Found:
    return {
        n: _carried(
            "visits", facts, text=row["what"], place=row["where"] or _somewhere(facts),
            channel="meeting", category="suggestion",
        )
        for n, row in _rows(facts, "opinions")
        if row.get("about") != "hazard" and row["what"]
    }  # fmt: skip


# A licence that runs out 许可证到期 is looked at before it ends: an inspection of the place, chosen from
# the register, once for each day that a licence ends on.
def inspections_of_place(facts: Facts) -> Found:
    [watch] = registry.thing("places").watches
    last, found = watching.horizon(watch, clock.today()), {}
    for licence in facts.get("licences") or ():
        day = licence.get("valid_until")
        if not day or not clock.today() - watching.LONG_AGO < day <= last:
            continue
        with translation.override(settings.LANGUAGE_CODE):
            text = _("A licence of this place ends on %(day)s. No. %(number)s.") % {
                "day": day, "number": licence.get("number") or "—",
            }  # fmt: skip
        found[watching.item_of(licence["id"], day)] = Effect(
            "inspections",
            {
                "category": _known("inspections", inspected_as(str(facts["category"]))),
                "premises": facts["id"], "source": "task", "narrative": text,
            },
        )  # fmt: skip
    return found


def _somewhere(facts: Facts) -> str:
    """Where the cause was, or that nobody said it, in the language of the house."""
    with translation.override(settings.LANGUAGE_CODE):
        return str(facts.get("place") or _("place not said"))


# Who came with a matter of these ledgers is asked how it went, on the page behind the receipt.
ASKED_AFTERWARDS: Final = ("visits", "incidents", "disputes", "hazards")


RAISED: Final = ("hold", "raise_opinion", "correct")

REACTIONS: Final = (
    Reaction("incident_dispute", "incidents", ("record", "correct"), dispute_of_incident),
    Reaction(
        "patrol_hazard", "patrols", ("record", "find", "finish", "correct"), hazards_of_patrol
    ),
    Reaction(
        "patrol_incident", "patrols", ("record", "find", "finish", "correct"), incidents_of_patrol
    ),
    Reaction("inspection_hazard", "inspections", ("order", "correct"), hazards_of_inspection),
    Reaction("place_licence", "places", ("remind",), inspections_of_place),
    Reaction("meeting_hazard", "meetings", RAISED, hazards_of_meeting),
    Reaction("meeting_service", "meetings", RAISED, visits_of_meeting),
)


def _carried(
    ledger: str,
    facts: Facts,
    *,
    category: str,
    text: str | None = None,
    place: str | None = None,
    **rest: Any,
) -> Effect:
    """A matter in `ledger`: the cause's text in short, its place and point, and where it came from."""
    said = facts.get("narrative") if text is None else text
    own_place = place and place != facts.get("place")
    data = {
        "category": _known(ledger, category),
        "narrative": str(said or "").strip()[:SHORT],
        "place": place or facts.get("place") or "",
        "point": None if own_place else facts.get("point"),
        **rest,
    }
    return Effect(ledger, {name: value for name, value in data.items() if value not in (None, "")})


def _rows(facts: Facts, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The rows of a field by their place in it, from 1."""
    for n, row in enumerate(facts.get(name) or (), 1):
        yield str(n), row


def _known(ledger: str, category: str) -> str:
    """The category, if that ledger's tree has it (a city may have its own); else its "other", else
    the last it has."""
    tree = registry.get(ledger).categories if registry.is_there(ledger) else None
    codes = [node.code for node in tree.walk()] if tree else []
    if not codes or category in codes:
        return category
    return "other" if "other" in codes else codes[-1]


def _meant(ledger: str, text: str, otherwise: str = "other") -> str:
    """The category whose name stands in the text, the longest name first; an officer corrects it."""
    tree = registry.get(ledger).categories if registry.is_there(ledger) else None
    named = [
        (len(word), node.code)
        for node in (tree.walk() if tree else ())
        for word in (node.zh, *node.words)
        if len(word) > 1 and word in text
    ]
    return max(named)[1] if named else otherwise
