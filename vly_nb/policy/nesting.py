"""Nesting: where nodes of one tree stand in each other, without a look at each of them.

    nested = Nesting([(loop.body, loop) for loop in loops(source)])
    nested.around(*extent(node))      the loops in whose body it stands, the innermost first
    Places(calls).any_in(function)    whether one of the calls stands in a function

Any two nodes of a tree lie apart, or one within the other.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from ast_grep_py import SgNode

T = TypeVar("T")


class Nesting(Generic[T]):
    """Values by the nodes that they stand for; of those of one node the first is the innermost."""

    def __init__(self, stretches: Iterable[tuple[SgNode, T]]) -> None:
        placed = [(*extent(node), value) for node, value in stretches]
        placed.reverse()  # a sort leaves what is equal in its order
        self._places = sorted(placed, key=lambda one: (one[0], -one[1]))
        self._starts = [start for start, _, _ in self._places]
        self._outer: list[int] = []
        """For each the one around it, -1 for none."""
        around: list[int] = []
        for number, (_, end, _) in enumerate(self._places):
            while around and self._places[around[-1]][1] < end:
                around.pop()
            self._outer.append(around[-1] if around else -1)
            around.append(number)

    def around(self, start: int, end: int) -> Iterator[T]:
        """What this part of the text stands in, or is; the innermost first."""
        number = bisect_right(self._starts, start) - 1
        while number >= 0:
            _, last, value = self._places[number]
            if last >= end:
                yield value
            number = self._outer[number]


class Places:
    """Where some nodes stand."""

    def __init__(self, nodes: Iterable[SgNode]) -> None:
        self._places = sorted(map(extent, nodes))

    def any_in(self, outer: SgNode) -> bool:
        """Whether one of them stands in this node, or is it."""
        first, last = extent(outer)
        number = bisect_left(self._places, (first, 0))
        while number < len(self._places) and self._places[number][0] < last:
            if self._places[number][1] <= last:
                return True
            number += 1
        return False


def extent(node: SgNode) -> tuple[int, int]:
    """Where a node begins and ends."""
    place = node.range()
    return place.start.index, place.end.index
