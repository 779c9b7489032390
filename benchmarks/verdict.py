"""A step's verdict on the template: the fast lane, warm, against the real commands, on the same edits.

A page edit's commands are the type check; a backend edit's are the backend's check and the type check. Both
run in the sandbox, the backend offline. Policy is judged before a step is written, and is in `policy_lint`.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from vly_nb.session import Session
from vly_nb.stacks.convex_react import policy_check
from vly_nb.stacks.new_app import new_app

ROUNDS = 5
EDITS = {
    "page": ("src/pages/Tasks.tsx", "const NUMBER: number = {};\nvoid NUMBER;\n", 1.0),
    "backend": ("src/convex/tasks.ts", "export const NUMBER{0}: number = {0};\n", 2.0),
}
"""By kind: the file, what is put at its end, the most seconds that a verdict may take."""


def rows() -> list[Sequence[str]]:
    """For each kind of edit: against the real commands, and against the limit."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_rows(Path(folder)))


async def _rows(folder: Path) -> list[Sequence[str]]:
    root = await new_app("app", parent=folder)
    session = await Session.mount(root)
    found: list[Sequence[str]] = []
    try:
        for kind, (path, edit, limit) in EDITS.items():
            fast, real = await _measured(session, path, edit)
            what = f"a verdict on a {kind} edit, warm, median"
            found.append((what, f"{fast:.2f} s", "the real commands", f"{real:.2f} s", f"{fast / real:.2f}"))
            found.append((what, f"{fast:.2f} s", "the limit", f"{limit:.0f} s", f"{fast / limit:.2f}"))
    finally:
        await session.close()
    return found


async def _measured(session: Session, path: str, edit: str) -> tuple[float, float]:
    """Medians in seconds: the fast lane, the real commands."""
    project, lane, stack = session.project, session.agent.lane, session.stack
    if lane is None:
        raise RuntimeError("there is no fast lane")
    place = project.root / path
    before = place.read_text()
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(ROUNDS + 1):
        place.write_text(f"{before}\n{edit.format(number)}")
        project.observe("an edit")
        names = [one for one in stack.checks(project, [path], quick=False) if one != policy_check.NAME]
        for checks, judge, taken in (
            (lane.checks([path]), lane.check, times[0]),
            (names, lambda *rest: stack.check(project, *rest), times[1]),
        ):
            began = time.perf_counter()
            for name in checks:
                result = await judge(name, 1, str, {})
                if result.status != "green" or name != result.name:
                    raise RuntimeError(f"{result.name}: {result.status} {result.note}")
            taken.extend([time.perf_counter() - began] * (number > 0))  # the first one only warms up
    place.write_text(before)
    return statistics.median(times[0]), statistics.median(times[1])
