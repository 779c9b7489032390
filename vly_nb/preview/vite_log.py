"""ViteLog: what the dev server's log tells as it grows: files that Vite saw change, modules that fail.

Vite's own lines say which module failed; `serve.mjs` adds when, and which files changed:

    vly: up 1795684400000                             it answers since then, in milliseconds
    vly: saw 1795684401909694388 src/index.css        written then, in nanoseconds; 0: it is gone
    vly: failed 1795684402017                         the error above, in milliseconds
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path

from vly_nb.diagnostics import Diagnostic
from vly_nb.preview import complaints

OURS = re.compile(r"(?m)^vly: (?:up|saw|failed) .*\n?")
PARTS = re.compile(r"(?m)^(?=.*\[vite\]|vly: (?:up|saw) )")
UP = re.compile(r"vly: up (\d{1,20})$", re.MULTILINE)
SAW = re.compile(r"vly: saw (\d{1,20}) (.*)")
UPDATED = re.compile(r"(?:hmr update|page reload) (.+)")
ERROR = re.compile(r"(?:Internal server|Pre-transform) error: ")
FILE = re.compile(r"^  File: (.+)$", re.MULTILINE)
PLACE = re.compile(r":(\d{1,9}):(\d{1,9})$")
FAILED = re.compile(r"^vly: failed (\d{1,20})$", re.MULTILINE)
STYLE = ".css"


class ViteLog:
    """Reads on from where it was. `log` gives what was printed from an offset on, and the next offset.

    A module's complaint holds until Vite takes the module up anew. Not so a stylesheet's: it is taken up with
    every file that uses it, and Tailwind complains only to who asks first, which may have been a page.
    Its complaint holds until a stylesheet is written.
    """

    def __init__(self, root: Path, log: Callable[[int], tuple[str, int]]) -> None:
        self._saw: dict[str, int] = {}
        self._up = 0
        self._root = root
        self._log = log
        self._offset = 0
        self._rest = ""
        self._failed: dict[str, tuple[Diagnostic, int]] = {}

    def read(self) -> list[Diagnostic]:
        """What is complained about, now that what was printed since is taken in."""
        said, self._offset = self._log(self._offset)
        whole, end, half = (self._rest + said).rpartition("\n")
        *parts, last = PARTS.split(whole + end)
        if ERROR.search(last) and not FAILED.search(last):  # the rest of it comes
            last, half = "", last + half
        self._rest = half
        for part in (*parts, last):
            self._take(part)
        return [found for found, _ in self._failed.values()]

    def knows(self, path: str, written: int) -> bool:
        """By what was read, whether Vite serves a file as written then: it saw that, or began later."""
        return self._saw.get(path) == written or written < self._up

    def _take(self, part: str) -> None:
        if (up := UP.match(part)) is not None:
            self._up = int(up[1]) * 1_000_000
        elif (saw := SAW.match(part)) is not None:
            self._saw[saw[2]] = int(saw[1])
            written = int(saw[1]) or math.inf
            if saw[2].endswith(STYLE):
                self._mend(lambda path, failed: path.endswith(STYLE) and failed < written)
        elif (update := UPDATED.search(part)) is not None:
            updated = re.findall(r"/?(src/[^,\s]+)", update[1])
            self._mend(lambda path, _: path in updated and not path.endswith(STYLE))
        elif (error := ERROR.search(part)) is not None:
            self._fail(part[error.end() :])

    def _fail(self, part: str) -> None:
        message, _, rest = part.partition("\n  Plugin: ")
        file, failed = FILE.search(rest), FAILED.search(rest)
        if file is None or failed is None:
            return
        place = PLACE.search(file[1])
        name = PLACE.sub("", file[1])
        if path := complaints.own(name, self._root):
            loc = {"line": int(place[1]), "column": int(place[2])} if place else None
            complaint = complaints.compiling({"message": message, "loc": loc, "id": name}, path, self._root)
            self._failed[path] = complaint, int(failed[1]) * 1_000_000

    def _mend(self, mended: Callable[[str, int], bool]) -> None:
        for path in [path for path, (_, failed) in self._failed.items() if mended(path, failed)]:
            del self._failed[path]


def without_ours(log: str) -> str:
    """What Vite printed, without the lines that `serve.mjs` adds."""
    return OURS.sub("", log)
