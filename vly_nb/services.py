"""Services: long-lived programs of a project (a dev server, a backend), started once and found again.

    service = Service("preview", root, state / "services")
    running = await service.start(lambda port: Program([…, str(port)], env, box), cwd=root)
    with service.paused(): …          # its whole tree stands still
    text, offset = service.log(offset)
    await service.stop()

A service runs in its box, away from the kernel: it survives the kernel's restart and
death, and is found again by the next one. It listens on 127.0.0.1 on a port that stays;
where that is taken, on the next free one, which stays then. A small process of ours looks
after it (`sandbox.caretaker`), and ends it when it is told to, when the project is gone, or
after a long time in which nobody asked. With a box that `listens`, in tiers A and B, the
program can't open a port of its own: it gets one socket of ours for whatever it asks to
listen on (`sandbox.doorman`), so no bytes have to be carried into its network.

What is on file about it, and how it is reached: `sandbox/service_record.py`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vly_nb.errors import ProgramError
from vly_nb.process_environment import clean_environment
from vly_nb.process_output import plain
from vly_nb.sandbox import confinement
from vly_nb.sandbox.caretaker import OUTSIDE, STALE, env_names, started
from vly_nb.sandbox.sandbox import Box, Limits, Tier
from vly_nb.sandbox.service_log import CAP, read
from vly_nb.sandbox.service_record import Record, Running, said

LOWEST, PORTS = 20_000, 10_000  # below the ports that systems give out by themselves
TRIES = 200
PATIENCE = 30.0  # seconds for a tree to be gone, or for a caretaker to start
IDLE = 8 * 3600.0  # seconds in which nobody asks, until a service ends
LOOPBACK = "127.0.0.1"
__all__ = ["FOR_LONG", "LOOPBACK", "OUTSIDE", "STALE", "Ended", "Program", "Running", "Service"]
FOR_LONG = Limits(output=None)
"""What a service may use: no end to what it prints, since its log is capped."""


@dataclass(frozen=True, slots=True)
class Program:
    """What to start. `env` is added to the clean environment; `secrets` (values by name) are masked in
    the log before it is written; `box` is None for a program of ours. `note` is kept with what runs, for
    whoever finds it again."""

    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    box: Box | None = None
    secrets: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a service ended: the program's code (None when it was made to end), why, and when (Unix time)."""

    code: int | None
    why: str
    when: float


