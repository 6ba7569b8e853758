"""From what was written in a workbook or a field to a tree. Whatever is not offered is refused with
what to write instead."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext_lazy as _

from linli.ledger.declaration.expressions.patterns import RefusedPatternError, compile_pattern

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as Text

Tree = str | float | list[Any]

MOST_SIGNS: Final = 4000
MOST_PARTS: Final = 1500
DEEPEST: Final = 40

# How many parts each function takes.
FUNCTIONS: Final[Mapping[str, int]] = {
    "not": 1,
    "selected": 2,
    "count-selected": 1,
    "today": 0,
    "now": 0,
    "string-length": 1,
    "regex": 2,
    "if": 3,
}

_INSTEAD: Final[Mapping[str, Text]] = {
    "coalesce": _("write if(${a} != '', ${a}, ${b})"),
    "once": _("leave it away: what was entered stays"),
    "true": _("write 1 = 1"),
    "false": _("write 1 = 0"),
    "boolean": _("write the condition alone"),
    "number": _("leave it away: texts that are numbers count as numbers"),
    "int": _("use a field of type integer"),
    "string": _("leave it away"),
    "date": _("leave it away: dates compare as dates"),
    "date-time": _("leave it away: dates compare as dates"),
    "decimal-date-time": _("leave it away: dates compare as dates"),
    "format-date": _("leave it away: dates are shown in the form of the ledger"),
    "concat": _("keep the parts in fields of their own"),
    "contains": _("write regex(${a}, '.*word.*')"),
    "starts-with": _("write regex(${a}, 'word.*')"),
    "ends-with": _("write regex(${a}, '.*word')"),
    "jr:choice-name": _("leave it away: choices are shown by their titles"),
    "selected-at": _("write selected(${a}, 'code')"),
    "count": _("ask for the number in a field of its own"),
    "sum": _("write ${a} + ${b}"),
    "round": _("leave it away: six places are kept"),
    "pulldata": _("put the choices into the workbook"),
    "position": _("leave it away: rows are numbered"),
}
_SIGNS_INSTEAD: Final[Mapping[str, str]] = {
    "==": "=", "<>": "!=", "&&": "and", "||": "or", "≤": "<=", "≥": ">=", "≠": "!=", "×": "*",
    "÷": "div", "（": "(", "）": ")", "，": ",", "“": "'", "”": "'", "‘": "'", "’": "'",
    "＝": "=", "＞": ">", "＜": "<", "!": "not( )", "%": "mod",
}  # fmt: skip

_TOKEN: Final = re.compile(
    r"""\s*(?:
      (?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)
    | (?P<string>"[^"]*"|'[^']*')
    | \$\{\s*(?P<name>[^\W\d]\w*)\s*\}
    | (?P<word>[A-Za-z][\w:-]*)
    | (?P<wrong>==|<>|&&|\|\||\.\.)
    | (?P<sign>!=|<=|>=|[=<>+\-*(),.])
    )""",
    re.VERBOSE,
)


class RefusedExpressionError(ValueError):
    """The expression uses what is not offered. `at` is where in it, counted from 1."""

    def __init__(self, message: Text, at: int = 1) -> None:
        super().__init__(message)
        self.message, self.at = message, at


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def read(text: str) -> Tree:
    """The tree of an expression. Raises RefusedExpressionError, which says what to write instead."""
    if len(text) > MOST_SIGNS:
        raise RefusedExpressionError(
            _("This expression is too long; put parts of it into fields of type calculate.")
        )
    reader = _Reader(list(_tokens(text)))
    tree = reader.either(0)
    if reader.token.kind != "end":
        raise reader.unexpected()
    return tree


def names_in(tree: Any) -> set[str]:
    """The fields an expression refers to by name."""
    found: set[str] = set()
    stack = [tree]
    while stack:
        one = stack.pop()
        if isinstance(one, list) and one:
            if one[0] == "$":
                found.add(one[1])
            else:  # the program of a pattern is no part of the tree
                stack.extend(one[1:2] if one[0] == "regex" else one[1:])
    return found


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        kind = found.lastgroup if found else "wrong"
        if found is None or kind is None or kind == "wrong":
            raise _wrong_sign(text, at + len(text[at:]) - len(text[at:].lstrip()))
        yield _Token(kind, found[kind], found.start(kind) + 1)
        at = found.end()
    yield _Token("end", "", len(text) + 1)


def _wrong_sign(text: str, at: int) -> RefusedExpressionError:
    for sign, instead in _SIGNS_INSTEAD.items():
        if text.startswith(sign, at):
            return RefusedExpressionError(
                _("“%(sign)s” is not understood; write %(instead)s instead.")
                % {"sign": sign, "instead": instead},
                at + 1,
            )
    if text[at] in "/[]@|" or text.startswith("..", at):
        return RefusedExpressionError(
            _("Paths are not offered; refer to a field by ${its_name}."), at + 1
        )
    if text[at] in "$#{}":
        return RefusedExpressionError(_("Refer to a field by ${its_name}."), at + 1)
    if text[at] in "\"'":
        return RefusedExpressionError(
            _("A text in quotes has no end; close it by the same quote."), at + 1
        )
    return RefusedExpressionError(_("“%(sign)s” is not understood.") % {"sign": text[at]}, at + 1)


class _Reader:
    """Reads tokens by the precedence of XPath: or, and, = !=, < <= > >=, + -, * div mod, minus."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens, self.next, self.parts = tokens, 0, 0

    @property
    def token(self) -> _Token:
        return self.tokens[self.next]

    def take(self) -> _Token:
        token = self.token
        self.next += 1
        self.parts += 1
        if self.parts > MOST_PARTS:
            raise RefusedExpressionError(
                _("This expression is too long; put parts of it into fields of type calculate."),
                token.at,
            )
        return token

    def is_next(self, *texts: str) -> bool:
        return self.token.kind in ("sign", "word") and self.token.text in texts

    def expect(self, sign: str) -> None:
        if not self.is_next(sign):
            raise self.unexpected(sign)
        self.take()

    def unexpected(self, wanted: str = "") -> RefusedExpressionError:
        token = self.token
        if token.kind == "end":
            message = _("The expression breaks off; “%(sign)s” is missing.") % {
                "sign": wanted or "…"
            }
        elif wanted:
            message = _("“%(sign)s” is missing before “%(text)s”.") % {
                "sign": wanted, "text": token.text,
            }  # fmt: skip
        elif token.kind == "word":
            message = _(
                "“%(text)s” is not understood; write ${%(text)s} for a field, '%(text)s' for a text."
            ) % {"text": token.text}
        else:
            message = _("“%(text)s” does not fit here.") % {"text": token.text}
        return RefusedExpressionError(message, token.at)

    def deeper(self, depth: int) -> int:
        if depth >= DEEPEST:
            raise RefusedExpressionError(
                _(
                    "This expression is nested too deeply; put parts of it into fields of type calculate."
                ),
                self.token.at,
            )
        return depth + 1

    def either(self, depth: int) -> Tree:
        return self.many("or", depth)

    def many(self, word: str, depth: int) -> Tree:
        """A chain of `or` or of `and`, as one list however long it is."""
        depth = self.deeper(depth)
        parts = [self.many("and", depth) if word == "or" else self.compared(depth)]
        while self.is_next(word):
            self.take()
            parts.append(self.many("and", depth) if word == "or" else self.compared(depth))
        return parts[0] if len(parts) == 1 else [word, *parts]

    def compared(self, depth: int) -> Tree:
        left = self.ordered(depth)
        while self.is_next("=", "!="):
            left = [self.take().text, left, self.ordered(depth)]
            depth = self.deeper(depth)
        return left

    def ordered(self, depth: int) -> Tree:
        left = self.sums(depth)
        while self.is_next("<", "<=", ">", ">="):
            left = [self.take().text, left, self.sums(depth)]
            depth = self.deeper(depth)
        return left

    def sums(self, depth: int) -> Tree:
        left = self.products(depth)
        while self.is_next("+", "-"):
            left = [self.take().text, left, self.products(depth)]
            depth = self.deeper(depth)
        return left

    def products(self, depth: int) -> Tree:
        left = self.minus(depth)
        while self.is_next("*", "div", "mod"):
            left = [self.take().text, left, self.minus(depth)]
            depth = self.deeper(depth)
        return left

    def minus(self, depth: int) -> Tree:
        if self.is_next("-"):
            self.take()
            return ["neg", self.minus(self.deeper(depth))]
        return self.single(depth)

    def single(self, depth: int) -> Tree:
        token = self.token
        if token.kind == "number":
            number = float(self.take().text)
            return int(number) if number.is_integer() else number
        if token.kind == "string":
            return self.take().text[1:-1]
        if token.kind == "name":
            return ["$", self.take().text]
        if self.is_next("."):
            self.take()
            return ["."]
        if self.is_next("("):
            self.take()
            inside = self.either(depth)
            self.expect(")")
            return inside
        if token.kind == "word" and self.tokens[self.next + 1].text == "(":
            return self.called(depth)
        raise self.unexpected()

    def called(self, depth: int) -> Tree:
        word = self.take()
        if word.text not in FUNCTIONS:
            raise _no_function(word)
        self.expect("(")
        parts: list[Tree] = []
        while not self.is_next(")"):
            if parts:
                self.expect(",")
            parts.append(self.either(depth))
        self.take()
        if len(parts) != FUNCTIONS[word.text]:
            raise RefusedExpressionError(
                _("%(name)s() takes %(wanted)d values, not %(given)d.")
                % {"name": word.text, "wanted": FUNCTIONS[word.text], "given": len(parts)},
                word.at,
            )
        return self.pattern(word, parts) if word.text == "regex" else [word.text, *parts]

    @staticmethod
    def pattern(word: _Token, parts: list[Tree]) -> Tree:
        if not isinstance(parts[1], str):
            raise RefusedExpressionError(
                _("The pattern of regex() is a text in quotes: regex(., '[0-9]{11}')."), word.at
            )
        try:
            return ["regex", parts[0], compile_pattern(parts[1])]
        except RefusedPatternError as refused:
            raise RefusedExpressionError(refused.args[0], word.at) from None


def _no_function(word: _Token) -> RefusedExpressionError:
    instead = _INSTEAD.get(word.text)
    if instead:
        message = _("%(name)s() is not offered here; %(instead)s.") % {
            "name": word.text, "instead": instead,
        }  # fmt: skip
    else:
        message = _("%(name)s() is not offered here. There are: %(functions)s.") % {
            "name": word.text,
            "functions": ", ".join(f"{name}()" for name in FUNCTIONS),
        }
    return RefusedExpressionError(message, word.at)
