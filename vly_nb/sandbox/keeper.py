"""The keeper: a small process beside the kernel that starts programs and leaves none behind.

One *warden* a kernel is started by `processes.py` as `python -I`, with a clean
environment and nothing of the kernel's but one socket. For each run it forks a
*keeper*, a subreaper: whatever the programs start, however often it forks and
whatever it sheds, is the keeper's child in the end, and is looked after until
there is nothing left. Being forked saves starting Python for each command.

    → (descriptors of a socket, the programs' input and their output)
    → on that socket: one line of JSON, the plan, as `confinement.plan` makes it
    ← {"failed": 0, "errno": 2}            a program that couldn't be started
    ← {"started": 1}                       all run; said when the plan has "announced"
    ← {"codes": [0, 1], "why": "memory"}   all have ended; why they were made to
    → "stop": SIGTERM, and soon SIGKILL · the end of the stream: SIGKILL at once
    ← the end of the stream: there is nothing left

Works without /proc and without Linux, too; then only process groups are known.
"""

from __future__ import annotations

import base64
import contextlib
import errno
import gc
import json
import os
import select
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

from vly_nb.sandbox import doorman, guard, seccomp
from vly_nb.sandbox.syscalls import machine

GRACE = 0.5  # seconds from SIGTERM to SIGKILL
PATIENCE = 20.0  # seconds that processes may take to die: one may hang in a disk that is gone
MOMENT = 0.01  # seconds; to look through the process table takes as long
LOOK = 0.25  # seconds between two looks at what a tree uses
LINUX = sys.platform == "linux"


# -- the warden ---------------------------------------------------------------


def warden(fd: int) -> None:
    """Serve until the kernel is gone; then the keepers' sockets have ended, too."""
    keepers: set[int] = set()
    orders = socket.socket(fileno=fd)
    wakened = _woken_by_children()
    if LINUX:
        guard.control(guard.CHILD_SUBREAPER, 1)
        guard.control(guard.DUMPABLE, 0)
    gc.freeze()
    gc.disable()
    while True:
        ready = select.select([orders, wakened], [], [])[0]
        if wakened in ready:
            wakened.recv(4096)
            _bury(keepers)
        if orders in ready:
            data, fds, *_ = socket.recv_fds(orders, 1, 3)
            if not data:
                return
            with contextlib.suppress(OSError):  # too many processes: who ordered hears nothing more
                pid = os.fork()
                if pid == 0:
                    _forked(orders, *fds)
                keepers.add(pid)
            for one in fds:
                os.close(one)


def _bury(keepers: set[int]) -> None:
    """Take note of keepers that ended; what one left behind when it was killed is killed here."""
    left = False
    for pid, status in _ended():
        left |= pid in keepers and status != 0
        keepers.discard(pid)
    while left:
        orphans = [pid for pid, parent in _parents().items() if parent == os.getpid() and pid not in keepers]
        left = bool(orphans)
        for pid in orphans:
            _signal(pid, signal.SIGKILL)
        if left:
            time.sleep(0.01)
            left = bool(_ended()) or left


def _forked(orders: socket.socket, run: int, source: int, sink: int) -> None:
    """Be a keeper, and nothing after it."""
    code = 1
    try:
        orders.close()
        if LINUX:
            guard.control(guard.CHILD_SUBREAPER, 1)
        Keeper(socket.socket(fileno=run), source, sink).keep()
        code = 0
    finally:
        os._exit(code)


# -- a keeper -------------------------------------------------------------------


