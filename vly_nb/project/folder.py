"""Folder: the mounted directory held by a descriptor, so that no path leads out of it.

Every walk starts at the root's descriptor and opens one name at a time with
O_NOFOLLOW. To resolve a path first and open it afterwards loses against a link
that is swapped in between; this never does, and needs no openat2.

A hard link is a file like any other: one that someone made to a secret outside
can be read here. Only who could read the secret could have made it.
"""

from __future__ import annotations

import errno
import os
import stat
import unicodedata
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from vly_nb.project.paths import folded

DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# O_NONBLOCK: a pipe that was put in a file's place must not hold us for ever
FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
MOST_LINKS = 40
AT_ONCE = 1_000_000  # bytes asked of the system in one read


class Linked(OSError):
    """A link stands where a file or a folder was expected; `filename` says where."""


class TooBig(OSError):
    """More bytes than asked for; `filename` says where."""


class Folder:
    """A directory and everything beneath it. Paths are relative, with `/`, and normalized."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._fd = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._closed = weakref.finalize(self, os.close, self._fd)  # also when nobody closes it
        self.forgets_case = False
        """Whether `A` and `a` are the same file here, as on most Macs."""

    @property
    def closed(self) -> bool:
        """Whether the directory was let go of."""
        return not self._closed.alive

    def close(self) -> None:
        """Let go of the directory; twice does no harm."""
        self._closed()
        self._fd = -1

    @contextmanager
    def directory(self, path: str, *, make: bool = False) -> Iterator[int]:
        """A descriptor of a folder inside (`"."` is the root), made when it isn't there and `make`.

        Raises FileNotFoundError, NotADirectoryError, Linked.
        """
        fd = os.dup(self._fd)
        try:
            at = ""
            for name in path.split("/") if path != "." else ():
                at = f"{at}/{name}" if at else name
                inner = _enter(fd, name, at, make)
                os.close(fd)
                fd = inner
            yield fd
        finally:
            os.close(fd)

    def stat(self, path: str) -> os.stat_result | None:
        """What is at a path, links not followed; None where nothing is or can be."""
        parent, name = split(path)
        try:
            with self.directory(parent) as fd:
                return os.stat(name, dir_fd=fd, follow_symlinks=False)
        except (FileNotFoundError, NotADirectoryError, Linked):
            return None

    def read(self, path: str, limit: int) -> tuple[bytes, os.stat_result]:
        """A regular file's bytes and what it is.

        Raises FileNotFoundError, IsADirectoryError, Linked, TooBig (over `limit` bytes),
        PermissionError, and OSError for what is neither file nor folder.
        """
        parent, name = split(path)
        with self.directory(parent) as fd:
            return read_at(fd, name, path, limit)

    def resolve(self, path: str) -> str:
        """Where a path leads through links that stay inside: for pnpm's node_modules.

        The answer is to be opened link-free like any other, so a swap in between
        only makes that fail. Raises Linked when a link leads out.
        """
        left, done, links = path.split("/"), list[str](), 0
        while left:
            name = left.pop(0)
            if name in ("", "."):
                continue
            if name == "..":
                if not done:
                    raise Linked(errno.ELOOP, "the link leads out of the project", path)
                done.pop()
                continue
            target = self._link(done, name)
            if target is None:
                done.append(name)
                continue
            links += 1
            if target.startswith("/") or links > MOST_LINKS:
                raise Linked(errno.ELOOP, "the link leads out of the project", path)
            left = target.split("/") + left
        return "/".join(done)

    def _link(self, parts: list[str], name: str) -> str | None:
        with self.directory("/".join(parts) or ".") as fd:
            try:
                return os.readlink(name, dir_fd=fd)
            except OSError:
                return None

    def real_name(self, path: str) -> str:
        """The path with each name spelt as on disk, composed (NFC) where it isn't there yet."""
        parts: list[str] = []
        for name in path.split("/"):
            parts.append(self._spelt("/".join(parts) or ".", name))
        return "/".join(parts)

    def _spelt(self, parent: str, name: str) -> str:
        if name.isascii() and not self.forgets_case:
            return name
        same = folded if self.forgets_case else _composed
        with suppress(OSError), self.directory(parent) as fd:
            with os.scandir(fd) as entries:
                names = [entry.name for entry in entries]
            if name in names:
                return name
            return next((one for one in names if same(one) == same(name)), _composed(name))
        return _composed(name)


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _enter(fd: int, name: str, at: str, make: bool) -> int:
    try:
        return os.open(name, DIRECTORY, dir_fd=fd)
    except FileNotFoundError:
        if not make:
            raise
        with suppress(FileExistsError):
            os.mkdir(name, dir_fd=fd)
        return os.open(name, DIRECTORY, dir_fd=fd)
    except OSError as error:  # ENOTDIR or ELOOP, as the system likes, for a link
        if error.errno not in (errno.ENOTDIR, errno.ELOOP, errno.EMLINK):
            raise
        if _is_link(fd, name):
            raise Linked(errno.ELOOP, "is a link", at) from None
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), at) from None


def _is_link(fd: int, name: str) -> bool:
    with suppress(OSError):
        return stat.S_ISLNK(os.stat(name, dir_fd=fd, follow_symlinks=False).st_mode)
    return False


def read_at(fd: int, name: str, path: str, limit: int) -> tuple[bytes, os.stat_result]:
    """Read `name` in an open directory; see `Folder.read`."""
    try:
        file = os.open(name, FILE, dir_fd=fd)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EMLINK):
            raise Linked(errno.ELOOP, "is a link", path) from None
        raise
    with os.fdopen(file, "rb", buffering=0) as stream:
        before = os.fstat(file)
        if stat.S_ISDIR(before.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
        if not stat.S_ISREG(before.st_mode):
            raise OSError(errno.EINVAL, "is not a file", path)
        parts, size = [], 0
        while size <= limit and (part := stream.read(min(limit + 1 - size, AT_ONCE))):
            parts.append(part)
            size += len(part)
        if size > limit:
            raise TooBig(errno.EFBIG, os.strerror(errno.EFBIG), path)
        return b"".join(parts), before


def split(path: str) -> tuple[str, str]:
    """A path's folder (`"."` for the root) and its name."""
    parent, _, name = path.rpartition("/")
    return parent or ".", name
