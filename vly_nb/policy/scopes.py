"""Scopes: which declaration a name means at a place, and what may have been assigned to it.

No types: a declaration is where the name is bound, with the expression it starts from
where there is one. Enough to follow `const q = ctx.db.query("tasks"); q = q.filter(…)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from ast_grep_py import SgNode

Nodes = Callable[..., list[SgNode]]
"""All nodes of the kinds named, in a file: `Source.nodes`."""

_FUNCTIONS = {
    "function_declaration",
    "function_expression",
    "generator_function",
    "generator_function_declaration",
    "arrow_function",
    "method_definition",
}
_BLOCKS = {*_FUNCTIONS, "program", "statement_block", "switch_body", "for_statement", "for_in_statement"}
_MOST = 500  # declarations of one name; with more, nobody wrote this and nothing is told about it
_NAMED = ("function_declaration", "generator_function_declaration", "class_declaration", "enum_declaration")


@dataclass
class Binding:
    """A declared name: how, over which part of the text (offsets), and what it may hold.

    `kind` is "variable", "parameter", "import" or "other". `value` is the initialiser; for a
    destructured name `key` says which property of it (or of the parameter) it is, "[2]" which item.
    `assigned` are the right sides of later assignments.
    """

    name: str
    kind: str
    start: int
    end: int
    value: SgNode | None = None
    key: str | None = None
    type: SgNode | None = None
    function: SgNode | None = None
    constant: bool = False
    assigned: list[SgNode] = field(default_factory=list)


class Scopes:
    """All declarations of a file, by name."""

    def __init__(self, nodes: Nodes, imported: Iterable[str], length: int) -> None:
        self._by_name: dict[str, list[Binding]] = {}
        for local in imported:
            self._by_name.setdefault(local, []).append(Binding(local, "import", 0, length + 1))
        known = set()
        for binding in _bindings(nodes):
            key = (binding.name, binding.start, binding.end)  # declared twice in a scope, the first is it
            if key not in known:
                known.add(key)
                self._by_name.setdefault(binding.name, []).append(binding)
        for assignment in nodes("assignment_expression"):
            left, right = assignment.field("left"), assignment.field("right")
            if left is not None and right is not None and left.kind() == "identifier":
                target = self.find(left)
                if target is not None:
                    target.assigned.append(right)

    def find(self, identifier: SgNode) -> Binding | None:
        """The innermost declaration that this use of a name can mean."""
        at = identifier.range().start.index
        known = self._by_name.get(identifier.text(), [])
        seen = (b for b in known if b.start <= at < b.end) if len(known) <= _MOST else iter(())
        return min(seen, key=lambda b: b.end - b.start, default=None)


def _bindings(nodes: Nodes) -> Iterator[Binding]:
    for node in nodes("variable_declarator"):
        yield from _variable(node)
    for node in nodes("required_parameter", "optional_parameter"):
        function = _up(node, _FUNCTIONS)
        pattern = node.field("pattern")
        if function is not None and pattern is not None:
            yield from _pattern(pattern, "parameter", function, type=node.field("type"), function=function)
    for node in nodes("arrow_function"):
        if (single := node.field("parameter")) is not None:
            yield from _pattern(single, "parameter", node, function=node)
    for node in nodes("for_in_statement"):
        if (left := node.field("left")) is not None and node.field("kind") is not None:
            yield from _pattern(left, "other", node)
    for node in nodes("catch_clause"):
        if (caught := node.field("parameter")) is not None:
            yield from _pattern(caught, "other", node)
    for node in nodes(*_NAMED):
        outer, name = _up(node, _BLOCKS), node.field("name")
        if outer is not None and name is not None:
            yield from _pattern(name, "other", outer, value=node)


def _variable(node: SgNode) -> Iterator[Binding]:
    declaration, pattern = node.parent(), node.field("name")
    if declaration is None or pattern is None:
        return
    hoisted = declaration.kind() == "variable_declaration"  # var
    outer = _up(node, {*_FUNCTIONS, "program"} if hoisted else _BLOCKS)
    if outer is None:
        return
    constant = not hoisted and (how := declaration.field("kind")) is not None and how.text() == "const"
    yield from _pattern(
        pattern, "variable", outer, value=node.field("value"), type=node.field("type"), constant=constant
    )


def _pattern(
    pattern: SgNode,
    kind: str,
    scope: SgNode,
    *,
    value: SgNode | None = None,
    type: SgNode | None = None,
    function: SgNode | None = None,
    constant: bool = False,
) -> Iterator[Binding]:
    """The names in a pattern: `a`, `{ a, b: c, d = 1 }`, one level deep; what is deeper is only bound."""
    place = scope.range()
    start, end = place.start.index, place.end.index + 1

    def bind(name: SgNode, key: str | None = None, *, known: bool = True) -> Binding:
        if not known:
            return Binding(name.text(), "other", start, end)
        return Binding(name.text(), kind, start, end, value, key, type, function, constant)

    if pattern.kind() in ("identifier", "type_identifier"):
        yield bind(pattern)
        return
    if pattern.kind() == "object_pattern":
        for part in pattern.named_children():
            if part.kind() == "shorthand_property_identifier_pattern":
                yield bind(part, part.text())
            elif part.kind() == "object_assignment_pattern" and (left := part.field("left")):
                yield bind(left, left.text())
            elif part.kind() == "pair_pattern" and (key := part.field("key")) and (to := part.field("value")):
                if to.kind() == "identifier":
                    yield bind(to, key.text())
                else:
                    yield from (bind(name, known=False) for name in _names(to))
            else:
                yield from (bind(name, known=False) for name in _names(part))
        return
    if pattern.kind() == "array_pattern":
        for index, item in enumerate(_items(pattern)):
            if item is not None and item.kind() == "identifier":
                yield bind(item, f"[{index}]")
            elif item is not None:
                yield from (bind(name, known=False) for name in _names(item))
        return
    yield from (bind(name, known=False) for name in _names(pattern))


def _items(pattern: SgNode) -> list[SgNode | None]:
    """The items of `[a, , b]`, None for a hole."""
    items: list[SgNode | None] = [None]
    for child in pattern.children()[1:-1]:
        if child.kind() == ",":
            items.append(None)
        else:
            items[-1] = child
    return items


def _names(pattern: SgNode) -> Iterator[SgNode]:
    kinds = ("identifier", "shorthand_property_identifier_pattern")
    if pattern.kind() in kinds:
        yield pattern
    for kind in kinds:
        yield from pattern.find_all(kind=kind)


def _up(node: SgNode, kinds: set[str]) -> SgNode | None:
    above = node.parent()
    while above is not None and above.kind() not in kinds:
        above = above.parent()
    return above
