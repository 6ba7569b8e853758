"""What is done with designs: drafted, changed, published, retired. Every change is a chained step of
the unit that owns the ledger."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any
from uuid import UUID

import orjson
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from linli.access.actor import Actor
from linli.ground import clock
from linli.ground.ids import new_id
from linli.ground.words import pinyin
from linli.history import chain
from linli.ledger.custom import published_designs
from linli.ledger.custom.compiling import compiled
from linli.ledger.custom.definition import Problem, check
from linli.ledger.custom.models import LedgerDesign
from linli.ledger.declaration import registry
from linli.ledger.declaration.checked_declarations import require_sound
from linli.org import tree
from linli.org.models import Unit

LONGEST_CODE = 40
MOST_BYTES = 2_000_000


class UnfinishedError(Exception):
    """A draft that cannot be published; `problems` say why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(str(problem.message) for problem in problems))
        self.problems = problems


def units_of(actor: Actor) -> list[Unit]:
    """The units an actor designs ledgers for: those of the posts, and the rooms of a station."""
    posts = actor.holders("design")
    ids = {post.unit for post in posts}.union(*(post.rooms for post in posts))
    return sorted(
        Unit.objects.filter(pk__in=ids, until=None), key=lambda unit: (len(unit.code), unit.code)
    )


def visible(actor: Actor) -> QuerySet[LedgerDesign]:
    """The designs of the units an actor designs for, and those of the stations above them."""
    if actor.kind == "system":
        return LedgerDesign.objects.all()
    posts = actor.holders("design")
    units = {post.unit for post in posts}.union(*(post.rooms for post in posts))
    return LedgerDesign.objects.filter(unit__in=units)


def may_change(actor: Actor, unit: UUID) -> bool:
    if actor.kind == "system":
        return True
    return any(unit == post.unit or unit in post.rooms for post in actor.holders("design"))


def _require(actor: Actor, unit: UUID) -> None:
    if not may_change(actor, unit):
        raise PermissionDenied("design")


def free_base(wanted: str) -> str:
    """A code as it would be written, whether it is taken or not."""
    return re.sub(r"[^a-z0-9_]+", "_", wanted.lower()).strip("_")[: LONGEST_CODE - 5].strip("_")


def free_code(wanted: str, title: str) -> str:
    """A code no ledger has yet: as wanted, by the pinyin of the title, or with a number."""
    bare = free_base(wanted) or free_base(pinyin(title)) or "own"
    taken = set(LedgerDesign.objects.filter(code__startswith=bare).values_list("code", flat=True))
    code, number = bare, 1
    while code in taken or registry.is_built_in(code):
        number += 1
        code = f"{bare}_{number}"
    return code


def free_letters(title: Mapping[str, str], unit: UUID) -> dict[str, str]:
    """Letters for serial numbers: the first character of the title that no ledger here uses."""
    taken = letters_in_use(unit)
    zh = [sign for sign in title.get("zh", "") if 0x4E00 <= ord(sign) <= 0x9FFF]
    pairs = [a + b for a, b in pairwise(zh)]
    initials = [word[0] for word in re.findall(r"[a-z]+", pinyin(title.get("zh", "")).lower())]
    words = re.findall(r"[a-z]+", title.get("en", "").lower()) or initials
    en = ["".join(word[0] for word in words[:2]), *(word[:2] for word in words)]
    en += [a + b for a in "xyzuvw" for b in "abcdefghijklmnopqrstuvwxyz"]
    first_zh = next((one for one in (*zh, *pairs) if one not in taken), "")
    first_en = next(one.upper() for one in en if one and one.upper() not in taken)
    return {"zh": first_zh or first_en, "en": first_en}


def letters_in_use(unit: UUID, but: str = "") -> set[str]:
    """The letters of built-in ledgers, and of own ones that meet in a room of this unit."""
    taken: set[str] = set()
    near = {one.pk for one in tree.path(unit)} | set(tree.rooms_under(unit))
    own = set(LedgerDesign.objects.filter(unit__in=near).values_list("code", flat=True)) - {but}
    for ledger in registry.all_ledgers():
        if not ledger.designed or ledger.code in own:
            for language in ("zh-hans", "en"):
                with translation.override(language):
                    taken.add(str(ledger.letter).upper())
    return taken


