"""Page: one tab of the browser that watches the app: what it says, whether it is blank, its picture."""

from __future__ import annotations

import asyncio
import base64
import itertools
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

from vly_nb.diagnostics import Severity
from vly_nb.errors import ProgramError
from vly_nb.preview.browser import Browser, BrowserGone

PROBE = (resources.files("vly_nb.preview") / "probe.js").read_text(encoding="utf-8")
PATIENCE = 4.0  # seconds until a page that shows nothing counts as blank
BROKEN = 1.0  # the same for one of which is known what went wrong
MOVING = 1.5  # seconds that a page may fade and slide until its picture is taken
QUIET = 0.25  # seconds in which nothing is said or loaded, until a page is looked at
LITTLE = 40  # letters; with fewer a page is looked at twice: React holds what is late back for 0.3 s
STILL = """for (const one of document.getAnimations())
  if (one.effect?.getComputedTiming().endTime !== Infinity && one.playbackRate > 0) one.finish();
new Promise((done) => setTimeout(done, 20)).then(() => null)"""  # what fades in has, whatever is preferred
MOST = 50  # things a page says that are kept
OUTDATED = "504 (Outdated Optimize Dep)"
NOISE = ("Download the React DevTools", "favicon.ico", "[vite]")


@dataclass(frozen=True, slots=True)
class Size:
    """A window's size in CSS pixels."""

    width: int
    height: int
    mobile: bool = False


DESKTOP = Size(1280, 800)
PHONE = Size(390, 844, mobile=True)


@dataclass(frozen=True, slots=True)
class Frame:
    """A place in what the browser runs; line and column from 0."""

    url: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Said:
    """Something that went wrong in a page: `code` says how it was heard of."""

    code: str
    message: str
    frames: tuple[Frame, ...] = ()
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True)
class Seen:
    """A look at a page: the probe's answer, and what was said meanwhile."""

    probe: Mapping[str, Any]
    said: tuple[Said, ...]


