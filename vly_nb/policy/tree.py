"""Tree: a project's files as texts, read once and again only when they changed.

tree = Tree(folder)        a Folder, mounted or not
tree.refresh()             one walk; what changed since is forgotten
tree.program("src/convex", over={"src/a.ts": None})
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import Any

from vly_nb.errors import ToolError
from vly_nb.policy.facts import Facts, facts_of
from vly_nb.policy.packing import pack, unpacker
from vly_nb.policy.program import Program
from vly_nb.policy.source import BIGGEST
from vly_nb.project.files import walk
from vly_nb.project.folder import Folder
from vly_nb.project.paths import is_secret
from vly_nb.project.reading import read

_unpacked = unpacker(Facts | None)
Stamp = tuple[int, int, int]
"""(time of change in nanoseconds, size, inode): differs when a file was written."""


class Tree:
    """See the module's top. Secret files and those over a megabyte have no text here."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._texts: dict[str, tuple[Stamp, str | None]] = {}
        self._facts: dict[str, tuple[Stamp, Facts | None]] = {}
        self._packed: dict[str, tuple[Stamp, Any]] = {}
        self._last: Program | None = None
        self.stamps: dict[str, Stamp] = {}
        """Every file that git would not ignore."""

    def refresh(self) -> None:
        """Look what files there are now."""
        self.stamps = {
            path: (found.st_mtime_ns, found.st_size, found.st_ino)
            for path, found in walk(self._folder)
            if path in self.stamps or not is_secret(path)
        }

    def read(self, path: str) -> str | None:
        """A file's text without its byte-order mark; None: not there, not text, too big, secret."""
        stamp = self.stamps.get(path)
        if stamp is None or stamp[1] > BIGGEST:
            return None
        kept = self._texts.get(path)
        if kept is None or kept[0] != stamp:
            kept = self._texts[path] = (stamp, self._text(path))
        return kept[1]

    def _text(self, path: str) -> str | None:
        try:
            text = read(self._folder, path).text
        except ToolError:
            return None
        return text.removeprefix("\ufeff") if text is not None else None

    def facts(self, path: str) -> Facts | None:
        """What other files need to know of a file; None where it has no text."""
        stamp = self.stamps.get(path)
        if stamp is None:
            return None
        kept = self._facts.get(path)
        if kept is None or kept[0] != stamp:
            kept = self._facts[path] = (stamp, self._facts_now(path, stamp))
        return kept[1]

    def _facts_now(self, path: str, stamp: Stamp) -> Facts | None:
        of, row = self._packed.pop(path, (None, None))
        if of == stamp:
            with suppress(ValueError):
                facts: Facts | None = _unpacked(row)
                return facts
        text = self.read(path)
        return None if text is None else facts_of(path, text)

    def packed(self) -> dict[str, object]:
        """The facts of the files that are there, for `remember`."""
        every = self._packed | {path: (stamp, pack(facts)) for path, (stamp, facts) in self._facts.items()}
        return {path: row for path, (stamp, row) in every.items() if self.stamps.get(path) == stamp}

    def remember(self, stamps: Mapping[str, Stamp], packed: Mapping[str, object]) -> None:
        """Take up facts that were `packed` of files with these stamps."""
        self._packed = {path: (stamps[path], row) for path, row in packed.items()}

    def later(self, functions: str, over: Mapping[str, str | None]) -> Program:
        """Like `program`, but the files are looked at only when a rule asks for one."""

        @cache
        def fresh() -> Program:
            self.refresh()
            return self.program(functions, over)

        return Program(
            functions,
            lambda path: fresh().read(path),
            lambda: tuple(fresh().paths),
            lambda path: fresh().facts(path),
            self._last,
        )

    def program(self, functions: str, over: Mapping[str, str | None] | None = None) -> Program:
        """The files as they are, with some in other words; None where there shall be none."""
        over = over or {}
        gone = {path for path, text in over.items() if text is None}

        def read(path: str) -> str | None:
            return over[path] if path in over else self.read(path)

        def facts(path: str) -> Facts | None:
            text = over.get(path)
            if path in over:
                return None if text is None else facts_of(path, text)
            return self.facts(path)

        program = Program(functions, read, lambda: tuple({*self.stamps, *over} - gone), facts, self._last)
        if not over:
            self._last = program
        return program
