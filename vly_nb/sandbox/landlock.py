"""Tier B: what Landlock grants for a box, as plain values: a path, and rights beneath it.

Landlock only ever grants, and to whole folders. So a folder with something hidden
in it is not granted itself but entry by entry, as they are when the program
starts: such a folder can be listed, and what is in it changed, but nothing can be
made, renamed or removed right in it. Rights stick to files, not to names: what is
hidden stays so by whatever name, link or replacement it is asked for.
https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from vly_nb.sandbox import system
from vly_nb.sandbox.sandbox import Box

OLDEST = 2  # with it files can be moved between folders; Linux 5.19

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, REMOVE_DIR, REMOVE_FILE = (1 << bit for bit in range(6))
MAKE_CHAR, MAKE_DIR, MAKE_REG, MAKE_SOCK, MAKE_FIFO, MAKE_BLOCK = (1 << bit for bit in range(6, 12))
MAKE_SYM, REFER, TRUNCATE, IOCTL_DEV = (1 << bit for bit in range(12, 16))
SINCE = {2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}  # all rights known to a version; later: all
SCOPES = 0b11  # abstract sockets and signals, from version 6 on

READ = EXECUTE | READ_FILE | READ_DIR
REPLACE = MAKE_DIR | MAKE_REG | MAKE_SYM | WRITE_FILE | TRUNCATE | REMOVE_DIR | REMOVE_FILE | REFER | READ_DIR
WRITE = READ | REPLACE | MAKE_SOCK | MAKE_FIFO

DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
MACHINE = (
    *("/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/version", "/proc/loadavg", "/proc/uptime"),
    *("/proc/filesystems", "/proc/sys", "/sys/devices/system/cpu", "/sys/fs/cgroup"),
)
"""Numbers of the machine that Node and others ask for; nothing of any process."""

Rule = tuple[str, int]


def all_rights(abi: int) -> int:
    """Every right that a version of Landlock knows of."""
    return SINCE.get(abi, (1 << 16) - 1)


def rules(box: Box, private: Path) -> list[Rule]:
    """What to grant: the box's places, and `private`, the program's own folder for temporary files."""
    marks = dict.fromkeys((*system.private(), box.root), 0)
    found: list[Rule] = []
    for place in (*system.folders(), *map(Path.resolve, system.toolchains())):
        around = {at: rights for at, rights in marks.items() if not place.is_relative_to(at)}
        found += _grants(place, READ, around)
    files = (*system.files(box.door is not None), *map(Path, MACHINE), *box.readable)
    found += [(os.path.realpath(place), READ) for place in files]
    found += [(name, READ_FILE | WRITE_FILE) for name in DEVICES]
    found += [(str(place), WRITE) for place in (*box.writable, private)]
    return [*found, *_project(box)]


def _project(box: Box) -> Iterator[Rule]:
    marks = {
        **dict.fromkeys(box.fixed, READ),
        **dict.fromkeys(box.sealed, READ),
        **dict.fromkeys(box.hidden, 0),
    }
    yield from _grants(box.root, WRITE, marks, soft=frozenset(box.fixed))
    if box.replaces:
        yield str(box.root), REPLACE
    for place in box.loose:
        yield str(place), WRITE
    for place in box.shown:
        yield str(place), READ


def _grants(
    place: Path, rights: int, marks: Mapping[Path, int], soft: frozenset[Path] = frozenset()
) -> Iterator[Rule]:
    """Grants that leave the marked places beneath with no more than their own rights.

    `soft` marks are heeded only where a folder has to be gone through anyway.
    """
    rights = marks.get(place, rights)
    if not any(at != place and at not in soft and at.is_relative_to(place) for at in marks):
        if rights:
            yield str(place), rights
        return
    if rights & READ_DIR:
        yield str(place), READ_DIR
    with suppress(OSError), os.scandir(place) as entries:
        taken = {_identity(at) for at, allowed in marks.items() if not allowed}
        for entry in entries:
            if not entry.is_symlink() and (entry.stat().st_dev, entry.stat().st_ino) not in taken:
                yield from _grants(Path(entry.path), rights, marks, soft)


def _identity(place: Path) -> tuple[int, int]:
    """A file by its number: a hard link to a hidden file is hidden, too."""
    with suppress(OSError):
        found = place.stat()
        return found.st_dev, found.st_ino
    return (0, 0)
