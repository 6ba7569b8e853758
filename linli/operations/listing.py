"""`linli ledgers list`: what each ledger declares, for those who install or extend Linli."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from types import ModuleType

from django.utils.translation import gettext as _

from linli.ledger.declaration import registry
from linli.ledger.declaration.ledger import Ledger


def ledgers() -> Iterator[str]:
    """The lines to print."""
    for ledger in registry.all_ledgers():
        yield f"{ledger.code}  {ledger.title}  (v{ledger.version}, {ledger.letter})"
        yield _("  states:   %(list)s") % {
            "list": ", ".join(f"{state.name} {state.title}" for state in ledger.states)
        }
        yield _("  fields:   %(list)s") % {
            "list": ", ".join(f"{field.name} {field.title}" for field in ledger.fields)
        }
        for action in ledger.all_actions.values():
            path = f"{'|'.join(action.from_states) or '-'} -> {action.to or '='}"
            yield f"  {action.name:12} {action.title}  [{action.needs}]  {path}"
        if ledger.designed:
            yield _("  designed in the browser or from a workbook")
        else:
            yield _("  declared in %(lines)d lines of %(module)s") % _size(ledger)
        yield ""


def fields(code: str) -> Iterator[str]:
    """What the Word templates of a ledger may ask for, paper by paper (docs/printing.md)."""
    from linli.ledger.printing.word import fields as known
    from linli.ledger.printing.word import template_in_use

    try:
        ledger = registry.get(code)
    except registry.UnknownLedger:
        there = ", ".join(one.code for one in registry.all_ledgers())
        yield _("There is no such ledger; there are: %s.") % there
        return
    for name, title in template_in_use.papers_of(ledger):
        yield f"{name}  {title}"
        for path, what, opens in known.listed(template_in_use.shape_for(ledger, name)):
            yield f"  {path:36} {what}{'  *' if opens else ''}"
        yield ""
    yield _("* behind the mask: who saves the file says what for")


def _size(ledger: Ledger) -> dict[str, object]:
    """Where a ledger is declared, and how long that file is."""
    module = _module_of(ledger)
    if module is None:
        return {"lines": 0, "module": "?"}
    return {"lines": len(inspect.getsource(module).splitlines()), "module": module.__name__}


def _module_of(ledger: Ledger) -> ModuleType | None:
    for name, module in list(sys.modules.items()):
        of_ours = name.startswith("linli.") and name.endswith(".ledger")
        if of_ours and any(value is ledger for value in vars(module).values()):
            return module
    return None
