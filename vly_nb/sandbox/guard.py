"""What a process puts on just before it becomes a program that isn't ours. Linux, by ctypes alone.

Run in a child of the keeper, between fork and exec. Each function does one thing to
the calling process, for good. https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import stat
import struct
from collections.abc import Iterable, Mapping, Sequence

SECCOMP, LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = {
    "x86_64": (317, 444, 445, 446),
    "aarch64": (277, 444, 445, 446),
}.get(os.uname().machine, (-1, -1, -1, -1))
SET_FILTER, NEW_LISTENER = 1, 8
NO_NEW_PRIVILEGES, CHILD_SUBREAPER, DEATH_SIGNAL, DROP_BOUND, DUMPABLE = 38, 36, 1, 24, 4
CAPABILITIES_V3 = 0x20080522
LAST_CAPABILITY = 63  # the kernel's own is lower; asking for more does no harm
OF_FILES = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 14 | 1 << 15  # rights that a file can have

_libc = ctypes.CDLL(None, use_errno=True)


def control(option: int, value: int = 0) -> None:
    """prctl(). Raises OSError."""
    _checked(_libc.prctl(option, ctypes.c_ulong(value), *[ctypes.c_ulong(0)] * 3))


def landlock_version() -> int:
    """Landlock's ABI on this kernel; 0 when there is none, or it is off."""
    if SECCOMP < 0:
        return 0
    return max(_syscall(LANDLOCK_CREATE, None, 0, 1), 0)


def limit(limits: Mapping[str, int]) -> None:
    """Set resource limits by name ("RLIMIT_FSIZE"); never above what holds already."""
    for name, wanted in limits.items():
        kind = getattr(resource, name)
        most = resource.getrlimit(kind)[1]
        value = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        resource.setrlimit(kind, (value, value))


def become(uid: int, gid: int) -> None:
    """Another user, for good, with no other groups."""
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)


def give_up_privileges() -> None:
    """No capability is left, and none can be had again, by no program."""
    for number in range(LAST_CAPABILITY + 1):
        with contextlib.suppress(OSError):  # not root, or no such capability
            control(DROP_BOUND, number)
    header = struct.pack("=Ii", CAPABILITIES_V3, 0)
    _checked(_libc.capset(header, struct.pack("=6I", *[0] * 6)))
    control(NO_NEW_PRIVILEGES, 1)


def landlock(rights: int, scoped: int, rules: Iterable[tuple[str, int]]) -> None:
    """Deny all of `rights` (LANDLOCK_ACCESS_FS_*) but what a rule grants beneath a path.

    What isn't there any more, or is a link, is granted to nobody. Raises OSError.
    """
    size = 24 if scoped else 8
    attributes = struct.pack("=QQQ", rights, 0, scoped)[:size]
    ruleset = _checked(_syscall(LANDLOCK_CREATE, attributes, size, 0))
    for path, granted in rules:
        try:
            fd = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            continue
        mode = os.fstat(fd).st_mode
        allowed = granted & rights & (~0 if stat.S_ISDIR(mode) else OF_FILES)
        if allowed and not stat.S_ISLNK(mode):
            rule = struct.pack("=Qi", allowed, fd)
            _checked(_syscall(LANDLOCK_ADD, ruleset, 1, rule, 0))
        os.close(fd)
    _checked(_syscall(LANDLOCK_RESTRICT, ruleset, 0))
    os.close(ruleset)


def filter_calls(program: bytes, *, listen: bool = False) -> int:
    """Install a seccomp filter; the descriptor that is asked, when `listen`. Raises OSError."""
    code = ctypes.create_string_buffer(program, len(program))
    described = struct.pack("HxxxxxxQ", len(program) // 8, ctypes.addressof(code))
    flags = NEW_LISTENER if listen else 0
    return _checked(_syscall(SECCOMP, SET_FILTER, flags, described))


def close_others(kept: Sequence[int]) -> None:
    """Close every descriptor above 2 but these."""
    low = 3
    for fd in sorted(kept):
        os.closerange(low, fd)
        low = fd + 1
    os.closerange(low, min(os.sysconf("SC_OPEN_MAX"), 1 << 20))


def _syscall(number: int, *arguments: int | bytes | None) -> int:
    words = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    return int(_libc.syscall(ctypes.c_long(number), *words))


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
