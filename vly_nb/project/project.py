"""Project: a mounted folder, and `apply`, the one door through which it changes.

    project = Project.open("my-app", protected=("src/convex/auth.ts",))
    version = project.apply(change_set, label="Make the headline blue", guards=(…,))
    project.undo()

Every method may be called from any thread; one runs at a time.
"""

from __future__ import annotations

import errno
import stat
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from vly_nb.diagnostics import Diagnostic, Severity
from vly_nb.errors import ProjectError, Refused
from vly_nb.project import gates
from vly_nb.project.changes import ChangeSet
from vly_nb.project.confine import Confinement
from vly_nb.project.files import matcher, walk
from vly_nb.project.folder import Folder
from vly_nb.project.intent import Stuck
from vly_nb.project.mount import Mount
from vly_nb.project.paths import normalized
from vly_nb.project.reading import File, read
from vly_nb.project.store import EXECUTABLE
from vly_nb.project.versions import Version
from vly_nb.project.writer import OUTSIDE, file_change, stale
from vly_nb.sandbox.sandbox import Tier

__all__ = ["File", "Guard", "Project"]

Guard = Callable[["Project", ChangeSet], Iterable[Diagnostic]]
"""Sees a change set before a byte is written; any error it answers refuses the set."""


class Project:
    """A folder under vly's care: see the module's top."""

    root: Path
    confinement: Confinement
    """Makes the boxes in which programs run here."""

    def __init__(self, mount: Mount, protected: Sequence[str] = (), tier: Tier | None = None) -> None:
        """For `open`, which is how to get one."""
        self.root = mount.root
        self._mount = mount
        self._protected = matcher(*protected)
        self._unlocked = matcher()
        self.confinement = Confinement(self.root, kept=self._protected, tier=tier)
        self._lock = threading.RLock()
        self.set_aside: tuple[str, ...] = ()  # a person's files that a command made, found at `open`

    @classmethod
    def open(cls, folder: str | Path, *, protected: Sequence[str] = (), tier: Tier | None = None) -> Project:
        """Open a folder: recover an unfinished change set, take the lock, record version 1.

        `protected` are globs, as in .gitignore, of more files that are read-only; `tier`
        is what holds programs that run here, the best that works when None. What was
        edited since the project was open last becomes a version of its own.
        Raises ProjectError: not there, not a folder, unreadable, already mounted
        by another process (names its pid).
        """
        mount = Mount.of(folder)
        project = cls(mount, protected, tier)
        try:
            with project._at_work():
                project.set_aside = tuple(project.confinement.recover())
                if mount.versions.head is None:
                    mount.writer.observe("The project as it was mounted", "start")
                else:
                    mount.writer.observe(OUTSIDE, "outside")
        except BaseException:
            mount.close()
            raise
        return project

    def close(self) -> None:
        """Give the lock back. The project can't be used afterwards; closing twice does no harm."""
        with self._lock:
            self._mount.close()

    # -- reading -----------------------------------------------------------
    @property
    def folder(self) -> Folder:
        """The directory itself, for who looks at many files at once."""
        return self._mount.folder

    def relative(self, path: str) -> str:
        """The path as the project names it: relative, `/`, spelt as on disk, "." for the root.

        Understands an absolute path inside the root and `./x`. Raises ToolError for one
        that leaves the project.
        """
        return self._mount.folder.real_name(normalized(path, self.root))

    def read(self, path: str) -> File:
        """A file's bytes.

        In node_modules links are followed as long as they stay inside the project.
        Raises ToolError: not there (with near names), a folder, a link, too big
        (over 2 MB), unreadable, secret.
        """
        path = self.relative(path)
        with self._at_work():
            return read(self._mount.folder, path)

    def exists(self, path: str) -> bool:
        """Whether anything is at a path: a file, a folder, a link. Raises ToolError like `relative`."""
        path = self.relative(path)
        with self._at_work():
            return self._mount.folder.stat(path) is not None

    def is_folder(self, path: str) -> bool:
        """Whether a path is a folder. Raises ToolError like `relative`."""
        path = self.relative(path)
        with self._at_work():
            found = self._mount.folder.stat(path)
        return path == "." or (found is not None and stat.S_ISDIR(found.st_mode))

    def files(self, glob: str | None = None) -> list[str]:
        """Paths that git would not ignore, sorted; never `.git .vly node_modules`, secrets, links.

        `glob` as in .gitignore, and `{a,b}`: `*.tsx` at any depth, `src/lib/**`.
        """
        wanted = matcher(glob) if glob else (lambda _: True)
        with self._at_work():
            return sorted(path for path, _ in walk(self._mount.folder) if wanted(path))

    def texts(self, biggest: int, glob: str | None = None) -> Iterator[tuple[str, bytes]]:
        """(path, bytes) of what `files` names; unreadable files and those over `biggest` are left out."""
        for path in self.files(glob):
            with suppress(OSError):
                yield path, self._mount.folder.read(path, biggest)[0]

    # -- writing -----------------------------------------------------------
    @property
    def clean(self) -> Callable[[str], str]:
        """Takes the secrets out of every version's label; set it to whatever knows them."""
        return self._mount.versions.clean

    @clean.setter
    def clean(self, clean: Callable[[str], str]) -> None:
        self._mount.versions.clean = clean

    @property
    def pause(self) -> Callable[[], AbstractContextManager[None]]:
        """Entered around the renames of `apply`; set it to hold a dev server still meanwhile."""
        return self._mount.writer.pause

    @pause.setter
    def pause(self, pause: Callable[[], AbstractContextManager[None]]) -> None:
        self._mount.writer.pause = pause

    def unlock(self, *globs: str) -> None:
        """Let what is read-only among these be written, until this is called again: only a person's word."""
        self._unlocked = matcher(*globs)

    def is_unlocked(self, path: str) -> bool:
        """Whether a person has opened a file that is read-only otherwise."""
        return self._unlocked(path)

    def _shut(self, path: str) -> bool:
        return self._protected(path) and not self._unlocked(path)

    def judge(self, change: ChangeSet, guards: Sequence[Guard] = ()) -> list[Diagnostic]:
        """What apply would say, with nothing written: gates, stale, guards.

        Guards are asked only when the paths and what was read are in order.
        """
        with self._at_work():
            folder = self._mount.folder
            gated = gates.judge(gates.Ground(folder, change, self._shut))
            read = (stale(folder, one) for one in change.changes if one.path not in gated)
            found = [*gated.values(), *(one for one in read if one is not None)]
            if not found:
                found += [one for guard in guards for one in guard(self, change)]
            return found

    def apply(
        self, change: ChangeSet, *, label: str, guards: Sequence[Guard] = (), kind: str = "step"
    ) -> Version:
        """Write all of it or nothing, and record a version; the head when nothing would change.

        Files that others changed meanwhile elsewhere are not part of the version.
        Raises Refused (with the errors of `judge`), ProjectError (disk full…), and has
        changed nothing then.
        """
        with self._at_work():
            errors = [one for one in self.judge(change, guards) if one.severity is Severity.ERROR]
            if errors:
                raise Refused(errors)
            return self._mount.writer.write(change, label, kind)

    def observe(self, label: str, kind: str = "outside") -> Version | None:
        """Notice what others wrote (a program, an editor) and record it; None if nothing changed."""
        with self._at_work():
            return self._mount.writer.observe(label, kind)

    # -- versions ----------------------------------------------------------
    @property
    def versions(self) -> Sequence[Version]:
        """Oldest first; number 1 is the project as it was mounted first."""
        return tuple(self._mount.versions)

    @property
    def head(self) -> Version:
        """The newest version."""
        return self._mount.versions[-1]

    def undo(self) -> Version:
        """Go back one version, as a new version. Raises ProjectError when there is nothing to undo."""
        with self._at_work():
            self.observe(OUTSIDE)
            if (to := self.head.undo_to) is None:
                raise ProjectError("There is nothing to undo.")
            return self._mount.writer.restore(to, f"Undo: {self._titled(self.head)}", "undo")

    def redo(self) -> Version:
        """Bring back what was undone last. Raises ProjectError when there is nothing to redo."""
        with self._at_work():
            self.observe(OUTSIDE)
            if (to := self.head.redo_to) is None:
                raise ProjectError("There is nothing to redo.")
            return self._mount.writer.restore(to, f"Redo: {self._titled(self._numbered(to))}", "redo")

    def goto(self, number: int) -> Version:
        """Make the files those of a version, as a new version. Raises ProjectError for an unknown number."""
        with self._at_work():
            label = f"Back to version {number}: {self._titled(self._numbered(number))}"
            self.observe(OUTSIDE)
            return self._mount.writer.restore(number, label, "goto")

    def _numbered(self, number: int) -> Version:
        return self._mount.versions.numbered(number)

    def _titled(self, version: Version) -> str:
        """What a version is about: for an undo or a redo, what it brought back."""
        while version.kind in ("undo", "redo") and version.restores is not None:
            version = self._numbered(version.restores)
        return version.label

    def changes_between(self, older: int, newer: int) -> ChangeSet:
        """What turns one version's files into another's. Raises ProjectError for an unknown number."""
        with self._at_work():
            old, new = self._numbered(older), self._numbered(newer)
            differ = self._mount.store.differences(old.tree, new.tree)
            return ChangeSet(tuple(file_change(self._mount.store, *one) for one in differ), new.label)

    def digests(self, number: int | None = None) -> dict[str, str]:
        """Path → git blob id of every versioned file, of a version or of the head."""
        with self._at_work():
            version = self.head if number is None else self._numbered(number)
            files = self._mount.store.files(version.tree)
            return {path: files[path].id for path in sorted(files)}

    def snapshot_to(self, number: int, folder: Path) -> None:
        """Write a version's files into an empty folder outside the project's view (baselines).

        Raises ProjectError: an unknown number, a folder that isn't empty.
        """
        with self._at_work():
            files = self._mount.store.files(self._numbered(number).tree)
            folder.mkdir(parents=True, exist_ok=True)
            if any(folder.iterdir()):
                raise ProjectError(f"{folder} isn't empty.")
            for path, entry in files.items():
                place = folder / path
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(self._mount.store.blob(entry.id))
                if entry.mode == EXECUTABLE:
                    place.chmod(0o755)

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        """One at a time, and what the disk refuses said so that a person can act."""
        with self._lock:
            if self._mount.folder.closed:
                raise ProjectError("The project isn't mounted any more.", "Mount it again.")
            try:
                yield
            except OSError as error:
                raise _told(error) from error


def _told(error: OSError) -> ProjectError:
    """A refusal of the disk in a sentence. The journal saw to it that nothing changed."""
    if isinstance(error, Stuck):
        return ProjectError(
            f"The change failed half-way and can't be taken back yet: {error.strerror}.",
            "Free some space, and mount the project again: that is put right first.",
        )
    where = error.filename if isinstance(error.filename, str) else "The project's folder"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ProjectError("The disk is full; nothing was changed.", "Free some space, then try again.")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return ProjectError(
            f"{where} can't be written: permission denied; nothing was changed.",
            "Make it writable, then try again.",
        )
    return ProjectError(f"{where}: {error.strerror or error}; nothing was changed.", "Try again.")