class Keeper:
    """One run: programs joined by pipes, and all that they start."""

    def __init__(
        self, run: socket.socket, source: int, sink: int, listening: socket.socket | None = None
    ) -> None:
        self._run = run
        self._listening = listening  # what a program gets that may serve
        self._source, self._sink = source, sink
        self._wakened = _woken_by_children()
        self._stages: list[int] = []
        self._codes: dict[int, int] = {}
        self._doors: dict[int, tuple[str, int] | None] = {}  # a filter's descriptor → where connections lead
        self._told = False
        self._why = ""

    def keep(self) -> None:
        """Start the programs, wait for them or for the word to stop, leave nothing."""
        order, stopped = line(self._run)
        if not order or stopped:
            return
        plan = json.loads(order)
        try:
            for stage in plan["stages"]:
                self._start(stage, last=stage is plan["stages"][-1])
            os.close(self._sink)
            if plan.get("announced"):
                self._say({"started": len(self._stages)})
            self._serve(plan["most"])
        except _NotStarted as failed:
            self._say({"failed": len(self._stages), "errno": failed.errno})
        finally:
            self._end()

    def _serve(self, most: dict[str, int]) -> None:
        """Until the other end has had enough: tell the codes, answer doors, look at the limits."""
        look_at = time.monotonic() + LOOK
        while True:
            wait = max(look_at - time.monotonic(), 0) if most else None
            watched: list[Any] = [self._run, self._wakened, *self._doors]
            ready = select.select(watched, [], [], wait)[0]
            if self._run in ready:
                return
            if self._wakened in ready:
                self._wakened.recv(4096)
                self._reap()
            for fd in ready:
                if fd in self._doors and not doorman.answer(fd, self._doors[fd], self._listening):
                    os.close(fd)
                    del self._doors[fd]
            if most and time.monotonic() >= look_at:
                look_at = time.monotonic() + LOOK
                if not self._why and (why := _too_much(most)):
                    self._why = why
                    self._kill()
                    self._reap()

    def _reap(self) -> None:
        self._codes.update({pid: os.waitstatus_to_exitcode(status) for pid, status in _ended()})
        if not self._told and all(pid in self._codes for pid in self._stages):
            self._told = True
            self._say({"codes": [self._codes[pid] for pid in self._stages], "why": self._why})

    def _say(self, told: dict[str, object]) -> None:
        with contextlib.suppress(OSError):
            self._run.sendall(json.dumps(told).encode() + b"\n")

    # -- starting -------------------------------------------------------------

    def _start(self, stage: dict[str, Any], *, last: bool) -> None:
        following, into = (-1, self._sink) if last else os.pipe()
        errors = {"shown": self._sink, "piped": into, "dropped": None}[stage["errors"]]
        failure, failing = os.pipe()
        door, handing = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            _become(stage, (self._source, None if stage["silent"] else into, errors), failing, handing)
        for fd in (self._source, failing) if last else (self._source, failing, into):
            os.close(fd)
        handing.close()
        self._source = following
        with door, os.fdopen(failure, "rb") as told:
            number = told.read()
            if number:
                raise _NotStarted(int(number), os.strerror(int(number)))
            if stage["listener"]:
                where = tuple(stage["door"]) if stage["door"] else None
                self._doors[socket.recv_fds(door, 1, 1)[1][0]] = where
        self._stages.append(pid)

    # -- ending ---------------------------------------------------------------

    def _end(self) -> None:
        """SIGTERM, half a second, SIGKILL; faster when there is nothing left, or no time."""
        for fd in self._doors:
            os.close(fd)
        self._doors = {}
        until = time.monotonic() + GRACE
        alive = [] if self._left_in_a_moment() else self._alive()
        for pid in alive:
            _signal(pid, signal.SIGTERM)
        while alive and time.monotonic() < until and not self._is_hurried():
            select.select([self._run, self._wakened], [], [], 0.02)
            _ended()
            alive = self._alive()
        self._kill()

    def _left_in_a_moment(self) -> bool:
        """Whether what is left ends by itself right now, as a namespace's first process does."""
        until = time.monotonic() + MOMENT
        while _ended() or _has_children():
            if (left := until - time.monotonic()) <= 0:
                return False
            select.select([self._wakened], [], [], left)
            with contextlib.suppress(BlockingIOError):
                self._wakened.recv(4096)
        return True

    def _is_hurried(self) -> bool:
        """Whether nobody waits at the other end any more."""
        self._run.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while self._run.recv(64):
                pass
            return True
        return False

    def _kill(self) -> None:
        """SIGKILL to all there is, again and again: something may fork meanwhile."""
        until = time.monotonic() + PATIENCE
        while (alive := self._alive()) and time.monotonic() < until:
            for pid in alive:
                _signal(pid, signal.SIGKILL)
            time.sleep(0.002)
            self._reap()

    def _alive(self) -> list[int]:
        if not LINUX:
            return [-pid for pid in self._stages if _group_alive(pid)]
        return descendants() if _has_children() else []


class _NotStarted(OSError):
    """A program of the pipeline isn't there, or can't be run."""


