"""`python -m benchmarks mistakes`: the fast lane and the gate on sixty mistakes, one at a time.

Some ten minutes. Says for each what both found, and at the end how often they agree: both red, with the same
files and codes of types, or both green. Exits with 1 below 58.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.checks.mistakes import MISTAKES, Mistake
from vly_nb.checks.check import CheckResult
from vly_nb.session import Session
from vly_nb.stacks.convex_react import policy_check
from vly_nb.stacks.convex_react.fast_lane import TYPES
from vly_nb.stacks.convex_react.type_check import NAME
from vly_nb.stacks.new_app import new_app

ENOUGH = 58


def main() -> None:
    """Run all of them on a fresh template."""
    with tempfile.TemporaryDirectory() as folder:
        agreed = asyncio.run(compared(Path(folder)))
    sys.stdout.write(f"{agreed} of {len(MISTAKES)} agree\n")
    sys.exit(agreed < ENOUGH)


async def compared(folder: Path) -> int:
    """How often both say the same."""
    root = await new_app("app", parent=folder)
    session = await Session.mount(root)
    agreed = 0
    try:
        for mistake in MISTAKES:
            with mistake.made(root):
                session.project.observe("a mistake")
                fast, gate = await judged(session, mistake)
            same = same_verdict(fast, gate)
            agreed += same
            sys.stdout.write(
                f"{'same  ' if same else 'DIFFER'} {mistake.path}: {told(gate)} | fast: {told(fast)}\n"
            )
            sys.stdout.flush()
    finally:
        await session.close()
    return agreed


async def judged(session: Session, mistake: Mistake) -> tuple[list[CheckResult], list[CheckResult]]:
    """What the fast lane says, and what the gate says, each less what the template has."""
    project, lane, stack = session.project, session.agent.lane, session.stack
    if lane is None:
        raise RuntimeError("there is no fast lane")
    fast = [await lane.check(name, 1, str, {}) for name in lane.checks([mistake.path])]
    names = [one for one in stack.checks(project, [mistake.path], quick=False) if one != policy_check.NAME]
    return fast, [await stack.check(project, name, 1, str, {}) for name in names]


def same_verdict(fast: list[CheckResult], gate: list[CheckResult]) -> bool:
    """Both red or both green, and the same complaints about types."""
    red = [any(one.status == "red" for one in results) for results in (fast, gate)]
    types = [
        {(one.path, one.range, one.code) for result in results for one in result.new if result.name == name}
        for results, name in ((fast, TYPES), (gate, NAME))
    ]
    return red[0] == red[1] and types[0] == types[1]


def told(results: list[CheckResult]) -> str:
    """Files and codes, in a line."""
    found = [f"{one.path} {one.code}" for result in results for one in result.new]
    return ", ".join(dict.fromkeys(found)) or ", ".join(f"{one.name} {one.status}" for one in results)


if __name__ == "__main__":
    main()
