"""pnpm, the stack's package manager: found or fetched once, and run so that installing runs no code.

`--ignore-scripts` always: pnpm 10 leaves out packages' build scripts by itself, but
not the project's own (`postinstall` in a package.json that an agent may edit), and
pnpm 12 fails without it. `--ignore-pnpmfile`: that file is code which runs at every
install. A package.json may name another pnpm, which would be fetched from the
registry that the project's .npmrc names, and run: pnpm-workspace.yaml can switch
that on again over the environment, only a flag holds (pnpm 10.34). Folders that
.npmrc or pnpm-workspace.yaml move out of the project are put back the same way.
What a project's settings can still do is name another registry.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from vly_nb.errors import ProgramError, ToolError
from vly_nb.processes import LOGIN, Completed, clean_environment, run
from vly_nb.progress import Report, silent
from vly_nb.project.confine import Confinement
from vly_nb.stacks.convex_react.layout import loaded
from vly_nb.stacks.convex_react.registry import held

OLDEST = (10, 5)  # the first that takes a pnpm-workspace.yaml without "packages", as the template has
FETCHED = "pnpm@10"  # 11 needs Node 22
PROGRAM = Path("node_modules", ".bin", "pnpm")
TIMEOUT = 600.0  # seconds; a whole app installs in 14 s with a cold cache
KEPT = ("package.json", "pnpm-lock.yaml")
NEWEST = re.compile(r'The latest release of ([\w.@/-]{1,100}) is "([\w.+-]{1,40})"')
PACKAGE = re.compile(r"(@[a-z0-9~-][a-z0-9._~-]*/)?[a-z0-9~][a-z0-9._~-]*(@[\w.^~<>=*-]+)?")

SAFELY = (
    "--ignore-scripts",
    "--ignore-pnpmfile",
    "--reporter=append-only",
    "--config.manage-package-manager-versions=false",
    "--config.modules-dir=node_modules",
    "--config.virtual-store-dir=node_modules/.pnpm",
    "--config.fetch-retry-mintimeout=1000",
    "--config.fetch-retry-maxtimeout=8000",
)
PATIENCE = ("--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=8000")  # ms; npm's own: 70 s in all
SETTINGS = {
    "npm_config_manage_package_manager_versions": "false",
    "npm_config_package_manager_strict": "false",
    "COREPACK_ENABLE_STRICT": "0",
    "COREPACK_ENABLE_DOWNLOAD_PROMPT": "0",
}


# -- finding it -------------------------------------------------------------------


async def find_pnpm(report: Report = silent) -> list[str]:
    """How to start pnpm: the one on the PATH from version 10.5 on, else our own, fetched once.

    Raises ProgramError when there is none and npm can't fetch one.
    """
    if found := await here():
        return [found]
    report("fetching pnpm, once")
    ours = cache_folder() / "pnpm"
    await _fetch(ours, report)
    return [str(ours / PROGRAM)]


async def here() -> str:
    """The pnpm that would be started, the person's or our own; "" when it has yet to be fetched."""
    if found := shutil.which("pnpm", path=clean_environment()["PATH"]):
        version = await _version(found)
        if version and version >= OLDEST:
            return found
    ours = str(cache_folder() / "pnpm" / PROGRAM)
    return ours if await _version(ours) else ""


def cache_folder() -> Path:
    """Where vly_nb keeps what it fetched, for this user: XDG's cache, or macOS's."""
    if named := os.environ.get("XDG_CACHE_HOME"):
        return Path(named) / "vly_nb"
    mac = sys.platform == "darwin"
    return Path.home() / ("Library/Caches" if mac else ".cache") / "vly_nb"


async def _version(pnpm: str) -> tuple[int, ...] | None:
    """Its version; None when it doesn't start (a corepack shim with no network, say)."""
    try:
        # at the root: a package.json or .npmrc that somebody left in /tmp would be read there
        done = await run([pnpm, "--version"], cwd=Path("/"), env=SETTINGS, timeout=30)
    except ProgramError:
        return None
    said = re.search(r"^(\d{1,9})\.(\d{1,9})\.\d+", done.output, re.MULTILINE)
    return tuple(map(int, said.groups())) if done.ok and said else None


