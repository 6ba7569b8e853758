"""Who may do what: THE one readable table.

A posting gives a role at a unit; the role holds there and in the units below. A permission is held
for ALL ledgers or for the ledgers named. What is not listed is not allowed. Where somebody may act
is not decided here but by the posting (`actor.py`); what a query gives, by `policy.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PERMISSIONS: Final[Mapping[str, Promise]] = {
    "read": _("see entries, personal values masked"),
    "record": _("record a matter"),
    "handle": _("work on open matters"),
    "close": _("close a matter"),
    "correct": _("correct an entry"),
    "void": _("void a mistaken entry"),
    "hand_over": _("hand a matter over"),
    "assign": _("say who is responsible"),
    "reveal": _("unmask a personal value, with a purpose"),
    "lookup": _("look a person up, with a purpose"),
    "search": _("search the text of entries"),
    "import": _("import a file"),
    "export": _("export a list"),
    "print": _("print book pages"),
    "sign_log": _("sign off the own work log"),
    "ask": _("ask the reporter a question"),
    "answer": _("answer a question with the receipt code"),
    "figures": _("see figures and charts"),
    "design": _("design own ledgers"),
    "hold": _("hold an entry back from erasure, and release it"),
    "retention": _("see what is kept for how long, and what was erased"),
    "audit": _("see reads and changes"),
    "administer": _("units, accounts, settings"),
}

# Any ledger, also one that a community will make itself.
ALL: Final[frozenset[str]] = frozenset({"*"})

INCIDENTS, VISITS, WORKLOGS = "incidents", "visits", "worklogs"
CASES, SURVEYS, CARE = "cases", "surveys", "care_visits"


@dataclass(frozen=True, slots=True)
class Role:
    """A role: its title and, for each permission it holds, the ledgers it holds it for."""

    title: Promise
    may: Mapping[str, frozenset[str]]
    # What the role must never get, in words, for the page that shows this table.
    may_not: Promise | str = ""
    # Ledgers that ALL does not mean for this role: what residents answered to surveys is read by
    # nobody, only its figures are shown.
    never: frozenset[str] = frozenset({SURVEYS})

    def allows(self, permission: str, ledger: str | None = None) -> bool:
        """Whether the role holds `permission` for `ledger` (None: for any ledger at all)."""
        ledgers = self.may.get(permission)
        if ledgers is ALL:
            return ledger not in self.never
        return ledgers is not None and (ledger is None or ledger in ledgers)


def _all(*permissions: str) -> dict[str, frozenset[str]]:
    return dict.fromkeys(permissions, ALL)


def _only(ledgers: set[str], *permissions: str) -> dict[str, frozenset[str]]:
    return dict.fromkeys(permissions, frozenset(ledgers))


_AUXILIARY = ("read", "record", "handle", "hand_over", "search", "sign_log", "ask")
_OFFICER = (
    *_AUXILIARY,
    "close",
    "correct",
    "void",
    "reveal",
    "lookup",
    "import",
    "export",
    "print",
)

ROLES: Final[Mapping[str, Role]] = {
    "officer": Role(_("Community police officer"), _all(*_OFFICER), _("other rooms' people")),
    "auxiliary": Role(
        _("Auxiliary"),
        _all(*_AUXILIARY),
        _("reveal, close, correct, approve, export; public-order cases"),
        frozenset({CASES, SURVEYS}),
    ),
    "clerk": Role(
        _("Clerk or permit assistant"),
        {
            **_only({VISITS}, "record", "handle", "close", "correct", "hand_over", "ask"),
            # Not the logs of the room: they tell of incidents. The own log needs sign_log alone.
            **_only({VISITS}, "read", "reveal", "lookup", "search", "print"),
            **_only({WORKLOGS}, "sign_log"),
        },
        _("incidents, cases, disputes"),
    ),
    "head": Role(_("Head of the room"), _all(*_OFFICER, "assign", "design")),
    "chief": Role(
        _("Chief of the station"),
        _all(*_OFFICER, "assign", "figures", "design", "hold"),
        _("change history"),
    ),
    # A branch desk unmasks values only inside a matter of its business; those ledgers are not
    # there yet, so it reads masked.
    "branch": Role(
        _("Business desk of the branch"),
        _all("read", "search", "print", "figures"),
        _("reveal outside a matter; the care visits of rooms"),
        frozenset({CARE, SURVEYS}),
    ),
    "analyst": Role(_("Analyst"), _all("figures"), _("any personal data")),
    "auditor": Role(_("Auditor"), _all("audit", "retention"), _("business data; write anything")),
    "administrator": Role(
        _("Administrator"),
        _all("administer", "retention"),
        _("personal data, business data, the audit log"),
    ),
    # Not a posting: somebody who reports a matter on the public page, or follows it by its code.
    "resident": Role(_("Resident"), _all("record", "answer"), _("other people's matters")),
}

# Who can unmask people, run the installation or read the audit log signs in with a second factor.
SECOND_FACTOR: Final[frozenset[str]] = frozenset(
    code
    for code, role in ROLES.items()
    if any(permission in role.may for permission in ("reveal", "administer", "audit"))
)


def table() -> list[tuple[str, list[str]]]:
    """The table as rows for a page or for docs: permission, then one cell per role of `ROLES`.

    A cell is "" (not held), "*" (all ledgers but those that `may_not` names) or the ledgers' codes
    with commas between them.
    """
    return [
        (permission, [", ".join(sorted(role.may.get(permission, ()))) for role in ROLES.values()])
        for permission in PERMISSIONS
    ]
