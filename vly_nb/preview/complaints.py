"""What goes wrong in a running app, as Diagnostics: pure readers of what Vite and the browser say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from vly_nb.checks.check import lines_of, within
from vly_nb.diagnostics import Diagnostic, Range, Severity

SOURCE = "preview"
LONGEST = 600  # characters of a message
FRAME = re.compile(r"\n\s*(?:\d+ \||> ?\d+ \||\|)", re.MULTILINE)
FORGOT = re.compile(r"Could not find public function|[Dd]id you forget to run `?npx convex dev")
UNRESOLVED = re.compile(r'Failed to resolve import "([^"]+)"')
PLACE = re.compile(r"\((\d+):(\d+)\)")
AT = re.compile(r"(?:^|[\s(])((?:src|vite\.config)[\w./@$-]*\.(?:[cm]?[jt]sx?|css)):(\d+):(\d+)")


def forgot_dev_hint(message: str) -> str:
    """What to do when a page asks for a function that the backend doesn't have; "" when it isn't that.

    The rule `convex-forgot-dev-hint`.
    """
    if FORGOT.search(message):
        return (
            "The backend doesn't have this function: a compile error keeps the push from going through "
            "(run the backend check and mend what it says), or its name is misspelt, or it is internal."
        )
    return ""


def compiling(told: Mapping[str, Any], path: str, root: Path) -> Diagnostic:
    """What Vite says of a module that it can't serve."""
    message = within(root, str(told.get("message") or "It can't be compiled."))
    loc: Mapping[str, Any] = told["loc"] if isinstance(told.get("loc"), dict) else {}
    named = str(told.get("id") or loc.get("file") or "").partition("?")[0]
    path = own(named, root) or path
    line, column = loc.get("line"), loc.get("column")
    if not isinstance(line, int) and (found := PLACE.search(message)):
        line, column = int(found[1]), int(found[2])
    where = Range(line, int(column or 0) + 1) if isinstance(line, int) and line > 0 else None
    first = FRAME.split(message)[0].strip().removeprefix(f"{path}:").strip()
    if (missing := UNRESOLVED.search(message)) and where is None:
        where = _importing(missing[1], path, root)
    return complaint("compile", first, path, where, root, advice="The page is blank until this is mended.")


def _importing(module: str, path: str, root: Path) -> Range | None:
    for number, line in enumerate(lines_of(root)(path), 1):
        if module in line:
            return Range(number, line.index(module) + 1)
    return None


def complaint(
    code: str,
    message: str,
    path: str | None,
    where: Range | None,
    root: Path,
    *,
    severity: Severity = Severity.ERROR,
    advice: str = "",
) -> Diagnostic:
    """A Diagnostic of the preview, with its line quoted."""
    lines = lines_of(root)(path) if path and where else ()
    snippet = lines[where.line - 1].strip()[:200] if where and 0 < where.line <= len(lines) else ""
    words = " ".join(within(root, message).split())[:LONGEST]
    hint = forgot_dev_hint(message)
    code = "convex-forgot-dev-hint" if hint else code
    return Diagnostic(code, words, path, where, severity, SOURCE, snippet, advice=hint or advice)


def died(words: str, how: str, root: Path) -> Diagnostic:
    """The dev server ended: where its last words name a place, that is it."""
    words = within(root, words)
    found = AT.search(words)
    path, where = (found[1], Range(int(found[2]), int(found[3]))) if found else (None, None)
    if path is None and "vite.config" in words:
        named = re.search(r"vite\.config\.[cm]?[jt]s", words)
        path = named[0] if named else None
    errors = [line for line in words.splitlines() if re.search(r"(?i)error|failed|cannot", line)]
    first = " ".join((errors or words.splitlines()[-1:] or ["it said nothing"])[:2])
    return complaint("dead-server", f"The dev server ended ({how}): {first}", path, where, root)


def own(place: str, root: Path) -> str:
    """A file's path within the project; "" for one that isn't the project's own."""
    place = within(root, place).removeprefix("/")
    if (
        not place
        or ".." in place.split("/")
        or place.startswith(("node_modules/", "@"))
        or "/node_modules/" in place
    ):
        return ""
    with suppress(OSError, ValueError):  # what was printed need not be a path at all
        return place if (root / place).is_file() else ""
    return ""
