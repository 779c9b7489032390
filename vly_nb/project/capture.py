"""Capture: what the files are now, as entries of a version; read only where they may have changed."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Mapping

from dulwich.objects import ShaFile

from vly_nb.errors import ProjectError
from vly_nb.project.files import walk
from vly_nb.project.folder import Folder, Linked, TooBig
from vly_nb.project.store import EXECUTABLE, FILE, Entry, Store, blob_id, new_blob

BIGGEST = 32_000_000  # bytes; a bigger file is left alone: neither captured nor ever touched
MOST_FILES = 50_000
AT_ONCE = 32_000_000  # bytes of new blobs held before they are written
RACY = 2_000_000_000
"""Nanoseconds: a file that changed so shortly before it was read may have changed again in the
same tick of a coarse clock (git calls it racy), so it is read once more the next time."""


class Capture:
    """Looks at the disk, and remembers what it saw by each file's stat."""

    def __init__(self, folder: Folder, store: Store) -> None:
        self._folder = folder
        self._store = store
        self._known: dict[str, tuple[tuple[int, ...], Entry]] = {}

    def scan(self, versioned: Mapping[str, Entry]) -> dict[str, Entry | None]:
        """How the disk differs from the files of a version; new blobs are in the store already.

        A versioned file that git has come to ignore stays as it was captured last.
        Raises ProjectError when there are far too many files, OSError when the store can't grow.
        """
        changes: dict[str, Entry | None] = {}
        seen: set[str] = set()
        blobs: list[ShaFile] = []
        waiting = 0
        for path, found in walk(self._folder):
            seen.add(path)
            if len(seen) > MOST_FILES:
                raise ProjectError(
                    f"{self._folder.root} holds more than {MOST_FILES:,} files.",
                    "Mount the folder of one project, or add what is generated to its .gitignore.",
                )
            entry, data = self._entry(path, found, versioned.get(path))
            if entry is None or entry == versioned.get(path):
                continue
            changes[path] = entry
            if data is not None:
                blobs.append(new_blob(data))
                waiting += len(data)
            if waiting > AT_ONCE:
                self._store.put(blobs)
                blobs, waiting = [], 0
        self._store.put(blobs)
        for path in versioned.keys() - seen:
            left = self._folder.stat(path)
            if left is None or not stat.S_ISREG(left.st_mode):
                changes[path] = None
        return changes

    def now(self, path: str) -> Entry | None:
        """One file as it is, ignored or not, its blob in the store; None where no file is.

        Raises OSError for one that can't be read or is too big.
        """
        try:
            data, found = self._folder.read(path, BIGGEST)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError, Linked):
            return None
        self._store.put([new_blob(data)])
        return Entry(git_mode(found.st_mode), blob_id(data))

    def _entry(
        self, path: str, found: os.stat_result, versioned: Entry | None
    ) -> tuple[Entry | None, bytes | None]:
        """A file's entry, and its bytes where they were read and are new; (None, None) if unreadable."""
        key = (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_mode)
        known = self._known.get(path)
        if known is not None and known[0] == key and known[1] == versioned:
            return known[1], None
        if found.st_size > BIGGEST:
            return None, None
        at = time.time_ns()
        try:
            data, found = self._folder.read(path, BIGGEST)
        except (TooBig, Linked, OSError):
            return None, None
        entry = Entry(git_mode(found.st_mode), blob_id(data))
        key = (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_mode)
        if max(found.st_mtime_ns, found.st_ctime_ns) < at - RACY:
            self._known[path] = (key, entry)
        else:
            self._known.pop(path, None)
        return entry, None if versioned and versioned.id == entry.id else data


def git_mode(mode: int) -> int:
    """Git's mode of a file: executable by its owner or not."""
    return EXECUTABLE if mode & stat.S_IXUSR else FILE