def _become(
    stage: dict[str, Any],
    standard: tuple[int, int | None, int | None],
    failing: int,
    handing: socket.socket,
) -> None:
    """In the child: put on what the plan says, then be the program. Doesn't return."""
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        null = os.open(os.devnull, os.O_RDWR)
        for number, fd in enumerate(standard):
            os.dup2(null if fd is None else fd, number)
        for number in (signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores these, programs should not
            signal.signal(number, signal.SIG_DFL)
        data = [_held(base64.b64decode(text)) for text in stage["data"]]
        guard.close_others([*data, failing, handing.fileno()])
        os.chdir(stage["cwd"])
        guard.limit(stage["limits"])
        if LINUX:
            _put_on(stage, handing)
        handing.close()
        argv = [str(data[word]) if isinstance(word, int) else word for word in stage["argv"]]
        os.execvpe(argv[0], argv, stage["env"])  # noqa: S606
    except (OSError, ValueError) as error:  # the latter for a NUL in an argument
        os.write(failing, str(getattr(error, "errno", 0) or errno.EINVAL).encode())
    finally:
        os._exit(127)


def _put_on(stage: dict[str, Any], handing: socket.socket) -> None:
    if stage["owner"]:
        guard.become(*stage["owner"])
    guard.control(guard.DEATH_SIGNAL, signal.SIGKILL)
    held = stage["held"]
    if held is not None:
        guard.give_up_privileges()
        guard.landlock(held["rights"], held["scoped"], [(path, granted) for path, granted in held["rules"]])
    if stage["listener"]:
        guard.control(guard.NO_NEW_PRIVILEGES, 1)
        asked = guard.filter_calls(base64.b64decode(stage["listener"]), listen=True)
        socket.send_fds(handing, [b"!"], [asked])
        os.close(asked)
    if held is not None:
        calls = seccomp.program(machine(), lone=False, oldest=os.getppid(), **held["calls"])
        guard.filter_calls(calls)


def _held(data: bytes) -> int:
    """Bytes as a descriptor that a program inherits."""
    fd = os.memfd_create("vly", 0)
    os.write(fd, data)
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


# -- the process table ------------------------------------------------------------


def _woken_by_children() -> socket.socket:
    """A socket that has something to read when a child has ended."""
    mine, waking = socket.socketpair()
    for one in (mine, waking):
        one.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waking.detach(), warn_on_full_buffer=False)
    return mine


def _ended() -> list[tuple[int, int]]:
    """(pid, status) of each child that has ended since."""
    found = []
    with contextlib.suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            found.append(ended)
    return found


def _has_children() -> bool:
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _parents() -> dict[int, int]:
    """Every process and its parent, but for zombies. Fields: man 5 proc."""
    found: dict[int, int] = {}
    for name in os.listdir("/proc") if LINUX else []:  # noqa: PTH208
        if name.isdigit():
            with contextlib.suppress(OSError):
                stat = Path("/proc", name, "stat").read_bytes()
                state, parent = stat[stat.rindex(b")") + 2 :].split(None, 2)[:2]
                if state not in b"ZX":
                    found[int(name)] = int(parent)
    return found


def children() -> list[int]:
    """What this process has started itself."""
    return [pid for pid, parent in _parents().items() if parent == os.getpid()]


def descendants(of: int | None = None) -> list[int]:
    """All that a process (this one) has started, and what that has."""
    children: dict[int, list[int]] = {}
    for pid, parent in _parents().items():
        children.setdefault(parent, []).append(pid)
    found, waiting = [], [os.getpid() if of is None else of]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def _too_much(most: dict[str, int]) -> str:
    """Which limit the whole tree has passed, "" for none."""
    if not LINUX:
        return ""
    tree = descendants()
    if len(tree) > most.get("processes", len(tree)):
        return "processes"
    return "memory" if sum(map(_memory, tree)) > most.get("memory", 1 << 62) else ""


def _memory(pid: int) -> int:
    """Bytes that a process has to itself or shares as memory: what no file on a disk backs."""
    with contextlib.suppress(OSError):
        lines = Path(f"/proc/{pid}/status").read_bytes().split(b"\n")
        return sum(int(line.split()[1]) << 10 for line in lines if line.startswith((b"RssAnon", b"RssShmem")))
    return 0


def _group_alive(pid: int) -> bool:
    try:
        os.killpg(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def line(run: socket.socket) -> tuple[bytes, bytes]:
    """The first line that is said, and what came with it: the word to stop may come right behind."""
    said = b""
    while b"\n" not in said and (more := run.recv(1 << 20)):
        said += more
    first, _, rest = said.partition(b"\n")
    return first, rest
