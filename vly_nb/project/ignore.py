"""What git would ignore: every .gitignore from the root down to a file, the nearest deciding.

Only those inside the project count, not a person's global one nor one above the
root: the same folder gives the same versions on every machine.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pathspec import GitIgnoreSpec

BIGGEST = 256_000  # bytes of one .gitignore that are read
LONGEST_LINE = 1000  # characters
MOST_REMEMBERED = 50_000  # verdicts of one .gitignore
MOST_STARS = 4
"""Stars in one line: each costs the matcher another pass over a name, so more would be a way to hang it."""


class Rules:
    """Lines as .gitignore has them. Lines that make no sense are left out, as git does."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._spec = _compiled([line for line in lines if _makes_sense(line)])
        self._known: dict[str, bool | None] = {}

    def verdict(self, path: str) -> bool | None:
        """True: left out. False: kept, by a line with `!`. None: no line speaks of it.

        A folder's path ends in a slash. Verdicts are remembered: a walk asks the same again.
        """
        if path not in self._known:
            if len(self._known) > MOST_REMEMBERED:
                self._known.clear()
            self._known[path] = self._spec.check_file(path).include
        return self._known[path]


@dataclass(frozen=True, slots=True)
class Ignores:
    """The rules that hold in one folder: its own .gitignore before its parents'."""

    levels: tuple[tuple[int, Rules], ...] = ()
    """(length of the folder's path with its slash, rules), the nearest last."""

    def within(self, folder: str, text: bytes) -> Ignores:
        """The rules in a folder (`"."` for the root) whose .gitignore holds `text`."""
        start = 0 if folder == "." else len(folder) + 1
        return Ignores((*self.levels, (start, _rules_of(text[:BIGGEST]))))

    def match(self, path: str, *, folder: bool = False) -> bool:
        """Whether a path is ignored, given that no folder above it is."""
        for start, rules in reversed(self.levels):
            verdict = rules.verdict(path[start:] + "/" * folder)
            if verdict is not None:
                return verdict
        return False


@lru_cache(maxsize=64)
def _rules_of(text: bytes) -> Rules:
    return Rules(text.decode("utf-8", "replace").removeprefix("\ufeff").split("\n"))


def _makes_sense(line: str) -> bool:
    if len(line) > LONGEST_LINE or line.count("*") > MOST_STARS:
        return False
    try:
        _compiled([line])
    except (ValueError, re.error, RecursionError):
        return False
    return True


def _compiled(lines: list[str]) -> GitIgnoreSpec:
    with warnings.catch_warnings():  # `[[a]` is no range of Python's, and no news for a notebook
        warnings.simplefilter("ignore", FutureWarning)
        return GitIgnoreSpec.from_lines(lines, backend="simple")
