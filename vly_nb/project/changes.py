"""ChangeSet, FileChange, Hunk: files before and after, together or not at all.

Values only: nothing here knows a disk. A change set is its own undo
(`inverse`), can be narrowed to files and hunks (`pick`), and prints itself as
a unified diff (`unified`) that `git apply` understands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Literal

from vly_nb.errors import ProjectError
from vly_nb.project.lines import Hunk, Run, carry_out, hunks_of, runs, split_lines

Kind = Literal["created", "modified", "deleted"]

__all__ = ["ChangeSet", "FileChange", "Hunk", "Kind"]


@dataclass(frozen=True)
class FileChange:
    """One file before and after, as bytes; None where there is (or will be) no file.

    `mode` is the permission bits to give the file, None to keep what it has.
    """

    path: str
    before: bytes | None
    after: bytes | None
    mode: int | None = None

    @property
    def kind(self) -> Kind:
        """What happens to the file; "modified" also where nothing does."""
        if self.before is None and self.after is not None:
            return "created"
        return "deleted" if self.after is None and self.before is not None else "modified"

    @cached_property
    def binary(self) -> bool:
        """Not text: holds a NUL byte or is not UTF-8, before or after."""
        return not (is_text(self.before or b"") and is_text(self.after or b""))

    @cached_property
    def _lines(self) -> tuple[list[str], list[str]]:
        if self.binary:
            return [], []
        before, after = (self.before or b"").decode(), (self.after or b"").decode()
        return split_lines(before), split_lines(after)

    @cached_property
    def _runs(self) -> tuple[Run, ...]:
        return runs(*self._lines)

    @cached_property
    def hunks(self) -> tuple[Hunk, ...]:
        """The change in runs of lines, three lines of context; () for a binary file."""
        return hunks_of(*self._lines, self._runs)

    @property
    def added(self) -> int:
        """How many lines of `after` are new; 0 for a binary file."""
        return sum(run.after_end - run.after for run in self._runs)

    @property
    def removed(self) -> int:
        """How many lines of `before` are gone; 0 for a binary file."""
        return sum(run.before_end - run.before for run in self._runs)

    @property
    def touched_lines(self) -> frozenset[int]:
        """Numbers (from 1) of the lines of `after` that are new or differ."""
        return frozenset(n + 1 for run in self._runs for n in range(run.after, run.after_end))

    def unified(self) -> str:
        """The change as one file of a git diff, "" when nothing changes."""
        if self.before == self.after and self.mode is None:
            return ""
        old, new = quoted(f"a/{self.path}"), quoted(f"b/{self.path}")
        parts = [f"diff --git {old} {new}\n"]
        executable = bool((self.mode or 0) & 0o100)
        if self.kind == "created":
            parts.append(f"new file mode {'100755' if executable else '100644'}\n")
        elif self.kind == "deleted":
            parts.append("deleted file mode 100644\n")
        old = "/dev/null" if self.before is None else old
        new = "/dev/null" if self.after is None else new
        if self.binary:
            parts.append(f"Binary files {old} and {new} differ\n")
        elif self.hunks:
            # git ends a name with spaces by a tab, so that `patch` knows where it stops
            parts.append(f"--- {old}{tab(old)}\n+++ {new}{tab(new)}\n")
            parts += [hunk.unified() for hunk in self.hunks]
        return "".join(parts)

    def inverse(self) -> FileChange:
        """The change that takes this one back (its contents: a mode isn't known before)."""
        return FileChange(self.path, self.after, self.before)

    def pick(self, hunks: frozenset[int]) -> FileChange:
        """The same change with only these hunks (numbers from 1) carried out.

        Raises ProjectError for a number that the file doesn't have.
        """
        known = {hunk.number for hunk in self.hunks}
        if strange := sorted(hunks - known):
            what = "hunk" if len(strange) == 1 else "hunks"
            have = f"it has 1 to {len(known)}" if known else "it can only be taken whole"
            raise ProjectError(f"{self.path} has no {what} {', '.join(map(str, strange))}: {have}.")
        if hunks == known:
            return self
        if not hunks:
            return FileChange(self.path, self.before, self.before)
        return replace(self, after=carry_out(self._lines[0], self.hunks, hunks).encode())


@dataclass(frozen=True)
class ChangeSet:
    """Changes of several files, sorted by path, one change a path (ValueError otherwise)."""

    changes: tuple[FileChange, ...] = ()
    title: str = ""

    def __post_init__(self) -> None:
        ordered = tuple(sorted(self.changes, key=lambda change: change.path))
        for one, other in pairwise(ordered):
            if one.path == other.path:
                raise ValueError(f"{one.path} is changed twice in one change set")
        object.__setattr__(self, "changes", ordered)

    def __bool__(self) -> bool:
        return bool(self.changes)

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths that change, sorted."""
        return tuple(change.path for change in self.changes)

    def unified(self) -> str:
        """All files as one git diff."""
        return "".join(change.unified() for change in self.changes)

    def inverse(self) -> ChangeSet:
        """The change set that takes this one back."""
        return replace(self, changes=tuple(change.inverse() for change in self.changes))

    def pick(self, wanted: Mapping[str, frozenset[int] | None]) -> ChangeSet:
        """Only these files; None takes a whole file, a set only those hunks.

        Raises ProjectError naming a path or a hunk that isn't in the change set.
        """
        if strange := sorted(wanted.keys() - set(self.paths)):
            here = f"It changes {', '.join(self.paths)}." if self.changes else "It is empty."
            raise ProjectError(f"{', '.join(strange)} isn't in the change set.", here)
        picked = []
        for change in self.changes:
            if change.path not in wanted:
                continue
            hunks = wanted[change.path]
            part = change if hunks is None else change.pick(hunks)
            if part.before != part.after or part.mode is not None:
                picked.append(part)
        return replace(self, changes=tuple(picked))

    def without(self, chosen: ChangeSet) -> ChangeSet:
        """What is left after `chosen` (a pick of this) was taken."""
        taken = {change.path: change for change in chosen.changes}
        left = []
        for change in self.changes:
            part = taken.get(change.path)
            if part is None:
                left.append(change)
            elif part.after != change.after:
                mode = None if part.mode == change.mode else change.mode
                left.append(replace(change, before=part.after, mode=mode))
        return replace(self, changes=tuple(left))


def is_text(data: bytes) -> bool:
    """Whether bytes are UTF-8 without a NUL: what an edit can work on."""
    if b"\0" in data:
        return False
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def quoted(name: str) -> str:
    """A file's name in a diff's header, as git writes it."""
    if name.isprintable() and not set(name) & set('"\\'):
        return name
    letters = []
    for byte in name.encode():
        letter = chr(byte)
        plain = letter if 31 < byte < 127 else f"\\{byte:03o}"
        letters.append(f"\\{letter}" if letter in '"\\' else plain)
    return f'"{"".join(letters)}"'


def tab(name: str) -> str:
    """A tab after a name with spaces, else nothing."""
    return "\t" if " " in name and not name.startswith('"') else ""
