"""Bounds: how many things an expression can hold, and the loops that go over them.

    bound(source, node)    20.0 of `await q.take(20)`, inf of `await q.collect()`, None: not known
    loops(source)          for…of, for await, .map(…), .forEach(…), while: what goes over what

Followed: names and what is pushed to them, `.map`, `.filter`, spreads, Sets and Maps,
`Promise.all` and what is taken out of it, a helper of the same file by its `return`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from ast_grep_py import SgNode

from vly_nb.policy.constants import constant
from vly_nb.policy.functions import arguments, returned
from vly_nb.policy.nesting import Nesting, extent
from vly_nb.policy.resolver import query_of
from vly_nb.policy.scopes import Binding
from vly_nb.policy.source import Source, member, remembered, unwrapped

UNBOUNDED = math.inf
_KEEP = ("map", "filter", "sort", "toSorted", "reverse", "toReversed", "flatMap", "values", "keys", "entries")
_OVER = ("map", "forEach", "flatMap", "filter", "some", "every", "find", "reduce")
_HOPS = 10


@dataclass(frozen=True)
class Loop:
    """Code that runs many times.

    `over` is what it goes over, None for `while` and plain `for`; `how` is "for", "for await",
    "while" or the method's name; `body` what runs.
    """

    node: SgNode
    how: str
    over: SgNode | None
    body: SgNode


@remembered
def loops(source: Source) -> list[Loop]:
    """Every loop of a file, in the order of the text."""
    found = list(_statements(source))
    for call in source.calls(*_OVER):
        given = arguments(call.node)
        body = _callback(source, given[0]) if given else None
        if body is not None:
            found.append(Loop(call.node, call.name.text(), call.object, body))
    return sorted(found, key=lambda loop: loop.node.range().start.index)


def _callback(source: Source, node: SgNode) -> SgNode | None:
    """The function passed: written here, or named and in this file."""
    node = unwrapped(node)
    if node.kind() in ("arrow_function", "function_expression"):
        return node
    binding = source.scopes.find(node) if node.kind() == "identifier" else None
    value = binding.value if binding is not None and binding.key is None else None
    if value is None or value.kind() not in ("arrow_function", "function_expression", "function_declaration"):
        return None
    return value


def _statements(source: Source) -> Iterator[Loop]:
    for node in source.nodes("for_in_statement"):
        over, body = node.field("right"), node.field("body")
        sign = node.field("operator")
        if over is not None and body is not None and sign is not None and sign.text() == "of":
            awaits = any(child.kind() == "await" for child in node.children())
            yield Loop(node, "for await" if awaits else "for", over, body)
    for node in source.nodes("while_statement", "do_statement", "for_statement"):
        body = node.field("body")
        if body is not None:
            yield Loop(node, "for" if node.kind() == "for_statement" else "while", None, body)


def loops_around(source: Source, node: SgNode) -> list[Loop]:
    """The loops in whose body this stands, the innermost first."""
    return list(_bodies(source).around(*extent(node)))


@remembered
def _bodies(source: Source) -> Nesting[Loop]:
    return Nesting((loop.body, loop) for loop in loops(source))


def bound_of(source: Source, loop: Loop) -> float | None:
    """How often a loop runs: as `bound` says of what it goes over; None where it leaves before."""
    if loop.over is None or leaves(loop):
        return None
    if loop.how == "for await" and query_of(source, loop.over) is not None:
        return UNBOUNDED
    return bound(source, loop.over)


def leaves(loop: Loop) -> bool:
    """Whether a loop has a way out before its end, or looks at what the transaction has left."""
    if not loop.how.startswith("for"):
        return False
    kinds = ("break_statement", "return_statement", "throw_statement")
    way_out = loop.body.find({"rule": {"any": [{"kind": kind} for kind in kinds]}})
    return way_out is not None or "etrics" in loop.body.text()


def bound(source: Source, node: SgNode) -> float | None:
    """The most things that an expression holds; `UNBOUNDED` when all of a table's or an index's."""
    return _Walk(source).value(node, _HOPS)


@remembered
def _known(source: Source) -> dict[tuple[int, int], float | None]:
    """How much names hold, by a binding's id and how far it was followed."""
    return {}


