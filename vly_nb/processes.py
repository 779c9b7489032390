"""The one place that starts another program: run, stream, limit, confine, stop a whole tree.

    done = await run(["pnpm", "install"], cwd=root, timeout=300, on_line=show, box=box)

A program gets a clean environment (`process_environment`), no terminal and no
questions; what it prints is kept by its head and its tail and freed of escapes
while it streams (`process_output`). A small helper starts it, puts on it what its
box says, and when it ends, times out or is cancelled, ends everything that it
started (`process_keeper` is our end of it, `sandbox.keeper` the other).
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

from vly_nb.errors import ProgramError
from vly_nb.process_environment import LOGIN, clean_environment
from vly_nb.process_keeper import Ended, Kept, Lost, NotStarted
from vly_nb.process_output import Capped, TooMuch, pump
from vly_nb.sandbox import confinement
from vly_nb.sandbox.sandbox import After, Box, Limits, Look, Tier

__all__ = ["LOGIN", "Completed", "Stage", "clean_environment", "run", "run_pipeline", "talking"]

RETRY = "Run it again; if it stays so, see `%vly doctor`."
LINGER = 0.5  # seconds that output may still come in after the program has ended


@dataclass(frozen=True, slots=True)
class Completed:
    """A program that ended. `output` is stdout and stderr as they came, middle cut out when
    long (head and tail kept, the cut says how much). `code` is None when it was ended by
    `timed_out` or by another limit, which `stopped` tells in a sentence; minus a signal's
    number when that ended it. `seconds` is wall time."""

    argv: tuple[str, ...]
    code: int | None
    output: str
    seconds: float
    timed_out: bool = False
    cut: int = 0  # characters left out of the middle
    stopped: str = ""

    @property
    def ok(self) -> bool:
        """It ended by itself and had nothing to complain about."""
        return self.code == 0


@dataclass(frozen=True, slots=True)
class Stage:
    """One program of a pipeline.

    `errors` is where stderr goes: "shown" to the reader, "piped" into the next
    program with stdout (`2>&1 |`), or "dropped". `silent` drops stdout. `box` is what
    it may reach; None for a program of ours.
    """

    argv: tuple[str, ...]
    errors: Literal["shown", "piped", "dropped"] = "shown"
    silent: bool = False
    box: Box | None = None


async def run(
    argv: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    timeout: float = 120.0,
    limit: int = 30_000,
    stdin: bytes | None = None,
    on_line: Callable[[str], None] | None = None,
    box: Box | None = None,
) -> Completed:
    """Run a program in a session of its own and wait for it.

    `env` is added to the clean environment, `timeout` is in seconds, `limit` in
    characters of output. Cancelling stops the whole tree (SIGTERM, then SIGKILL
    after half a second) before it returns; so does the end of the program.
    Raises ProgramError when the program isn't there.
    """
    return await run_pipeline(
        [Stage(tuple(argv), box=box)],
        cwd=cwd,
        env=env,
        timeout=timeout,
        limit=limit,
        stdin=stdin,
        on_line=on_line,
    )


async def run_pipeline(
    stages: Sequence[Stage],
    *,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    timeout: float = 120.0,
    limit: int = 30_000,
    stdin: bytes | None = None,
    on_line: Callable[[str], None] | None = None,
) -> Completed:
    """Run programs joined by real pipes; the code and `argv` are the last one's, as in a shell.

    Arguments and errors as for `run`.
    """
    began = time.monotonic()
    cwd = cwd.absolute()  # the helper is at home elsewhere
    output = Capped(limit)
    limits, looks = _limits(stages), _looks(stages)
    reader, writer = (
        os.fdopen(fd, mode, buffering=0) for fd, mode in zip(os.pipe(), ("rb", "wb"), strict=True)
    )
    reading = asyncio.create_task(pump(reader, output, on_line, limits.output))
    try:
        with _private(stages) as private:
            plan = _plan(stages, cwd, clean_environment(env), private)
            ended, timed_out = await _carried_out(plan, stdin, writer, reading, timeout)
        await asyncio.wait({reading}, timeout=LINGER)
    except NotStarted as error:
        raise _not_started(stages[error.stage].argv[0], cwd, error) from error
    finally:
        after = _after(looks)  # first, and also when it was cancelled: all programs are gone by now
        writer.close()
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        reader.close()
    code = ended.codes[-1] if ended else None
    if code == 1 and output.text.startswith("bwrap: "):  # its own complaint: the program was never there
        raise ProgramError(f"The sandbox doesn't start: {output.text.strip()[:300]}.", RETRY)
    stopped = confinement.told(ended.why if ended else "", code, limits)
    withheld = after.said if after.withheld else ""
    note = f"({after.said})\n" if after.said else ""
    return Completed(
        argv=stages[-1].argv,
        code=None if stopped or withheld else code,
        output="" if withheld else output.text + note,
        seconds=time.monotonic() - began,
        timed_out=timed_out,
        cut=output.cut,
        stopped=withheld or stopped,
    )


@contextlib.asynccontextmanager
async def talking(
    argv: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    box: Box | None = None,
    limit: int = 1 << 16,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A program that is talked with over its standard input and output as long as the block runs.

    Its whole tree is ended with the block. `limit` is the most bytes of one message. Raises ProgramError
    when the program isn't there.
    """
    stages = [Stage(tuple(argv), errors="dropped", box=box)]
    ours, theirs = socket.socketpair()
    with contextlib.ExitStack() as stack:
        stack.enter_context(theirs)
        private = stack.enter_context(_private(stages))
        try:
            plan = _plan(stages, cwd.absolute(), clean_environment(env), private)
        except NotStarted as error:
            ours.close()
            raise _not_started(argv[0], cwd, error) from error
        kept = await Kept.of(WARDEN.order(theirs.fileno(), theirs.fileno()), plan)
        theirs.close()
        ours.setblocking(False)
        reader, writer = await asyncio.open_connection(sock=ours, limit=limit)
        try:
            yield reader, writer
        finally:
            await kept.stop()
            writer.close()


