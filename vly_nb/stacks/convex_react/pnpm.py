"""pnpm, the stack's package manager: found or fetched once, and run so that installing runs no code.

`--ignore-scripts` always: pnpm 10 leaves out packages' build scripts by itself, but
not the project's own (`postinstall` in a package.json that an agent may edit), and
pnpm 12 fails without it. `--ignore-pnpmfile`: that file is code which runs at every
install. What a project's .npmrc can still do is name another registry.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from vly_nb.errors import ProgramError, ToolError
from vly_nb.processes import Completed, run

Report = Callable[[str], None]

OLDEST = 9
FETCHED = "pnpm@10"  # 11 needs Node 22
TIMEOUT = 600.0  # seconds; a whole app installs in 14 s with a cold cache
KEEPABLE = frozenset({"package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml"})
PACKAGE = re.compile(r"(@[a-z0-9~-][a-z0-9._~-]*/)?[a-z0-9~][a-z0-9._~-]*(@[\w.^~<>=*-]+)?")

SAFELY = ("--ignore-scripts", "--ignore-pnpmfile")
SETTINGS = {
    # A package.json may name another pnpm, which would be downloaded and run.
    "npm_config_manage_package_manager_versions": "false",
    "npm_config_package_manager_strict": "false",
    "COREPACK_ENABLE_STRICT": "0",
    "COREPACK_ENABLE_DOWNLOAD_PROMPT": "0",
}


def silent(_: str) -> None:
    """Report to nobody."""


# -- finding it -------------------------------------------------------------------


async def find_pnpm(report: Report = silent) -> list[str]:
    """How to start pnpm: the one on the PATH from version 9 on, else our own, fetched once.

    Raises ProgramError when there is none and npm can't fetch one.
    """
    if found := shutil.which("pnpm"):
        version = await _version([found])
        if version and version >= OLDEST:
            return [found]
    ours = cache_folder() / "pnpm"
    program = ours / "node_modules" / ".bin" / "pnpm"
    if not (program.exists() and await _version([str(program)])):
        report("fetching pnpm, once")
        await _fetch(ours)
    return [str(program)]


def cache_folder() -> Path:
    """Where vly_nb keeps what it fetched, for this user: XDG's cache, or macOS's."""
    if named := os.environ.get("XDG_CACHE_HOME"):
        return Path(named) / "vly_nb"
    mac = sys.platform == "darwin"
    return Path.home() / ("Library/Caches" if mac else ".cache") / "vly_nb"


async def _version(pnpm: Sequence[str]) -> int | None:
    """Its major version; None when it doesn't start (a corepack shim with no network, say)."""
    try:
        done = await run([*pnpm, "--version"], cwd=_neutral_ground(), env=SETTINGS, timeout=30)
    except ProgramError:
        return None
    said = re.search(r"^(\d+)\.\d+\.\d+", done.output, re.MULTILINE)
    return int(said[1]) if done.ok and said else None


def _neutral_ground() -> Path:
    """A folder with no package.json or .npmrc of anybody's."""
    return Path(tempfile.gettempdir())


async def _fetch(folder: Path) -> None:
    """Install pnpm beside, then put it in place in one go."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix="pnpm-", dir=folder.parent))
    try:
        try:
            done = await run(
                ["npm", "install", "--prefix", str(beside), "--ignore-scripts", FETCHED],
                cwd=beside,
                timeout=TIMEOUT,
            )
        except ProgramError as error:
            raise ProgramError(
                "pnpm isn't installed, and npm, which could fetch it, isn't either.",
                "Install Node 20.19 or newer, which brings npm.",
            ) from error
        if not done.ok:
            raise ProgramError(
                f"pnpm isn't installed, and npm couldn't fetch it: {_gist(done)}",
                "Check the network (or npm's registry setting), or install pnpm yourself.",
            )
        shutil.rmtree(folder, ignore_errors=True)
        beside.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


# -- using it ---------------------------------------------------------------------


async def install(root: Path, *, frozen: bool, report: Report = silent) -> Completed:
    """Install what package.json asks for; `frozen` takes the lock file to the letter.

    Raises ProgramError with what pnpm said.
    """
    lock = "--frozen-lockfile" if frozen else "--no-frozen-lockfile"  # the former is its default under CI
    report("installing packages")
    done = await _pnpm(root, ["install", lock, *SAFELY], report)
    if not done.ok:
        raise ProgramError(f"Packages can't be installed: {_gist(done)}", _advice(done))
    return done


async def add(root: Path, packages: Sequence[str], *, dev: bool = False, report: Report = silent) -> str:
    """Add packages by name or `name@range`; what pnpm said, in short.

    Raises ToolError: not a package's name, or what pnpm said.
    """
    wrong = [name for name in packages if not PACKAGE.fullmatch(name)]
    if wrong or not packages:
        raise ToolError(f"Not names of npm packages: {', '.join(wrong) or '(none given)'}.")
    report(f"adding {', '.join(packages)}")
    done = await _pnpm(root, ["add", *(["--save-dev"] if dev else []), *SAFELY, *packages], report)
    if not done.ok:
        raise ToolError(f"pnpm couldn't add {', '.join(packages)}: {_gist(done)} {_advice(done)}".strip())
    return _summary(done)


async def restore(root: Path, kept: Mapping[str, str], report: Report = silent) -> str:
    """Put package.json and the lock file as they were kept, and install just that.

    Raises ToolError with what pnpm said.
    """
    for name in sorted(KEEPABLE & kept.keys()):
        (root / name).write_text(kept[name], encoding="utf-8", newline="")
    try:
        return _summary(await install(root, frozen=True, report=report))
    except ProgramError as error:
        raise ToolError(str(error)) from error


async def _pnpm(root: Path, arguments: Sequence[str], report: Report) -> Completed:
    return await run(
        [*await find_pnpm(report), *arguments],
        cwd=root,
        env=SETTINGS,
        timeout=TIMEOUT,
        on_line=lambda line: report(line.strip()[:200]) if line.strip() else None,
    )


def _summary(done: Completed) -> str:
    """The packages that came and went, without the progress."""
    told = [line.strip() for line in done.output.splitlines()]
    kept = [
        line for line in told if re.match(r"[+-] \S|(dev)?[dD]ependencies:|WARN|Done in|Already up", line)
    ]
    return "\n".join(kept) or "Done."


def _gist(done: Completed) -> str:
    """What went wrong, in pnpm's or npm's own words: the error lines, else the last ones."""
    if done.timed_out:
        return f"it took longer than {done.seconds:.0f} seconds."
    told = [line.strip() for line in done.output.splitlines() if line.strip()]
    errors = [line for line in told if re.match(r"ERR|\[?ERR_|npm (error|ERR)|\S*ERR_PNPM", line)]
    return " ".join(errors[:3] or told[-3:])[:600]


def _advice(done: Completed) -> str:
    """What to do about the failures that are known by name."""
    known = {
        "ERR_PNPM_OUTDATED_LOCKFILE": "package.json and the lock file differ: run `pnpm install`.",
        "ERR_PNPM_FETCH_404": "There is no such package, or no such version: check the name.",
        "ERR_PNPM_NO_MATCHING_VERSION": "There is no such version: leave it out to get the newest.",
        "EAI_AGAIN": "The package registry can't be reached: check the network.",
        "ENOTFOUND": "The package registry can't be reached: check the network.",
        "ECONNREFUSED": "The package registry can't be reached: check the network.",
        "ENOSPC": "The disk is full.",
    }
    return next((advice for code, advice in known.items() if code in done.output), "")
