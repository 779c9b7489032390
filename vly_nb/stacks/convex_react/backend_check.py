"""The stack's two checks: types by the project's own TypeScript, the backend by its own Convex CLI.

With a deployment the backend check is `convex dev --once`, which pushes. Without
one it is offline: the CLI bundles and generates against a loopback stand-in, and
nothing is pushed. Types are never left to the Convex CLI, which would run the
project's TypeScript with keys in its environment.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath

from vly_nb.checks import convex, tsc
from vly_nb.checks.baseline import Baselines
from vly_nb.checks.check import Check, CheckResult, Lines
from vly_nb.diagnostics import Diagnostic
from vly_nb.processes import Completed, run
from vly_nb.project.paths import is_secret
from vly_nb.project.project import Project
from vly_nb.stacks.convex_react.components import used_components
from vly_nb.stacks.convex_react.deployment import deployment, is_production, variables
from vly_nb.stacks.convex_react.layout import functions_folder, loaded, table
from vly_nb.stacks.convex_react.push_stand_in import KEY, stand_in

Report = Callable[[str], None]

OLDEST_TYPESCRIPT = (5, 6)  # the first that knows `-b --noEmit`
BIGGEST = 2_000_000  # bytes of a file whose lines are quoted

BACKEND = "backend"
TYPES = "tsc"
TSC = ("tsc", "-b", "--noEmit", "--pretty", "false")
CODEGEN = ("convex", "codegen", "--typecheck", "disable")
PUSH = ("convex", "dev", "--once", "--typecheck", "disable", "--tail-logs", "disable")
TIMEOUT = 120.0  # seconds; after a failure `convex dev` can hang for ever

CODE = frozenset({".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"})
PACKAGES = frozenset({"package.json", "pnpm-lock.yaml"})

OFFLINE = "offline: nothing was pushed"


def silent(_: str) -> None:
    """Report to nobody."""


# -- which ----------------------------------------------------------------------


def choose(changed: Iterable[str], functions: str | None) -> list[Check]:
    """The checks that a change of these paths calls for, in the order to run them.

    `functions` is the folder of the Convex functions, None without a backend.
    Text, styles and pictures break neither and call for none.
    """
    paths = list(changed)
    return [check for check in checks(functions) if check.applies(paths)]


def checks(functions: str | None) -> list[Check]:
    """All of the stack's checks, as data: the backend first, since it generates types."""
    types = Check(TYPES, ("npx", *TSC), _any(types_depend_on), tsc.parse)
    if functions is None:
        return [types]
    depends = partial(backend_depends_on, functions.strip("/"))
    read = partial(convex.parse, functions=functions.strip("/"))
    return [Check(BACKEND, ("npx", *PUSH), _any(depends), read), types]


def _any(depends: Callable[[str], bool]) -> Callable[[Iterable[str]], bool]:
    return lambda paths: any(map(depends, paths))


def backend_depends_on(functions: str, path: str) -> bool:
    """Whether a change of this file can break a push."""
    name = PurePosixPath(path)
    if path.startswith(f"{functions}/"):
        return name.suffix in CODE or name.suffix == ".json"
    return path in PACKAGES or path == "convex.json"


def types_depend_on(path: str) -> bool:
    """Whether a change of this file can break the types."""
    return PurePosixPath(path).suffix in CODE | {".json"} or path in PACKAGES


async def check(
    project: Project, name: str, since: int, report: Report = silent, keys: Mapping[str, str] | None = None
) -> CheckResult:
    """Run one check by name; what version `since` already had counts as known.

    The older version's backend is checked offline: it is not to be pushed again.
    """
    functions = functions_folder(project.root)
    baselines = Baselines(project)
    if name == TYPES:
        result = await type_check(project.root, report=report)
        return await baselines.subtracted(result, since, type_check)
    if name != BACKEND or functions is None:
        return CheckResult(name, "", "skipped", note="There is no such check here.")
    result = await backend_check(project.root, functions, report=report, keys=keys)
    return await baselines.subtracted(result, since, partial(offline_check, functions=functions))


# -- types ----------------------------------------------------------------------


async def type_check(root: Path, *, report: Report = silent, timeout: float = 300.0) -> CheckResult:
    """Check all types with the project's own TypeScript; nothing is written but its build info.

    "could not run" when packages aren't installed, TypeScript is older than 5.6,
    or there is no tsconfig.json; `note` says what to do.
    """
    unable = partial(CheckResult, TYPES, "npx tsc -b --noEmit", "could not run")
    version = _version(root, "typescript")
    if version is None or not (root / "node_modules/.bin/tsc").exists():
        return unable(note=_not_installed(root, "TypeScript", "typescript"))
    if version < OLDEST_TYPESCRIPT:
        old = ".".join(map(str, version))
        return unable(note=f"TypeScript {old} can't do this check: run `pnpm add -D typescript@~5.9`.")
    if not (root / "tsconfig.json").is_file():
        return unable(note="There is no tsconfig.json, so there is nothing to check types by.")
    report("checking types")
    done = await run(
        [str(root / "node_modules/.bin/tsc"), *TSC[1:]], cwd=root, timeout=timeout, limit=1_000_000
    )
    found = tsc.parse(_within(root, done.output), lines_of(root))
    return _result(TYPES, "npx tsc -b --noEmit", done, found, _last_words(done))


# -- the backend ----------------------------------------------------------------


