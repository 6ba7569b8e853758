"""`linli audit verify`: everything that verifies history, and its findings as lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from django.utils.translation import gettext as _

from linli.history import sealing_reads
from linli.history.models import Head
from linli.ledger import verify as verifying
from linli.operations.troubles import CouldNotError
from linli.org.models import Unit


def verify(codes: Iterable[str] = ()) -> Iterator[tuple[bool, str]]:
    """What is found in the chains of these rooms (none named: in all): (wrong, line).

    What was erased by rule is told too, and is not wrong.
    """
    rooms = _rooms(codes)
    names = dict(Unit.objects.values_list("id", "name"))
    for found in verifying.verify(rooms):
        where = names.get(found.room, str(found.room))
        yield found.wrong, f"{where}  {found.seq}  {found.code}  {found.message}"
    for unsound in sealing_reads.check(rooms):
        where = names.get(unsound.room, str(unsound.room))
        text = _("logged reads: %(what)s") % {"what": unsound.message}
        yield True, f"{where}  {unsound.seq}  reads  {text}"


def extent(codes: Iterable[str] = ()) -> tuple[int, int]:
    """(chains, steps) that a verification covers."""
    heads = Head.objects.all()
    rooms = _rooms(codes)
    if rooms is not None:
        heads = heads.filter(room__in=rooms)
    lengths = list(heads.values_list("seq", flat=True))
    return len(lengths), sum(lengths)


def _rooms(codes: Iterable[str]) -> list[UUID] | None:
    """The chains of units by their codes; None for all."""
    wanted = list(codes)
    if not wanted:
        return None
    found = list(Unit.objects.filter(code__in=wanted).values_list("code", "id"))
    if unknown := set(wanted) - {code for code, _id in found}:
        raise CouldNotError(_("There is no unit %(code)s.") % {"code": min(unknown)})
    return [id for _code, id in found]
