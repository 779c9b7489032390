"""The door: a confined program's connect() and listen() are carried out by the keeper, at one address each.

The program's socket is replaced by one that is connected, or listens, already, so that
what the program asked for is never looked at, and can't be swapped after a look. The socket
that listens is of the machine's own network, also where the program has none: what comes
in is the program's without anybody in between, WebSockets too. A seccomp filter
(`seccomp.listener`) tells of each call. https://man7.org/linux/man-pages/man2/seccomp_unotify.2.html
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import select
import socket
import struct
from pathlib import Path

from vly_nb.sandbox.syscalls import NUMBERS, machine

RECEIVE, SEND, ADD_FD = 0xC0502100, 0xC0182101, 0x40182103
AT_THIS_NUMBER = 1  # SECCOMP_ADDFD_FLAG_SETFD
PATIENCE = 5.0  # seconds for a connection on this machine


def answer(fd: int, door: tuple[str, int] | None, listening: socket.socket | None = None) -> bool:
    """Answer the call that waits at a filter's descriptor; False when nobody is behind it any more.

    A connect() leads to the `door`, a listen() gets `listening`; None refuses.
    """
    call = bytearray(80)
    try:
        fcntl.ioctl(fd, RECEIVE, call)
    except OSError:  # who called was killed meanwhile, or all who have the filter are gone
        waiting = select.poll()
        waiting.register(fd, select.POLLIN)
        return not any(event & select.POLLHUP for _, event in waiting.poll(0))
    identity, pid = struct.unpack_from("=QI", call)
    asked, number = struct.unpack_from("=i", call, 16)[0], struct.unpack_from("=i", call, 32)[0]
    failed = 0
    try:
        with _wanted(asked, door, listening) as ours:
            flags = _flags(pid, number)
            ours.setblocking(not flags & os.O_NONBLOCK)
            added = struct.pack(
                "=QIIII", identity, AT_THIS_NUMBER, ours.fileno(), number, flags & os.O_CLOEXEC
            )
            fcntl.ioctl(fd, ADD_FD, added)
    except OSError as error:
        failed = -(error.errno or errno.ECONNREFUSED)
    with contextlib.suppress(OSError):  # it was killed meanwhile
        fcntl.ioctl(fd, SEND, struct.pack("=QqiI", identity, 0, failed, 0))
    return True


def _wanted(asked: int, door: tuple[str, int] | None, listening: socket.socket | None) -> socket.socket:
    """The socket that a call is answered with. Raises OSError."""
    if asked == NUMBERS[machine()]["listen"] and listening is not None:
        return listening.dup()
    if asked == NUMBERS[machine()]["connect"] and door is not None:
        return socket.create_connection(door, timeout=PATIENCE)
    raise PermissionError(errno.EACCES, "")


def _flags(pid: int, number: int) -> int:
    """How the program had set its own descriptor: non-blocking, closed on exec."""
    with contextlib.suppress(OSError):
        told = Path(f"/proc/{pid}/fdinfo/{number}").read_text()
        if found := re.search(r"flags:\s*0?([0-7]+)", told):
            return int(found[1], 8)
    return os.O_NONBLOCK | os.O_CLOEXEC