@transaction.atomic
def begin(*, by: Actor, unit: Unit, definition: Mapping[str, Any], code: str = "") -> LedgerDesign:
    """A first draft of a new ledger. Raises PermissionDenied, ValidationError (too large)."""
    _require(by, unit.pk)
    title = definition["title"]
    row = _row(
        by, unit.pk, free_code(code, title.get("zh") or title.get("en") or ""), 1, definition
    )
    _insert(row)
    _note(row, "design.begin", by, _mark(row))
    return row


@transaction.atomic
def next_version(
    *, by: Actor, code: str, definition: Mapping[str, Any] | None = None
) -> LedgerDesign:
    """A draft of the next version: of the newest one, or of what is given. The draft that there
    is already is gone on with. Raises LedgerDesign.DoesNotExist, PermissionDenied."""
    newest = LedgerDesign.objects.filter(code=code).order_by("-version")[:1].get()
    _require(by, newest.unit)
    if newest.state == LedgerDesign.DRAFT:
        return change(by=by, draft=newest, definition=definition) if definition else newest
    row = _row(by, newest.unit, code, newest.version + 1, definition or newest.definition)
    row.definition["letter"] = newest.definition["letter"]
    _insert(row)
    _note(row, "design.begin", by, _mark(row))
    return row


def take_over(*, by: Actor, unit: Unit, definition: Mapping[str, Any], code: str) -> LedgerDesign:
    """The draft of what a workbook says: of a new ledger, or of the next version of the one that
    this unit has by that code. Settings that no workbook tells stay as they were."""
    before = newest_of(unit, code)
    if before is None:
        return begin(by=by, unit=unit, definition=definition, code=code)
    kept = {name: before.definition[name] for name in (*KEPT_SETTINGS, "letter")}
    return next_version(by=by, code=before.code, definition={**definition, **kept})


# What no workbook tells and the next version therefore keeps.
KEPT_SETTINGS = ("follow_up", "days", "keep", "roles")


def newest_of(unit: Unit, code: str) -> LedgerDesign | None:
    """The newest version of the ledger that a unit has by this code."""
    own = LedgerDesign.objects.filter(unit=unit.pk, code=free_base(code))
    return own.order_by("-version").first()


@transaction.atomic
def change(*, by: Actor, draft: LedgerDesign, definition: Mapping[str, Any]) -> LedgerDesign:
    """Save a draft as it stands. Raises PermissionDenied, ValidationError where it is none."""
    _require(by, draft.unit)
    kept = _small(definition)
    if draft.version > 1:
        kept["letter"] = draft.definition["letter"]
    touched = LedgerDesign.objects.filter(id=draft.id, state=LedgerDesign.DRAFT).update(
        definition=kept, **_titles(kept), changed_at=clock.now()
    )
    if not touched:
        raise ValidationError(_("This version is published and stays as it is."), code="published")
    fresh = LedgerDesign.objects.get(id=draft.id)
    _note(fresh, "design.change", by, _mark(fresh))
    return fresh


@transaction.atomic
def publish(*, by: Actor, draft: LedgerDesign) -> LedgerDesign:
    """From now on this version is what new entries are made with; older ones keep theirs.

    Raises UnfinishedError with everything that is wrong, PermissionDenied, ValidationError.
    """
    _require(by, draft.unit)
    definition = dict(draft.definition)
    title = definition["title"]
    if draft.version == 1:
        given = {n: str(t).strip().upper() for n, t in definition.get("letter", {}).items() if t}
        definition["letter"] = {**free_letters(title, draft.unit), **given}
    checked = check(definition)
    problems = [*checked.problems, *_letter_problems(checked.definition, draft)]
    if not problems:
        require_sound(compiled(checked.definition, code=draft.code, version=draft.version))
    if problems:
        raise UnfinishedError(problems)
    now = clock.now()
    touched = LedgerDesign.objects.filter(id=draft.id, state=LedgerDesign.DRAFT).update(
        definition=checked.definition, state=LedgerDesign.PUBLISHED, published_at=now,
        changed_at=now, **_titles(checked.definition),
    )  # fmt: skip
    if not touched:
        raise ValidationError(_("This version is published already."), code="published")
    # A retired ledger is taken up again by publishing a further version of it.
    LedgerDesign.objects.filter(code=draft.code, state=LedgerDesign.RETIRED).update(
        state=LedgerDesign.PUBLISHED
    )
    fresh = LedgerDesign.objects.get(id=draft.id)
    _note(fresh, "design.publish", by, {"definition": fresh.definition})
    _changed()
    return fresh


