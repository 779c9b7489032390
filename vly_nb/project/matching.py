"""Matching: where a text stands in another, when both are made comparable first.

A `View` is a text whose lines were normalised and joined by "\\n", and which can
say where in the raw text each of its places is. Every normalised line has its
characters one to one where the raw line has them (only an end may be cut off),
so a place in the view is a place in the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher, get_close_matches

from vly_nb.errors import ToolError

_ENDING = re.compile(r"(\r?\n)")
_STRAIGHT = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"'})
_NUMBER = re.compile(r"[ ]*(\d{1,7})([\t→]|$)")
_NUMBERED = re.compile(r"^[ ]*\d{1,7}[\t→]")
# How much work a hostile text may cause: products of line counts, hits kept, lines compared.
_CELLS, _HITS, _COMPARED = 250_000, 200, 2_000_000
_LINES_TO_SHOW = 3


def split(text: str) -> tuple[list[str], list[str]]:
    """The lines and, between them, the line endings (one fewer); only \\n and \\r\\n end a line."""
    parts = _ENDING.split(text)
    return parts[::2], parts[1::2]


def straight(text: str) -> str:
    """Typographic quotes as plain ones, one character for one."""
    return text.translate(_STRAIGHT)


def offsets(text: str, wanted: str, valid: Callable[[int], bool] = lambda at: True) -> Iterator[int]:
    """Where `wanted` stands in `text`, overlapping places too; the first 200 that are valid."""
    found = 0
    at = text.find(wanted)
    while at >= 0 and found < _HITS:
        if valid(at):
            found += 1
            yield at
        at = text.find(wanted, at + 1)


class View:
    """A text made comparable: without trailing space, with straight quotes, or only with "\\n"."""

    def __init__(self, raw: str, *, trimmed: bool = False, quotes: bool = False) -> None:
        lines, endings = split(raw)
        self.lines = [comparable(line, trimmed=trimmed, quotes=quotes) for line in lines]
        self.text = "\n".join(self.lines)
        self.starts: list[int] = []  # of each line, in the view
        self.raw_starts: list[int] = []  # of each line, in the raw text
        self.raw_ends: list[int] = []  # before its ending
        at = raw_at = 0
        for number, line in enumerate(lines):
            self.starts.append(at)
            self.raw_starts.append(raw_at)
            self.raw_ends.append(raw_at + len(line))
            at += len(self.lines[number]) + 1
            raw_at += len(line) + (len(endings[number]) if number < len(endings) else 0)

    def find(self, wanted: str, *, at_start: bool, at_end: bool) -> list[tuple[int, int]]:
        """Raw (start, end) of each place; `at_start` and `at_end` ask for whole lines there."""

        def whole(start: int) -> bool:
            end = start + len(wanted)
            return not (at_start and self.text[start - 1 : start] not in ("", "\n")) and not (
                at_end and self.text[end : end + 1] not in ("", "\n")
            )

        hits = offsets(self.text, wanted, whole)
        return [(self._raw(start), self._raw(start + len(wanted), last=True)) for start in hits]

    def _raw(self, at: int, *, last: bool = False) -> int:
        line = bisect_right(self.starts, at) - 1
        column = at - self.starts[line]
        if last and column == len(self.lines[line]) and column:
            return self.raw_ends[line]  # take what the view cut off along
        return self.raw_starts[line] + column

    def find_shifted(self, wanted: Sequence[str]) -> list[tuple[int, int, str, bool]]:
        """Whole lines that are `wanted` moved by one indent: (start, end, indent, added).

        `added` is true when the text has the indent and `wanted` lacks it. Raises ToolError
        for a text so repetitive that looking would take too long.
        """
        bare = "\n" + "\n".join(line.lstrip(" \t") for line in self.lines) + "\n"
        needle = "\n" + "\n".join(line.lstrip(" \t") for line in wanted) + "\n"
        found: list[tuple[int, int, str, bool]] = []
        line = before = compared = 0
        at = bare.find(needle)
        while at >= 0 and len(found) < _HITS:
            line += bare.count("\n", before, at)
            before = at
            compared += len(wanted)
            if compared > _COMPARED:
                raise ToolError("The same lines are there too often to tell which are meant: quote others.")
            shift = _shift(wanted, self.lines[line : line + len(wanted)])
            if shift is not None:
                found.append((self.raw_starts[line], self.raw_ends[line + len(wanted) - 1], *shift))
            at = bare.find(needle, at + 1)
        return found


def comparable(line: str, *, trimmed: bool, quotes: bool) -> str:
    """One line as a view of that kind has it."""
    line = line.rstrip(" \t") if trimmed else line
    return straight(line) if quotes else line


def _shift(wanted: Sequence[str], there: Sequence[str]) -> tuple[str, bool] | None:
    """The one indent by which all lines differ, and whether the text has it more."""
    shifts = set()
    for mine, its in zip(wanted, there, strict=True):
        if not mine.strip():
            continue
        if its.endswith(mine):
            shifts.add((its[: len(its) - len(mine)], True))
        elif mine.endswith(its):
            shifts.add((mine[: len(mine) - len(its)], False))
        else:
            return None
    return shifts.pop() if len(shifts) == 1 else None


def without_numbers(old: Sequence[str], new: Sequence[str]) -> tuple[list[str], list[str]] | None:
    """An edit without the line numbers that `cat -n` shows; None unless `old` was copied with them.

    Every line of `old` must have one, and they must count up; what follows a final line
    ending needs none. Of `new`, lines lose it that have one.
    """
    body = old[:-1] if len(old) > 1 and not old[-1] else old
    matches = [match for line in body if (match := _NUMBER.match(line))]
    if len(matches) < len(body) or not any(match[2] for match in matches):
        return None
    numbers = [int(match[1]) for match in matches]
    if numbers != list(range(numbers[0], numbers[0] + len(body))):
        return None
    bare = [line[match.end() :] for line, match in zip(body, matches, strict=True)]
    known = dict(zip(body, bare, strict=True))
    fresh = [known.get(line, _NUMBERED.sub("", line)) for line in new]
    return [*bare, *old[len(body) :]], fresh


def alignment(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    """difflib's opcodes, with common ends first and a cap on the work in between."""
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    middle_old, middle_new = old[head : len(old) - tail], new[head : len(new) - tail]
    codes = [("equal", 0, head, 0, head)] if head else []
    if len(middle_old) * len(middle_new) > _CELLS:
        codes.append(("replace", head, len(old) - tail, head, len(new) - tail))
    elif middle_old or middle_new:
        for tag, a, b, c, d in SequenceMatcher(None, middle_old, middle_new, autojunk=False).get_opcodes():
            codes.append((tag, a + head, b + head, c + head, d + head))
    if tail:
        codes.append(("equal", len(old) - tail, len(old), len(new) - tail, len(new)))
    return codes


