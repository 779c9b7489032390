"""Which files are the project's own: what git would not ignore, and never a secret.

Left out whatever .gitignore says: `.git`, `.vly`, `node_modules`, links, secret
files, other repositories inside this one, and names that are not UTF-8.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache

from vly_nb.project.folder import DIRECTORY, Folder, read_at, split
from vly_nb.project.ignore import BIGGEST, Ignores, Rules
from vly_nb.project.paths import OWN_NAMES, folded, is_secret

BESIDE = ".vly-staged-"
"""How the name of a file begins that waits beside its target while it is written."""
DEEPEST = 64  # folders; a tree deeper than this is a trap, not a project


def walk(folder: Folder) -> Iterator[tuple[str, os.stat_result]]:
    """(path, what it is) of every file that is the project's own, folder by folder."""
    secret: set[Inode] | None = None
    with folder.directory(".") as fd:
        for path, found in _walk(fd, ".", Ignores(), 0):
            if found.st_nlink > 1:  # only such a file can have a secret one's bytes
                secret = twins(folder) if secret is None else secret
                if inode(found) in secret:
                    continue
            yield path, found


Inode = tuple[int, int]
"""Which file it is, whatever it is called: device and number."""


def inode(found: os.stat_result) -> Inode:
    """Of what was found."""
    return found.st_dev, found.st_ino


def twins(folder: Folder) -> set[Inode]:
    """The secret files of a project that go by other names too: hard links would show what they hold."""
    found: set[Inode] = set()
    left = ["."]
    while left:
        at = left.pop()
        with suppress(OSError), folder.directory(at) as fd, os.scandir(fd) as entries:
            for entry in entries:
                path = entry.name if at == "." else f"{at}/{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    if folded(entry.name) not in OWN_NAMES and path.count("/") < DEEPEST:
                        left.append(path)
                elif is_secret(path):
                    about = os.stat(entry.name, dir_fd=fd, follow_symlinks=False)
                    if about.st_nlink > 1:
                        found.add(inode(about))
    return found


def _walk(fd: int, at: str, ignores: Ignores, depth: int) -> Iterator[tuple[str, os.stat_result]]:
    with os.scandir(fd) as entries:
        found = {entry.name: entry for entry in entries}
    if depth and ".git" in found and is_repository(fd):
        return
    if ".gitignore" in found:
        with suppress(OSError):
            ignores = ignores.within(at, read_at(fd, ".gitignore", at, BIGGEST)[0])
    for name, entry in found.items():
        path = name if at == "." else f"{at}/{name}"
        if not _ours(name):
            continue
        if entry.is_dir(follow_symlinks=False):
            if depth >= DEEPEST or ignores.match(path, folder=True):
                continue
            with suppress(OSError):
                inner = os.open(name, DIRECTORY, dir_fd=fd)
                try:
                    yield from _walk(inner, path, ignores, depth + 1)
                finally:
                    os.close(inner)
        elif entry.is_file(follow_symlinks=False) and not ignores.match(path):
            with suppress(OSError):  # gone in between
                yield path, entry.stat(follow_symlinks=False)


def is_repository(fd: int) -> bool:
    """Whether an open folder is a git repository of its own: a clone, a submodule, a worktree."""
    with suppress(OSError):
        mode = os.stat(".git", dir_fd=fd, follow_symlinks=False).st_mode
        if stat.S_ISREG(mode):
            return read_at(fd, ".git", ".git", 4096)[0].startswith(b"gitdir:")
        return stat.S_ISDIR(mode) and stat.S_ISREG(os.stat(".git/HEAD", dir_fd=fd).st_mode)
    return False


def is_ignored(folder: Folder, path: str) -> bool:
    """Whether git would ignore a path, there or not."""
    ignores, at = Ignores(), "."
    for name in path.split("/"):
        with suppress(OSError):
            ignores = ignores.within(at, folder.read(f"{at}/.gitignore".removeprefix("./"), BIGGEST)[0])
        at = name if at == "." else f"{at}/{name}"
        if ignores.match(at, folder=at != path):
            return True
    return False


def repository_around(folder: Folder, path: str) -> str | None:
    """The folder of another git repository that a path lies in, None if it lies in none."""
    parent = split(path)[0]
    while parent != ".":
        with suppress(OSError), folder.directory(parent) as fd:
            if is_repository(fd):
                return parent
        parent = split(parent)[0]
    return None


def matcher(*globs: str) -> Callable[[str], bool]:
    """Whether a path is among some globs, which read as in .gitignore, and know `{a,b}` too.

    `*.tsx` is any depth, `src/lib/**` and `/vite.config.ts` start at the root,
    `!x` takes away.
    """
    rules = Rules([line for glob in globs for line in alternatives(glob)])
    return lambda path: rules.verdict(path) is True


def alternatives(glob: str, limit: int = 64) -> list[str]:
    """`src/*.{ts,tsx}` as `src/*.ts` and `src/*.tsx`; at most `limit` of them."""
    done: list[str] = []
    todo = [glob]
    while todo and len(done) + len(todo) <= limit:
        one = todo.pop(0)
        close = one.find("}")
        start = one.rfind("{", 0, close) if close >= 0 else -1
        if start < 0:
            done.append(one)
            continue
        todo = [
            one[:start] + choice + one[close + 1 :] for choice in one[start + 1 : close].split(",")
        ] + todo
    return done + todo


@lru_cache(maxsize=20_000)
def _ours(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return not (folded(name) in OWN_NAMES or name.startswith(BESIDE) or is_secret(name))