class _Walk:
    """One look at one expression."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.open: list[Binding] = []

    def value(self, node: SgNode, hops: int) -> float | None:
        node = unwrapped(node)
        if hops == 0:
            return None
        match node.kind():
            case "call_expression":
                return self._call(node, hops)
            case "new_expression":
                made, given = node.field("constructor"), arguments(node)
                holds = made is not None and made.text() in ("Set", "Map")
                return self.value(given[0], hops - 1) if holds and given else None
            case "array":
                return self._array(node, hops)
            case "identifier":
                binding = self.source.scopes.find(node)
                return self._name(binding, hops) if binding is not None else None
            case "ternary_expression" | "binary_expression":
                sides = [node.field(n) for n in ("consequence", "alternative", "left", "right")]
                return _most([self.value(side, hops - 1) for side in sides if side is not None])
        return None

    def _array(self, node: SgNode, hops: int) -> float | None:
        items = [child for child in node.named_children() if child.kind() != "comment"]
        spread = [child for child in items if child.kind() == "spread_element"]
        inner = [self.value(child.named_children()[0], hops - 1) for child in spread]
        if UNBOUNDED in inner:
            return UNBOUNDED
        return None if None in inner else len(items) - len(spread) + sum(n for n in inner if n is not None)

    def _call(self, node: SgNode, hops: int) -> float | None:
        called, given = node.field("function"), arguments(node)
        found = member(unwrapped(called)) if called is not None else None
        if found is None:
            return self._helper(called, hops) if called is not None else None
        target, name = found
        if name == "collect" and query_of(self.source, target) is not None:
            return UNBOUNDED
        if name == "take" and given and query_of(self.source, target) is not None:
            return at_most(self.source, given[0])
        if target.text() == "Promise" and name in ("all", "allSettled") and given:
            return self.value(given[0], hops - 1)
        if target.text() in ("Array", "Object") and name in ("from", *_KEEP) and given:
            return self.value(given[0], hops - 1)
        if name == "slice":
            kept = at_most(self.source, given[1]) if len(given) > 1 else None
            return kept if kept is not None else self.value(target, hops - 1)
        if name == "concat":
            return _most([self.value(one, hops - 1) for one in (target, *given)])
        return self.value(target, hops - 1) if name in _KEEP else None

    def _helper(self, called: SgNode, hops: int) -> float | None:
        """What a function of this file returns."""
        binding = self.source.scopes.find(called) if called.kind() == "identifier" else None
        function = binding.value if binding is not None and binding.key is None else None
        if function is None or any(binding is other for other in self.open) or binding is None:
            return None
        if function.kind() not in ("arrow_function", "function_declaration", "function_expression"):
            return None
        self.open.append(binding)
        try:
            return _most([self.value(one, hops - 1) for one in returned(self.source, function)])
        finally:
            self.open.pop()

    def _name(self, binding: Binding, hops: int) -> float | None:
        if any(binding is other for other in self.open) or binding.kind != "variable":
            return None
        if self.open:
            return self._held(binding, hops)
        known, key = _known(self.source), (id(binding), hops)
        if key not in known:
            known[key] = self._held(binding, hops)
        return known[key]

    def _held(self, binding: Binding, hops: int) -> float | None:
        self.open.append(binding)
        try:
            if binding.key is not None:
                return self._item(binding, hops)
            values = [value for value in (binding.value, *binding.assigned) if value is not None]
            found = _most([self.value(value, hops - 1) for value in values])
            return UNBOUNDED if found != UNBOUNDED and self._grows(binding) else found
        finally:
            self.open.pop()

    def _item(self, binding: Binding, hops: int) -> float | None:
        """`const [a, b] = await Promise.all([…, …])`."""
        value = unwrapped(binding.value) if binding.value is not None else None
        called = value.field("function") if value is not None and value.kind() == "call_expression" else None
        if value is None or called is None or not called.text().startswith("Promise.all"):
            return None
        given = arguments(value)
        array = unwrapped(given[0]) if given else None
        if array is None or array.kind() != "array" or binding.key is None or binding.key[0] != "[":
            return None
        items = [child for child in array.named_children() if child.kind() != "comment"]
        index = int(binding.key[1:-1])
        return self.value(items[index], hops - 1) if index < len(items) else None

    def _grows(self, binding: Binding) -> bool:
        """Whether things are pushed to it, or added, for each of something unbounded."""
        for call in _growing(self.source).get(id(binding), ()):
            around = loops_around(self.source, call)
            if any(self._over(loop) for loop in around if binding.start <= loop.node.range().start.index):
                return True
        return False

    def _over(self, loop: Loop) -> bool:
        if loop.over is None:
            return False
        if loop.how == "for await" and query_of(self.source, loop.over) is not None:
            return True
        return self.value(loop.over, _HOPS // 2) == UNBOUNDED


@remembered
def _growing(source: Source) -> dict[int, list[SgNode]]:
    """The calls that put something into what a name holds, by its binding's id."""
    found: dict[int, list[SgNode]] = {}
    for call in source.calls("push", "add", "set"):
        target = unwrapped(call.object)
        binding = source.scopes.find(target) if target.kind() == "identifier" else None
        if binding is not None:
            found.setdefault(id(binding), []).append(call.node)
    return found


def at_most(source: Source, node: SgNode) -> float | None:
    """The most that a number can be: a constant, or the smallest constant in `Math.min(…)`."""
    node = unwrapped(node)
    known = constant(source, node)
    if isinstance(known, float):
        return known
    if node.kind() == "identifier":
        binding = source.scopes.find(node)
        fixed = binding is not None and binding.kind == "variable" and binding.key is None
        if binding is not None and fixed and binding.value is not None and not binding.assigned:
            inner = unwrapped(binding.value)
            return at_most(source, inner) if inner.kind() == "call_expression" else None
    called = node.field("function") if node.kind() == "call_expression" else None
    if called is None or called.text() not in ("Math.min", "Math.max", "Math.floor"):
        return None
    limits = [at_most(source, one) for one in arguments(node)]
    if called.text() == "Math.min":
        return min((n for n in limits if n is not None), default=None)
    return None if None in limits or not limits else max(n for n in limits if n is not None)


def _most(found: list[float | None]) -> float | None:
    """The worst of several values; unknown when one is, unless another is unbounded."""
    if UNBOUNDED in found:
        return UNBOUNDED
    known = [n for n in found if n is not None]
    return max(known) if known and len(known) == len(found) else None
