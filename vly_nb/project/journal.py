"""Journal: how several files change together or not at all, through crashes and full disks.

1. All new contents are put on the disk in `.vly/journal/<id>/`.
2. One rename makes `intent` there: from now on the change is meant.
3. Each file is renamed into its place; what it replaces is kept as a hard link.
4. The journal is dropped.

A crash before 2 leaves nothing but rubbish to sweep; after it, the next open
finishes the change, as often as it takes. When 3 fails half-way (a folder that
may not be written) `intent` becomes `retreat`, and the old files go back.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from vly_nb.project.files import BESIDE
from vly_nb.project.folder import DIRECTORY, FILE, Folder, split
from vly_nb.project.intent import Intent, Overtaken, Replacement, Stuck, signature
from vly_nb.project.store import EXECUTABLE, blob_id, write_durably

CANNOT_LINK = (errno.EXDEV, errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS)


class Journal:
    """The folder `.vly/journal`; one change at a time."""

    def __init__(self, folder: Folder, place: Path) -> None:
        self._folder = folder
        self._place = place
        place.mkdir(mode=0o700, exist_ok=True)

    def carry_out(
        self,
        commit: str,
        replacements: Sequence[Replacement],
        contents: Callable[[Replacement], bytes],
        at_rest: Callable[[], None],
    ) -> None:
        """Replace all files or none; `at_rest` is called when they are, before the journal goes.

        Raises OSError with nothing changed.
        """
        intent = Intent(secrets.token_hex(8), commit, tuple(replacements))
        place = self._place / intent.id
        try:
            place.mkdir(mode=0o700)
            for number, one in enumerate(replacements):
                if one.after is not None:
                    _stage(place / f"new-{number}", contents(one), one)
            write_durably(place / "intent", intent.written())
        except BaseException:
            with suppress(OSError):  # first: what is meant must never miss what it needs
                (place / "intent").unlink()
            shutil.rmtree(place, ignore_errors=True)
            raise
        try:
            with _opened(place) as staged:
                os.fsync(staged)
                for number, one in enumerate(replacements):
                    self._advance(staged, number, one, intent)
                self._settle(replacements)
        except BaseException as error:
            self._give_up(place, intent, error)
            raise
        try:
            at_rest()
        except OSError as error:  # anything else leaves the journal, and the next opening finishes it
            self._give_up(place, intent, error)
            raise
        self.drop(intent)

    # -- after a crash -----------------------------------------------------
    def unfinished(self) -> Intent | None:
        """What was meant and isn't done; rubbish and half-done retreats are cleared first.

        Raises OSError, ValueError for a journal that can't be read.
        """
        meant = None
        for place in sorted(self._place.iterdir()):
            if (place / "retreat").exists():
                self._retreat(place, Intent.read((place / "retreat").read_bytes()))
            elif (place / "intent").exists():
                meant = Intent.read((place / "intent").read_bytes())
            else:
                shutil.rmtree(place, ignore_errors=True)
        return meant

    def strays(self, intent: Intent) -> list[str]:
        """Paths where somebody wrote after the crash: neither what was nor what shall be."""
        found = []
        for number, one in enumerate(intent.replacements):
            done = one.after is not None and not (self._place / intent.id / f"new-{number}").exists()
            if not done and self._held(one.path) not in (
                one.before and one.before.id,
                one.after and one.after.id,
            ):
                found.append(one.path)
        return found

    def finish(self, intent: Intent) -> None:
        """Do what is left of a change that was meant. Raises OSError; may be tried again."""
        place = self._place / intent.id
        with _opened(place) as staged:
            for number, one in enumerate(intent.replacements):
                if one.after is not None:
                    with suppress(FileNotFoundError):
                        os.stat(f"new-{number}", dir_fd=staged)
                        self._put(staged, f"new-{number}", one.path, intent)
                else:
                    self._take_out(one.path)
            self._settle(intent.replacements)

    def drop(self, intent: Intent) -> None:
        """Forget a change that is done and recorded; folders that it emptied go too.

        They wait until now because going back must need no space, not even a folder's.
        """
        self._prune(one.path for one in intent.replacements if one.after is None)
        shutil.rmtree(self._place / intent.id, ignore_errors=True)

    def _held(self, path: str) -> str | None:
        try:
            data, _ = self._folder.read(path, 1 << 40)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError:
            return "a link, or unreadable"
        return blob_id(data)

    # -- single steps ------------------------------------------------------
    def _advance(self, staged: int, number: int, one: Replacement, intent: Intent) -> None:
        now = self._folder.stat(one.path)
        if signature(now) != one.was:
            raise Overtaken(errno.EAGAIN, "changed in between", one.path)
        if one.was is not None:
            self._keep(staged, f"old-{number}", one.path)
        if one.after is None:
            self._take_out(one.path)
        else:
            self._put(staged, f"new-{number}", one.path, intent)

    def _keep(self, staged: int, name: str, path: str) -> None:
        """A second name for the file that will go, so that going back needs no space."""
        parent, own = split(path)
        with self._folder.directory(parent) as fd:
            try:
                os.link(own, name, src_dir_fd=fd, dst_dir_fd=staged, follow_symlinks=False)
            except (OSError, NotImplementedError) as error:
                if isinstance(error, OSError) and error.errno not in CANNOT_LINK:
                    raise
                _copy(fd, own, staged, name)

    def _put(self, staged: int, name: str, path: str, intent: Intent) -> None:
        parent, own = split(path)
        inside = [one.path for one in intent.replacements if one.path.startswith(f"{path}/")]
        self._prune(inside, below=parent)  # a folder that this change emptied makes way
        with self._folder.directory(parent, make=True) as fd:
            try:
                os.rename(name, own, src_dir_fd=staged, dst_dir_fd=fd)
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
                _move_across(staged, name, fd, own, f"{BESIDE}{intent.id}")

    def _take_out(self, path: str) -> None:
        parent, name = split(path)
        with suppress(FileNotFoundError, NotADirectoryError), self._folder.directory(parent) as fd:
            if signature(os.stat(name, dir_fd=fd, follow_symlinks=False)) is not None:
                os.unlink(name, dir_fd=fd)  # not where a folder has taken the file's place already

    def _prune(self, paths: Iterable[str], below: str = ".") -> None:
        """Remove the folders inside `below` that are empty without these files."""
        for path in paths:
            at = split(path)[0]
            while at not in (".", below):
                parent, name = split(at)
                try:
                    with self._folder.directory(parent) as fd:
                        os.rmdir(name, dir_fd=fd)
                except FileNotFoundError:
                    pass
                except OSError:  # not empty, or not ours to remove: it stays
                    break
                at = parent

    def _settle(self, replacements: Sequence[Replacement]) -> None:
        """See to it that the renames are on the disk before the journal goes."""
        for parent in sorted({split(one.path)[0] for one in replacements}):
            with suppress(FileNotFoundError, NotADirectoryError), self._folder.directory(parent) as fd:
                os.fsync(fd)

    def _give_up(self, place: Path, intent: Intent, reason: BaseException) -> None:
        """Retreat; where even that can't be done now, say so: the next opening does it."""
        try:
            self._retreat(place, intent)
        except OSError as error:
            raise Stuck(error.errno, str(error.strerror), error.filename) from reason

    def _retreat(self, place: Path, intent: Intent) -> None:
        """Put everything back as it was; safe to repeat, needs no space."""
        with suppress(FileNotFoundError):
            (place / "intent").rename(place / "retreat")
        with _opened(place) as staged:
            names = {entry.name for entry in place.iterdir()}
            for number, one in reversed(tuple(enumerate(intent.replacements))):
                if f"old-{number}" in names:
                    self._put(staged, f"old-{number}", one.path, intent)
                elif one.before is None and one.after and self._held(one.path) == one.after.id:
                    self._take_out(one.path)
                    self._prune([one.path])
        shutil.rmtree(place, ignore_errors=True)


