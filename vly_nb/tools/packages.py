"""add_package: npm packages, by the project's own package manager."""

from __future__ import annotations

from vly_nb.tools.tool import Effect, Outcome, tool
from vly_nb.tools.workbench import Workbench


async def add_package(bench: Workbench, packages: list[str], dev: bool = False) -> Outcome:
    """Add npm packages to the project, such as `date-fns` or `zod@^3`.

    `dev` adds them as development dependencies. Look first whether the project
    has one that does the job.
    """
    done = await bench.stack.add_packages(
        bench.project, packages, dev=dev, kept=bench.kept, report=bench.report
    )
    return Outcome(done, line=f"added {', '.join(packages)}")


PACKAGES = tool(
    add_package, effect=Effect.ACT, line=lambda a: f"adding {', '.join(map(str, a.get('packages') or []))}"
)