def _common(a: Sequence[str], b: Sequence[str]) -> int:
    shorter = min(len(a), len(b))
    return next((n for n in range(shorter) if a[n] != b[n]), shorter)


def nearest(lines: Sequence[str], wanted: Sequence[str]) -> int | None:
    """The index of the line where `wanted` most nearly stands, or None."""
    votes: Counter[int] = Counter()
    at: dict[str, list[int]] = {}
    for index, line in enumerate(lines):
        at.setdefault(line.strip(), []).append(index)
    for offset, line in enumerate(wanted):
        hits = at.get(line.strip(), []) if len(line.strip()) > 2 else []
        for index in hits[:50]:
            votes[max(0, index - offset)] += 1
    if votes:
        return max(votes, key=lambda index: (votes[index], -index))
    longest = max(range(len(wanted)), key=lambda n: len(wanted[n].strip()))
    pool = {line.strip()[:200]: index for index, line in list(enumerate(lines))[:4000][::-1]}
    close = get_close_matches(wanted[longest].strip()[:200], list(pool), n=1, cutoff=0.5)
    return max(0, pool[close[0]] - longest) if close else None


def excerpt(lines: Sequence[str], wanted: Sequence[str], start: int) -> str:
    """A few numbered lines from `start` on, and the first line that differs."""
    first = next(
        (n for n, line in enumerate(wanted) if start + n < len(lines) and lines[start + n] != line), None
    )
    centre = start + (first or 0)
    low = max(start, centre - _LINES_TO_SHOW)
    high = min(len(lines), max(centre + _LINES_TO_SHOW, low + 1) + 1)
    shown = "\n".join(f"{n + 1:6}\t{lines[n][:200]}" for n in range(low, high))
    if first is None:
        return shown
    return f"{shown}\nLine {centre + 1} differs: you wrote {wanted[first][:200]!r}."