@contextmanager
def _opened(place: Path) -> Iterator[int]:
    fd = os.open(place, DIRECTORY)
    try:
        yield fd
    finally:
        os.close(fd)


def _stage(place: Path, data: bytes, one: Replacement) -> None:
    usual = 0o777 if one.after and one.after.mode == EXECUTABLE else 0o666  # less the umask
    fd = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, usual)
    with os.fdopen(fd, "wb", buffering=0) as stream:
        view = memoryview(data)
        while view:
            view = view[stream.write(view) :]
        if one.owner is not None:
            with suppress(PermissionError):
                os.fchown(fd, *one.owner)
        if one.bits is not None:
            os.fchmod(fd, one.bits & 0o777)
        os.fsync(fd)


def _move_across(source: int, name: str, target: int, own: str, beside: str) -> None:
    """What rename does, from one disk to another: copied beside the target, then renamed."""
    try:
        _copy(source, name, target, beside)
        os.rename(beside, own, src_dir_fd=target, dst_dir_fd=target)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside, dir_fd=target)
        raise
    os.unlink(name, dir_fd=source)


def _copy(source: int, name: str, target: int, other: str) -> None:
    """Copy a file between open folders, permissions included, to the disk; whole or not at all."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(name, FILE, dir_fd=source), "rb") as old:
        try:
            with os.fdopen(os.open(other, flags, 0o600, dir_fd=target), "wb") as new:
                shutil.copyfileobj(old, new)
                new.flush()
                os.fchmod(new.fileno(), stat.S_IMODE(os.fstat(old.fileno()).st_mode))
                os.fsync(new.fileno())
        except BaseException:
            with suppress(OSError):
                os.unlink(other, dir_fd=target)
            raise
