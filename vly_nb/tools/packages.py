"""add_package: npm packages, by the project's own package manager."""

from __future__ import annotations

import re

from vly_nb.errors import ToolError
from vly_nb.tools.tool import Effect, Outcome, tool
from vly_nb.tools.workbench import Workbench

PACKAGE = re.compile(r"^(@[a-z0-9~-][a-z0-9._~-]*/)?[a-z0-9~-][a-z0-9._~-]*(@[\w.^~<>=*-]+)?$")


async def add_package(bench: Workbench, packages: list[str], dev: bool = False) -> Outcome:
    """Add npm packages to the project, such as `date-fns` or `zod@^3`.

    `dev` adds them as development dependencies. Look first whether the project
    has one that does the job.
    """
    wrong = [name for name in packages if not PACKAGE.match(name)]
    if wrong or not packages:
        raise ToolError(f"Not names of npm packages: {', '.join(wrong) or '(none given)'}.")
    done = await bench.stack.add_packages(
        bench.project, packages, dev=dev, kept=bench.kept, report=bench.report
    )
    return Outcome(done, line=f"added {', '.join(packages)}")


PACKAGES = tool(
    add_package, effect=Effect.ACT, line=lambda a: f"adding {', '.join(map(str, a.get('packages') or []))}"
)
