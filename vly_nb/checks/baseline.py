"""What a check had to say of an older version, found out when it is first asked for.

The older version's files are written into a temporary folder, with the project's
packages beside them, and the same check runs there. `node_modules` is a real
folder with a link to each of its entries but the caches: TypeScript's build info
in `.tmp` would make the real project look up to date.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path

from vly_nb.checks.check import BIGGEST, CheckResult
from vly_nb.diagnostics import Diagnostic, Severity
from vly_nb.project.paths import is_secret, own_folder
from vly_nb.project.project import Project
from vly_nb.project.store import write_durably

CACHES = frozenset({".tmp", ".cache", ".vite", ".vite-temp", ".vitest"})
INSTALLED = (
    "node_modules/.pnpm/lock.yaml",
    "node_modules/.package-lock.json",
    "node_modules/.yarn-state.yml",
)
SOURCES = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".json")
PASSED_OVER = frozenset({"dist", "build", "coverage", ".next", ".cache", ".turbo"})
MOST_IGNORED = 500  # files that git ignores and a check may need
KEPT = 20  # answers remembered
BIGGEST_MEMORY = 20_000_000  # bytes of the remembered answers that are read

Again = Callable[[Path], Awaitable[CheckResult]]
"""Runs the same check on the files in another folder."""


class Baselines:
    """The older versions' complaints, remembered in `.vly/baseline.json`.

    By tree, check and installed packages: another install may say something else
    of the same files.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._file = project.root / ".vly" / "baseline.json"

    async def subtracted(self, result: CheckResult, since: int, again: Again) -> CheckResult:
        """A red result less what the same check says of version `since`; others as they are.

        Everything counts as new when it can't run there, and the note says so.
        Raises ProjectError for an unknown version.
        """
        if result.status != "red":
            return result
        known = await self.of(result.name, since, again)
        if known is None:
            told = f"What was known in version {since} couldn't be found out, so all of it counts as new."
            return replace(result, note=f"{result.note} {told}".strip())
        return result.less(known)

    async def of(self, check: str, number: int, again: Again) -> tuple[Diagnostic, ...] | None:
        """What the check says of that version, as far as identities go; None when it can't run on it."""
        self._project.changes_between(number, number)  # raises ProjectError for an unknown number
        tree = self._project.versions[number - 1].tree
        key = f"{tree} {check} {_installed(self._project.root)}"
        if (found := self._remembered().get(key)) is not None:
            return found
        # not resolved, a link on the way (macOS: /tmp) would show in what programs print
        folder = Path(os.path.realpath(tempfile.mkdtemp(prefix="vly-baseline-"))) / "app"
        try:
            await _whole(lambda: self._lay_out(number, folder))
            result = await again(folder)
        finally:
            await _whole(lambda: shutil.rmtree(folder.parent, ignore_errors=True))
        if result.status not in ("red", "green"):
            return None
        found = tuple(self._at_home(one, folder) for one in result.new)
        self._remember(key, found)
        return found

    def _lay_out(self, number: int, folder: Path) -> None:
        self._project.snapshot_to(number, folder)
        for path in _ignored(self._project):
            _copy(self._project.root / path, folder / path)
        link_packages(self._project.root, folder)

    def _at_home(self, found: Diagnostic, folder: Path) -> Diagnostic:
        """A complaint about an installed package, found through a link, with its path in the project."""
        away = os.path.relpath(os.path.realpath(self._project.root), folder) + "/"
        return replace(found, path=found.path.removeprefix(away)) if found.path else found

    def _remembered(self) -> dict[str, tuple[Diagnostic, ...]]:
        with contextlib.suppress(OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError):
            if self._file.stat().st_size <= BIGGEST_MEMORY:
                told = json.loads(self._file.read_text(encoding="utf-8"))
                return {key: tuple(map(_from_json, found)) for key, found in told.items()}
        return {}

    def _remember(self, key: str, found: tuple[Diagnostic, ...]) -> None:
        known = {**self._remembered(), key: found}
        newest = dict(list(known.items())[-KEPT:])
        text = json.dumps({key: [_to_json(d) for d in found] for key, found in newest.items()})
        with contextlib.suppress(OSError):  # a cache: without it the check just runs again
            write_durably(self._file, text.encode())


def link_packages(root: Path, folder: Path) -> None:
    """Give `folder` the packages of `root`: a `node_modules` of its own, made of links."""
    packages = folder / "node_modules"
    packages.mkdir(exist_ok=True)
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        for entry in sorted((root / "node_modules").iterdir()):
            if entry.name not in CACHES:
                (packages / entry.name).symlink_to(entry)


def _installed(root: Path) -> str:
    """What tells one install from another: a digest of the package manager's own record."""
    for name in INSTALLED:
        with contextlib.suppress(OSError):
            return hashlib.sha256((root / name).read_bytes()).hexdigest()[:16]
    return "-"


def _ignored(project: Project) -> Iterator[str]:
    """Sources that git ignores, so that no version has them, and a check may need: generated code."""
    versioned = set(project.files())
    count = 0
    for place, folders, files in os.walk(project.root):
        base = Path(place).relative_to(project.root).as_posix()
        prefix = "" if base == "." else f"{base}/"
        folders[:] = [
            name
            for name in folders
            if name not in PASSED_OVER and not own_folder(name) and not is_secret(name)
        ]
        for name in files:
            path = prefix + name
            if name.endswith(SOURCES) and path not in versioned and not is_secret(path):
                count += 1
                if count > MOST_IGNORED:
                    return
                yield path


def _copy(source: Path, target: Path) -> None:
    """Copy a file that the version doesn't have; no link, nothing big."""
    with contextlib.suppress(OSError):
        if source.is_symlink() or target.exists() or source.stat().st_size > BIGGEST:
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target, follow_symlinks=False)


async def _whole(work: Callable[[], None]) -> None:
    """Run it in a thread to its end, also when cancelled meanwhile: what cleans up comes after it."""
    doing = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        await asyncio.shield(doing)
    except asyncio.CancelledError:
        await asyncio.wait({doing})
        raise


def _to_json(found: Diagnostic) -> dict[str, str | None]:
    """Enough to know it again."""
    return {
        "source": found.source,
        "code": found.code,
        "path": found.path,
        "severity": found.severity.value,
        "message": "" if found.snippet.strip() else found.message,
        "snippet": found.snippet,
    }


def _from_json(told: dict[str, str | None]) -> Diagnostic:
    return Diagnostic(
        code=str(told["code"]),
        message=str(told["message"]),
        path=None if told["path"] is None else str(told["path"]),
        severity=Severity(str(told["severity"])),
        source=str(told["source"]),
        snippet=str(told["snippet"]),
    )
