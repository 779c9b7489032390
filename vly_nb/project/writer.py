"""Writer: from a change set to files and a version, by way of the journal."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext

from vly_nb.diagnostics import Diagnostic
from vly_nb.errors import ProjectError, Refused
from vly_nb.project.capture import BIGGEST, Capture, git_mode
from vly_nb.project.changes import ChangeSet, FileChange
from vly_nb.project.folder import Folder, Linked, split
from vly_nb.project.gates import Ground, complaint, no_link
from vly_nb.project.intent import Intent, Overtaken, Replacement, signature
from vly_nb.project.journal import Journal
from vly_nb.project.store import EXECUTABLE, Entry, Store, blob_id, new_blob
from vly_nb.project.versions import Version, Versions

OUTSIDE = "Changed outside vly"


class Writer:
    """Writes change sets and what others wrote into versions; one at a time."""

    def __init__(self, folder: Folder, store: Store, versions: Versions, journal: Journal) -> None:
        self._folder = folder
        self._store = store
        self._versions = versions
        self._journal = journal
        self._capture = Capture(folder, store)
        self.pause: Callable[[], AbstractContextManager[None]] = nullcontext
        """Entered around the renames: what watches the folder may be held still meanwhile."""

    def _versioned(self, path: str) -> Entry | None:
        head = self._versions.head
        return self._store.file(head.tree, path) if head else None

    # -- what others wrote -------------------------------------------------
    def observe(self, label: str, kind: str) -> Version | None:
        """Record how the disk differs from the newest version; None if it doesn't."""
        self.recover()
        head = self._versions.head
        changes = self._capture.scan(self._store.files(head.tree) if head else {})
        if not changes and head:
            return None
        return self._record(changes, label, kind)

    def adopt(self, paths: Iterable[str]) -> None:
        """Record what others wrote at these paths, ignored or not, before it is replaced."""
        changes = {path: now for path in paths if (now := self._capture.now(path)) != self._versioned(path)}
        if changes:
            self._record(changes, OUTSIDE, "outside")

    def _suspects(self, plan: Sequence[Replacement]) -> list[str]:
        """Paths where a plan would swallow what others did: other files than were recorded, and
        recorded files that must be gone already, since one of the plan's stands in their way."""
        found = [one.path for one in plan if one.before != self._versioned(one.path)]
        if (head := self._versions.head) is not None:
            ours = {one.path for one in plan}
            rivals = {rival for path in ours for rival in self._store.rivals(head.tree, path)}
            found += sorted(rivals - ours)
        return found

    def _record(self, changes: dict[str, Entry | None], label: str, kind: str) -> Version:
        return self._versions.advance(*self._versions.prepare(changes, label, kind))

    # -- writing -----------------------------------------------------------
    def write(self, change: ChangeSet, label: str, kind: str, restores: int | None = None) -> Version:
        """All of it or nothing. Raises Refused (stale), ProjectError, OSError, with nothing changed."""
        self.recover()
        plan = [self._replacement(one) for one in change.changes]
        plan = [one for one in plan if one.before != one.after]
        self.adopt(self._suspects(plan))
        head = self._versions.head
        if not plan and head and restores is None:
            return head
        contents = {one.path: one.after or b"" for one in change.changes}
        self._store.put([new_blob(contents[one.path]) for one in plan if one.after])
        changes = {one.path: one.after for one in plan if one.after != self._versioned(one.path)}
        commit, version = self._versions.prepare(changes, label, kind, restores)
        if not plan:
            return self._versions.advance(commit, version)
        # what is deleted makes way first: a file may become a folder, or a folder a file
        plan.sort(key=lambda one: (one.after is not None, one.path))
        try:
            with self.pause():
                self._journal.carry_out(
                    commit,
                    plan,
                    lambda one: contents[one.path],
                    lambda: self._store.move_head(commit),
                )
        except Overtaken as error:
            raise Refused([stale_now(str(error.filename))]) from None
        return self._versions.advance(commit, version)

    def restore(self, number: int, label: str, kind: str) -> Version:
        """Make the files those of a version again, as a new version."""
        tree = self._versions.numbered(number).tree
        self.adopt(path for path, _, _ in self._differences(tree))
        change = ChangeSet(tuple(self._restored(*one) for one in self._differences(tree)))
        ground = Ground(self._folder, change, protected=lambda _: False)
        for one in change.changes:
            if (said := no_link(ground, one)) is not None:
                raise ProjectError(
                    f"{said.message} Version {number} has a file there.", "Move it away first."
                )
        return self.write(change, label, kind, restores=number)

    def _differences(self, tree: str) -> list[tuple[str, Entry | None, Entry | None]]:
        head = self._versions.head
        return list(self._store.differences(head.tree if head else None, tree))

    def _restored(self, path: str, before: Entry | None, after: Entry | None) -> FileChange:
        return file_change(self._store, path, before, after)

    def _replacement(self, change: FileChange) -> Replacement:
        """What there is against what is wanted. Raises Refused when it isn't what was read."""
        data, found = look(self._folder, change.path)
        if data != change.before:
            raise Refused([stale(self._folder, change) or stale_now(change.path)])
        self._may_write(change.path, found)
        if change.after is None:
            after, bits = None, None
        else:
            bits = change.mode if change.mode is not None else found.st_mode if found else None
            after = Entry(git_mode(bits or 0), blob_id(change.after))
            bits = stat.S_IMODE(bits) & 0o777 if bits is not None else None
        return Replacement(
            path=change.path,
            before=Entry(git_mode(found.st_mode), blob_id(data)) if found and data is not None else None,
            after=after,
            bits=bits if found or after is None or after.mode == EXECUTABLE else None,
            owner=_others(found),
            was=signature(found),
        )

    def _may_write(self, path: str, found: os.stat_result | None) -> None:
        """Raises PermissionError for a file, or the nearest folder above it, that may not be written."""
        parent, name = split(path)
        while parent != "." and not _is_folder(self._folder.stat(parent)):
            parent = split(parent)[0]
        with self._folder.directory(parent) as fd:
            if found is not None and not os.access(name, os.W_OK, dir_fd=fd):
                raise PermissionError(13, "permission denied", path)
            if not os.access(".", os.W_OK | os.X_OK, dir_fd=fd):
                raise PermissionError(13, "permission denied", parent)

    # -- after a crash -----------------------------------------------------
    def recover(self) -> None:
        """Finish a change that a crash cut short. Raises ProjectError, OSError; may be tried again."""
        try:
            intent = self._journal.unfinished()
            if intent is None:
                return
            if self._store.head == intent.commit:
                self._versions.advance(intent.commit, self._versions.prepared(intent.commit))
            else:
                self._finish(intent)
        except (KeyError, ValueError, TypeError) as error:
            raise ProjectError(
                "The journal of an unfinished change, .vly/journal, can't be read.",
                "Move it away; the files that were being changed may be half old, half new.",
            ) from error
        self._journal.drop(intent)

    def _finish(self, intent: Intent) -> None:
        commit, version = intent.commit, self._versions.prepared(intent.commit)
        strays = self._journal.strays(intent)
        for path in strays:
            found = self._folder.stat(path)
            if found is not None and not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
                raise ProjectError(
                    f"An unfinished change has to write {path}, and a link is there now.",
                    "Move the link away, then mount again.",
                )
        self.adopt(strays)
        if version.number != len(self._versions) + 1:  # someone's edit came in between
            changes = {one.path: one.after for one in intent.replacements}
            commit, version = self._versions.prepare(changes, version.label, version.kind, version.restores)
        self._journal.finish(intent)
        self._versions.advance(commit, version)