async def _carried_out(
    plan: dict[str, Any],
    stdin: bytes | None,
    sink: IO[bytes],
    reading: asyncio.Task[None],
    timeout: float,
) -> tuple[Ended | None, bool]:
    """Have the plan carried out; how it ended, and whether time was up. All is gone then."""
    with sink, _spooled(stdin) as source:
        kept = await Kept.of(WARDEN.order(source.fileno(), sink.fileno()), plan)
    try:
        async with asyncio.timeout(timeout):
            return await _until_end(kept, reading), False
    except TimeoutError:
        return None, True
    except TooMuch:
        return Ended((-1,), "output"), False
    except Lost:
        raise ProgramError(
            "The helper that runs programs was ended from outside.", "Run it again; it is started anew."
        ) from None
    finally:
        await kept.stop()


async def _until_end(kept: Kept, reading: asyncio.Task[None]) -> Ended:
    """Wait for the programs, not for daemons that still hold their output."""
    ends = asyncio.create_task(kept.ended())
    both: set[asyncio.Future[Any]] = {ends, reading}
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        if reading.done():
            reading.result()  # raises what `on_line` raised
        ended = await ends
        await asyncio.wait({reading}, timeout=LINGER)
        if reading.done():
            reading.result()
        return ended
    finally:
        ends.cancel()
        await asyncio.gather(ends, return_exceptions=True)


# -- what goes to the helper -------------------------------------------------------


def _plan(stages: Sequence[Stage], cwd: Path, env: Mapping[str, str], private: Path | None) -> dict[str, Any]:
    for place, stage in enumerate(stages):  # bubblewrap would tell it by a code that may be the program's
        if stage.box is not None and shutil.which(_placed(stage.argv[0], cwd), path=env["PATH"]) is None:
            raise NotStarted(place, errno.ENOENT)
    return {
        "stages": [
            confinement.stage(
                stage.argv,
                cwd=cwd,
                env=env,
                errors=stage.errors,
                silent=stage.silent,
                box=stage.box,
                private=private,
            )
            for stage in stages
        ],
        "most": confinement.most([stage.box for stage in stages]),
    }


