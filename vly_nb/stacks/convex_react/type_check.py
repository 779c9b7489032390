"""The type check: `tsc -b --noEmit` by the project's own TypeScript, less what was red before.

`--force` is always given. `tsc -b` believes modification times: with `incremental`
set, a file put back with an older time than the build info is taken for unchanged
(measured: green in 0.3 s on a red project). A plain warm run takes as long as a
forced one, so nothing is lost.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from pathlib import Path

from vly_nb.checks import tsc
from vly_nb.checks.baseline import Baselines
from vly_nb.checks.check import CheckResult, lines_of, within
from vly_nb.diagnostics import Diagnostic
from vly_nb.processes import Completed, run
from vly_nb.progress import Report
from vly_nb.project.confine import Confinement
from vly_nb.project.project import Project
from vly_nb.stacks.convex_react.layout import loaded

NAME = "tsc"
COMMAND = "npx tsc -b --noEmit"
FLAGS = ("-b", "--noEmit", "--force", "--pretty", "false")
OLDEST = (5, 6)  # the first TypeScript that knows `-b --noEmit`
TIMEOUT = 180.0  # seconds; 537 files take 12 on two cores
MOST = 200  # new complaints kept
CRASHED = frozenset({126, 127, 134, 137, 139})  # not started, out of memory, killed


async def type_check(project: Project, since: int, report: Report) -> CheckResult:
    """Check all types; what version `since` already had counts as known.

    "skipped" without a tsconfig.json; "could not run" when packages aren't
    installed, TypeScript is too old, or it broke down; `note` says what to do.
    Nothing is written but TypeScript's own build info.
    Raises ProjectError for an unknown version.
    """

    async def again(folder: Path) -> CheckResult:
        report(f"comparing with version {since}")
        return await types_of(folder, confinement=project.confinement.beside(folder))

    report("checking types")
    result = await types_of(project.root, confinement=project.confinement)
    return capped(await Baselines(project).subtracted(result, since, again))


def capped(result: CheckResult) -> CheckResult:
    """The same with 200 new complaints at most; `note` says how many there were."""
    if len(result.new) <= MOST:
        return result
    note = f"The first {MOST} of {len(result.new)} are shown. {result.note}".strip()
    return replace(result, new=result.new[:MOST], note=note)


async def types_of(
    root: Path,
    *,
    timeout: float = TIMEOUT,
    confinement: Confinement | None = None,
) -> CheckResult:
    """The same in any folder, with nothing taken away. `timeout` is in seconds.

    TypeScript runs in a box: it is the project's own, or whatever a command wrote in its place.
    """
    said = partial(CheckResult, NAME, COMMAND)
    if not (root / "tsconfig.json").is_file():
        return said("skipped", note="There is no tsconfig.json, so there is nothing to check types by.")
    program = root / "node_modules" / ".bin" / "tsc"
    version = typescript_version(root)
    if version is None or not program.is_file():
        return said(
            "could not run", note="TypeScript isn't installed here: run `pnpm install` in the app's folder."
        )
    if version < OLDEST:
        old = ".".join(map(str, version))
        note = f"TypeScript {old} doesn't know this check: run `pnpm add -D typescript@~5.9`."
        return said("could not run", note=note)
    box = await (confinement or Confinement(root)).box()
    done = await run([str(program), *FLAGS], cwd=root, timeout=timeout, limit=1_000_000, box=box)
    if trouble := _trouble(done):
        return said("could not run", seconds=done.seconds, note=trouble)
    if done.ok:
        return said("green", seconds=done.seconds)
    output = within(root, done.output)
    found = tsc.parse(output, lines_of(root)) or (_unread(output, done),)
    return said("red", new=found, seconds=done.seconds)


def typescript_version(root: Path) -> tuple[int, ...] | None:
    """The numbers of the installed TypeScript's version; None when it isn't installed."""
    told = loaded(root / "node_modules" / "typescript" / "package.json").get("version")
    numbers = re.findall(r"\d{1,9}", told)[:3] if isinstance(told, str) else []
    return tuple(map(int, numbers)) or None


def _trouble(done: Completed) -> str:
    """Why TypeScript didn't come to a verdict, and what to do; "" when it did."""
    if done.stopped:
        return f"TypeScript came to no verdict. {done.stopped}"
    if done.timed_out:
        return f"TypeScript took longer than {done.seconds:.0f} seconds and was stopped: try again."
    if done.code == 127:
        return "Node isn't installed here: install Node 20.19 or newer, then try again."
    if "heap out of memory" in done.output:
        return "TypeScript ran out of memory: close other programs, then try again."
    if done.code is None or done.code < 0 or done.code in CRASHED:
        return f"TypeScript broke down (code {done.code}): run `{COMMAND}` in the app's folder to see why."
    return ""


def _unread(output: str, done: Completed) -> Diagnostic:
    """A failure in words that aren't TypeScript's usual ones: its last lines, as one complaint."""
    said = [line.strip() for line in output.split("\n") if line.strip()]
    words = "\n".join(said[-10:])[-1000:] or f"It ended with code {done.code} and said nothing."
    return Diagnostic("tsc", words, source="tsc")
