"""What a check had to say of an older version, found out when it is first asked for.

The older version's files are written into a temporary folder, with the project's
packages beside them, and the same check runs there. `node_modules` is a real
folder with a link to each of its entries but the caches: TypeScript's build info
in `.tmp` would make the real project look up to date.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

from vly_nb.checks.check import CheckResult
from vly_nb.diagnostics import Diagnostic, Range, Severity
from vly_nb.project.project import Project

CACHES = frozenset({".tmp", ".cache", ".vite", ".vite-temp", ".vitest"})
KEPT = 40  # answers remembered

Again = Callable[[Path], Awaitable[CheckResult]]
"""Runs the same check on the files in another folder."""


class Baselines:
    """The older versions' complaints, remembered in `.vly/baseline.json` by tree and check."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._file = project.root / ".vly" / "baseline.json"

    async def subtracted(self, result: CheckResult, since: int, again: Again) -> CheckResult:
        """A red result less what the same check says of version `since`; others as they are."""
        if result.status != "red":
            return result
        return result.less(await self.of(result.name, since, again))

    async def of(self, check: str, number: int, again: Again) -> tuple[Diagnostic, ...]:
        """What the check says of that version; () when it can't run on it."""
        version = next(v for v in self._project.versions if v.number == number)
        key = f"{version.tree} {check}"
        known = self._remembered()
        if key not in known:
            with tempfile.TemporaryDirectory(prefix="vly-baseline-") as name:
                folder = Path(name) / "app"
                await asyncio.to_thread(self._lay_out, number, folder)
                result = await again(folder)
            if result.status not in ("red", "green"):
                return ()
            known[key] = result.new
            self._remember(known)
        return known[key]

    def _lay_out(self, number: int, folder: Path) -> None:
        self._project.snapshot_to(number, folder)
        link_packages(self._project.root, folder)

    def _remembered(self) -> dict[str, tuple[Diagnostic, ...]]:
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
            told = json.loads(self._file.read_text(encoding="utf-8"))
            return {key: tuple(map(_from_json, found)) for key, found in told.items()}
        return {}

    def _remember(self, known: dict[str, tuple[Diagnostic, ...]]) -> None:
        newest = dict(list(known.items())[-KEPT:])
        text = json.dumps({key: [_to_json(d) for d in found] for key, found in newest.items()})
        beside = self._file.with_suffix(f".{os.getpid()}.new")
        with contextlib.suppress(OSError):  # a cache: without it the check just runs again
            beside.unlink(missing_ok=True)
            beside.touch(mode=0o600)
            beside.write_text(text, encoding="utf-8")
            beside.replace(self._file)


def link_packages(root: Path, folder: Path) -> None:
    """Give `folder` the packages of `root`: a `node_modules` of its own, made of links."""
    packages = folder / "node_modules"
    packages.mkdir(exist_ok=True)
    for entry in _entries(root / "node_modules"):
        if entry.name not in CACHES:
            (packages / entry.name).symlink_to(entry)
    for name in (".npmrc", "pnpm-workspace.yaml"):
        if (root / name).is_file() and not (folder / name).exists():
            shutil.copyfile(root / name, folder / name, follow_symlinks=False)


def _entries(folder: Path) -> Iterator[Path]:
    with contextlib.suppress(OSError):
        yield from sorted(folder.iterdir())


def _to_json(found: Diagnostic) -> dict[str, object]:
    """Enough to know it again, and to show it."""
    place = [found.range.line, found.range.column] if found.range else None
    return {
        "source": found.source,
        "code": found.code,
        "path": found.path,
        "range": place,
        "severity": found.severity.value,
        "message": found.message,
        "snippet": found.snippet,
    }


def _from_json(told: dict[str, object]) -> Diagnostic:
    place = told["range"]
    return Diagnostic(
        code=str(told["code"]),
        message=str(told["message"]),
        path=None if told["path"] is None else str(told["path"]),
        range=Range(int(place[0]), int(place[1])) if isinstance(place, list) else None,
        severity=Severity(str(told["severity"])),
        source=str(told["source"]),
        snippet=str(told["snippet"]),
    )
