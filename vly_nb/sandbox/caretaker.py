"""The caretaker: a small process that looks after one service, whatever becomes of who started it.

Started by `services.py` as `python -I -S`, away from the kernel: in a session of its own,
nobody's child. It has a keeper (`keeper.py`) run the program, writes down what that prints,
and answers one line at a time on a socket in vly's own folder:

    ← the plan on standard input, as JSON: {"plan": …, "name": …, "folder": …, …}
    → {"pid": 12, "started": 345} or {"failed": 2} on standard output, once
    ← look   → {"ok": true}            it is being asked for
    ← pause  → {"ok": true}            the whole tree stands still until `resume`, the end of
                                       the connection, or two seconds
    ← stop   → the end of the stream   there is nothing left

It ends, and the program with it, when that is asked for, when the project's folder is
gone, when a file with keys changed (`watched`: what hid it may not hide its
successor), or when nobody has asked for a long time and nobody is connected.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import struct
import sys
import time
from pathlib import Path
from typing import Any

from vly_nb.sandbox import guard, keeper
from vly_nb.sandbox.service_log import Log

LOOK = 1.0  # seconds between two looks at the project's folder
LONGEST_PAUSE = 2.0  # seconds
MOMENT = 0.25  # seconds until what was told to stop stands still
STALE = "A file that is hidden from it changed."
GONE = "The project's folder is gone."
IDLE = "Nobody has asked for it for a long time."
STOPPED = "It was stopped."
OUTSIDE = "It was ended from outside."
LOST = b'{"codes": [null], "why": "%s"}' % OUTSIDE.encode()  # what a keeper that was killed would say
UNKNOWN = (0, 0)


def serve() -> None:
    """Be a caretaker: `argv` names the descriptor of the socket to serve on."""
    listening = int(sys.argv[1])  # and a second descriptor, the lock, which only has to stay open
    plan = json.loads(sys.stdin.buffer.read())
    if os.fork():
        os._exit(0)  # whoever started it isn't its parent
    os.umask(0o077)
    answer = os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    os.chdir("/")
    if keeper.LINUX:
        guard.control(guard.CHILD_SUBREAPER, 1)
        guard.control(guard.DUMPABLE, 0)
    Caretaker(plan, socket.socket(fileno=listening)).serve(answer)


class Caretaker:
    """One service while it runs."""

    def __init__(self, plan: dict[str, Any], listening: socket.socket) -> None:
        self._plan = plan
        self._listening = listening
        folder, name = Path(plan["folder"]), plan["name"]
        self._state, self._place = folder / f"{name}.json", folder / f"{name}.sock"
        self._log = Log(folder / f"{name}.log", plan["secrets"])
        self._port = listening.getsockname()[1]
        self._asked = time.monotonic()
        self._talks: dict[socket.socket, bytes] = {}
        self._stopping: list[socket.socket] = []
        self._paused: dict[socket.socket, float] = {}  # who wants it to stand still, and since when

    def serve(self, answer: int) -> None:
        """Until the end, whatever brings it."""
        why, code = "", None
        control = _bound(self._place)
        self._output, sink = os.pipe()
        self._printing = True
        self._run, theirs = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            self._be_a_keeper(theirs, sink)
        theirs.close()
        os.close(sink)
        self._listening.close()
        self._run.sendall(json.dumps({**self._plan["plan"], "announced": True}).encode() + b"\n")
        began = json.loads(keeper.line(self._run)[0] or b'{"failed": 0, "errno": 0}')
        if "started" in began:
            told = {"pid": os.getpid(), "started": started(os.getpid()), "port": self._port}
            told["note"] = self._plan["note"]
            self._write(told)
            os.write(answer, json.dumps(told).encode())
            os.close(answer)
            why, code = self._look_after(control)
        else:
            os.write(answer, json.dumps({"failed": began["errno"]}).encode())
        self._end(control, pid)
        ended = {"code": code, "why": why, "ended": time.time(), "note": self._plan["note"]}
        self._write({"port": self._port, **ended})
        os._exit(0)

    def _be_a_keeper(self, run: socket.socket, sink: int) -> None:
        try:
            served = self._listening if self._plan["handed"] else None
            kept = [run.fileno(), sink, *([served.fileno()] if served else [])]
            guard.close_others(kept)
            if keeper.LINUX:
                guard.control(guard.CHILD_SUBREAPER, 1)
            keeper.Keeper(run, os.open(os.devnull, os.O_RDONLY), sink, served).keep()
        finally:
            os._exit(0)

    # -- while it runs -----------------------------------------------------------

    def _look_after(self, control: socket.socket) -> tuple[str, int | None]:
        """Serve until there is a reason to end: the reason, and the program's code if it has one."""
        look_at = time.monotonic() + LOOK
        while True:
            watched: list[Any] = [self._run, control, *self._talks]
            watched += [self._output] if self._printing else []
            ready = select.select(watched, [], [], max(min(look_at - time.monotonic(), LOOK), 0.01))[0]
            if self._output in ready:
                self._read()
            if self._run in ready:
                told = json.loads(keeper.line(self._run)[0] or LOST)
                return told["why"], told["codes"][-1]
            if control in ready:
                with contextlib.suppress(OSError):
                    self._talks[control.accept()[0]] = b""
            for talk in [one for one in ready if one in self._talks]:
                if self._hear(talk):
                    return STOPPED, None
            self._let_go(lambda since: time.monotonic() - since > LONGEST_PAUSE)
            if time.monotonic() >= look_at:
                look_at = time.monotonic() + LOOK
                if why := self._reason():
                    return why, None

    def _read(self) -> bool:
        data = os.read(self._output, 1 << 16)
        with contextlib.suppress(OSError):  # the folder is gone, the disk is full
            self._log.add(data)
        self._printing = bool(data)  # else nobody holds the other end any more
        return self._printing

    def _hear(self, talk: socket.socket) -> bool:
        """Answer; True when it is to stop."""
        self._asked = time.monotonic()
        try:
            said = talk.recv(4096)
            if not said:
                raise OSError
            *lines, self._talks[talk] = (self._talks[talk] + said)[-256:].split(b"\n")
            for line in lines:
                if line == b"stop":
                    self._stopping.append(talk)
                    return True
                if line == b"pause":
                    self._paused[talk] = time.monotonic()
                    _all(signal.SIGSTOP)
                if line == b"resume":
                    self._let_go(lambda _: True, talk)
                talk.sendall(b'{"ok": true}\n')
        except OSError:
            self._let_go(lambda _: True, talk)
            del self._talks[talk]
            talk.close()
        return False

    def _let_go(self, over: Any, only: socket.socket | None = None) -> None:
        ended = [one for one, since in self._paused.items() if only in (None, one) and over(since)]
        for one in ended:
            del self._paused[one]
        if ended and not self._paused:
            _all(signal.SIGCONT)

    def _reason(self) -> str:
        """Why it should end now; "" for no reason."""
        if _identity(self._plan["root"][0]) != self._plan["root"][1:]:
            return GONE
        if any(_identity(place) != found for place, *found in self._plan["watched"]):
            return STALE
        if self._plan["env"] is not None and set(env_names(self._plan["root"][0])) - set(self._plan["env"]):
            return STALE
        if _connected(self._port):
            self._asked = time.monotonic()
        return IDLE if time.monotonic() - self._asked > self._plan["idle"] else ""

    # -- the end -----------------------------------------------------------------

    def _end(self, control: socket.socket, pid: int) -> None:
        """Nothing is left when this returns; then those who wait hear of it, when this process ends."""
        self._let_go(lambda _: True)
        with contextlib.suppress(OSError):
            self._place.unlink()
        control.close()
        for talk in [one for one in self._talks if one not in self._stopping]:
            talk.close()
        self._run.setblocking(True)
        self._run.settimeout(keeper.PATIENCE)
        with contextlib.suppress(OSError):
            self._run.sendall(b"stop\n")
            while self._run.recv(4096):
                pass
        while below := keeper.descendants():
            for one in below:
                with contextlib.suppress(OSError):
                    os.kill(one, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
            time.sleep(0.002)
        while self._printing and select.select([self._output], [], [], 0)[0]:
            self._read()
        with contextlib.suppress(OSError):
            self._log.close()
        if self._plan["private"]:
            shutil.rmtree(self._plan["private"], ignore_errors=True)

    def _write(self, told: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):
            new = self._state.with_suffix(".json-new")
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
            with os.fdopen(os.open(new, flags, 0o600), "w") as file:
                file.write(json.dumps(told))
            new.replace(self._state)


def started(pid: int) -> int:
    """When a process began, in the machine's own ticks: with its number it names one process for good.

    0 for one that has ended.
    """
    with contextlib.suppress(OSError, ValueError, IndexError):
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
        return 0 if fields[0] in b"ZX" else int(fields[19])
    return 0


@contextlib.contextmanager
def near(place: Path) -> Any:
    """A socket's address that is short enough (108 bytes), however long the way to it is."""
    if not keeper.LINUX:
        yield str(place)
        return
    folder = os.open(place.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{place.name}"
    finally:
        os.close(folder)


def _bound(place: Path) -> socket.socket:
    control = socket.socket(socket.AF_UNIX)
    with contextlib.suppress(FileNotFoundError):
        place.unlink()
    with near(place) as address:
        control.bind(address)
    control.listen(16)
    control.setblocking(False)
    return control


def _all(number: signal.Signals) -> None:
    """A signal to all that the keeper has started, until there is nobody new."""
    mine = keeper.children()
    told: set[int] = set()
    while new := {pid for one in mine for pid in keeper.descendants(one)} - told:
        for pid in new:
            with contextlib.suppress(OSError):
                os.kill(pid, number)
        told |= new
    until = time.monotonic() + MOMENT
    while number == signal.SIGSTOP and not all(map(_stands_still, told)) and time.monotonic() < until:
        time.sleep(0.001)


def _stands_still(pid: int) -> bool:
    """Whether every thread of a process has stopped, or is gone: a signal takes its time."""
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208
            stat = Path(f"/proc/{pid}/task/{task}/stat").read_bytes()
            if stat.rpartition(b")")[2].split(None, 1)[0] not in (b"T", b"t", b"Z", b"X"):
                return False
    return True


def env_names(root: str) -> list[str]:
    """The env files right in a project's folder."""
    with contextlib.suppress(OSError):
        return [name for name in os.listdir(root) if name.startswith(".env")]  # noqa: PTH208
    return []


def _identity(place: str) -> list[int]:
    try:
        found = os.lstat(place)
    except OSError:
        return [0, 0]
    return [found.st_dev, found.st_ino]


def _connected(port: int) -> bool:
    """Whether anybody is connected to the port. Fields: man 5 proc, /proc/net/tcp; 01 is ESTABLISHED."""
    end = f":{port:04X}"
    with contextlib.suppress(OSError):
        with open("/proc/net/tcp") as table:  # noqa: PTH123
            return any(line.split()[1].endswith(end) and line.split()[3] == "01" for line in list(table)[1:])
    return False


def peer(talk: socket.socket) -> tuple[int, int]:
    """The pid and uid of whoever listens at the other end, as the machine knows; UNKNOWN where it doesn't."""
    if not keeper.LINUX:
        return UNKNOWN
    pid, uid, _ = struct.unpack("3i", talk.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return pid, uid