def _letter_problems(definition: Mapping[str, Any], draft: LedgerDesign) -> list[Problem]:
    taken = letters_in_use(draft.unit, but=draft.code)
    return [
        Problem(
            _("Another ledger's numbers begin with %(letter)s; choose other letters.")
            % {"letter": letter},
            part="letter",
        )
        for letter in sorted({str(one).upper() for one in definition["letter"].values()} & taken)
    ]


@transaction.atomic
def retire(*, by: Actor, code: str, reason: str) -> None:
    """No new entries any more; those there are stay readable and are handled to their end."""
    rows = LedgerDesign.objects.filter(code=code, state=LedgerDesign.PUBLISHED)
    newest = rows.order_by("-version").first()
    if newest is None:
        raise LedgerDesign.DoesNotExist
    _require(by, newest.unit)
    if not reason.strip():
        raise ValidationError({"reason": ValidationError(_("Give the reason."), code="required")})
    rows.update(state=LedgerDesign.RETIRED, changed_at=clock.now())
    _note(newest, "design.retire", by, {"reason": reason.strip()})
    _changed()


@transaction.atomic
def drop(*, by: Actor, draft: LedgerDesign) -> None:
    """Throw a draft away; what was published stays."""
    _require(by, draft.unit)
    gone, _rows = LedgerDesign.objects.filter(id=draft.id, state=LedgerDesign.DRAFT).delete()
    if not gone:
        raise ValidationError(_("This version is published and stays as it is."), code="published")
    _note(draft, "design.drop", by, {})


def same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two definitions make the same ledger (letters aside, which only the first gives)."""
    leave = {"letter", "remarks"}
    return _canonical(one, leave) == _canonical(other, leave)


def _canonical(definition: Mapping[str, Any], leave: Iterable[str]) -> bytes:
    kept = {name: part for name, part in definition.items() if name not in leave}
    return orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)


def _small(definition: Mapping[str, Any]) -> dict[str, Any]:
    text = orjson.dumps(dict(definition))
    if len(text) > MOST_BYTES:
        raise ValidationError(_("The form is too large; divide it into two ledgers."), code="large")
    kept: dict[str, Any] = orjson.loads(text)
    return kept


def _titles(definition: Mapping[str, Any]) -> dict[str, str]:
    title = definition["title"]
    zh, en = (str(title.get(name) or "")[:80] for name in ("zh", "en"))
    return {"title_zh": zh or en, "title_en": en}


def _row(
    by: Actor, unit: UUID, code: str, version: int, definition: Mapping[str, Any]
) -> LedgerDesign:
    now = clock.now()
    return LedgerDesign(
        id=new_id(), district=tree.district_of(unit), unit=unit, code=code, version=version,
        definition=_small(definition), state=LedgerDesign.DRAFT, made_by=by.id,
        made_by_name=by.name[:80], made_at=now, changed_at=now, **_titles(definition),
    )  # fmt: skip


def _insert(row: LedgerDesign) -> None:
    try:
        with transaction.atomic():
            LedgerDesign.objects.bulk_create([row])
    except IntegrityError:
        raise ValidationError(
            _("Somebody else has just begun a version of this ledger. Load the page again."),
            code="twice",
        ) from None


def _note(row: LedgerDesign, action: str, by: Actor, body: Mapping[str, Any]) -> None:
    chain.note_change(
        district=row.district, room=row.unit, subject=row.id, action=action, actor_id=by.id,
        actor_name=by.name, body={"code": row.code, "version": row.version, **body},
    )  # fmt: skip


def _changed() -> None:
    """This process sees it at once, and once more after the commit."""
    published_designs.forget()
    transaction.on_commit(published_designs.forget)


def _mark(row: LedgerDesign) -> dict[str, str]:
    """Which state of a draft a step is about, without all of it; publishing keeps the whole."""
    return {"sha256": hashlib.sha256(_canonical(row.definition, ())).hexdigest()}
