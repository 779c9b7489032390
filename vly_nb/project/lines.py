"""Lines that differ: the runs, hunks and subsets that a text change is made of.

A line is what ends in a line feed, its own ending kept (`"a\\r\\n"`), and the
last may have none: joining the lines gives the text back to the letter.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Tag = Literal[" ", "-", "+"]

CONTEXT = 3
MOST_LINES, MOST_PAIRS = 2_000, 50_000
"""A stretch with more lines, or more pairs of equal lines, and not one line of its own, would take
the matcher seconds: it is one run."""


@dataclass(frozen=True)
class Hunk:
    """A run of changed lines with its context, as in a unified diff.

    `number` counts from 1 within its file. Starts count lines from 1; where a
    count is 0 the start is the line before, as diffs have it.
    `lines` are (tag, text) with the text's own line ending kept.
    """

    number: int
    before_start: int
    before_count: int
    after_start: int
    after_count: int
    lines: tuple[tuple[Tag, str], ...]

    def unified(self) -> str:
        """The hunk as a diff prints it, with its `@@` line."""
        parts = [f"@@ -{self.before_start},{self.before_count} +{self.after_start},{self.after_count} @@\n"]
        for tag, text in self.lines:
            parts.append(
                f"{tag}{text}" if text.endswith("\n") else f"{tag}{text}\n\\ No newline at end of file\n"
            )
        return "".join(parts)


@dataclass(frozen=True, slots=True)
class Run:
    """Lines `before:before_end` became `after:after_end`; counted from 0, ends exclusive."""

    before: int
    before_end: int
    after: int
    after_end: int


def split_lines(text: str) -> list[str]:
    """Lines with their endings. Only a line feed ends one: not U+2028, not a lone CR."""
    lines = [line + "\n" for line in text.split("\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


def runs(before: Sequence[str], after: Sequence[str]) -> tuple[Run, ...]:
    """Where two lists of lines differ, in order.

    Lines that stand once on either side are the anchors (Bram Cohen's patience diff), so
    a brace doesn't pair with a stranger's; what lies between two anchors is matched alone.
    """
    found: list[Run] = []
    i = j = 0
    for i_next, j_next in (*_anchors(before, after), (len(before), len(after))):
        found += _between(before, i, i_next, after, j, j_next)
        i, j = i_next, j_next
    joined: list[Run] = []
    for run in found:
        last = joined[-1] if joined else None
        if last and (last.before_end, last.after_end) == (run.before, run.after):
            joined[-1] = Run(last.before, run.before_end, last.after, run.after_end)
        else:
            joined.append(run)
    return tuple(joined)


def _anchors(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int]]:
    """(place before, place after) of lines that are unique in both, in the same order in both."""
    old, new = Counter(before), Counter(after)
    place = {line: j for j, line in enumerate(after) if new[line] == 1}
    pairs = [(i, place[line]) for i, line in enumerate(before) if old[line] == 1 and line in place]
    ends: list[int] = []  # ends[n]: the smallest place after in which n + 1 pairs in order can end
    at: list[int] = []  # the pair that it is
    back: list[int] = []
    for number, (_, j) in enumerate(pairs):
        length = bisect_left(ends, j)
        back.append(at[length - 1] if length else -1)
        ends[length : length + 1] = [j]
        at[length : length + 1] = [number]
    chain = []
    number = at[-1] if at else -1
    while number >= 0:
        chain.append(pairs[number])
        number = back[number]
    return chain[::-1]


def _between(
    before: Sequence[str], i: int, i_end: int, after: Sequence[str], j: int, j_end: int
) -> list[Run]:
    while i < i_end and j < j_end and before[i] == after[j]:
        i, j = i + 1, j + 1
    while i < i_end and j < j_end and before[i_end - 1] == after[j_end - 1]:
        i_end, j_end = i_end - 1, j_end - 1
    if i == i_end and j == j_end:
        return []
    old, new = before[i:i_end], after[j:j_end]
    counts = Counter(new)
    if len(old) + len(new) > MOST_LINES or sum(counts[line] for line in old) > MOST_PAIRS:
        return [Run(i, i_end, j, j_end)]
    found = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [Run(i + a, i + a_end, j + b, j + b_end) for tag, a, a_end, b, b_end in found if tag != "equal"]


def hunks_of(before: Sequence[str], after: Sequence[str], changed: Sequence[Run]) -> tuple[Hunk, ...]:
    """Runs with their context, those that would touch joined in one hunk."""
    groups: list[list[Run]] = []
    for run in changed:
        if groups and run.before - groups[-1][-1].before_end <= 2 * CONTEXT:
            groups[-1].append(run)
        else:
            groups.append([run])
    return tuple(_hunk(number, before, after, group) for number, group in enumerate(groups, 1))


def _hunk(number: int, before: Sequence[str], after: Sequence[str], group: Sequence[Run]) -> Hunk:
    first, last = group[0], group[-1]
    lead = min(CONTEXT, first.before)
    tail = min(CONTEXT, len(before) - last.before_end)
    lines: list[tuple[Tag, str]] = []
    at = first.before - lead
    for run in group:
        lines += [(" ", line) for line in before[at : run.before]]
        lines += [("-", line) for line in before[run.before : run.before_end]]
        lines += [("+", line) for line in after[run.after : run.after_end]]
        at = run.before_end
    lines += [(" ", line) for line in before[at : at + tail]]
    old = last.before_end + tail - (first.before - lead)
    new = last.after_end + tail - (first.after - lead)
    return Hunk(
        number=number,
        before_start=first.before - lead + (1 if old else 0),
        before_count=old,
        after_start=first.after - lead + (1 if new else 0),
        after_count=new,
        lines=tuple(lines),
    )


def carry_out(before: Sequence[str], hunks: Sequence[Hunk], wanted: frozenset[int]) -> str:
    """The text of `before` with only the hunks of these numbers carried out."""
    parts: list[str] = []
    at = 0
    for hunk in hunks:
        start = hunk.before_start - (1 if hunk.before_count else 0)
        parts += before[at:start]
        dropped = "-" if hunk.number in wanted else "+"
        parts += [text for tag, text in hunk.lines if tag != dropped]
        at = start + hunk.before_count
    return "".join([*parts, *before[at:]])
