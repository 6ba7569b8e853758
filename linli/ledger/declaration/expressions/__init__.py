"""The named subset of XLSForm's expressions: conditions, constraints and calculations of a
community's own ledgers.

An expression is parsed once (`read`) to a tree of JSON and evaluated by `judge`, or in the browser
by `static/ledger/expressions.js`. One table of cases holds the two together
(tests/ledger/expressions.json). In a tree a string or a number stands for itself, and a list is an
operator with what it works on: `["<=", ["."], ["today"]]`.

Values are what they are in XLSForm: texts, numbers and yes/no. Nothing is the empty text; a day is
"2026-11-22"; what was chosen of several is their codes with blanks between them.
"""

from __future__ import annotations

from linli.ledger.declaration.expressions.judging import Scope, judge, truth
from linli.ledger.declaration.expressions.ordering import CircularError, in_order
from linli.ledger.declaration.expressions.reading import (
    RefusedExpressionError,
    Tree,
    names_in,
    read,
)

__all__ = [
    "CircularError",
    "RefusedExpressionError",
    "Scope",
    "Tree",
    "in_order",
    "judge",
    "names_in",
    "read",
    "truth",
]
