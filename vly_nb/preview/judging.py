"""Judge: what Vite answers and what a page shows, as Diagnostics with file and line."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Iterable, Sequence
from pathlib import Path

from vly_nb.diagnostics import Diagnostic, Range, Severity
from vly_nb.preview import complaints
from vly_nb.preview.dev_server import DevServer, base_of
from vly_nb.preview.page import Frame, Said, Seen
from vly_nb.preview.source_map import original
from vly_nb.services import Running

OVERLAY_PLACE = re.compile(r"^(.*?):(\d+):(\d+)")
ADVICE = {
    "page-error": "The page breaks at this place.",
    "rejection": "A promise fails here and nobody handles it: catch it and tell the person.",
    "network": "Something that the page asks for isn't there.",
}


class Judge:
    """For one project."""

    def __init__(self, root: Path, server: DevServer) -> None:
        self._root = root
        self._server = server

    async def compiling(self, running: Running, paths: Sequence[str]) -> list[Diagnostic]:
        """Ask for modules; those that Vite can't serve."""
        found = []
        for path in paths:
            answer = await self._server.ask(running, base_of(running) + path)
            if answer is not None and (told := answer.complaint) is not None:
                found.append(complaints.compiling(told, path, self._root))
        return found

    async def seen(self, running: Running, seen: Seen, route: str) -> list[Diagnostic]:
        """What a look at a page found: what it said, Vite's overlay, nothing at all."""
        found = [await self.said(running, one) for one in dict.fromkeys(seen.said)]
        overlay = seen.probe.get("overlay")
        if isinstance(overlay, dict):
            found.append(self._overlaid(overlay))
        return found + blank_screen_probe(seen, route, self._root, found)

    async def said(self, running: Running, said: Said) -> Diagnostic:
        """Something that a page said, at its place in the source."""
        path, where = await self._placed(running, said.frames)
        advice = ADVICE.get(said.code, "")
        return complaints.complaint(
            said.code, said.message, path, where, self._root, severity=said.severity, advice=advice
        )

    def narrow(self, seen: Seen, route: str) -> list[Diagnostic]:
        """What is wrong at a phone's width, and text that is too faint."""
        return [*mobile_overflow_probe(seen, route, self._root), *_faint(seen, route, self._root)]

    def _overlaid(self, overlay: dict[str, object]) -> Diagnostic:
        place = OVERLAY_PLACE.match(str(overlay.get("file") or ""))
        told: dict[str, object] = {"message": str(overlay.get("message") or "")}
        if place:
            told |= {"id": place[1], "loc": {"line": int(place[2]), "column": int(place[3])}}
        elif overlay.get("file"):
            told["id"] = str(overlay["file"]).strip()
        return complaints.compiling(told, "", self._root)

    async def _placed(self, running: Running, frames: Iterable[Frame]) -> tuple[str | None, Range | None]:
        """The first of the frames that lies in the project's own sources."""
        base = base_of(running)
        for frame in frames:
            address = urllib.parse.urlsplit(frame.url)
            path = complaints.own(
                urllib.parse.unquote(address.path).removeprefix(base.rstrip("/")), self._root
            )
            if not path or address.port != running.port:
                continue
            query = f"?{address.query}" if address.query else ""
            answer = await self._server.ask(running, f"{address.path}{query}")
            at = original(answer.body, frame.line, frame.column) if answer and answer.status == 200 else None
            return path, Range(*at) if at else None
        return None, None


def blank_screen_probe(seen: Seen, route: str, root: Path, found: Sequence[Diagnostic]) -> list[Diagnostic]:
    """The rule `blank-screen-probe`: nothing is to be seen, because of the first error if there is one."""
    if not seen.probe.get("blank"):
        return []
    first = next((one for one in found if one.severity is Severity.ERROR), None)
    why = f" because of: {first.message}" if first else "; nothing says why: see what it returns"
    path, where = (first.path, first.range) if first else (None, None)
    return [complaints.complaint("blank-screen-probe", f"The page {route} is blank{why}", path, where, root)]


def mobile_overflow_probe(seen: Seen, route: str, root: Path) -> list[Diagnostic]:
    """The rule `mobile-overflow-probe`: a page is wider than a phone, or something fixed covers it."""
    found = []
    if seen.probe.get("scrolls"):
        wide = ", ".join(map(str, seen.probe.get("wide") or ())) or "something"
        found.append(f"At 390 px {route} runs over the edge: {wide}")
    if covering := seen.probe.get("covering"):
        found.append(f"At 390 px more than half of {route} is covered by {covering[0]}")
    return [
        complaints.complaint("mobile-overflow-probe", one, None, None, root, severity=Severity.WARNING)
        for one in found
    ]


def _faint(seen: Seen, route: str, root: Path) -> list[Diagnostic]:
    faint = [str(one) for one in seen.probe.get("faint") or ()]
    if not faint:
        return []
    words = f"Text on {route} is too faint to read: {', '.join(faint[:3])} (4.5:1 is enough)"
    return [complaints.complaint("contrast-probe", words, None, None, root, severity=Severity.WARNING)]