async def backend_check(
    root: Path, functions: str, *, report: Report = silent, keys: Mapping[str, str] | None = None
) -> CheckResult:
    """Push to the deployment when one is set up, else check offline; `keys` are for the push alone.

    A deployment that can't be reached, or is a production one, leaves the offline
    check, and `note` says so.
    """
    if not deployment(root, keys):
        return await offline_check(root, functions, report=report)
    if is_production(root, keys):
        offline = await offline_check(root, functions, report=report)
        return replace(offline, note=f"The deployment is a production one. Checked {offline.note}.")
    if _version(root, "convex") is None:
        return _no_convex(root)
    report("pushing to the development deployment")
    result = await _push(root, functions, variables(keys), report)
    if result.status != "could not run":
        return result
    offline = await offline_check(root, functions, report=report)
    return replace(offline, note=f"{result.note}. Checked {offline.note}.")


async def offline_check(root: Path, functions: str, *, report: Report = silent) -> CheckResult:
    """Bundle and generate code with the project's own CLI against a stand-in. Pushes nothing.

    `_generated` is brought up to date, unless the app's components can't be told
    without running its config; `.env.local` is neither read for this nor written.
    """
    if _version(root, "convex") is None:
        return _no_convex(root)
    report("checking the backend offline")
    components = None if _generates_statically(root) else used_components(root, functions)
    dry = [] if components is not None else ["--dry-run"]
    command = [str(root / "node_modules/.bin/convex"), *CODEGEN[1:]]
    async with stand_in(f"{functions.strip('/')}/", components or ()) as address:
        done = await run(
            [*command, "--url", address, "--admin-key", KEY, *dry], cwd=root, timeout=TIMEOUT, limit=200_000
        )
    found = convex.parse(_within(root, done.output), lines_of(root), functions)
    note = OFFLINE
    if dry:
        note += "; _generated was left as it is, since the app's components are known to a deployment only"
    result = _result(
        BACKEND, "npx convex codegen", done, found, convex.trouble(done.output) or _last_words(done)
    )
    return replace(result, note=result.note or note)


async def _push(root: Path, functions: str, keys: Mapping[str, str], report: Report) -> CheckResult:
    before = _env_local(root)
    try:
        done = await run(
            [str(root / "node_modules/.bin/convex"), *PUSH[1:]],
            cwd=root,
            env=keys,
            timeout=TIMEOUT,
            limit=200_000,
            on_line=partial(_watch, report),
        )
    except _Unreachable:
        return CheckResult(BACKEND, " ".join(("npx", *PUSH[:3])), "could not run", note=UNREACHABLE)
    finally:
        if before is not None and before != _env_local(root):  # a self-hosted push rewrites it
            (root / ".env.local").write_bytes(before)
    found = convex.parse(_within(root, done.output), lines_of(root), functions)
    return _result(
        BACKEND, " ".join(("npx", *PUSH[:3])), done, found, convex.trouble(done.output) or _last_words(done)
    )


UNREACHABLE = "The Convex deployment can't be reached"


class _Unreachable(Exception):
    """The CLI is on its third try; all six would take 40 seconds."""


def _watch(report: Report, line: str) -> None:
    if "Retrying request (attempt 4/" in line:
        raise _Unreachable
    if line.strip():
        report(line.strip()[:200])


def _env_local(root: Path) -> bytes | None:
    try:
        return (root / ".env.local").read_bytes()
    except OSError:
        return None


# -- what both need ---------------------------------------------------------------


def _result(name: str, command: str, done: Completed, found: Sequence[Diagnostic], why: str) -> CheckResult:
    """Green when the program is content; red when it names places; else it could not run."""
    run_ = partial(CheckResult, name, command, seconds=done.seconds)
    if done.ok:
        return run_(status="green")
    if found:
        return run_(status="red", new=tuple(found))
    if done.timed_out:
        why = f"It took longer than {done.seconds:.0f} s and was stopped"
    return run_(status="could not run", note=why)


def _last_words(done: Completed) -> str:
    said = [line.strip() for line in done.output.splitlines() if line.strip()]
    return (
        f"It ended with code {done.code}: {' / '.join(said[-3:])[:300]}"
        if said
        else f"It ended with code {done.code}"
    )


def _no_convex(root: Path) -> CheckResult:
    note = _not_installed(root, "Convex", "convex")
    return CheckResult(BACKEND, "npx convex codegen", "could not run", note=note)


def _not_installed(root: Path, title: str, package: str) -> str:
    if not (root / "node_modules").is_dir():
        return "Packages aren't installed yet: run `pnpm install`."
    return f"{title} isn't installed here: run `pnpm install`, or `pnpm add -D {package}`."


def _version(root: Path, package: str) -> tuple[int, ...] | None:
    """An installed package's version, its numbers only; None when it isn't installed."""
    told = loaded(root / "node_modules" / package / "package.json").get("version")
    return tuple(int(part) for part in re.findall(r"\d+", told)[:3]) if isinstance(told, str) else None


def _generates_statically(root: Path) -> bool:
    """Whether convex.json asks for code that needs what only a deployment finds out."""
    codegen = table(loaded(root / "convex.json"), "codegen")
    return any(codegen.get(name) for name in ("staticApi", "staticDataModel", "legacyComponentApi"))


def _within(root: Path, output: str) -> str:
    """The output with the project's own folder taken out of its paths."""
    for folder in {str(root), os.path.realpath(root)}:
        output = output.replace(f"file://{folder}/", "").replace(f"{folder}/", "")
    return output


def lines_of(root: Path) -> Lines:
    """Lines of the project's own files, for quoting; () for what is secret, outside, or too big."""
    real = Path(os.path.realpath(root))

    @functools.cache
    def lines(path: str) -> Sequence[str]:
        place = Path(os.path.realpath(real / path))
        if not place.is_relative_to(real) or is_secret(path) or is_secret(place.relative_to(real).as_posix()):
            return ()
        try:
            if not place.is_file() or place.stat().st_size > BIGGEST:
                return ()
            return place.read_text(encoding="utf-8", errors="replace").split("\n")
        except OSError:
            return ()

    return lines
