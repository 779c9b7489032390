"""add_package: npm packages, by the project's own package manager."""

from __future__ import annotations

from collections.abc import Sequence

from vly_nb.tools.ask import agrees
from vly_nb.tools.tool import Effect, Outcome, Question, tool
from vly_nb.tools.workbench import Workbench


async def add_package(bench: Workbench, packages: list[str], dev: bool = False) -> Outcome:
    """Add npm packages to the project, such as `date-fns` or `zod@^3`.

    `dev` adds them as development dependencies. Look first whether the project
    has one that does the job.
    """
    if (instead := held_back(bench, packages)) is not None:
        return instead
    done = await bench.stack.add_packages(
        bench.project, packages, dev=dev, kept=bench.kept, report=bench.report
    )
    return Outcome(done, line=f"added {', '.join(packages)}", foreign=True)


def held_back(bench: Workbench, packages: Sequence[str]) -> Outcome | None:
    """The outcome instead of adding packages that the person is to be asked about; None to go on."""
    question = bench.stack.before_adding(bench.project, packages)
    if not question:
        return None
    if bench.answer is None:
        return Outcome("", asks=Question("", question, ("yes", "no")))
    if agrees(bench.answer):
        return None
    return Outcome(
        f"The person doesn't want {', '.join(packages)} added. They say: {bench.answer}", failed=True
    )


PACKAGES = tool(
    add_package, effect=Effect.ACT, line=lambda a: f"adding {', '.join(map(str, a.get('packages') or []))}"
)