def _placed(program: str, cwd: Path) -> str:
    return str(cwd / program) if "/" in program else program


def _looks(stages: Sequence[Stage]) -> list[Look]:
    """The beginning of each box's watch."""
    boxes = {id(stage.box): stage.box for stage in stages if stage.box is not None}
    return [box.watch() for box in boxes.values()]


def _after(looks: Sequence[Look]) -> After:
    """What is to be said in the end; the gravest first."""
    afters = [look() for look in looks]
    return next((one for one in afters if one.withheld), next((one for one in afters if one.said), After()))


def _limits(stages: Sequence[Stage]) -> Limits:
    boxes = [stage.box for stage in stages if stage.box is not None]
    return boxes[-1].limits if boxes else Limits(None, None, None, None, None)


@contextlib.contextmanager
def _private(stages: Sequence[Stage]) -> Iterator[Path | None]:
    """A folder for a program's own temporary files, where it has no /tmp of its own."""
    boxes = [stage.box for stage in stages if stage.box is not None and stage.box.tier in (Tier.B, Tier.C)]
    if not boxes:
        yield None
        return
    folder = Path(os.path.realpath(tempfile.mkdtemp(prefix="vly-")))
    try:
        for place in (folder / "home", folder / "tmp"):
            place.mkdir(mode=0o700)
        for place in (folder, *folder.iterdir()) if boxes[0].owner else ():
            os.chown(place, *boxes[0].owner or ())
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _spooled(stdin: bytes | None) -> Iterator[IO[bytes]]:
    """A file without a name that holds what a program is to read."""
    with tempfile.TemporaryFile() if stdin is not None else open(os.devnull, "rb") as file:  # noqa: PTH123
        if stdin is not None:
            file.write(stdin)
            file.seek(0)
        yield file


def _not_started(program: str, cwd: Path, error: OSError) -> ProgramError:
    name = Path(program).name
    if not cwd.is_dir():
        return ProgramError(f"`{name}` can't run: the folder {cwd} isn't there.", "Mount the project again.")
    if error.errno == errno.ENOENT:
        return ProgramError(
            f"`{name}` isn't installed here.", f"Install {name}, or put the folder it is in on the PATH."
        )
    reason = os.strerror(error.errno or 0)
    return ProgramError(
        f"`{name}` can't be started: {reason}.", "Check that it is a program that may be run."
    )


# -- the helper ------------------------------------------------------------------


class Warden:
    """The process that forks a keeper for each run; started when it is first needed.

    It gets nothing of this process: a clean environment, no descriptor but one
    socket, no module but ours and Python's own (`-I -S`), a session of its own, so that an
    interrupt of the notebook doesn't reach it.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._orders: socket.socket | None = None
        self._lock = threading.RLock()
        os.register_at_fork(after_in_child=self._forget)

    def order(self, source: int, sink: int) -> socket.socket:
        """Have a keeper forked that reads and writes these; our end of the talk with it."""
        ours, theirs = socket.socketpair()
        with self._lock, theirs:
            for again in (True, False):
                _, orders = self._running()
                try:
                    socket.send_fds(orders, [b"!"], [theirs.fileno(), source, sink])
                    break
                except OSError:  # it was killed
                    orders.close()
                    self._orders = None
                    if not again:
                        raise
        return ours

    def _running(self) -> tuple[subprocess.Popen[bytes], socket.socket]:
        if self._process is not None and self._orders is not None and self._process.poll() is None:
            return self._process, self._orders
        ours, theirs = socket.socketpair()
        folder = str(Path(__file__).resolve().parent.parent)
        code = f"import sys; sys.path.append({folder!r}); from vly_nb.sandbox.keeper import warden"
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", f"{code}; warden({theirs.fileno()})"],
                cwd="/",
                env={"PATH": os.defpath, "LANG": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        self._orders = ours
        return self._process, ours

    def _forget(self) -> None:
        """A fork of this process starts its own."""
        self._process = self._orders = None
        self._lock = threading.RLock()


WARDEN = Warden()
