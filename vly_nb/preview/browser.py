"""Browser: a Chromium without a window, driven through its DevTools protocol.

Over a pair of pipes, not a port: who else is on the machine can't get at it, and there is nothing to
install, since the protocol is JSON between zero bytes. https://chromedevtools.github.io/devtools-protocol/
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from vly_nb.errors import ProgramError
from vly_nb.processes import talking

NAMES = (
    "chromium-headless-shell",  # the one without a window: a load takes a third less of the processor
    *("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"),
)
ON_PIPES = 'exec "$@" 3<&0 4>&1 </dev/null >/dev/null'  # it reads 3 and writes 4
FLAGS = (
    *("--headless", "--remote-debugging-pipe", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--mute-audio"),
    *("--disable-extensions", "--disable-default-apps", "--disable-dev-shm-usage", "--hide-scrollbars"),
    "--disable-features=Translate,MediaRouter,OptimizationHints,PaintHolding",
)
BIGGEST = 1 << 26  # bytes of one message: a picture
PATIENCE = 30.0  # seconds for one answer

Heard = Callable[[str, Mapping[str, Any]], None]
"""An event: its name, what it tells."""


class BrowserGone(ProgramError):
    """The browser ended, or doesn't answer."""


def chromium() -> str:
    """Chromium's path; "" when there is none here."""
    return next((found for name in NAMES if (found := shutil.which(name))), "")


class Browser:
    """One Chromium, started with `start`; `close` ends all of it."""

    def __init__(self) -> None:
        self._stack = AsyncExitStack()
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._listeners: dict[str, Heard] = {}
        self._reading: asyncio.Task[None] | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def start(self, hosts: frozenset[str] = frozenset()) -> None:
        """Start it; pages reach this machine and `hosts` by name, nothing else. Raises ProgramError."""
        program = chromium()
        if not program:
            raise ProgramError("No Chromium is here.", "Install one, for example: apt install chromium")
        profile = self._stack.enter_context(
            tempfile.TemporaryDirectory(prefix="vly-browser-", ignore_cleanup_errors=True)
        )
        known = "".join(f", EXCLUDE {host}" for host in sorted({"127.0.0.1", "localhost", *hosts}))
        argv = ["/bin/sh", "-c", ON_PIPES, "sh", program, *FLAGS, f"--user-data-dir={profile}"]
        argv.append(f"--host-resolver-rules=MAP * ~NOTFOUND{known}")
        if os.geteuid() == 0:  # its own sandbox doesn't start as root
            argv.append("--no-sandbox")
        reader, self._writer = await self._stack.enter_async_context(
            talking(argv, cwd=Path(profile), env={"HOME": profile, "TMPDIR": profile}, limit=BIGGEST)
        )
        self._reading = asyncio.create_task(self._read(reader))
        await self.call("Browser.getVersion")

    @property
    def is_open(self) -> bool:
        """Whether it runs."""
        return self._reading is not None and not self._reading.done()

    async def close(self) -> None:
        """End it."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        await self._stack.aclose()

    async def call(self, method: str, session: str = "", **params: Any) -> dict[str, Any]:
        """Ask for something. Raises BrowserGone, and ProgramError with what it complains about."""
        if self._writer is None or (self._reading is not None and self._reading.done()):
            raise BrowserGone("The browser ended.", "Ask again: it is started anew.")
        number = next(self._numbers)
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        message = {"id": number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        self._writer.write(json.dumps(message).encode() + b"\0")
        try:
            told = await asyncio.wait_for(answer, PATIENCE)
        except TimeoutError:
            raise BrowserGone("The browser doesn't answer.", "Try again.") from None
        finally:
            self._waiting.pop(number, None)
        if "error" in told:
            raise ProgramError(f"The browser: {str(told['error'].get('message', ''))[:200]}", "Try again.")
        result: dict[str, Any] = told.get("result", {})
        return result

    def listen(self, session: str, heard: Heard) -> None:
        """Have a session's events told."""
        self._listeners[session] = heard

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while True:
                told = json.loads((await reader.readuntil(b"\0"))[:-1])
                if "id" in told:
                    if (waiting := self._waiting.get(told["id"])) is not None and not waiting.done():
                        waiting.set_result(told)
                elif (heard := self._listeners.get(told.get("sessionId", ""))) is not None:
                    heard(told["method"], told.get("params", {}))
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError, ValueError):
            pass
        finally:
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(BrowserGone("The browser ended.", "Ask again."))
