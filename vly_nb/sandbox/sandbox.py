"""Tier, Limits, Box: what a program that isn't ours may reach, as plain values.

    A  bubblewrap: namespaces, mounts, seccomp          Linux, where it may start
    B  a guard of Landlock and seccomp                  Linux 5.19 and later, containers too
    C  Seatbelt                                         macOS; not tried
    D  nothing works here: no free shell

Which one a machine has is found out by trying to break out (`trial`). Nothing here
starts a program: a Box and a command become a plan (`confinement`), and
`processes.py` has it carried out by a small helper of its own (`keeper`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Tier(StrEnum):
    """What holds a program, from the strongest to nothing."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a program and all that it starts may use; None for no limit.

    `memory` (bytes) and `processes` count the whole tree and are looked at a few
    times a second, since RLIMIT_AS breaks Node and root has no RLIMIT_NPROC.
    `output` is in bytes, `file_size` in bytes a file, `open_files` a process.
    Time is the caller's.
    """

    memory: int | None = 4 << 30
    processes: int | None = 400
    output: int | None = 200_000_000
    file_size: int | None = 2 << 30
    open_files: int | None = 16_384


@dataclass(frozen=True, slots=True)
class After:
    """What is to be said when a program has ended; `withheld` when that stands for all it printed."""

    said: str = ""
    withheld: bool = False


Look = Callable[[], After]
"""A look at the project once a program has ended."""


def unwatched() -> Look:
    """Nothing to look at."""
    return After


@dataclass(frozen=True, slots=True)
class Box:
    """What one program may reach: its project, the machine's programs, and little else.

    `root` may be read and written, but for what lies in it and is `hidden` (read and
    listed by nobody), `sealed` or `fixed` (read only), or `loose` (writable within
    something fixed); `shown` may be read within something hidden. `sealed` holds
    everywhere; for `fixed` tier B needs a hidden or sealed neighbour, so whoever made
    the box also keeps `watch`: it is called before the program starts, and what it
    answers when all is gone. `readable` and `writable` lie outside. All paths are absolute
    and resolved.

    `door` is the one address that connections lead to, whatever they ask for; None
    for no network. `proxy` is the address to give programs as their proxy, when what
    listens at the door is one. With `listens` the program may serve: whatever
    it asks to listen on, it gets the one socket that its keeper was given. `home` keeps the
    person's HOME in the environment. `replaces` lets the program make and replace files
    right in `root` in tier B, too (there nothing new can be allowed to be read beside what
    is hidden): for the package manager and Convex's CLI. `owner` is the uid and gid to run
    as. `landlock` is the highest version to make use of, 0 for the kernel's own.
    """

    tier: Tier
    root: Path
    hidden: tuple[Path, ...] = ()
    shown: tuple[Path, ...] = ()
    sealed: tuple[Path, ...] = ()
    fixed: tuple[Path, ...] = ()
    loose: tuple[Path, ...] = ()
    readable: tuple[Path, ...] = ()
    writable: tuple[Path, ...] = ()
    door: tuple[str, int] | None = None
    proxy: str = ""
    listens: bool = False
    home: bool = False
    replaces: bool = False
    owner: tuple[int, int] | None = None
    landlock: int = 0
    limits: Limits = field(default_factory=Limits)
    watch: Callable[[], Look] = unwatched
