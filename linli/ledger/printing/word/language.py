"""The language of Word templates: a small part of Jinja's, and what is wrong with a template.

Allowed are `{{ field }}`, `{% for one in table %}`, `{% if %}` with comparisons, `length` and `fill`; no
calls, no calculations, nothing of Python's: a template can neither reach anything nor run for long.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from jinja2 import StrictUndefined, nodes
from jinja2.sandbox import SandboxedEnvironment

from linli.ledger.printing.word.fields import Group, Shape, Table, Word

_LOOP: Final = Group({name: Word(name) for name in ("index", "first", "last", "length")})
_NESTED: Final = 2  # a table inside a table, no deeper: what is printed stays in proportion


@dataclass(frozen=True)
class Fault:
    """What a template may not say: `kind` is unknown, table, group or not_allowed; `line` the one of
    the source."""

    kind: str
    said: str
    line: int


def environment() -> SandboxedEnvironment:
    """Jinja with nothing in it but what the templates need."""
    made = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    made.filters = {"length": len, "fill": _fill}
    made.tests = {}
    made.globals = {}
    return made


def _fill(text: str, **values: Any) -> str:
    """A sentence with {places} in it, and what goes there."""
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


class Judge:
    """Walks through a template: `faults` is what is wrong, `opens` whether it shows people open."""

    def __init__(self, shape: Group) -> None:
        self.shape = shape
        self.faults: list[Fault] = []
        self.opens = False

    def judge(self, tree: nodes.Template) -> None:
        self._body(tree.body, dict(self.shape.parts), 0)

    def _fault(self, kind: str, node: nodes.Node, said: str = "") -> None:
        self.faults.append(Fault(kind, said or path_of(node), node.lineno))

    def _body(self, body: list[nodes.Node], scope: Mapping[str, Shape], depth: int) -> None:
        for node in body:
            self._statement(node, scope, depth)

    def _statement(self, node: nodes.Node, scope: Mapping[str, Shape], depth: int) -> None:
        match node:
            case nodes.Output():
                for part in node.nodes:
                    if not isinstance(part, nodes.TemplateData):
                        self._written(part, scope)
            case nodes.If():
                self._value(cast(nodes.Expr, node.test), scope)
                self._body(node.body, scope, depth)
                self._body([*node.elif_], scope, depth)
                self._body(node.else_, scope, depth)
            case nodes.For():
                self._loop(node, scope, depth)
            case _:
                self._fault("not_allowed", node, type(node).__name__.lower())

    def _loop(self, node: nodes.For, scope: Mapping[str, Shape], depth: int) -> None:
        simple = isinstance(node.target, nodes.Name) and not node.recursive and node.test is None
        if not simple or depth >= _NESTED:
            self._fault("not_allowed", node, "for")
            return
        table = self._value(cast(nodes.Expr, node.iter), scope)
        if table is None:
            return
        if not isinstance(table, Table):
            self._fault("no_table", node.iter)
            return
        name = node.target.name  # type: ignore[attr-defined]
        self._body(node.body, {**scope, name: table.row, "loop": _LOOP}, depth + 1)
        self._body(node.else_, scope, depth)

    def _written(self, node: nodes.Expr, scope: Mapping[str, Shape]) -> None:
        match self._value(node, scope):
            case Table():
                self._fault("table", node)
            case Group():
                self._fault("group", node)

    def _value(self, node: nodes.Expr, scope: Mapping[str, Shape]) -> Shape | None:
        """The shape of an expression; None where it is wrong, which has been noted."""
        match node:
            case nodes.Name():
                return self._known(node, scope.get(node.name))
            case nodes.Getattr():
                return self._part(node, node.node, node.attr, scope)
            case nodes.Getitem(arg=nodes.Const(value=str() as name)):
                return self._part(node, node.node, name, scope)
            case nodes.Const():
                return Word("")
            case nodes.Filter(name="length") if node.node is not None and not node.args:
                return Word("") if self._value(node.node, scope) else None
            case nodes.Filter(name="fill") if node.node is not None and not node.args:
                for given in (node.node, *(keyword.value for keyword in node.kwargs)):
                    self._written(given, scope)
                return Word("")
            case nodes.Compare() | nodes.And() | nodes.Or() | nodes.Not() | nodes.CondExpr():
                for part in node.iter_child_nodes():
                    self._value(part.expr if isinstance(part, nodes.Operand) else part, scope)  # type: ignore[arg-type]
                return Word("")
            case nodes.List() | nodes.Tuple():
                for part in node.items:
                    self._value(part, scope)
                return Word("")
        self._fault("not_allowed", node, type(node).__name__.lower())
        return None

    def _part(
        self, node: nodes.Expr, above: nodes.Expr, name: str, scope: Mapping[str, Shape]
    ) -> Shape | None:
        held = self._value(above, scope)
        if held is None:
            return None
        if isinstance(held, Table):
            self._fault("table", above)
            return None
        return self._known(node, held.parts.get(name) if isinstance(held, Group) else None)

    def _known(self, node: nodes.Expr, found: Shape | None) -> Shape | None:
        if found is None:
            self._fault("unknown", node)
        elif isinstance(found, Word) and found.opens:
            self.opens = True
        return found


def path_of(node: nodes.Node) -> str:
    """An expression as it was written: "facts.place"."""
    match node:
        case nodes.Name():
            return str(node.name)
        case nodes.Getattr():
            return f"{path_of(node.node)}.{node.attr}"
        case nodes.Getitem(arg=nodes.Const(value=str() as name)):
            return f"{path_of(node.node)}.{name}"
    return type(node).__name__.lower()
