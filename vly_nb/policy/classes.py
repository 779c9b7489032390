"""Classes: the class names of JSX elements, however they are put together.

    for one in class_lists(source):
        one.names, one.at, one.element     ["flex", "bg-primary"], the attribute, its element

A string, a template's parts, `cn(…)`, `clsx(…)`, conditions: all strings of one `className`
count together. Strings of `cva(…)` and of `cn(…)` elsewhere are lists without an element.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ast_grep_py import SgNode

from vly_nb.policy.nesting import Nesting, extent
from vly_nb.policy.source import Source, remembered

_JOINERS = ("cn", "clsx", "cva", "twMerge", "classNames", "classnames", "cx")


@dataclass(frozen=True)
class ClassList:
    """The names of one className; `element` is the opening tag, None where there is none."""

    at: SgNode
    names: tuple[str, ...]
    element: SgNode | None


@remembered
def class_lists(source: Source) -> list[ClassList]:
    """Every list of a file, in the order of the text."""
    found = []
    attributes = [
        node
        for name in ("className", "class")
        for held in source.properties.get(name, ())
        if (node := held.parent()) is not None and node.kind() == "jsx_attribute"
    ]
    texts = source.nodes("string_fragment")
    for node in attributes:
        inside = [text.text() for text in _within(texts, node)]
        found.append(ClassList(node, tuple(_split(inside)), node.parent()))
    known = Nesting((node, node) for node in attributes)
    for call in source.calls_of(*_JOINERS):
        if next(known.around(*extent(call)), None) is None:
            found.append(ClassList(call, tuple(_split([t.text() for t in _within(texts, call)])), None))
    return sorted(found, key=lambda one: one.at.range().start.index)


def _within(texts: list[SgNode], node: SgNode) -> Iterator[SgNode]:
    place = node.range()
    start, end = place.start.index, place.end.index
    low, high = 0, len(texts)
    while low < high:
        middle = (low + high) // 2
        if texts[middle].range().start.index < start:
            low = middle + 1
        else:
            high = middle
    for text in texts[low:]:
        if text.range().start.index >= end:
            return
        yield text


def _split(texts: list[str]) -> Iterator[str]:
    for text in texts:
        yield from text.split()


_VARIANT = re.compile(r"^(?:[\w-]+(?:\[[^\]]*\])?(?:/[\w-]+)?:|\[[^\]]*\]:)+")


@lru_cache(maxsize=4096)
def bare(name: str) -> str:
    """A class without its variants (`md:hover:`), its `!` and its `-`."""
    return _VARIANT.sub("", name).strip("!").removeprefix("-")


def variants(name: str) -> str:
    """What stands before the last colon of a class: `md:hover`; "" for none."""
    match = _VARIANT.match(name)
    return match[0].rstrip(":") if match is not None else ""


def tag_of(element: SgNode) -> str:
    """The name of an opening tag: `div`, `DialogContent`, `Dialog.Content`."""
    name = element.field("name")
    return name.text() if name is not None else ""


def attributes(element: SgNode) -> dict[str, SgNode | None]:
    """The attributes of an opening tag by name, with their values: a string, an expression, or None."""
    found: dict[str, SgNode | None] = {}
    for part in element.children():
        if part.kind() != "jsx_attribute":
            continue
        name, *rest = [child for child in part.children() if child.kind() != "="]
        value = rest[-1] if rest else None
        if value is not None and value.kind() == "jsx_expression":
            inner = [child for child in value.named_children() if child.kind() != "comment"]
            value = inner[0] if inner else None
        found[name.text()] = value
    return found


def elements(source: Source) -> list[SgNode]:
    """The opening tags of a file, those that close themselves too."""
    return source.nodes("jsx_opening_element", "jsx_self_closing_element")
