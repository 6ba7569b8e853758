"""Patterns for regex(): a safe part of regular expressions, made into a small program.

The program is run by walking all its threads at once (Thompson), so that no pattern and no text can
make it slow: neither `re` nor the browser's engine promises that. It is the same list of
instructions in Python and in JavaScript:

    [0]           the pattern fits
    [1, ranges]   one character within ranges: [low, high, low, high, ...]
    [2, x, y]     go on at x and at y
    [3, x]        go on at x
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

FITS, ONE, FORK, JUMP = 0, 1, 2, 3
MOST_STEPS: Final = 600
MOST_TEXT: Final = 500
MOST_PATTERN: Final = 200
_DEEPEST: Final = 12
_LAST: Final = 0x10FFFF

Ranges = tuple[tuple[int, int], ...]
Program = list[list[Any]]

_DIGIT: Final[Ranges] = ((48, 57),)
_WORD: Final[Ranges] = ((48, 57), (65, 90), (95, 95), (97, 122))
_BLANK: Final[Ranges] = ((9, 13), (32, 32))
_CLASSES: Final = {"d": _DIGIT, "w": _WORD, "s": _BLANK}
_SIGNS: Final = {"n": 10, "t": 9, "r": 13}


class RefusedPatternError(ValueError):
    """The pattern uses what is not offered; the message says what to write instead."""


def compile_pattern(pattern: str) -> Program:
    """The program of a pattern that has to fit the whole text. Raises RefusedPatternError."""
    if len(pattern) > MOST_PATTERN:
        raise RefusedPatternError(_("The pattern is too long; at most 200 characters."))
    body = pattern.removeprefix("^")
    if body.endswith("$") and not body.endswith("\\$"):
        body = body[:-1]
    reader = _Reader(body)
    program = reader.alternatives(0)
    if reader.at < len(body):
        raise RefusedPatternError(_("A bracket ) in the pattern has no beginning; write \\)."))
    return _absolute([*program, [FITS]])


def fits(program: Sequence[Sequence[Any]], text: str) -> bool:
    """Whether the whole text fits; a text of more than MOST_TEXT characters does not."""
    if len(text) > MOST_TEXT:
        return False
    threads = _follow(program, [0])
    for sign in text:
        code = ord(sign)
        threads = _follow(program, [at + 1 for at in threads if _takes(program[at], code)])
        if not threads:
            return False
    return any(program[at][0] == FITS for at in threads)


def _follow(program: Sequence[Sequence[Any]], starts: list[int]) -> list[int]:
    """The places that wait for a character, or fit, from these places on."""
    seen: set[int] = set()
    stack, waiting = starts[::-1], []
    while stack:
        at = stack.pop()
        if at in seen:
            continue
        seen.add(at)
        step = program[at]
        if step[0] in (FORK, JUMP):
            stack.extend(step[1:])
        else:
            waiting.append(at)
    return waiting


def _takes(step: Sequence[Any], code: int) -> bool:
    if step[0] != ONE:
        return False
    ranges = step[1]
    return any(ranges[i] <= code <= ranges[i + 1] for i in range(0, len(ranges), 2))


def _absolute(program: Program) -> Program:
    """Distances made places."""
    return [
        [step[0], *(at + far for far in step[1:])] if step[0] in (FORK, JUMP) else step
        for at, step in enumerate(program)
    ]


def _one(ranges: Ranges) -> Program:
    return [[ONE, [edge for pair in ranges for edge in pair]]]


def _others(ranges: Ranges) -> Ranges:
    """Every character that is not in the ranges."""
    found, after = [], 0
    for low, high in sorted(ranges):
        if low > after:
            found.append((after, low - 1))
        after = max(after, high + 1)
    if after <= _LAST:
        found.append((after, _LAST))
    return tuple(found)


class _Reader:
    """Reads a pattern from left to right and writes its program, with distances for places."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self) -> str:
        sign = self.peek()
        if not sign:
            raise RefusedPatternError(_("The pattern breaks off."))
        self.at += 1
        return sign

    def alternatives(self, depth: int) -> Program:
        if depth > _DEEPEST:
            raise RefusedPatternError(_("The brackets of the pattern are nested too deeply."))
        program = self.row(depth)
        if self.peek() == "|":
            self.at += 1
            rest = self.alternatives(depth)
            program = [
                [FORK, 1, len(program) + 2], *program, [JUMP, len(rest) + 1], *rest,
            ]  # fmt: skip
        return _within(program)

    def row(self, depth: int) -> Program:
        program: Program = []
        while self.peek() and self.peek() not in "|)":
            program += self.repeated(self.atom(depth))
            _within(program)
        return program

    def repeated(self, one: Program) -> Program:
        sign = self.peek()
        if sign not in ("*", "+", "?", "{"):
            return one
        if sign == "{":
            least, most = self.counts()
        else:
            self.at += 1
            least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
        if self.peek() in ("?", "+", "*"):
            raise RefusedPatternError(
                _("Two signs of repetition follow each other in the pattern; write one of them.")
            )
        if len(one) * ((most or least) + 1) > MOST_STEPS:
            raise RefusedPatternError(_("The pattern repeats too much; write smaller numbers."))
        if most is None:
            star = [[FORK, 1, len(one) + 2], *one, [JUMP, -len(one) - 1]]
            return one * least + star
        optional: Program = []
        for _nth in range(most - least):
            optional = [[FORK, 1, len(one) + len(optional) + 1], *one, *optional]
        return one * least + optional

    def counts(self) -> tuple[int, int | None]:
        end = self.text.find("}", self.at)
        inside = self.text[self.at + 1 : end].split(",") if end > 0 else []
        if not inside or len(inside) > 2 or not all(map(str.isascii, inside)):
            raise RefusedPatternError(_("Write a number of times as {3} or {2,5}."))
        if not inside[0].isdigit():
            raise RefusedPatternError(_("Write a number of times as {3} or {2,5}."))
        self.at = end + 1
        least = int(inside[0])
        if len(inside) == 1:
            return least, least
        if not inside[1]:
            return least, None
        if not inside[1].isdigit() or int(inside[1]) < least:
            raise RefusedPatternError(_("Write a number of times as {3} or {2,5}."))
        return least, int(inside[1])

    def atom(self, depth: int) -> Program:
        sign = self.take()
        if sign == "(":
            if self.text.startswith("?:", self.at):
                self.at += 2
            elif self.peek() == "?":
                raise RefusedPatternError(_("(?…) is not offered in a pattern; write plain ()."))
            program = self.alternatives(depth + 1)
            if self.peek() != ")":
                raise RefusedPatternError(_("A bracket ( in the pattern has no end; write \\(."))
            self.at += 1
            return program
        if sign == "[":
            return _one(self.within_brackets())
        if sign == ".":
            return _one(_others(((10, 10),)))
        if sign == "\\":
            return _one(self.escaped())
        if sign in "*+?{":
            raise RefusedPatternError(_("A sign of repetition in the pattern repeats nothing."))
        if sign in "^$":
            raise RefusedPatternError(
                _("^ and $ stand at the ends of a pattern only; write \\^ or \\$ for the sign.")
            )
        return _one(((ord(sign), ord(sign)),))

    def escaped(self) -> Ranges:
        sign = self.take()
        if sign.lower() in _CLASSES:
            ranges = _CLASSES[sign.lower()]
            return ranges if sign.islower() else _others(ranges)
        if sign == "u":
            digits = self.text[self.at : self.at + 4]
            self.at += 4
            try:
                return ((int(digits, 16), int(digits, 16)),)
            except ValueError:
                raise RefusedPatternError(_("Write a character as \\u4e00.")) from None
        if sign in _SIGNS:
            return ((_SIGNS[sign], _SIGNS[sign]),)
        if sign.isalnum():
            raise RefusedPatternError(
                _("\\%(sign)s is not offered in a pattern; write \\d, \\w, \\s or [a-z].")
                % {"sign": sign}
            )
        return ((ord(sign), ord(sign)),)

    def within_brackets(self) -> Ranges:
        negated = self.peek() == "^"
        self.at += negated
        found: list[tuple[int, int]] = []
        first = True
        while first or self.peek() != "]":
            first = False
            sign = self.take()
            low = self.escaped() if sign == "\\" else ((ord(sign), ord(sign)),)
            following = self.text[self.at + 1 : self.at + 2]
            if self.peek() == "-" and following not in ("]", "") and len(low) == 1:
                self.at += 1
                sign = self.take()
                high = self.escaped() if sign == "\\" else ((ord(sign), ord(sign)),)
                if len(high) != 1 or low[0][0] > high[0][1]:
                    raise RefusedPatternError(_("A range in […] of the pattern runs backwards."))
                found.append((low[0][0], high[0][1]))
            else:
                found += low
        self.at += 1
        return _others(tuple(found)) if negated else tuple(found)


def _within(program: Program) -> Program:
    if len(program) > MOST_STEPS:
        raise RefusedPatternError(_("The pattern is too long; at most 200 characters."))
    return program