async def _fetch(folder: Path, report: Report) -> None:
    """Install pnpm beside, then put it in place in one go; another's that came first is as good."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix="pnpm-", dir=folder.parent))
    except OSError as error:
        raise ProgramError(
            f"pnpm isn't installed, and {folder.parent} can't be written: {error.strerror}.",
            "Install pnpm yourself, or set XDG_CACHE_HOME to a folder of yours.",
        ) from error
    command = ["npm", "install", "--prefix", str(beside), "--ignore-scripts", *PATIENCE, FETCHED]
    try:
        done = await run(command, cwd=beside, timeout=TIMEOUT, on_line=_reporting(report))
        if not done.ok:
            raise ProgramError(
                f"pnpm isn't installed, and npm couldn't fetch it: {_gist(done)}",
                "Check the network (or npm's registry setting), or install pnpm yourself.",
            )
        await _put_in_place(beside, folder)
    except ProgramError as error:
        if shutil.which("npm", path=clean_environment()["PATH"]):
            raise
        raise ProgramError(
            "pnpm isn't installed, and npm, which could fetch it, isn't either.",
            "Install Node 20.19 or newer, which brings npm.",
        ) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


async def _put_in_place(beside: Path, folder: Path) -> None:
    """Rename to where it belongs; what is there and doesn't work is moved away, what works stays."""
    if folder.exists() and not await _version(str(folder / PROGRAM)):
        folder.rename(beside / "broken")
    try:
        beside.rename(folder)
    except OSError as error:
        if not await _version(str(folder / PROGRAM)):
            raise ProgramError(
                f"pnpm was fetched, but can't be put into {folder}: {error.strerror}.",
                "Remove that folder, then try again.",
            ) from error
    shutil.rmtree(folder / "broken", ignore_errors=True)


# -- using it ---------------------------------------------------------------------


async def install(
    root: Path, *, frozen: bool, report: Report = silent, confinement: Confinement | None = None
) -> Completed:
    """Install what package.json asks for; `frozen` takes the lock file to the letter.

    `confinement` makes its box, as it does below; one for `root` by itself when None.
    Raises ProgramError with what pnpm said.
    """
    lock = "--frozen-lockfile" if frozen else "--no-frozen-lockfile"  # the former is its default under CI
    report("installing packages")
    done = await _pnpm(root, ["install", lock, *SAFELY], report, confinement)
    if not done.ok:
        raise ProgramError(f"Packages can't be installed: {_gist(done)}", _advice(done))
    return done


async def add(
    root: Path,
    packages: Sequence[str],
    *,
    dev: bool = False,
    report: Report = silent,
    confinement: Confinement | None = None,
) -> str:
    """Add packages by name or `name@range`; answers in a sentence which versions came.

    Raises ToolError: not a package's name, or what pnpm said.
    """
    wrong = [name for name in packages if not PACKAGE.fullmatch(name)]
    if wrong or not packages:
        raise ToolError(f"Not names of npm packages: {', '.join(wrong) or '(none given)'}.")
    report(f"adding {', '.join(packages)}")
    command = ["add", *(["--save-dev"] if dev else []), *SAFELY, "--ignore-workspace-root-check", *packages]
    done = await _pnpm(root, command, report, confinement)
    if not done.ok:
        raise ToolError(f"pnpm couldn't add {', '.join(packages)}: {_gist(done)} {_advice(done)}".strip())
    names = [name.rpartition("@")[0] or name for name in packages]
    told = [f"{name} {_installed(root, name)}".strip() for name in names]
    kind = " as development dependencies" if dev else ""
    peers = " Peer dependencies don't fit everywhere." if "peer dependencies found" in done.output else ""
    return f"Added {', '.join(told)}{kind}; package.json and pnpm-lock.yaml are up to date.{peers}"


