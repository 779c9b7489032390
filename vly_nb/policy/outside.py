"""Outside: whether a value comes from the arguments of a registered function."""

from __future__ import annotations

from ast_grep_py import SgNode

from vly_nb.policy.functions import functions, parameters, within
from vly_nb.policy.source import Source, member, unwrapped

_HOPS = 6


def comes_from_args(source: Source, node: SgNode, hops: int = _HOPS) -> bool:
    """`args.limit`, `limit` of `{ limit }`, a const of one, and either side of `??`, `||` and `? :`."""
    node = unwrapped(node)
    if hops == 0:
        return False
    if node.kind() in ("binary_expression", "ternary_expression"):
        sides = [node.field(name) for name in ("left", "right", "consequence", "alternative")]
        return any(side is not None and comes_from_args(source, side, hops - 1) for side in sides)
    found = member(node)
    if found is not None:
        return comes_from_args(source, found[0], hops - 1)
    if node.kind() != "identifier":
        return False
    binding = source.scopes.find(node)
    if binding is None:
        return False
    if binding.kind == "variable" and binding.value is not None:
        return comes_from_args(source, binding.value, hops - 1)
    if binding.kind != "parameter" or binding.function is None:
        return False
    return any(handler == binding.function for handler in _handlers(source)) and _is_second(
        binding.function, node.text()
    )


def _handlers(source: Source) -> list[SgNode]:
    return [function.handler for function in functions(source) if function.handler is not None]


def _is_second(function: SgNode, name: str) -> bool:
    """Whether a name is, or is taken from, the second parameter."""
    second = parameters(function)[1:2]
    if not second:
        return False
    kinds = ("identifier", "shorthand_property_identifier_pattern")
    names = [second[0], *(n for kind in kinds for n in second[0].find_all(kind=kind))]
    return any(n.text() == name and within(n, second[0]) for n in names)
