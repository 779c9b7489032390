"""Draft: what a step's edits make of the files, before anything is written."""

from __future__ import annotations

import hashlib

from vly_nb.project.changes import ChangeSet, FileChange
from vly_nb.project.project import Project


def digest(data: bytes | None) -> str:
    """A short name for a file's bytes, "" for no file."""
    return "" if data is None else hashlib.sha256(data).hexdigest()[:32]


class Draft:
    """An overlay on a project: edits see each other here, the disk sees them together.

    `seen` remembers each file as the model last knew it, so that an edit of one
    that somebody else changed meanwhile is noticed.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._before: dict[str, bytes | None] = {}
        self._after: dict[str, bytes | None] = {}
        self.seen: dict[str, str] = {}

    def __bool__(self) -> bool:
        return bool(self._after)

    def pending(self, path: str) -> bool:
        """Whether this step has touched the file already."""
        return path in self._after

    def exists(self, path: str) -> bool:
        """Whether the file is there, this step's edits included."""
        return self._after[path] is not None if path in self._after else self._project.exists(path)

    def read(self, path: str) -> bytes:
        """The file with this step's edits in it. Raises ToolError like Project.read."""
        after = self._after.get(path)
        return self._project.read(path).data if after is None else after

    def look(self, path: str) -> bytes:
        """`read`, and remember that the model knows the file so."""
        data = self.read(path)
        if not self.pending(path):
            self.seen[path] = digest(data)
        return data

    def changed_since_seen(self, path: str) -> bool:
        """Whether the disk holds something else than the model was last shown."""
        if self.pending(path) or path not in self.seen:
            return False
        now = self._project.read(path).data if self._project.exists(path) else None
        return digest(now) != self.seen[path]

    def put(self, path: str, data: bytes | None) -> None:
        """The file is to hold `data`, or to go."""
        if path not in self._before:
            self._before[path] = self._project.read(path).data if self._project.exists(path) else None
        self._after[path] = data

    def change_set(self, title: str = "") -> ChangeSet:
        """All that differs from the disk, sorted by path."""
        return ChangeSet(
            tuple(
                FileChange(path, self._before[path], after)
                for path, after in sorted(self._after.items())
                if self._before[path] != after
            ),
            title,
        )

    def written(self, change: ChangeSet) -> None:
        """The change set is on disk now, so the model knows these files."""
        for one in change.changes:
            self.seen[one.path] = digest(one.after)
        self.clear()

    def clear(self) -> None:
        """Forget the edits; what was seen stays."""
        self._before.clear()
        self._after.clear()
