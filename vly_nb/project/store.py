"""Store: a bare git repository of our own, where versions keep the bytes of files.

Any git can read it (`git --git-dir .vly/versions.git log`), none is needed to
write it: dulwich knows the formats. It never looks at the project's own .git,
nor at anyone's git configuration.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import weakref
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from dulwich.object_store import DiskObjectStore
from dulwich.objects import Blob, ObjectID, ShaFile, Tree

FILE, EXECUTABLE, FOLDER = 0o100644, 0o100755, 0o040000
PACK_FROM = 50
"""So many new objects at once go into one pack: 500 files cost 60 ms and two fsyncs instead of 500."""


COMING = "coming"
"""The folder in the store where files wait until they are whole; git never looks there."""
MOST_FOLDERS = 4_096  # whose entries are remembered


class Entry(NamedTuple):
    """A file in a version: git's mode (executable or not) and blob id."""

    mode: int
    id: str


class Store:
    """The objects and the one branch, `versions`."""

    def __init__(self, path: Path) -> None:
        """Open the store, making it first when it isn't there."""
        self._path = path
        for folder in ("objects/info", "objects/pack", "refs/heads", COMING):
            (path / folder).mkdir(parents=True, exist_ok=True)
        self._sweep()
        config = "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n"
        for name, text in (("config", config), ("HEAD", "ref: refs/heads/versions\n")):
            if not (path / name).exists():
                write_durably(path / name, text.encode(), through=path / COMING)
        self._objects = DiskObjectStore(path / "objects", fsync_object_files=True)
        # dulwich's own __del__ comes too late at the interpreter's end, and complains
        self._closed = weakref.finalize(self, self._objects.close)
        self._folders: dict[str, dict[str, Entry]] = {}

    def close(self) -> None:
        """Let go of open packs."""
        self._closed()

    def _sweep(self) -> None:
        """Remove what a killed process left half-written: the lock is ours, so nobody writes now."""
        pack = self._path / "objects/pack"
        for rest in (*(self._path / COMING).iterdir(), *pack.glob("tmp*"), *pack.glob("*.lock")):
            rest.unlink()

    # -- objects -----------------------------------------------------------
    def put(self, objects: Sequence[ShaFile]) -> None:
        """Write objects, durably; those that are there already are left alone."""
        new = {one.id: one for one in objects if one.id not in self._objects}
        if len(new) >= PACK_FROM:
            self._objects.add_objects([(one, None) for one in new.values()])
            return
        for name, one in new.items():
            place = self._path / "objects" / name[:2].decode() / name[2:].decode()
            place.parent.mkdir(exist_ok=True)
            header = b"%s %d\0" % (one.type_name, one.raw_length())
            data = zlib.compress(header + one.as_raw_string(), 1)
            write_durably(place, data, through=self._path / COMING)

    def get(self, name: str) -> ShaFile:
        """An object by its id. Raises KeyError."""
        return self._objects[ObjectID(name.encode())]

    def blob(self, name: str) -> bytes:
        """A file's bytes by their blob id. Raises KeyError."""
        return self.get(name).as_raw_string()

    # -- the branch --------------------------------------------------------
    @property
    def head(self) -> str | None:
        """The id of the newest version's commit, None in a new store."""
        try:
            return (self._path / "refs/heads/versions").read_text().strip()
        except FileNotFoundError:
            return None

    def move_head(self, commit: str) -> None:
        """Make a commit the newest, durably and at once."""
        place = self._path / "refs/heads/versions"
        write_durably(place, f"{commit}\n".encode(), through=self._path / COMING)

    # -- trees -------------------------------------------------------------
    def files(self, tree: str, prefix: str = "") -> dict[str, Entry]:
        """Path → entry of every file in a tree."""
        found: dict[str, Entry] = {}
        for name, entry in self._entries(tree).items():
            if entry.mode == FOLDER:
                found.update(self.files(entry.id, f"{prefix}{name}/"))
            else:
                found[prefix + name] = entry
        return found

    def file(self, tree: str, path: str) -> Entry | None:
        """The entry of one file in a tree, None where it has no file."""
        *folders, name = path.split("/")
        for folder in folders:
            inner = self._entries(tree).get(folder)
            if inner is None or inner.mode != FOLDER:
                return None
            tree = inner.id
        found = self._entries(tree).get(name)
        return None if found is None or found.mode == FOLDER else found

    def rivals(self, tree: str, path: str) -> Iterator[str]:
        """Files of a tree that can't be there when `path` is a file: `a` or `a/b/c` for `a/b`."""
        at = ""
        for name in path.split("/"):
            at = f"{at}/{name}" if at else name
            found = self._entries(tree).get(name)
            if found is None:
                return
            if found.mode != FOLDER:
                if at != path:
                    yield at
                return
            tree = found.id
        yield from self.files(tree, f"{path}/")

    def _entries(self, tree: str) -> dict[str, Entry]:
        """What is in one folder; remembered, since a folder's id says all that is in it."""
        if tree not in self._folders:
            found = self.get(tree)
            assert isinstance(found, Tree)  # noqa: S101 - says so to the type checker
            if len(self._folders) >= MOST_FOLDERS:
                self._folders.clear()
            self._folders[tree] = {
                item.path.decode(): Entry(item.mode, item.sha.decode()) for item in found.iteritems()
            }
        return self._folders[tree]

    def changed_tree(
        self, tree: str | None, changes: Mapping[str, Entry | None]
    ) -> tuple[str, list[ShaFile]]:
        """A tree with some paths set, or taken out (None), and the new objects it is made of.

        Only folders on the way to a changed path are read and made anew.
        """
        made: list[ShaFile] = []
        root = self._changed(tree, changes, made)
        if root is None:
            made.append(empty := Tree())
            root = empty.id.decode()
        return root, made

    def _changed(
        self, tree: str | None, changes: Mapping[str, Entry | None], made: list[ShaFile]
    ) -> str | None:
        entries = dict(self._entries(tree)) if tree else {}
        inner: dict[str, dict[str, Entry | None]] = {}
        for path, entry in changes.items():
            name, _, rest = path.partition("/")
            if rest:
                inner.setdefault(name, {})[rest] = entry
            elif entry is not None:
                entries[name] = entry
            elif name in entries and entries[name].mode != FOLDER:
                del entries[name]
        for name, below in inner.items():
            old = entries.get(name)
            folder = self._changed(old.id if old and old.mode == FOLDER else None, below, made)
            if folder is not None:
                entries[name] = Entry(FOLDER, folder)
            elif old and old.mode == FOLDER:
                del entries[name]
        if not entries:
            return None
        new = Tree()
        for name, entry in entries.items():
            new.add(name.encode(), entry.mode, ObjectID(entry.id.encode()))
        made.append(new)
        return new.id.decode()

    def differences(
        self, older: str | None, newer: str | None, prefix: str = ""
    ) -> Iterator[tuple[str, Entry | None, Entry | None]]:
        """(path, entry in one tree, in the other) where two trees differ; equal folders aren't read."""
        old = self._entries(older) if older else {}
        new = self._entries(newer) if newer else {}
        for name in sorted(old.keys() | new.keys()):
            one, other = old.get(name), new.get(name)
            if one == other:
                continue
            folders = [entry.id if entry and entry.mode == FOLDER else None for entry in (one, other)]
            if any(folders):
                yield from self.differences(folders[0], folders[1], f"{prefix}{name}/")
            one = None if one and one.mode == FOLDER else one
            other = None if other and other.mode == FOLDER else other
            if one != other:
                yield prefix + name, one, other


def blob_id(data: bytes) -> str:
    """The git id of a file's bytes."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def new_blob(data: bytes) -> ShaFile:
    """A file's bytes as an object to put."""
    return Blob.from_string(data)


def write_durably(place: Path, data: bytes, through: Path | None = None) -> None:
    """Write a file whole or not at all: to the disk in `through` (beside it), then renamed over it."""
    coming = (through or place.parent) / secrets.token_hex(8)
    fd = os.open(coming, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(fd, "wb", buffering=0) as stream:
            view = memoryview(data)
            while view:
                view = view[stream.write(view) :]
            os.fsync(fd)
        coming.rename(place)
    except BaseException:
        with suppress(OSError):
            coming.unlink()
        raise
