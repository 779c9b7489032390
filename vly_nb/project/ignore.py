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

from pathspec import GitIgnoreSpec, RegexPattern

BIGGEST = 256_000  # bytes of one .gitignore that are read
LONGEST_LINE = 1000  # characters
MOST_REMEMBERED = 50_000  # verdicts of one .gitignore
MOST_STARS = 4
"""Stars in one line: each costs the matcher another pass over a name, so more would be a way to hang it."""


class Rules:
    """Lines as .gitignore has them. Lines that make no sense are left out, as git does.

    A line speaks of what lies in a folder that it names, too; not so when `itself`: for a walk
    from folder to folder, as git's, where `!keep.log` must not bring back `keep.log/b.log`.
    """

    def __init__(self, lines: Sequence[str], *, itself: bool = False) -> None:
        self._lines = _compiled([line for line in lines if _makes_sense(line)], itself)
        self._known: dict[str, bool | None] = {}

    def verdict(self, path: str) -> bool | None:
        """True: left out. False: kept, by a line with `!`. None: no line speaks of it.

        A folder's path ends in a slash. Verdicts are remembered: a walk asks the same again.
        """
        if path not in self._known:
            if len(self._known) > MOST_REMEMBERED:
                self._known.clear()
            deciding = (keeps for keeps, line in self._lines if line.search(path))
            self._known[path] = next(deciding, None)
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
    return Rules(text.decode("utf-8", "replace").removeprefix("\ufeff").split("\n"), itself=True)


def _makes_sense(line: str) -> bool:
    if len(line) > LONGEST_LINE or line.count("*") > MOST_STARS:
        return False
    try:
        _compiled([line], itself=True)
    except (ValueError, re.error, RecursionError):
        return False
    return True


def _compiled(lines: list[str], itself: bool) -> list[tuple[bool, re.Pattern[str]]]:
    """(left out or kept, pattern) of each line, the last first: the first that fits decides."""
    with warnings.catch_warnings():  # `[[a]` is no range of Python's, and no news for a notebook
        warnings.simplefilter("ignore", FutureWarning)
        found = GitIgnoreSpec.from_lines(lines, backend="simple").patterns
        return [
            (one.include, _of_itself(one.regex) if itself else one.regex)
            for one in reversed(list(found))
            if isinstance(one, RegexPattern) and one.include is not None and one.regex is not None
        ]


def _of_itself(line: re.Pattern[str]) -> re.Pattern[str]:
    """A line's pattern without its last part, by which what lies in a folder fits too.

    pathspec 1.x marks that part as the group `ps_d`.
    """
    text = line.pattern.replace("(?:(?P<ps_d>/)|$)", "/?$").replace("(?P<ps_d>/)", "/$")
    return re.compile(text)
