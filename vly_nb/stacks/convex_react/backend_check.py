"""The stack's two checks: types by the project's own TypeScript, the backend by its own Convex CLI.

With a deployment the backend check is `convex dev --once`, which pushes. Without
one it is offline: the CLI bundles and generates against a loopback stand-in, what it
bundled is loaded once (`loading.py`), and nothing is pushed. Types are never left to the
Convex CLI, which would run the project's TypeScript with keys in its environment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from vly_nb.checks import convex, tsc
from vly_nb.checks.baseline import Baselines
from vly_nb.checks.check import Check, CheckResult, lines_of, within
from vly_nb.processes import Completed, run
from vly_nb.progress import Report, silent
from vly_nb.project.confine import Confinement, Reach
from vly_nb.project.project import Project
from vly_nb.stacks.convex_react import loading
from vly_nb.stacks.convex_react.components import used_components
from vly_nb.stacks.convex_react.deployment import deployment, is_production, reaching, variables
from vly_nb.stacks.convex_react.layout import functions_folder, loaded, table
from vly_nb.stacks.convex_react.push_stand_in import KEY, stand_in
from vly_nb.stacks.convex_react.type_check import FLAGS, type_check
from vly_nb.stacks.convex_react.type_check import NAME as TYPES

BACKEND = "backend"
CODEGEN = ("convex", "codegen", "--typecheck", "disable")
PUSH = ("convex", "dev", "--once", "--typecheck", "disable", "--tail-logs", "disable")
TIMEOUT = 120.0  # seconds; after a failure `convex dev` can hang for ever

CODE = frozenset({".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"})
PACKAGES = frozenset({"package.json", "pnpm-lock.yaml"})

LIMIT = 200_000  # characters of output

OFFLINE = "offline: nothing was pushed"
NOT_GENERATED = "_generated was left as it is, since only a deployment can tell the app's components"


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
    types = Check(TYPES, ("npx", "tsc", *FLAGS), _any(types_depend_on), tsc.parse)
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
    if path.startswith(f"{functions}/_generated/"):
        return False
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
    if name == TYPES:
        return await type_check(project, since, report)
    functions = functions_folder(project.root)
    if name != BACKEND or functions is None:
        return CheckResult(name, "", "skipped", note="There is no such check here.")
    held = project.confinement
    result = await backend_check(project.root, functions, report=report, keys=keys, confinement=held)

    async def again(folder: Path) -> CheckResult:
        return await offline_check(folder, functions, confinement=held.beside(folder))

    return await Baselines(project).subtracted(result, since, again)


# -- the backend ----------------------------------------------------------------


async def backend_check(
    root: Path,
    functions: str,
    *,
    report: Report = silent,
    keys: Mapping[str, str] | None = None,
    confinement: Confinement | None = None,
) -> CheckResult:
    """Push to the deployment when one is set up, else check offline; `keys` are for the push alone.

    A deployment that can't be reached, or is a production one, leaves the offline
    check, and `note` says so.
    """
    held = confinement or Confinement(root)
    if not deployment(root, keys):
        return await offline_check(root, functions, report=report, confinement=held)
    if is_production(root, keys):
        offline = await offline_check(root, functions, report=report, confinement=held)
        return replace(offline, note=f"The deployment is a production one. Checked {offline.note}.")
    if not _convex(root).exists():
        return _no_convex(root)
    report("pushing to the development deployment")
    result = await _push(root, functions, variables(keys), report, held)
    if result.status != "could not run":
        return result
    offline = await offline_check(root, functions, report=report, confinement=held)
    return replace(offline, note=f"{result.note}. Checked {offline.note}.")


async def offline_check(
    root: Path,
    functions: str,
    *,
    report: Report = silent,
    confinement: Confinement | None = None,
) -> CheckResult:
    """Bundle and generate code with the project's own CLI against a stand-in, then load it. Pushes nothing.

    `_generated` is brought up to date, unless the app's components can't be told
    without running its config. No key is in reach, and no env file is written.
    """
    if not _convex(root).exists():
        return _no_convex(root)
    held = confinement or Confinement(root)
    report("checking the backend offline")
    components = None if _generates_statically(root) else used_components(root, functions)
    note = OFFLINE if components is not None else f"{OFFLINE}; {NOT_GENERATED}"
    dry = [] if components is not None else ["--dry-run"]
    async with stand_in(f"{functions.strip('/')}/", components or ()) as address:
        parts = urlsplit(address)
        reach = Reach(network=(str(parts.hostname), parts.port or 80))
        done = await run(
            [str(_convex(root)), *CODEGEN[1:], "--url", address, "--admin-key", KEY, *dry],
            cwd=root,
            timeout=TIMEOUT,
            limit=LIMIT,
            box=await held.box(reach),
        )
    result = _result(root, functions, "npx convex codegen", done)
    if result.status == "green" and (found := await loading.load(root, functions, held)):
        result = replace(result, status="red", new=found)
    return replace(result, note=result.note or note)


async def _push(
    root: Path, functions: str, keys: Mapping[str, str], report: Report, confinement: Confinement
) -> CheckResult:
    before = _env_local(root)
    command = "npx convex dev --once"
    try:
        async with reaching(root, keys, confinement) as box:
            done = await run(
                [str(_convex(root)), *PUSH[1:]],
                cwd=root,
                env=keys,
                timeout=TIMEOUT,
                limit=LIMIT,
                on_line=partial(_watch, report),
                box=box,
            )
    except _Unreachable:
        return CheckResult(BACKEND, command, "could not run", note="The Convex deployment can't be reached")
    finally:
        if deployment(root, keys) == "CONVEX_SELF_HOSTED_URL":  # the CLI rewrites it; it is the person's
            _put_back(root, before)
    return _result(root, functions, command, done)


class _Unreachable(Exception):
    """The CLI is on its third try; all six would take 40 seconds."""


def _watch(report: Report, line: str) -> None:
    if re.search(r"Retrying request \(attempt [3-9]/", line):
        raise _Unreachable
    if line.strip():
        report(line.strip()[:200])


def _env_local(root: Path) -> bytes | None:
    try:
        return (root / ".env.local").read_bytes()
    except OSError:
        return None


def _put_back(root: Path, before: bytes | None) -> None:
    place = root / ".env.local"
    if before is None:
        place.unlink(missing_ok=True)
    elif before != _env_local(root):
        place.write_bytes(before)


def _result(root: Path, functions: str, command: str, done: Completed) -> CheckResult:
    """Green when the CLI is content, red when it names what is wrong with the code."""
    result = partial(CheckResult, BACKEND, command, seconds=done.seconds)
    if done.ok:
        return result(status="green")
    output = within(root, done.output)
    if found := convex.parse(output, lines_of(root), functions):
        return result(status="red", new=found)
    if why := convex.trouble(output):
        return result(status="could not run", note=why)
    if done.stopped:
        return result(status="could not run", note=done.stopped)
    if done.timed_out:
        return result(
            status="could not run", note=f"It took longer than {done.seconds:.0f} s and was stopped"
        )
    said = [line.strip() for line in output.splitlines() if line.strip()]
    return result(
        status="could not run", note=f"It ended with code {done.code}: {' / '.join(said[-3:])[:300]}"
    )


def _convex(root: Path) -> Path:
    return root / "node_modules" / ".bin" / "convex"


def _no_convex(root: Path) -> CheckResult:
    note = "Convex isn't installed here: run `pnpm install` in the app's folder."
    return CheckResult(BACKEND, "npx convex codegen", "could not run", note=note)


def _generates_statically(root: Path) -> bool:
    """Whether convex.json asks for code that needs what only a deployment finds out."""
    codegen = table(loaded(root / "convex.json"), "codegen")
    return any(codegen.get(name) for name in ("staticApi", "staticDataModel", "legacyComponentApi"))
