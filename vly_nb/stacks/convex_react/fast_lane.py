"""FastLane: a verdict on a step in a second, by programs that stay warm; the real commands stay the gate.

    lane = FastLane(project, backends)
    lane.begin()                          # as a turn begins: warm by the time it is needed
    for name in lane.checks(changed):
        result = await lane.check(name, since, report, keys)
    await lane.close()

Types are asked of the project's own TypeScript (`checks/host/types.mjs`), the backend of the stand-in when
it runs, else of a program that bundles and loads the functions as it would (`backend/host/check.mjs`). Where
types get no answer the real command is run instead, as if there were no fast lane.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from vly_nb.backend.backend import BackendError
from vly_nb.backend.backends import Backends
from vly_nb.checks import tsc
from vly_nb.checks.baseline import Baselines
from vly_nb.checks.check import CheckResult, lines_of, within
from vly_nb.checks.worker import HOST, Unanswered, Worker
from vly_nb.diagnostics import Diagnostic
from vly_nb.progress import Report
from vly_nb.project.project import Project
from vly_nb.stacks.convex_react import backend_check, loading, type_check
from vly_nb.stacks.convex_react.layout import functions_folder

TYPES, BACKEND = "types, fast", "backend, fast"
GATES = {TYPES: type_check.NAME, BACKEND: backend_check.BACKEND}
COMMANDS = {TYPES: type_check.COMMAND, BACKEND: "npx convex codegen"}
PATIENCE = 60.0  # seconds; a cold start takes as long as tsc does: some 5, for a large app 20
SEEN = 50  # trees whose complaints are remembered


class FastLane:
    """See the module's top; the shape is `Lane`'s. One a session."""

    names: Collection[str] = (TYPES, BACKEND)

    def __init__(self, project: Project, backends: Backends | None) -> None:
        self._project = project
        self._backends = backends
        self._types = Worker(project, "the type worker", self._checks_types, [HOST])
        self._loads = Worker(
            project,
            "the program that loads the functions",
            lambda: loading.program(project.root, self._functions),
            loading.READABLE,
        )
        self._seen: dict[tuple[str, str], tuple[Diagnostic, ...]] = {}
        self._beginning: asyncio.Task[None] | None = None

    @property
    def why(self) -> str:
        """Why types are checked by the real command after each step; "" when they aren't."""
        version = type_check.typescript_version(self._project.root)
        if version is None or not (self._project.root / "tsconfig.json").is_file():
            return "TypeScript isn't set up here"
        if version < type_check.OLDEST:
            return f"TypeScript {'.'.join(map(str, version))} is too old"
        return self._types.why

    def checks(self, changed: Sequence[str]) -> list[str]:
        """The backend's, where it can be loaded, then the types'."""
        called = [one.name for one in backend_check.choose(changed, self._functions or None)]
        backend = [BACKEND] if backend_check.BACKEND in called and self._loadable() else []
        types = [GATES[TYPES] if self.why else TYPES] if GATES[TYPES] in called else []
        return [*backend, *types]

    def begin(self) -> None:
        """Get warm in the background."""
        idle = self._beginning is None or self._beginning.done()
        if idle and not self.why and (TYPES, self._project.head.tree) not in self._seen:
            self._beginning = asyncio.create_task(self._begin())

    async def check(self, name: str, since: int, report: Report, keys: Mapping[str, str]) -> CheckResult:
        """The verdict of one of `checks`."""
        report("checking types" if name == TYPES else "loading the backend")
        try:
            result = await self._now(name)
        except Unanswered as error:
            if name == TYPES:
                report(f"the fast check gave no answer: {error}")
                return await backend_check.check(self._project, GATES[TYPES], since, report, keys)
            return CheckResult(name, COMMANDS[name], "skipped", note=f"It waits for the turn's end: {error}")
        known = self._seen.get((name, self._project.versions[since - 1].tree))
        if known is not None or result.status != "red":
            return type_check.capped(result.less(known or ()))
        result = replace(result, name=GATES[name])  # the gate's baseline, which the gate then needn't make
        again = partial(self._again, name)
        result = await Baselines(self._project).subtracted(result, since, again)
        return type_check.capped(replace(result, name=name))

    async def close(self) -> None:
        """End the programs; they start again when they are asked."""
        beginning, self._beginning = self._beginning, None
        if beginning is not None and beginning.get_loop() is asyncio.get_running_loop():
            beginning.cancel()
            await asyncio.gather(beginning, return_exceptions=True)
        await self._types.close()
        await self._loads.close()

    # -- how ------------------------------------------------------------------------

    @property
    def _functions(self) -> str:
        """Where the functions are now; "" without a backend."""
        return functions_folder(self._project.root) or ""

    def _checks_types(self) -> list[str]:
        return [*loading.NODE, str(HOST / "types.mjs"), str(self._project.root), self._functions]

    async def _begin(self) -> None:
        for name in (TYPES, *([BACKEND] if self._loadable() else [])):
            with suppress(Unanswered):
                await self._now(name)

    async def _now(self, name: str) -> CheckResult:
        """What is wrong now, nothing taken away, and remembered. Raises Unanswered."""
        began, tree = time.monotonic(), self._project.head.tree
        found = await (self._types_now() if name == TYPES else self._backend_now())
        if self._project.head.tree == tree:
            kept = {**self._seen, (name, tree): found}
            self._seen = dict(list(kept.items())[-SEEN:])
        seconds = time.monotonic() - began
        return CheckResult(name, COMMANDS[name], "red" if found else "green", found, seconds=seconds)

    async def _types_now(self) -> tuple[Diagnostic, ...]:
        told = await self._types.ask(PATIENCE)
        code, output = told.get("code"), told.get("output")
        if not isinstance(code, int) or not isinstance(output, str):
            raise Unanswered("the type worker said what can't be read")
        root = self._project.root
        found = tsc.parse(within(root, output), lines_of(root))
        if bool(found) != bool(code):
            raise Unanswered("the type worker said what can't be read")
        return found

    async def _backend_now(self) -> tuple[Diagnostic, ...]:
        stand_in = self._backends.embedded if self._backends is not None else None
        error: object
        try:
            if stand_in is not None and (await asyncio.to_thread(stand_in.running)) is not None:
                error = (await stand_in.ask("push"))["error"]
            else:
                error = (await self._loads.ask(PATIENCE)).get("error")
        except (BackendError, LookupError, TypeError):
            raise Unanswered("the stand-in doesn't answer") from None
        if (found := loading.read(self._project.root, self._functions, error)) is None:
            raise Unanswered("what loads the functions said what can't be read")
        return found

    def _loadable(self) -> bool:
        there = bool(self._functions) and (self._project.root / "node_modules" / "convex").exists()
        return there and not self._loads.why

    async def _again(self, name: str, folder: Path) -> CheckResult:
        """The gate's word on another folder's files."""
        beside = self._project.confinement.beside(folder)
        if name == TYPES:
            return await type_check.types_of(folder, confinement=beside)
        return await backend_check.offline_check(folder, self._functions, confinement=beside)
