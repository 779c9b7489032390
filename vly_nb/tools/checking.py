"""run_checks: the project's own checks, when the model wants their word."""

from __future__ import annotations

from collections.abc import Iterable

from vly_nb.checks.check import CheckResult
from vly_nb.tools.tool import Effect, Outcome, tool
from vly_nb.tools.workbench import Workbench

TOLD = 30


async def run_checks(bench: Workbench) -> Outcome:
    """Run the project's checks (types, backend) that your changes call for; never a build.

    They also run by themselves after each step that changes code, so this is
    rarely needed.
    """
    results = await bench.check()
    red = sum(result.status == "red" for result in results)
    return Outcome(told(results), line=f"{red} red" if red else "green", foreign=True)


def told(results: Iterable[CheckResult]) -> str:
    """Checks' results in words for the model: new diagnostics in full, old ones counted."""
    parts = []
    for result in results:
        head = f"{result.name}: {result.status}"
        if result.new:
            head += f", {len(result.new)} new"
        if result.known:
            head += f" ({result.known} known before this turn, leave those)"
        lines = [f"  {d}" + (f"\n    advice: {d.advice}" if d.advice else "") for d in result.new[:TOLD]]
        more = [f"  … {len(result.new) - TOLD} more"] if len(result.new) > TOLD else []
        parts.append("\n".join([head + (f". {result.note}" if result.note else ""), *lines, *more]))
    return "\n".join(parts) or "No check is called for: nothing that could break was changed."


CHECKS = tool(run_checks, effect=Effect.ACT, line=lambda _: "running the checks")
