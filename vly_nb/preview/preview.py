"""Preview: the running app of one project, and what is wrong with it, without anybody pasting anything.

    preview = Preview(project)
    await preview.start()                         # off → starting → up | failed
    seen = await preview.look(["src/pages/A.tsx"], since=7)
    seen.result.new                               # Diagnostics
    seen.pictures                                 # PNGs, before and after

It asks Vite for the modules that changed (a compile error is in the answer), and where
a Chromium is here has a page of its own look at the app: errors, a blank page, what runs over the
edge of a phone, text that is too faint to read.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from vly_nb.checks.check import CheckResult, subtract
from vly_nb.diagnostics import Diagnostic, Severity
from vly_nb.errors import ProgramError
from vly_nb.preview import complaints
from vly_nb.preview.browser import Browser, chromium
from vly_nb.preview.dev_server import DevServer, base_of, front_end_of, sources
from vly_nb.preview.judging import Judge
from vly_nb.preview.page import DESKTOP, PHONE, Page, Size
from vly_nb.preview.routes import routes_of
from vly_nb.preview.vite_log import ViteLog
from vly_nb.project.project import Project
from vly_nb.services import LOOPBACK, OUTSIDE, STALE, Running

NAME = "preview"
FRONT_END = (".tsx", ".ts", ".jsx", ".js", ".css", ".html", ".svg", ".png")

CONFIGURES = re.compile(r"vite\.config\.[cm]?[jt]s|package\.json|tsconfig[\w.]*\.json")

NOTICING = 10.0  # seconds; some 0.1, but for what Vite was told not to watch

State = Literal["off", "starting", "up", "failed"]


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as it looked: PNG, and in words what it shows."""

    png: bytes
    words: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look came to."""

    result: CheckResult
    pictures: tuple[Picture, ...] = ()


def no_variables(_: bool) -> Mapping[str, str]:
    """Nothing is added to what the env files say."""
    return {}


class Preview:
    """One project's preview.

    `variables` are for the page, such as VITE_CONVEX_URL of a backend; it is asked with whether the page
    will be shown at another address than this machine's.
    """

    def __init__(
        self, project: Project, variables: Callable[[bool], Mapping[str, str]] = no_variables
    ) -> None:
        self._project = project
        self._server = DevServer(project)
        self._judge = Judge(project.root, self._server)
        self.variables = variables
        self.failure: Diagnostic | None = None
        self._starting = self._was_up = False
        self._browser: Browser | None = None
        self._page: Page | None = None
        self._looking = asyncio.Lock()
        self._pictures: dict[tuple[str, Size], bytes] = {}
        self._since = -1
        self._vite_log = ViteLog(project.root, self.log)
        self._known: tuple[Diagnostic, ...] = ()
        self._found: tuple[Diagnostic, ...] = ()

    # -- the server ------------------------------------------------------------------

    @property
    def state(self) -> State:
        """How it stands."""
        if self._starting:
            return "starting"
        if self._server.service.running() is not None:
            return "up"
        return "failed" if self.failure is not None or self._crashed() else "off"

    @property
    def path(self) -> str:
        """Where the app is, as a path: "/" when it is opened directly."""
        running = self._server.service.running()
        return base_of(running) if running else "/"

    @property
    def url(self) -> str:
        """The app's address on this machine; "" when it doesn't run."""
        running = self._server.service.running()
        return f"http://{LOOPBACK}:{running.port}{base_of(running)}" if running else ""

    @property
    def since(self) -> int:
        """The version from which on what is found counts as new."""
        return self._since

    @property
    def found(self) -> tuple[Diagnostic, ...]:
        """What the last look complained about."""
        return self._found

    async def start(self, base: str = "") -> str:
        """Have it run for a front end at `base` ("" for none in between); its URL. Raises ProgramError."""
        self._starting, self.failure = True, None
        try:
            found = await asyncio.to_thread(self._server.service.running)
            variables = self.variables(bool(base))
            running = await self._server.start(base, variables)
            try:
                await self._server.answers(running)
            except ProgramError:
                if running != found:
                    raise
                running = await self._server.start(
                    base, self.variables(bool(base))
                )  # what was found was just dying
                await self._server.answers(running)
        except ProgramError as error:
            ended = await asyncio.to_thread(self._server.service.ended)
            if ended is not None:
                self.failure = complaints.died(
                    self._server.last_words(), error.message[:80], self._project.root
                )
            raise
        finally:
            self._starting = False
        self._was_up = True
        return self.url

    async def stop(self) -> bool:
        """End it; whether it ran."""
        self.failure, self._found = None, ()
        await self.close()
        return await self._server.service.stop()

    async def close(self) -> None:
        """Let go of the browser; the server goes on."""
        browser, self._browser, self._page = self._browser, None, None
        if browser is not None:
            await browser.close()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """The server stands still while files are renamed; for `Project.pause`."""
        with self._server.service.paused():
            yield

    def log(self, offset: int = 0) -> tuple[str, int]:
        """What the server printed from an offset on."""
        return self._server.service.log(offset)

    def _crashed(self) -> bool:
        """Whether it ended, and nobody wanted that."""
        ended = self._server.service.ended()
        if ended is None or (ended.why == OUTSIDE and not self._was_up):  # as after the machine's restart
            return False
        return ended.code is not None or ended.why in (STALE, OUTSIDE)

    async def can_be_seen(self) -> bool:
        """Whether there is something to look at: it runs, or failed."""
        return await asyncio.to_thread(lambda: self.state) in ("up", "failed")

    # -- looking -----------------------------------------------------------------------

    async def look(self, changed: Sequence[str], since: int) -> Looked | None:
        """What is wrong now, as a check's word; None when there is no preview to look at.

        What was found before version `since` counts as known. `changed` are the files since the
        last look.
        """
        if not await self.can_be_seen():
            return None
        async with self._looking:
            began = time.monotonic()
            if since != self._since:
                self._since, self._known = since, self._found
            found, pictures = await self._look(changed)
            self._found = tuple({one.identity: one for one in found}.values())
            new = subtract(self._found, self._known)
            red = any(one.severity is Severity.ERROR for one in new)
            note = "" if chromium() else "No Chromium is here, so nobody looked at the page itself."
            seconds = time.monotonic() - began
            known = len(self._found) - len(new)
            result = CheckResult(NAME, "%vly preview", "red" if red else "green", new, known, seconds, note)
            return Looked(result, tuple(pictures))

    async def meanwhile(self, changed: Sequence[str]) -> tuple[Diagnostic, ...]:
        """What went wrong since the last look with nobody at work: a person's own edits, a page that was
        left open, a server that died. What is told here counts as known afterwards. The first time it looks
        in any case: else there is no picture of before the first change."""
        state = await asyncio.to_thread(lambda: self.state)
        if state in ("off", "starting"):
            return ()
        said = self._page is not None and self._page.has_spoken
        first = bool(chromium()) and ("/", DESKTOP) not in self._pictures
        if not (said or first) and state == "up" and not any(map(is_front_end, changed)):
            return ()
        before = self._found
        await self.look(changed, -1)
        return subtract(self._found, before)

    async def _look(self, changed: Sequence[str]) -> tuple[list[Diagnostic], list[Picture]]:
        if any(CONFIGURES.fullmatch(path) for path in changed):
            await self._server.service.stop()  # Vite would go on with what it had before
        running = await self._alive()
        if running is None:
            return ([self.failure] if self.failure else []), []
        again = [one.path for one in self._found if one.path and one.code == "compile"]
        wanted = sources([*dict.fromkeys([*changed, *again])], self._project.root)
        await self._noticed(wanted)
        found = await self._judge.compiling(running, wanted)
        seen: list[Diagnostic] = []
        pictures: list[Picture] = []
        if chromium():
            with suppress(ProgramError):  # a browser in trouble says nothing about the app
                for route in routes_of(changed, self._project.root):
                    told, taken = await self._see(running, route, broken=bool(found))
                    seen += told
                    pictures += taken
        named = {one.path for one in found}  # the log last: the page may have asked before we did
        found += [one for one in self._vite_log.read() if one.path not in named]
        return found + seen, pictures

    async def _noticed(self, paths: Sequence[str]) -> None:
        """Wait until Vite has seen these as they are, which takes a moment: before, it answers as it was."""
        until = time.monotonic() + NOTICING
        while time.monotonic() < until:
            self._vite_log.read()
            if all(self._vite_log.knows(path, _mark(self._project.root / path)) for path in paths):
                return
            await asyncio.sleep(0.05)

    async def _alive(self) -> Running | None:
        """The running server; one that crashed is started once more, and what it said is kept."""
        running = await asyncio.to_thread(self._server.service.running)
        if running is not None:
            self.failure = None
            return running
        crashed, words = self._crashed(), self._server.last_words()
        with suppress(ProgramError):
            await self.start(front_end_of(self._server.service.note))
            return await asyncio.to_thread(self._server.service.running)
        if self.failure is None and crashed:  # it can't even be tried
            self.failure = complaints.died(words, "it doesn't start again", self._project.root)
        return None

    async def _see(
        self, running: Running, route: str, *, broken: bool
    ) -> tuple[list[Diagnostic], list[Picture]]:
        """Look at a route, wide and at a phone's width."""
        page = await self._opened()
        url = f"http://{LOOPBACK}:{running.port}{base_of(running)}{route.lstrip('/')}"
        seen = await page.look(url, DESKTOP, broken=broken)
        found = await self._judge.seen(running, seen, route)
        if seen.probe.get("blank"):
            return found, self._pictured(route, DESKTOP, await page.picture())
        pictures = self._pictured(route, DESKTOP, await page.picture())
        phone = await page.look(url, PHONE)
        found += self._judge.narrow(phone, route)
        self._pictures[route, PHONE] = await page.picture()
        return found, pictures

    def _pictured(self, route: str, size: Size, png: bytes) -> list[Picture]:
        """The pictures before and after, when the page looks different."""
        before = self._pictures.get((route, size))
        self._pictures[route, size] = png
        if before is None or before == png:
            return []
        return [Picture(before, f"{route} before"), Picture(png, f"{route} after")]

    async def _opened(self) -> Page:
        if self._browser is None or self._page is None or not self._browser.is_open:
            await self.close()
            self._browser = Browser()
            await self._browser.start()
            self._page = await Page.open(self._browser)
        return self._page

    async def picture(self, route: str = "/", *, mobile: bool = False) -> Picture:
        """A picture of a route as it is now. Raises ProgramError: no preview, no Chromium."""
        running = await asyncio.to_thread(self._server.service.running)
        if running is None:
            raise ProgramError("The preview isn't running.", "Start it with `%vly preview`.")
        async with self._looking:
            page = await self._opened()
            size = PHONE if mobile else DESKTOP
            await page.look(f"http://{LOOPBACK}:{running.port}{base_of(running)}{route.lstrip('/')}", size)
            words = f"{route} at {size.width} × {size.height}"
            png = await page.picture()
            self._pictures[route, size] = png
            return Picture(png, words)


def _mark(place: Path) -> int:
    """When a file was written, in nanoseconds; 0 for one that isn't there."""
    with suppress(OSError):
        return place.stat().st_mtime_ns
    return 0


def is_front_end(path: str) -> bool:
    """Whether a changed file is one that a page may show, or that the server is set up by."""
    return path.endswith(FRONT_END) or CONFIGURES.fullmatch(path) is not None
