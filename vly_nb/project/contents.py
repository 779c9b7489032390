"""Contents: what in a project's tree a command mustn't see or change, found again in no time.

A folder is read anew only when its change time moved, which no program can set
back: a second look at an unchanged tree costs one stat a folder.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from vly_nb.project.paths import folded, is_secret
from vly_nb.project.state import STATE

DEEPEST = 64  # folders; a tree deeper than this is a trap, not a project
SETTLED = 100_000_000  # nanoseconds after which a change time tells of every change
GIT, PACKAGES, TAPES = ".git", "node_modules", (".tape", ".tape.jsonl", ".ipynb")


@dataclass(frozen=True, slots=True)
class Names:
    """What one folder holds of interest, by name."""

    folders: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    git: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    tapes: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


@dataclass
class Found:
    """What the whole tree holds: absolute paths, folder by folder.

    `secrets` are files, folders and what links with a secret's name lead to; `state`
    is vly's, `git` repositories' own folders (or files), `packages` node_modules,
    `tapes` what vly recorded and the notebooks that drive it, `kept` files that nothing but a person changes.
    """

    secrets: list[Path] = field(default_factory=list)
    state: list[Path] = field(default_factory=list)
    git: list[Path] = field(default_factory=list)
    packages: list[Path] = field(default_factory=list)
    tapes: list[Path] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)


class Contents:
    """A tree under watch; `kept` tells by a path within it which files are a person's alone."""

    def __init__(self, root: Path, kept: Callable[[str], bool]) -> None:
        self._root = root
        self._kept = kept
        self._known: dict[str, tuple[int, int, Names]] = {}  # folder → change time, when read, names

    def look(self) -> Found:
        """What is there now."""
        found, known = Found(), dict[str, tuple[int, int, Names]]()
        waiting = ["."]
        while waiting:
            at = waiting.pop()
            with suppress(OSError):  # gone in between, or unreadable: then a command can't read it either
                known[at] = entry = self._names(at)
                inside = "" if at == "." else f"{at}/"
                for kind in ("secrets", "state", "git", "packages", "tapes", "kept"):
                    places = getattr(found, kind)
                    places += [self._root / f"{inside}{name}" for name in getattr(entry[2], kind)]
                if at.count("/") < DEEPEST:
                    waiting += [inside + name for name in entry[2].folders]
        self._known = known
        found.secrets = list(dict.fromkeys(self._with_other_names(found.secrets)))
        return found

    def _names(self, at: str) -> tuple[int, int, Names]:
        place = self._root / at
        changed = os.stat(place, follow_symlinks=False).st_ctime_ns  # noqa: PTH116
        if (before := self._known.get(at)) and before[0] == changed and before[1] - changed > SETTLED:
            return before
        now = time.time_ns()
        kinds: dict[str, list[str]] = {name: [] for name in Names.__slots__}
        with os.scandir(place) as entries:
            for entry in entries:
                if kind := self._kind(entry, at):
                    kinds[kind].append(entry.name)
        return changed, now, Names(**{kind: tuple(sorted(names)) for kind, names in kinds.items()})

    def _kind(self, entry: os.DirEntry[str], at: str) -> str:
        """Which of `Names` an entry belongs to; "" for an ordinary file."""
        name, folder = folded(entry.name), entry.is_dir(follow_symlinks=False)
        path = entry.name if at == "." else f"{at}/{entry.name}"
        if is_secret(entry.name):
            return "secrets"
        if entry.is_symlink():  # one in the place of a file that is a person's alone is taken away again
            return "kept" if self._kept(path) else ""
        if name == STATE:
            return "state"
        if name == GIT:
            return "git"
        if folder:
            return "packages" if name == PACKAGES else "folders"
        if name.endswith(TAPES):
            return "tapes"
        return "kept" if self._kept(path) else ""

    def _with_other_names(self, secrets: list[Path]) -> Iterator[Path]:
        """The same, with what links lead to, and with hard links that have other names."""
        linked = set()
        for place in secrets:
            real = Path(os.path.realpath(place))
            with suppress(OSError):
                status = real.stat()
                if stat.S_ISREG(status.st_mode) and status.st_nlink > 1:
                    linked.add((status.st_dev, status.st_ino))
                if real.is_relative_to(self._root) and real != self._root:
                    yield real
        if linked:
            for at in self._known:
                with suppress(OSError), os.scandir(self._root / at) as entries:
                    for entry in entries:
                        status = entry.stat(follow_symlinks=False)
                        if (status.st_dev, status.st_ino) in linked:
                            yield Path(entry.path)