def look(folder: Folder, path: str) -> tuple[bytes | None, os.stat_result | None]:
    """A file's bytes and what it is, (None, None) where no file is."""
    try:
        return folder.read(path, BIGGEST)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError, Linked):
        return None, None


def stale(folder: Folder, change: FileChange) -> Diagnostic | None:
    """The complaint when the disk doesn't hold what the change says was there."""
    data, _ = look(folder, change.path)
    if data == change.before:
        return None
    if data is None:
        return complaint("stale", "It was deleted since it was read.", change)
    if change.before is None:
        return complaint("stale", "It exists already; read it, then edit it.", change)
    return stale_now(change.path)


def stale_now(path: str) -> Diagnostic:
    """The complaint about a file that somebody else changed."""
    return Diagnostic("stale", "It changed since it was read; read it again.", path, source="gate")


def file_change(store: Store, path: str, before: Entry | None, after: Entry | None) -> FileChange:
    """Two entries as a change, with the mode where it changes."""
    old, new = before.mode if before else None, after.mode if after else None
    mode = None
    if after and old != new and (before or new == EXECUTABLE):
        mode = 0o755 if new == EXECUTABLE else 0o644
    return FileChange(
        path,
        store.blob(before.id) if before else None,
        store.blob(after.id) if after else None,
        mode,
    )


def _is_folder(found: os.stat_result | None) -> bool:
    return found is not None and stat.S_ISDIR(found.st_mode)


def _others(found: os.stat_result | None) -> tuple[int, int] | None:
    """A file's user and group where they aren't ours: a root kernel must not take people's files."""
    if found is None or (found.st_uid, found.st_gid) == (os.geteuid(), os.getegid()):
        return None
    return found.st_uid, found.st_gid
