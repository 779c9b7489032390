"""Tiers: the readings of an edit, from the letter to the forgiving, in the order they are tried.

Each keeps what the ones before it forgive, so a later tier finds at least the places of
an earlier one, and a text that is ambiguous stays so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace as changed
from typing import Literal

from vly_nb.project import matching
from vly_nb.project.matching import View, comparable, split

Tier = Literal[
    "exact", "line endings", "line numbers", "outer blank lines", "trailing space", "curly quotes", "indent"
]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One tier's reading of an edit: the lines to look for and to write, and in what view of the file."""

    tier: Tier
    old: Sequence[str]
    new: Sequence[str]
    trimmed: bool = False
    quotes: bool = False
    at_start: bool = False  # `old` began, or ended, with whole lines
    at_end: bool = False
    drop_line: bool = False  # nothing is left of these whole lines: their ending goes too

    def compare(self, lines: Sequence[str]) -> list[str]:
        """Lines as this tier sees them."""
        return [comparable(line, trimmed=self.trimmed, quotes=self.quotes) for line in lines]

    def find(self, body: str) -> list[Place]:
        """Every place in the file where `old` stands, as this tier reads it."""
        if self.tier == "exact":
            wanted = self.old[0]
            places = (Place(at, at + len(wanted)) for at in matching.offsets(body, wanted))
            return [place for place in places if not _halves_an_ending(body, place)]
        view = View(body, trimmed=self.trimmed, quotes=self.quotes)
        old = self.compare(self.old)
        if self.tier == "indent":
            return [Place(*hit) for hit in view.find_shifted(old)]
        hits = view.find("\n".join(old), at_start=self.at_start, at_end=self.at_end)
        return [Place(*hit) for hit in hits]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the file: offsets, and the indent to add to or take from new lines."""

    start: int
    end: int
    indent: str = ""
    add: bool = True


def attempts(old: str, new: str) -> list[Attempt]:
    """The tiers in order; each keeps what the ones before it forgive."""
    now = Attempt("line endings", split(old)[0], split(new)[0])
    tries = [Attempt("exact", [old], [new]), now]
    bare = matching.without_numbers(now.old, now.new)
    if bare is not None:
        now = changed(now, tier="line numbers", old=bare[0], new=bare[1], at_start=True)
        tries.append(now)
    top = next((n for n, line in enumerate(now.old) if line.strip()), None)
    if top is None:
        return tries  # only white space: nothing to recognise it by
    bottom = next(n for n, line in enumerate(reversed(now.old)) if line.strip())
    if top or bottom:
        now = _without_outer(now, top, bottom)
        tries.append(now)
    ends_open = now.old[-1] != now.old[-1].rstrip(" \t")
    now = changed(now, tier="trailing space", trimmed=True, at_end=now.at_end or ends_open)
    quoted = changed(now, tier="curly quotes", quotes=True)
    return [*tries, now, quoted, changed(quoted, tier="indent")]


def _halves_an_ending(body: str, place: Place) -> bool:
    """Whether an edge of the place falls between the two characters of a CRLF."""
    return any(body[at - 1 : at + 1] == "\r\n" for at in (place.start, place.end) if at > 0)


def _without_outer(attempt: Attempt, top: int, bottom: int) -> Attempt:
    """Take the blank lines around `old` away, and no more than as many around `new`."""
    new = list(attempt.new)
    for _ in range(bottom):
        if new and not new[-1].strip():
            new.pop()
    for _ in range(top):
        if new and not new[0].strip():
            new.pop(0)
    return changed(
        attempt,
        tier="outer blank lines",
        old=attempt.old[top : len(attempt.old) - bottom],
        new=new,
        at_start=attempt.at_start or top > 0,
        at_end=attempt.at_end or bottom > 0,
        drop_line=not new,
    )
