"""Gradients: where a page or a style sheet has one, and the colours of its stops."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ast_grep_py import SgNode

from vly_nb.diagnostics import Range
from vly_nb.policy.classes import bare, class_lists
from vly_nb.policy.colors import TEXTS, color
from vly_nb.policy.palette import GRADIENT, PURPLE, STOP, STOP_VALUE
from vly_nb.policy.source import Source, remembered

_CSS = re.compile(r"(?:repeating-)?(?:linear|radial|conic)-gradient\(((?:[^()]|\([^()]*\)){1,1000})\)", re.I)
_VIOLET = range(255, 321)


@dataclass(frozen=True)
class Gradient:
    """One gradient: whether a stop is violet, and whether one has a fixed colour that isn't grey."""

    at: SgNode | Range
    purple: bool
    colored: bool


@remembered
def gradients(source: Source) -> list[Gradient]:
    """The gradients of a file, by classes and by CSS, in the order they are found."""
    return [*_by_classes(source), *_by_css(source)]


def _by_classes(source: Source) -> Iterator[Gradient]:
    for one in class_lists(source):
        names = [bare(name) for name in one.names]
        if not any(GRADIENT.fullmatch(name) for name in names):
            continue
        hues = [match[1] for name in names if (match := STOP.fullmatch(name))]
        values = [match[1] for name in names if (match := STOP_VALUE.fullmatch(name))]
        own = [value.replace("_", " ") for value in values]
        purple = any(hue in PURPLE for hue in hues) or any(is_violet(value) for value in own)
        yield Gradient(one.at, purple, bool(hues) or any(_is_colored(value) for value in own))


def _by_css(source: Source) -> Iterator[Gradient]:
    if "-gradient(" not in source.text:
        return
    text = re.sub(r"/\*.*?\*/", lambda m: re.sub(r"[^\n]", " ", m[0]), source.text, flags=re.S)
    for match in _CSS.finditer(text):
        stops = TEXTS.findall(match[1].replace("_", " "))
        line = text.count("\n", 0, match.start()) + 1
        column = match.start() - (text.rfind("\n", 0, match.start()) + 1) + 1
        place = Range(line, column, line, column + len(match[0].split("\n")[0]))
        yield Gradient(place, any(map(is_violet, stops)), any(map(_is_colored, stops)))


def is_violet(text: str) -> bool:
    """Whether a CSS colour is between blue and pink."""
    found = color(text)
    hue = found.hue if found is not None else None
    return hue is not None and round(hue) in _VIOLET


def _is_colored(text: str) -> bool:
    found = color(text)
    return found is not None and found.hue is not None
