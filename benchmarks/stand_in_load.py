"""The stand-in under load: 1,000 live queries, 200 mutations a minute, against limits; and its memory.

python -m benchmarks.stand_in_load [MINUTES]
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.backend.conftest import Running
from tests.backend.load import QUERIES, Load, load, loaded_app, reload, used
from vly_nb.backend.embedded import Embedded
from vly_nb.project.project import Project
from vly_nb.stacks.convex_react.pnpm import cache_folder
from vly_nb.stacks.new_app import new_app

MINUTES = 0.5  # in the table of all benchmarks; docs/embedded-backend.md has the figures of five
LIMIT = 1000.0  # ms until every page that watches has seen a mutation
RELOADS = 20


def rows(minutes: float = MINUTES) -> list[Sequence[str]]:
    """What was lost, how long it took, and memory before, right after, and after reloads."""
    came, before, after, reloaded = asyncio.run(_measured(minutes))
    about = f"{QUERIES:,} live queries, {came.mutations} mutations in {minutes:g} min"
    wrong = came.lost + came.missed + came.late + (not came.started)
    return [
        (f"stand-in, {about}: updates lost or not seen", str(wrong), "the limit", "0", "-"),
        (
            f"the same: until all pages saw one, 95 of 100 (median {came.median:.0f}, "
            f"worst {came.worst:.0f})",
            f"{came.p95:.0f} ms",
            "the limit",
            f"{LIMIT:.0f} ms",
            f"{came.p95 / LIMIT:.3f}",
        ),
        (
            f"the same: heap after it and {RELOADS} reloads (before these {after:.1f} MB)",
            f"{reloaded:.1f} MB",
            "before it, one reload",
            f"{before:.1f} MB",
            f"{reloaded / before:.2f}",
        ),
    ]


async def _measured(minutes: float) -> tuple[Load, float, float, float]:
    with tempfile.TemporaryDirectory() as folder:
        app = loaded_app(await new_app("load", parent=Path(folder)))
        project = Project.open(app, protected=())
        stand_in = Embedded(project, "src/convex", cache_folder())
        try:
            running = await stand_in.start()
            here = Running(app, stand_in, running.note.partition(" ")[2])
            await load(here, 2)  # warm
            await stand_in.reset()
            await reload(here, 1)
            before = await used(here)
            came = await load(here, 60 * minutes)
            after = await used(here)
            await reload(here, RELOADS)
            return came, before, after, await used(here)
        finally:
            await stand_in.stop()
            project.close()


if __name__ == "__main__":
    for line in rows(float(sys.argv[1]) if sys.argv[1:] else MINUTES):
        sys.stdout.write("  ".join(line) + "\n")
