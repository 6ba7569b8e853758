"""What is printed at the end: where to look, and who can sign in with what."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from linli.access.roles import ROLES, SECOND_FACTOR
from linli.demo import home, told
from linli.design.moments import when_words
from linli.org.tree import names
from linli.publicsite import texts


def secret() -> str:
    """The secret of every second factor here."""
    return str(told.read("cast")["secret"])


def with_second_factor() -> set[str]:
    """The accounts whose role signs in with six digits."""
    return {account.username for account in told.accounts() if account.role in SECOND_FACTOR}


def everything(host: str, port: int, codes: Sequence[tuple[str, str]]) -> Iterator[str]:
    """The lines that end `linli demo`."""
    address = f"http://{host}:{port}/"
    made = home.made_at()
    yield ""
    if made is not None:
        yield _("Made %(when)s. All people in it are invented.") % {"when": when_words(made)}
        yield ""
    yield from table([_heads(), *_accounts()])
    yield ""
    user = told.accounts()[0].username
    yield _("Six digits for the second step: linli demo code %(user)s") % {"user": user}
    yield _("Or give the secret to an authenticator app: %(secret)s") % {"secret": secret()}
    yield _("A key for programs: linli token create --user %(user)s") % {"user": user}
    yield from _receipts(codes)
    yield ""
    room = told.read("cast")["main_room"]
    yield _("Page of a police room:  %(address)s") % {"address": f"{address}r/{room}/"}
    yield _("Sign in:                %(address)s   (Ctrl-C ends it)") % {"address": address}


def _heads() -> list[str]:
    return [_("Role"), _("Name"), _("Unit"), _("User name"), _("Password"), _("Second step")]


def _accounts() -> Iterator[list[str]]:
    from linli.org.models import Posting, Staff

    password, second = str(told.read("cast")["password"]), with_second_factor()
    units = dict(Posting.objects.filter(until=None).values_list("staff__username", "unit"))
    called = names(units.values())
    there = set(Staff.objects.filter(is_active=True).values_list("username", flat=True))
    for account in told.accounts():
        if account.username in there and account.username in units:
            yield [
                str(ROLES[account.role].title), account.name, called[units[account.username]],
                account.username, password, _("six digits") if account.username in second else "-",
            ]  # fmt: skip


def _receipts(codes: Sequence[tuple[str, str]]) -> Iterator[str]:
    if not codes:
        return
    yield ""
    yield _("Receipts of what residents reported online (shown this once):")
    kinds = texts.kinds()
    for kind, code in codes:
        yield f"  {code}  {kinds[kind].title}"


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns under each other; a Chinese character is two columns wide on a terminal."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
