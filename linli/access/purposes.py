"""Why somebody reads about a person: one of these, or the read does not happen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.ground import rules
from linli.ground.clock import today


@dataclass(frozen=True, slots=True)
class Purpose:
    """A purpose; `needs_matter`: with the number of an entry, `needs_words`: with a written reason."""

    code: str
    title: Promise
    needs_matter: bool = False
    needs_words: bool = False


PURPOSES: Final = (
    Purpose("matter", gettext_lazy("Handling a matter (its number)"), needs_matter=True),
    Purpose("permit", gettext_lazy("A registration or permit in hand")),
    Purpose("safety", gettext_lazy("Safety of somebody, or a missing person")),
    Purpose("visit", gettext_lazy("A statutory visit or aftercare")),
    Purpose("correction", gettext_lazy("Correcting data at the person's own request")),
    Purpose("supervision", gettext_lazy("Supervision by chief or auditor")),
    Purpose("other", gettext_lazy("Another reason, written down and reviewed"), needs_words=True),
)
_BY_CODE: Final = {purpose.code: purpose for purpose in PURPOSES}


def check_purpose(code: str, matter: str = "", words: str = "") -> Purpose:
    """The purpose of that code; ValidationError, per field, saying what is missing.

    `matter` is the number of an entry (also a new one, where the purpose is that matter itself).
    """
    purpose = _BY_CODE.get(code)
    if purpose is None:
        raise ValidationError({"purpose": _("Choose what you need it for.")}, code="purpose")
    if purpose.needs_matter and not matter.strip():
        raise ValidationError(
            {"matter": _("Give the number of the matter you are handling.")}, code="matter"
        )
    shortest = rules.on(today()).int("break_glass.reason_length")
    if purpose.needs_words and len(words.strip()) < shortest:
        raise ValidationError(
            {
                "words": _("Write the reason in at least %(count)d characters.")
                % {"count": shortest}
            },
            code="words",
        )
    return purpose
