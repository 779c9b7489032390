"""Record: what vly's own folder holds of one service, and the line to whoever looks after it.

    record = Record("preview", state / "services")
    record.state()                       # {"pid": 12, "started": 345, "port": 20001, "note": ""}
    with record.talk() as found: …       # the running service, and a line to its caretaker
    with record.locked() as lock: …      # nobody else starts it meanwhile

Nothing is trusted because a file says so: a process is ours when it answers on a socket
in vly's own folder and the machine says that it has the number and the age on file.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vly_nb.sandbox.caretaker import UNKNOWN, near, peer, started

MOMENT = 15.0  # seconds for an answer, which takes none: only on a machine that stands still


@dataclass(frozen=True, slots=True)
class Running:
    """A service that runs: its caretaker's pid and start time (in the machine's ticks), its port and note."""

    pid: int
    started: int
    port: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """The files of one service: `NAME.json`, `.sock`, `.lock` in a folder that is the owner's only."""

    name: str
    folder: Path

    def state(self) -> dict[str, Any]:
        """What is on file; {} for a file that isn't ours alone, or says nothing."""
        try:
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
            with os.fdopen(os.open(self.folder / f"{self.name}.json", flags), "rb") as file:
                status = os.fstat(file.fileno())
                if (
                    not stat.S_ISREG(status.st_mode)
                    or status.st_uid != os.geteuid()
                    or status.st_mode & 0o077
                ):
                    return {}
                found = json.loads(file.read(4096))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    @contextlib.contextmanager
    def talk(self) -> Iterator[tuple[Running, socket.socket] | None]:
        """The service and a line to its caretaker; None when nobody of ours is there."""
        state = self.state()
        numbers = [state.get(name) for name in ("pid", "started", "port")]
        with contextlib.ExitStack() as stack:
            try:
                pid, began, port = (int(number) for number in numbers if isinstance(number, int))
                talk = stack.enter_context(socket.socket(socket.AF_UNIX))
                talk.settimeout(MOMENT)
                with near(self.folder / f"{self.name}.sock") as address:
                    talk.connect(address)
            except (OSError, ValueError):
                yield None
                return
            ours = started(pid) == began and peer(talk) in ((pid, os.geteuid()), UNKNOWN)
            yield (Running(pid, began, port, str(state.get("note", ""))), talk) if ours else None

    @contextlib.contextmanager
    def locked(self) -> Iterator[int | None]:
        """The lock that a caretaker holds as long as it lives; None when somebody has it."""
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        lock = os.open(self.folder / f"{self.name}.lock", flags, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            yield None
            return
        try:
            yield lock
        finally:
            os.close(lock)  # the caretaker's copy keeps it


def said(talk: socket.socket, word: bytes, patience: float = MOMENT) -> bool:
    """Say a word; whether it was answered. The end of the stream is the answer to "stop"."""
    talk.settimeout(patience)
    with contextlib.suppress(OSError):
        talk.sendall(word + b"\n")
        return bool(talk.recv(256))
    return False
