"""Constants: the value of an expression, where the file alone decides it."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable

from ast_grep_py import SgNode

from vly_nb.policy.source import Source, member, unquoted, unwrapped

_DEPTH, _STEPS = 20, 500
_OPERATORS: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": math.fmod,
}


def constant(source: Source, node: SgNode) -> float | str | None:
    """The number or string an expression is, through `const`s and arithmetic; None if not known.

    A fixed object's property (`LIMITS.max`) is followed, too.
    """
    return _Reading(source).value(node, _DEPTH)


class _Reading:
    """The reading of one expression, in a bounded number of steps."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.steps = _STEPS

    def value(self, node: SgNode | None, depth: int) -> float | str | None:
        self.steps -= 1
        if node is None or depth == 0 or self.steps < 0:
            return None
        node = unwrapped(node)
        match node.kind():
            case "number":
                return _number(node.text())
            case "string" | "template_string":
                return unquoted(node)
            case "unary_expression":
                value = self.value(node.field("argument"), depth - 1)
                return -value if isinstance(value, float) and node.text().startswith("-") else None
            case "binary_expression":
                return self._binary(node, depth)
            case "identifier" | "member_expression" | "subscript_expression":
                return self.value(fixed_value(self.source, node), depth - 1)
        return None

    def _binary(self, node: SgNode, depth: int) -> float | None:
        left = self.value(node.field("left"), depth - 1)
        right = self.value(node.field("right"), depth - 1)
        sign = node.field("operator")
        if not isinstance(left, float) or not isinstance(right, float) or sign is None:
            return None
        try:
            return _OPERATORS[sign.text()](left, right)
        except (KeyError, ZeroDivisionError, ValueError):
            return None


def fixed_value(source: Source, node: SgNode) -> SgNode | None:
    """The expression that a name or `name.key` stands for: a `const` never assigned again."""
    node = unwrapped(node)
    if node.kind() == "identifier":
        binding = source.scopes.find(node)
        fixed = binding is not None and binding.constant and binding.key is None
        return unwrapped(binding.value) if fixed and binding and binding.value is not None else None
    found = member(node)
    if found is None or unwrapped(found[0]).kind() != "identifier":
        return None
    holder = fixed_value(source, found[0])
    return pairs(holder).get(found[1]) if holder is not None and holder.kind() == "object" else None


def pairs(node: SgNode) -> dict[str, SgNode]:
    """The plain `key: value` pairs of an object literal."""
    found = {}
    for pair in node.children():
        key, value = pair.field("key"), pair.field("value")
        if pair.kind() == "pair" and key is not None and value is not None:
            name = unquoted(key)
            found[key.text() if name is None else name] = value
        elif pair.kind() == "shorthand_property_identifier":
            found[pair.text()] = pair
    return found


def open_ended(node: SgNode) -> bool:
    """Whether an object literal has more than plain pairs: a spread, a method, a computed key."""
    return any(child.kind() not in ("pair", "comment") for child in node.named_children())


def _number(text: str) -> float | None:
    digits = text.replace("_", "").lower()
    try:
        return float(int(digits, 0)) if digits[:2] in ("0x", "0o", "0b") else float(digits)
    except (ValueError, OverflowError):
        return None
