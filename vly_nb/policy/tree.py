"""Tree: a project's files as texts, read once and again only when they changed.

tree = Tree(folder)        a Folder, mounted or not
tree.refresh()             one walk; what changed since is forgotten
tree.program("src/convex", over={"src/a.ts": None})
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from vly_nb.errors import ToolError
from vly_nb.policy.program import Program
from vly_nb.policy.source import BIGGEST
from vly_nb.project.files import walk
from vly_nb.project.folder import Folder
from vly_nb.project.paths import is_secret
from vly_nb.project.reading import read

Stamp = tuple[int, int, int]
"""(time of change in nanoseconds, size, inode): differs when a file was written."""


class Tree:
    """See the module's top. Secret files and those over a megabyte have no text here."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._texts: dict[str, tuple[Stamp, str | None]] = {}
        self.stamps: dict[str, Stamp] = {}
        """Every file that git would not ignore."""

    def refresh(self) -> None:
        """Look what files there are now."""
        self.stamps = {
            path: (found.st_mtime_ns, found.st_size, found.st_ino)
            for path, found in walk(self._folder)
            if not is_secret(path)
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

    def later(self, functions: str, over: Mapping[str, str | None]) -> Program:
        """Like `program`, but the files are looked at only when a rule asks for one."""

        @cache
        def fresh() -> Program:
            self.refresh()
            return self.program(functions, over)

        return Program(functions, lambda path: fresh().read(path), lambda: tuple(fresh().paths))

    def program(self, functions: str, over: Mapping[str, str | None] | None = None) -> Program:
        """The files as they are, with some in other words; None where there shall be none."""
        over = over or {}
        if not over:
            return Program(functions, self.read, lambda: tuple(self.stamps))
        gone = {path for path, text in over.items() if text is None}
        return Program(
            functions,
            lambda path: over[path] if path in over else self.read(path),
            lambda: tuple({*self.stamps, *over} - gone),
        )