class Service:
    """One service of one project, running or not.

    `folder` is vly's own, the owner's only; what is about this service lies there as
    `NAME.json`, `.log`, `.sock`, `.lock`. `clean` is a last look at what the log says.
    """

    def __init__(self, name: str, root: Path, folder: Path, clean: Callable[[str], str] = str) -> None:
        self.name = name
        self._root = Path(os.path.realpath(root))
        self._folder = folder
        self._record = Record(name, folder)
        self._clean = clean

    # -- what there is -------------------------------------------------------------

    def running(self) -> Running | None:
        """The service, when it runs, whoever started it. Counts as asking for it."""
        with self._record.talk() as found:
            return found[0] if found and said(found[1], b"look") else None

    def ended(self) -> Ended | None:
        """How it ended last; None when it runs, is about to say how it ended, or never ran."""
        state = self._record.state()
        if isinstance(state.get("pid"), int) and "ended" not in state and self.running() is None:
            gone = started(state["pid"]) != state.get("started")  # asked before: who is gone has said all
            return self._told(self._record.state()) or (Ended(None, OUTSIDE, 0.0) if gone else None)
        return self._told(state)

    def _told(self, state: dict[str, Any]) -> Ended | None:
        if isinstance(state.get("ended"), float) and isinstance(state.get("why"), str):
            code = state.get("code")
            return Ended(code if isinstance(code, int) else None, state["why"], state["ended"])
        return None

    @property
    def port(self) -> int | None:
        """The port it has, or had."""
        port = self._record.state().get("port")
        return port if isinstance(port, int) and 1024 <= port < 65_536 else None

    @property
    def note(self) -> str:
        """The note of what runs, or ran last."""
        return str(self._record.state().get("note", ""))

    def log(self, offset: int = 0, most: int = CAP) -> tuple[str, int]:
        """What it printed from an offset (in bytes) on, the newest `most` bytes; and the next offset."""
        end, text = read(self._folder / f"{self.name}.log", offset, most)
        lines = text.decode("utf-8", "replace").split("\n")
        return self._clean("\n".join(map(plain, lines))), end

    # -- verbs -------------------------------------------------------------------

    async def start(
        self, program: Callable[[int], Program], *, cwd: Path, idle: float = IDLE, port: int | None = None
    ) -> Running:
        """The running service; when it doesn't run, it is started with what `program` makes of its port.

        That it runs doesn't say that it answers yet: connections wait until it does. `port` is
        the one to try first, `idle` in seconds. Raises ProgramError.
        """
        return await asyncio.to_thread(self._start, program, cwd, idle, port)

    async def stop(self) -> bool:
        """End it and all that it started; whether it ran. Raises ProgramError when something stays."""
        return await asyncio.to_thread(self._stop)

    @contextlib.contextmanager
    def paused(self) -> Iterator[bool]:
        """Its whole tree stands still in the block (two seconds at most); whether there was one."""
        with self._record.talk() as found:
            held = bool(found and said(found[1], b"pause"))
            try:
                yield held
            finally:
                if held and found:
                    said(found[1], b"resume")

    # -- how -----------------------------------------------------------------------

    def _start(self, program: Callable[[int], Program], cwd: Path, idle: float, first: int | None) -> Running:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        until = time.monotonic() + PATIENCE
        while True:
            with self._record.locked() as lock:
                if lock is not None:  # it doesn't run, and nobody else starts it right now
                    with self._listening(first) as listening:
                        told = self._hand_over(
                            program(listening.getsockname()[1]), cwd, idle, listening, lock
                        )
                        return Running(told["pid"], told["started"], told["port"], told["note"])
            if running := self.running():
                return running
            if time.monotonic() > until:
                raise ProgramError(
                    f"The {self.name} service is there but doesn't answer.",
                    f"End process {self._record.state().get('pid')}, then try again.",
                )
            time.sleep(0.05)

    def _hand_over(
        self, program: Program, cwd: Path, idle: float, listening: socket.socket, lock: int
    ) -> dict[str, Any]:
        """Start the caretaker; what it says when the program runs."""
        plan, private = self._plan(program, cwd, idle)
        package = str(Path(__file__).resolve().parent.parent)
        code = (
            f"import sys; sys.path.append({package!r}); from vly_nb.sandbox.caretaker import serve; serve()"
        )
        done = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", code, str(listening.fileno())],
            cwd="/",
            env={"PATH": os.defpath, "LANG": "C.UTF-8"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=[listening.fileno(), lock],
            start_new_session=True,
        )
        try:
            answer, _ = done.communicate(json.dumps(plan).encode(), timeout=PATIENCE)
            told: dict[str, Any] = json.loads(answer or b'{"failed": 0}')
        except subprocess.TimeoutExpired:
            told = {"failed": 0}
        if "failed" in told:
            if private is not None:
                shutil.rmtree(private, ignore_errors=True)
            name = Path(program.argv[0]).name
            reason = os.strerror(told["failed"]) if told["failed"] else "it ended at once"
            raise ProgramError(
                f"`{name}` can't be started: {reason}.", "See `%vly doctor` for what is missing here."
            )
        return told

    def _plan(self, program: Program, cwd: Path, idle: float) -> tuple[dict[str, Any], Path | None]:
        box = program.box
        private = _private(box) if box is not None else None
        env = clean_environment(program.env)
        if box is None or box.tier is Tier.D:
            env = {**env, "TMPDIR": env.get("TMPDIR", tempfile.gettempdir())}
        stage = confinement.stage(program.argv, cwd=cwd.absolute(), env=env, box=box, private=private)
        watched = [place for place in (box.hidden if box else ()) if place.is_file()]
        if box is not None and box.tier is Tier.B and self._root.is_dir():
            # What was replaced right in the root isn't granted any more.
            watched += [place for place in self._root.iterdir() if place.is_file()]
        plan = {
            "plan": {"stages": [stage], "most": confinement.most([box])},
            "name": self.name,
            "folder": str(self._folder),
            "root": [str(self._root), *_identity(self._root)],
            "watched": [[str(place), *_identity(place)] for place in watched],
            "secrets": dict(program.secrets),
            "private": str(private or ""),
            "handed": bool(stage["listener"]) and box is not None and box.listens,
            "idle": idle,
            "note": program.note,
            "env": env_names(str(self._root)) if box is not None else None,
        }
        return plan, private

    def _stop(self) -> bool:
        with self._record.talk() as found:
            if found is None:
                return False
            running, talk = found
            said(talk, b"stop", patience=PATIENCE)
        if not self._is_gone(running, 2.0):
            with contextlib.suppress(ProcessLookupError):  # its own keeper ends the rest when it is gone
                os.kill(running.pid, signal.SIGKILL)
        if self._is_gone(running, 5.0):
            return True
        raise ProgramError(f"The {self.name} service doesn't end.", f"End process {running.pid} by hand.")

    def _is_gone(self, running: Running, seconds: float) -> bool:
        """Whether its caretaker ends within some seconds."""
        until = time.monotonic() + seconds
        while started(running.pid) == running.started:
            if time.monotonic() > until:
                return False
            time.sleep(0.005)
        return True

    @contextlib.contextmanager
    def _listening(self, first: int | None) -> Iterator[socket.socket]:
        """A socket on the port that it had, else on one by the project's place, else on the next free one."""
        by_place = zlib.crc32(f"{self._root}\0{self.name}".encode()) % PORTS
        tries = [LOWEST + (by_place + step) % PORTS for step in range(TRIES)]
        for port in (*filter(None, (self.port, first)), *tries):
            server = socket.socket()
            try:
                server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                server.bind((LOOPBACK, port))
                server.listen(512)
            except OSError:
                server.close()
                continue
            with server:
                yield server
            return
        raise ProgramError("No port is free here.", "End some programs that listen, then try again.")


def _private(box: Box) -> Path | None:
    """A folder for temporary files, where the program has no /tmp of its own; its caretaker removes it."""
    if box.tier not in (Tier.B, Tier.C):
        return None
    folder = Path(os.path.realpath(tempfile.mkdtemp(prefix="vly-")))
    for place in (folder / "home", folder / "tmp"):
        place.mkdir(mode=0o700)
    for place in (folder, *folder.iterdir()) if box.owner else ():
        os.chown(place, *box.owner or ())
    return folder


def _identity(place: Path) -> list[int]:
    try:
        found = place.lstat()
    except OSError:
        return [0, 0]
    return [found.st_dev, found.st_ino]
