"""Nullness: whether somebody asks if a value is there, and where it is used as though it were.

Only what stands in the text: a name that is asked about anywhere counts as asked about.
"""

from __future__ import annotations

import re

from ast_grep_py import SgNode

from vly_nb.policy.scopes import Binding
from vly_nb.policy.source import Source, remembered

_ASKING = ("&&", "||", "??", "==", "===", "!=", "!==")
_CONDITIONS = ("if_statement", "while_statement", "do_statement", "switch_statement", "for_statement")
_ASSERTS = re.compile(r"(\w+\.)*(assert\w*|invariant|Boolean|is[A-Z]\w*|expect|ensure\w*|require[A-Z]\w*)")
_LOOSE = re.compile(r"\b(null|undefined|any|unknown)\b")
_MOST = 2_000  # uses of one name that are looked at


def uses(source: Source, binding: Binding) -> list[SgNode]:
    """Where a name is used, its declaration left out."""
    by_name = _uses(source)
    if binding.name not in by_name:
        by_name[binding.name] = {}
        for node in source.names.get(binding.name, [])[:_MOST]:
            if not _is_declared(node):
                by_name[binding.name].setdefault(id(source.scopes.find(node)), []).append(node)
    return by_name[binding.name].get(id(binding), [])


@remembered
def _uses(source: Source) -> dict[str, dict[int, list[SgNode]]]:
    """By the name, and by the id of what it means there; filled as it is asked for."""
    return {}


def _is_declared(node: SgNode) -> bool:
    above = node.parent()
    return above is not None and above.kind() == "variable_declarator" and above.field("name") == node


def is_asked_about(node: SgNode) -> bool:
    """Whether this use of a value asks if it is there."""
    inner, above = _unpacked(node)
    if above is None:
        return False
    match above.kind():
        case kind if kind in _CONDITIONS:
            return True
        case "ternary_expression":
            return above.field("condition") == inner
        case "unary_expression":
            return True
        case "binary_expression":
            sign = above.field("operator")
            return sign is not None and sign.text() in _ASKING
        case "augmented_assignment_expression":
            return above.field("left") == inner
        case "member_expression" | "subscript_expression":
            return above.field("object") == inner and _is_optional(above)
        case "arguments":
            called = _called(above)
            return called is not None and _ASSERTS.fullmatch(called.text()) is not None
    return False


def taken_for_granted(node: SgNode) -> SgNode | None:
    """The expression round a value that fails, or is wrong, when the value isn't there.

    `url!`, `url as string`, `url.length`, `fetch(url)`, `new URL(url)`.
    """
    inner, above = _unpacked(node)
    if above is None:
        return None
    match above.kind():
        case "non_null_expression":
            return above
        case "as_expression":
            return above if _LOOSE.search(above.text()[len(inner.text()) :]) is None else None
        case "member_expression" | "subscript_expression":
            return above if above.field("object") == inner and not _is_optional(above) else None
        case "arguments":
            called = _called(above)
            fragile = called is not None and called.text() in ("fetch", "URL")
            return above.parent() if fragile and above.named_children()[:1] == [inner] else None
    return None


def awaited(node: SgNode) -> SgNode | None:
    """`await …` round a call, without the parentheses round it; None where it isn't awaited."""
    above = _unpacked(node)[1]
    return above if above is not None and above.kind() == "await_expression" else None


def _unpacked(node: SgNode) -> tuple[SgNode, SgNode | None]:
    """The outermost node that is this one in parentheses, and what stands round it."""
    above = node.parent()
    while above is not None and above.kind() == "parenthesized_expression":
        node, above = above, above.parent()
    return node, above


def _is_optional(access: SgNode) -> bool:
    return any(child.kind() == "optional_chain" or child.text() == "?." for child in access.children())


def _called(arguments: SgNode) -> SgNode | None:
    call = arguments.parent()
    return (call.field("function") or call.field("constructor")) if call is not None else None
