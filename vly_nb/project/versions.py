"""Version: the project after one change set; Versions: all of them, kept in a git store of our own.

A version is a commit whose message is its label, and whose last line is what
else we know of it, as JSON:

    Make the headline blue

    vly: {"number": 4, "kind": "step", "undo_to": 3, "changed": ["src/app.tsx"]}
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import overload

from dulwich.objects import Commit, ObjectID

from vly_nb.errors import ProjectError
from vly_nb.project.store import Entry, Store

LONGEST_LABEL = 300  # characters
MARK = "vly: "


@dataclass(frozen=True, slots=True)
class Version:
    """The project after one ChangeSet. Numbers count from 1; going back is a new version.

    `kind`: "start" | "step" | "program" (written by a command) | "outside" (a person's
    editor, found later) | "undo" | "redo" | "goto" | "person".
    `tree` is the git tree id of all versioned files: equal trees, equal projects.
    `undo_to` and `redo_to` are the numbers that undo and redo lead to, None at an end.
    `restores` is the version whose files this one brought back, for undo, redo, goto.
    `changed` are the paths that differ from the version before; () for the first.
    """

    number: int
    label: str
    kind: str
    tree: str
    when: datetime
    undo_to: int | None = None
    redo_to: int | None = None
    restores: int | None = None
    changed: tuple[str, ...] = ()


class Versions(Sequence[Version]):
    """Oldest first; `versions[0]` is number 1. Grows by `prepare` and `advance`."""

    def __init__(self, store: Store) -> None:
        """Read all versions from the newest back. Raises ProjectError when the store is broken."""
        self._store = store
        self.clean: Callable[[str], str] = str
        """What every label goes through."""
        self._all: list[Version] = []
        name = store.head
        try:
            while name is not None:
                commit = _commit(store, name)
                self._all.append(_parse(commit))
                name = commit.parents[0].decode() if commit.parents else None
        except (KeyError, ValueError, OSError, AssertionError) as error:
            raise ProjectError(
                "The versions in .vly/versions.git can't be read.",
                "Move .vly/versions.git away to start afresh; the project's files are not touched.",
            ) from error
        self._all.reverse()

    @overload
    def __getitem__(self, index: int) -> Version: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Version]: ...
    def __getitem__(self, index: int | slice) -> Version | Sequence[Version]:
        return self._all[index]

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Version]:
        return iter(tuple(self._all))

    @property
    def head(self) -> Version | None:
        """The newest version, None in a new store."""
        return self._all[-1] if self._all else None

    def numbered(self, number: int) -> Version:
        """The version of a number. Raises ProjectError."""
        if not 1 <= number <= len(self._all):
            raise ProjectError(f"There is no version {number}.", f"Versions are 1 to {len(self._all)}.")
        return self._all[number - 1]

    def prepare(
        self, changes: Mapping[str, Entry | None], label: str, kind: str, restores: int | None = None
    ) -> tuple[str, Version]:
        """Write a version on top of the newest, without making it the newest: (commit id, version)."""
        head = self.head
        tree, objects = self._store.changed_tree(head.tree if head else None, changes)
        undo_to, redo_to = self._ways(kind, restores)
        version = Version(
            number=len(self._all) + 1,
            label=one_line(self.clean(label)),
            kind=kind,
            tree=tree,
            when=datetime.fromtimestamp(int(time.time()), UTC),
            undo_to=undo_to,
            redo_to=redo_to,
            restores=restores,
            changed=tuple(sorted(changes)) if head else (),
        )
        commit = _commit_of(version, self._store.head)
        self._store.put([*objects, commit])
        return commit.id.decode(), version

    def _ways(self, kind: str, restores: int | None) -> tuple[int | None, int | None]:
        """Where undo and redo lead from a new version.

        From an undo, undo goes on where the restored version's undo goes, and redo comes
        back to what was undone; a redo takes both from what it brings back. All else is
        something new, which undo takes back, and after which there is nothing to redo.
        """
        head = self.head
        now = head.number if head else None
        if kind == "undo" and restores is not None:
            return self.numbered(restores).undo_to, now
        if kind == "redo" and restores is not None:
            return self.numbered(restores).undo_to, self.numbered(restores).redo_to
        return now, None

    def advance(self, commit: str, version: Version) -> Version:
        """Make a prepared version the newest. Safe to repeat."""
        if self._store.head != commit:
            self._store.move_head(commit)
        if version.number > len(self._all):
            self._all.append(version)
        return version

    def prepared(self, commit: str) -> Version:
        """The version that a commit holds. Raises KeyError, ValueError."""
        return _parse(_commit(self._store, commit))


def one_line(label: str) -> str:
    """A label fit for a list: one line, printable, cut."""
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in label).split())
    return plain if len(plain) <= LONGEST_LABEL else plain[: LONGEST_LABEL - 1] + "…"


def _commit_of(version: Version, parent: str | None) -> Commit:
    known = asdict(version)
    for name in ("label", "tree", "when"):  # the commit says these itself
        del known[name]
    commit = Commit()
    commit.tree = ObjectID(version.tree.encode())
    commit.parents = [ObjectID(parent.encode())] if parent else []
    commit.author = commit.committer = b"vly <vly@localhost>"
    commit.author_time = commit.commit_time = int(version.when.timestamp())
    commit.author_timezone = commit.commit_timezone = 0
    commit.encoding = b"UTF-8"
    line = json.dumps(known, ensure_ascii=False)
    commit.message = f"{version.label or version.kind}\n\n{MARK}{line}\n".encode("utf-8", "replace")
    return commit


def _commit(store: Store, name: str) -> Commit:
    found = store.get(name)
    assert isinstance(found, Commit)  # noqa: S101 - says so to the type checker
    return found


def _parse(commit: Commit) -> Version:
    label, _, rest = commit.message.decode().partition("\n")
    line = rest.strip().rpartition("\n")[2]
    known = json.loads(line.removeprefix(MARK))
    if not isinstance(known, dict):
        raise ValueError("not a version")
    return Version(
        number=int(known["number"]),
        label=label,
        kind=str(known["kind"]),
        tree=commit.tree.decode(),
        when=datetime.fromtimestamp(commit.commit_time, UTC),
        undo_to=known.get("undo_to"),
        redo_to=known.get("redo_to"),
        restores=known.get("restores"),
        changed=tuple(known.get("changed", ())),
    )