@dataclass
class Page:
    """A tab. Make one with `open`."""

    browser: Browser
    session: str = ""
    _said: list[Said] = field(default_factory=list)
    _heard: int = 0
    _fresh: asyncio.Event = field(default_factory=asyncio.Event)
    _loaded: asyncio.Event = field(default_factory=asyncio.Event)
    _loading: dict[str, str] = field(default_factory=dict)  # requests without an answer, each with its loader
    _answering: asyncio.Future[Any] | None = None

    @classmethod
    async def open(cls, browser: Browser) -> Page:
        """A fresh tab in which nothing is stored that another had. Raises ProgramError."""
        page = cls(browser)
        context = (await browser.call("Target.createBrowserContext"))["browserContextId"]
        target = await browser.call("Target.createTarget", url="about:blank", browserContextId=context)
        attached = await browser.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        page.session = attached["sessionId"]
        browser.listen(page.session, page._hear)
        for domain in ("Page", "Runtime", "Log", "Network"):
            await page.ask(f"{domain}.enable")
        still = [{"name": "prefers-reduced-motion", "value": "reduce"}]
        await page.ask("Emulation.setEmulatedMedia", features=still)
        return page

    async def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """A call to this tab."""
        return await self.browser.call(method, self.session, **params)

    async def look(self, url: str, size: Size, *, broken: bool = False) -> Seen:
        """Load a page anew at a size and look at it once it has settled, or stays blank.

        One that is known to be `broken` is waited for less. When Vite has just bundled a package
        anew, what it served before counts for nothing: once more.
        """
        seen = await self._look(url, size, broken)
        if any(OUTDATED in one.message for one in seen.said):
            seen = await self._look(url, size, broken)
        return seen

    async def _look(self, url: str, size: Size, broken: bool) -> Seen:
        await self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=size.width,
            height=size.height,
            deviceScaleFactor=1,
            mobile=size.mobile,
        )
        self._said.clear()
        self._loaded.clear()
        self._loading.clear()
        told = await self.ask("Page.navigate", url=url)
        if told.get("errorText"):
            return Seen(
                {"blank": True}, (Said("dead-server", f"The page can't be loaded: {told['errorText']}"),)
            )
        try:
            await asyncio.wait_for(self._loaded.wait(), 20)
        except TimeoutError:
            slow = Said("slow", "The page didn't finish loading in 20 seconds.", severity=Severity.WARNING)
            self._said.append(slow)
        loop = asyncio.get_running_loop()
        began = loop.time()
        for number in itertools.count():
            await self._silence()
            with suppress(ProgramError):  # it is being loaded anew right now
                await self.ask("Runtime.evaluate", expression=STILL, awaitPromise=True)
            probe = await self.probe()
            more = probe.get("blank") or (not number and probe.get("text", LITTLE) < LITTLE)
            broke = broken or any(one.severity is Severity.ERROR for one in self._said)
            if not more or loop.time() > began + (BROKEN if broke else PATIENCE):
                break
        self._heard = len(self._said)
        return Seen(probe, tuple(self._said))

    async def probe(self) -> Mapping[str, Any]:
        """What `probe.js` finds in the page as it is."""
        try:
            told = await self.ask("Runtime.evaluate", expression=PROBE, returnByValue=True)
        except BrowserGone:
            raise
        except ProgramError:  # the page is being loaded anew right now
            return {"blank": True}
        value = told.get("result", {}).get("value")
        return value if isinstance(value, dict) else {"blank": False}

    async def picture(self) -> bytes:
        """What is to be seen, as PNG, once it moves no more (or goes on for too long)."""
        loop = asyncio.get_running_loop()
        until = loop.time() + MOVING
        seen = await self._captured()
        while (again := await self._captured()) != seen and loop.time() < until:
            seen = again
            await asyncio.sleep(0.1)
        return again

    async def _captured(self) -> bytes:
        told = await self.ask("Page.captureScreenshot", format="png")
        return base64.b64decode(told["data"])

    @property
    def has_spoken(self) -> bool:
        """Whether something went wrong since the last look."""
        return len(self._said) > self._heard

    @property
    def loading(self) -> int:
        """How many requests of the page have no answer yet."""
        return len(self._loading)

    async def _silence(self) -> None:
        """Until for a moment nothing was said or loaded; what loads for ever isn't waited for."""
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENCE
        while loop.time() < until:
            self._fresh.clear()
            try:
                await asyncio.wait_for(self._fresh.wait(), QUIET)
            except TimeoutError:
                if not self.loading:
                    return

    def _hear(self, method: str, told: Mapping[str, Any]) -> None:
        said: Said | None = None
        match method:
            case "Page.loadEventFired":
                self._loaded.set()
            case "Page.javascriptDialogOpening":  # all waits for an answer: leave this page? yes; else: no
                answer = self.ask("Page.handleJavaScriptDialog", accept=told.get("type") == "beforeunload")
                self._answering = asyncio.gather(answer, return_exceptions=True)
            case "Network.requestWillBeSent" if told.get("type") != "EventSource":
                self._loading[str(told.get("requestId"))] = str(told.get("loaderId"))
            case "Page.frameNavigated" if "parentId" not in told.get("frame", {}):
                loader = str(told.get("frame", {}).get("loaderId"))  # of the page before nobody hears
                self._loading = {id: its for id, its in self._loading.items() if its == loader}
            case "Network.loadingFinished" | "Network.loadingFailed":
                self._loading.pop(str(told.get("requestId")), None)
                self._fresh.set()
            case "Runtime.exceptionThrown":
                said = _thrown(told.get("exceptionDetails", {}))
            case "Runtime.consoleAPICalled" if told.get("type") in ("error", "assert"):
                said = _logged(told)
            case "Log.entryAdded":
                said = _entered(told.get("entry", {}))
        if said is not None and len(self._said) < MOST and not any(word in said.message for word in NOISE):
            self._said.append(said)
            self._fresh.set()


def _thrown(details: Mapping[str, Any]) -> Said:
    """An uncaught error, or a rejected promise that nobody handled."""
    thrown = details.get("exception", {})
    text = str(details.get("text", ""))
    words = str(thrown.get("description") or thrown.get("value") or "").split("\n    at ")[0]
    rejected = "in promise" in text
    frames = _frames(details.get("stackTrace", {}))
    if not frames and details.get("url"):
        frames = (Frame(str(details["url"]), details.get("lineNumber", 0), details.get("columnNumber", 0)),)
    return Said("rejection" if rejected else "page-error", words or text, frames)


def _logged(told: Mapping[str, Any]) -> Said:
    """console.error(…), with `%s` put in as the console does."""
    words = [str(one.get("value", one.get("description", ""))) for one in told.get("args", [])]
    text = words[0] if words else ""
    rest = words[1:]
    while "%s" in text and rest:
        text = text.replace("%s", rest.pop(0), 1)
    message = " ".join([text, *rest]).split("\n    at ")[0].strip()
    return Said("console", message, _frames(told.get("stackTrace", {})), Severity.WARNING)


def _entered(entry: Mapping[str, Any]) -> Said | None:
    """What the browser itself complains about: a file that isn't there, a refused connection."""
    if entry.get("level") != "error":
        return None
    where = f" ({entry['url']})" if entry.get("url") else ""
    return Said("network", f"{entry.get('text', '')}{where}", (), Severity.WARNING)


def _frames(stack: Mapping[str, Any]) -> tuple[Frame, ...]:
    found = []
    at: Mapping[str, Any] | None = stack
    while at:
        for one in at.get("callFrames", []):
            found.append(Frame(str(one.get("url", "")), one.get("lineNumber", 0), one.get("columnNumber", 0)))
        at = at.get("parent")
    return tuple(found[:40])