async def restore(
    root: Path, kept: Mapping[str, str], report: Report = silent, confinement: Confinement | None = None
) -> str:
    """Put package.json and the lock file as they were kept, and install just that.

    Both or neither: when the install fails the files are put back.
    Raises ToolError with what pnpm said.
    """
    missing = [name for name in KEPT if name not in kept]
    if missing:
        raise ToolError(f"The recording holds no {' and no '.join(missing)}, so it can't be installed again.")
    before = {name: _now(root / name) for name in KEPT}
    try:
        for name in KEPT:
            _replace(root / name, kept[name].encode("utf-8", "replace"))
        await install(root, frozen=True, report=report, confinement=confinement)
    except BaseException as error:
        for name, data in before.items():
            _replace(root / name, data)
        if isinstance(error, ProgramError):
            raise ToolError(str(error)) from error
        if isinstance(error, OSError):
            raise ToolError(f"package.json can't be written: {error.strerror}.") from error
        raise
    return "Installed the packages exactly as they were recorded."


def _now(place: Path) -> bytes | None:
    """A file's bytes; None when there is none, or a link, which is never followed."""
    return place.read_bytes() if place.is_file() and not place.is_symlink() else None


def _replace(place: Path, data: bytes | None) -> None:
    """Write a file whole or not at all, in place of what is there; None takes it away."""
    if data is None:
        place.unlink(missing_ok=True)
        return
    mode = place.stat().st_mode & 0o777 if _now(place) is not None else 0o644
    coming = place.with_name(f".{place.name}.{secrets.token_hex(6)}")
    fd = os.open(coming, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(data)
        coming.chmod(mode)
        coming.replace(place)
    except BaseException:
        coming.unlink(missing_ok=True)
        raise


async def _pnpm(
    root: Path, arguments: Sequence[str], report: Report, confinement: Confinement | None
) -> Completed:
    start = await find_pnpm(report)
    async with held(start, confinement or Confinement(root)) as box:
        done = await run(
            [*start, *arguments],
            cwd=root,
            env={**SETTINGS, **box.env},
            timeout=TIMEOUT,
            on_line=_reporting(report),
            box=box.box,
        )
    return done if done.ok or not box.refused else replace(done, output=f"{done.output}\nERR {box.refused}\n")


def _reporting(report: Report) -> Report:
    """Progress worth a line: trimmed, cut, without what is empty or only drawn."""

    def on_line(line: str) -> None:
        if re.search(r"\w", line):
            report(_unsigned(line.strip()[:200]))

    return on_line


def _installed(root: Path, name: str) -> str:
    """An installed package's version; "" when it can't be told."""
    told = loaded(root / "node_modules" / name / "package.json").get("version")
    return told[:40] if isinstance(told, str) else ""


def _unsigned(text: str) -> str:
    """Without the name and password that an address may hold."""
    return LOGIN.sub("://", text)


def _gist(done: Completed) -> str:
    """What went wrong, in pnpm's or npm's own words: the error lines, else the last ones."""
    if done.timed_out:
        return f"it took longer than {done.seconds:.0f} seconds."
    told = [line.strip() for line in done.output.splitlines() if line.strip()]
    errors = [line for line in told if re.match(r"ERR|\[?ERR_|npm (error|ERR)|\S*ERR_PNPM", line)]
    return _unsigned(" ".join(errors[:3] or told[-3:]))[:600]


def _advice(done: Completed) -> str:
    """What to do about the failures that are known by name."""
    if newest := NEWEST.search(done.output):
        return f"The newest {newest[1]} is {newest[2]}: ask for that one in package.json."
    known = {
        "ERR_PNPM_OUTDATED_LOCKFILE": "package.json and the lock file differ: run `pnpm install`.",
        "ERR_PNPM_NO_LOCKFILE": "There is no pnpm-lock.yaml: run `pnpm install`.",
        "ERR_PNPM_FETCH_404": "There is no such package, or no such version: check the name.",
        "ERR_PNPM_NO_MATCHING_VERSION": "There is no such version: leave it out to get the newest.",
        "EAI_AGAIN": "The package registry can't be reached: check the network.",
        "ENOTFOUND": "The package registry can't be reached: check the network.",
        "ERR_PNPM_FETCH_502": "The package registry can't be reached: check the network.",
        "ECONNREFUSED": "The package registry can't be reached: check the network.",
        "ERR_PNPM_META_FETCH_FAIL": "The package registry can't be reached: check the network.",
        "ENOSPC": "The disk is full.",
    }
    return next((advice for code, advice in known.items() if code in done.output), "")
