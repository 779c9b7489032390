"""Revision: a folder's files as they were at a revision of the git repository it lies in.

    earlier = earlier_of(folder, paths, "main")
    earlier.texts     {"src/a.ts": "text before", "src/new.ts": None}
    earlier.said      what the commits since then say

Only git's own files are read, by dulwich: no git is needed, nothing that a repository's
configuration or attributes name is run, and nothing is written.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePath

from dulwich.graph import find_merge_base
from dulwich.object_store import iter_tree_contents, tree_lookup_path
from dulwich.objects import Blob, Commit, ObjectID
from dulwich.objectspec import parse_commit
from dulwich.repo import Repo

from vly_nb.errors import ProjectError
from vly_nb.project.changes import is_text
from vly_nb.project.files import is_ignored
from vly_nb.project.folder import Folder
from vly_nb.project.paths import is_secret, own_folder
from vly_nb.project.reading import BIGGEST_READ
from vly_nb.project.store import blob_id

LAST = "HEAD"
_MOST_FILES = 500_000  # more is a trap, not a project
_COMMITS = 200  # whose messages are read
_STEPS = re.compile(r"(?P<name>.*?)(?P<steps>(?:[~^]\d{0,6})*)", re.S)


@dataclass(frozen=True)
class Earlier:
    """The texts, then, of the files that differ now, None for those that were not there.

    `said` are the messages of the commits since, the newest first; None when there are none.
    """

    texts: dict[str, str | None]
    said: str | None


def earlier_of(folder: Folder, paths: Iterable[str], revision: str | None = None) -> Earlier | None:
    """A folder as it was where this branch has left `revision`; None is the last commit.

    `paths` are the folder's files now; those that are gone since are looked for. A revision is a
    branch, a tag or a commit: `main`, `origin/main`, `v1.2`, `HEAD~3`. The answer is None when
    none was named, and there is no repository or no commit. Raises ProjectError: no such
    revision, or what git keeps can't be read.
    """
    top = next((at for at in (folder.root, *folder.root.parents) if (at / ".git").exists()), None)
    if top is None:
        if revision is None:
            return None
        raise ProjectError(
            f"{folder.root.name} is in no git repository.", "Leave --since out, or use git there."
        )
    try:
        with closing(Repo(top)) as repository:
            commit = _commit(repository, revision)
            if commit is None:
                return None
            then = _files(repository, commit, folder.root.relative_to(top))
            texts = dict(_differing(folder, set(paths), repository, then))
            return Earlier(texts, None if revision is None else _said_since(repository, commit))
    except ProjectError:
        raise
    except Exception as error:  # dulwich has no tree of errors, and a repository may be broken in any way
        raise ProjectError(
            f"What git keeps of {top.name} can't be read ({type(error).__name__}: {str(error)[:200]}).",
            "`git fsck` says more; --all judges without git.",
        ) from error


def _commit(repository: Repo, revision: str | None) -> Commit | None:
    """What to compare with; None: nothing is committed yet, and no revision was named."""
    try:
        head = parse_commit(repository, LAST)
    except KeyError:
        head = None
    if revision is None:
        return head
    named = _named(repository, revision)
    base = find_merge_base(repository, [head.id, named.id]) if head is not None else []
    found = repository[base[0]] if base else named
    assert isinstance(found, Commit)  # noqa: S101 - for the type checker
    return found


def _named(repository: Repo, revision: str) -> Commit:
    """The commit of `main`, and of `main~2^`."""
    match = _STEPS.fullmatch(revision)
    try:
        if match is None or not match["name"]:
            raise KeyError(revision)
        found = parse_commit(repository, LAST if match["name"] == "@" else match["name"])
        for sign, count in re.findall(r"([~^])(\d*)", match["steps"]):
            number = int(count) if count else 1
            for _ in range(number if sign == "~" else min(number, 1)):
                parent = repository[found.parents[number - 1 if sign == "^" else 0]]
                assert isinstance(parent, Commit)  # noqa: S101 - for the type checker
                found = parent
        return found
    except (KeyError, ValueError, IndexError):
        shown = revision if revision.isprintable() and len(revision) < 100 else ascii(revision)[1:100]
        raise ProjectError(
            f"git knows no revision {shown} here.",
            "Name a branch, a tag or a commit, as main or HEAD~3; a shallow clone has few of them.",
        ) from None


def _said_since(repository: Repo, base: Commit) -> str | None:
    try:
        head = parse_commit(repository, LAST)
    except KeyError:
        return None
    since = repository.get_walker(include=[head.id], exclude=[base.id], max_entries=_COMMITS)
    return "\n\n".join(one.commit.message.decode("utf-8", "replace")[:2000] for one in since) or None


def _files(repository: Repo, commit: Commit, inside: PurePath) -> dict[str, ObjectID]:
    """The regular files that a commit has in a folder: path from there → id."""
    store, tree = repository.object_store, commit.tree
    with suppress(KeyError):
        if inside.parts:
            tree = tree_lookup_path(store.__getitem__, tree, inside.as_posix().encode())[1]
        entries = list(islice(iter_tree_contents(store, tree), _MOST_FILES + 1))
        if len(entries) > _MOST_FILES:
            raise ValueError("too many files")
        return {
            entry.path.decode("utf-8", "surrogateescape"): entry.sha
            for entry in entries
            if entry.path is not None and entry.mode is not None and entry.sha is not None
            if stat.S_ISREG(entry.mode)
        }
    return {}  # the folder wasn't there


def _differing(
    folder: Folder, now: set[str], repository: Repo, then: dict[str, ObjectID]
) -> Iterator[tuple[str, str | None]]:
    """(path, text before) of what is not now as it was then; binary files are left out."""
    for path in now - then.keys():
        yield path, None
    for path in now & then.keys():
        with suppress(OSError):
            data = folder.read(path, BIGGEST_READ)[0]
            if blob_id(data).encode() != then[path]:
                before = _text(repository, then[path])
                if before is not None and is_text(data):
                    after = data.decode("utf-8-sig")
                    before = _with_endings_of(after, before)
                    if before != after:
                        yield path, before
    for path in then.keys() - now:
        if not (is_secret(path) or own_folder(path) or is_ignored(folder, path)):
            text = _text(repository, then[path])
            if text is not None:
                yield path, text


def _text(repository: Repo, name: ObjectID) -> str | None:
    """A file's text without its byte-order mark; None: not text, or too big."""
    blob = repository[name]
    if not isinstance(blob, Blob) or blob.raw_length() > BIGGEST_READ or not is_text(blob.data):
        return None
    return blob.data.decode("utf-8-sig")


def _with_endings_of(after: str, before: str) -> str:
    """The text before, with the line endings of the one after where it has but one kind.

    Git may keep other endings than it checks out, and a change of endings touches no line.
    """
    plain = before.replace("\r\n", "\n")
    returns = after.count("\r\n")
    if returns == 0:
        return plain
    return plain.replace("\n", "\r\n") if returns == after.count("\n") else before
