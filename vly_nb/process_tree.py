"""Everything one run started, whatever became of it: found in the process table, and stopped.

Processes are known by group, session, descent and a marker in their environment;
one that sheds all four (a daemon with an emptied environment, whose parents are
gone) is for the sandbox to hold. Without /proc (macOS) only groups are known.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

GRACE = 0.5  # seconds from SIGTERM to SIGKILL
MARKER = "VLY_RUN"  # the variable by which a daemonised child is still known as ours


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the process table; `since` tells a reused number apart."""

    pid: int
    parent: int
    group: int
    session: int
    since: int


class Tree:
    """Everything one run started, whatever became of it since."""

    def __init__(self, marker: str) -> None:
        self.started: list[asyncio.subprocess.Process] = []  # each leads a session and group of its own
        self._marker = f"{MARKER}={marker}".encode()
        self._floor: int | None = None  # nothing that is older can be ours
        self._known: dict[int, int] = {}  # pid → since: once ours, always ours

    def add(self, process: asyncio.subprocess.Process) -> None:
        """Take in a program that was just started as the leader of a session of its own."""
        self.started.append(process)
        if self._floor is None:
            entry = _entry(process.pid)
            self._floor = entry.since if entry else 0

    async def stop(self) -> None:
        """SIGTERM, half a second, SIGKILL; at once when there is nothing left, or when cancelled."""
        left = True
        try:
            left = self._signal(signal.SIGTERM)
            until = time.monotonic() + GRACE
            while left and time.monotonic() < until:
                await asyncio.sleep(0.02)
                left = bool(self._alive())
        finally:
            for _ in range(50 if left else 0):  # again, as long as something was forked meanwhile
                if not self._signal(signal.SIGKILL):
                    break
                time.sleep(0.004)  # noqa: ASYNC251  (a cancelled task must not wait in the loop)
        if waits := [asyncio.ensure_future(process.wait()) for process in self.started]:
            await asyncio.wait(waits, timeout=1)  # so that no zombie stays

    def _signal(self, number: signal.Signals) -> bool:
        alive = self._alive()
        for pid in alive:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)
        return bool(alive)

    def _alive(self) -> list[int]:
        if not Path("/proc/self/stat").exists():
            return [-process.pid for process in self.started if _group_alive(process.pid)]
        leaders = {process.pid for process in self.started}
        floor = self._floor or 0
        table = [p for p in map(_entry, _pids()) if p and p.since >= floor]
        found = {
            p.pid
            for p in table
            if p.group in leaders
            or p.session in leaders
            or self._known.get(p.pid) == p.since
            or self._marker in _environment(p.pid)
        }
        grown = True
        while grown:
            children = {p.pid for p in table if p.parent in found and p.pid not in found}
            found |= children
            grown = bool(children)
        found -= {os.getpid(), 1}
        self._known.update({p.pid: p.since for p in table if p.pid in found})
        return sorted(found)


def _group_alive(pid: int) -> bool:
    try:
        os.killpg(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208


def _entry(pid: int) -> Entry | None:
    """One line of the process table, None for what is gone or a zombie. Fields: man 5 proc."""
    with contextlib.suppress(OSError):
        stat = Path(f"/proc/{pid}/stat").read_bytes()
        state, parent, group, session, *rest = stat[stat.rindex(b")") + 2 :].split()
        if state not in b"ZX":
            return Entry(pid, int(parent), int(group), int(session), int(rest[15]))
    return None


def _environment(pid: int) -> list[bytes]:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    return []
