"""What the sandbox adds to a command: the same command in a box and in none, turn about."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from vly_nb.process_trial import why_not
from vly_nb.processes import run
from vly_nb.project.confine import Confinement
from vly_nb.sandbox.sandbox import Tier

ROUNDS = 60
FILES = 500
LIMITS = {Tier.A: 15.0, Tier.B: 40.0}  # milliseconds that a tier may add


def rows() -> list[Sequence[str]]:
    """One line for each tier that this machine has: what it adds, against the limit."""
    return asyncio.run(_rows())


async def _rows() -> list[Sequence[str]]:
    found: list[Sequence[str]] = []
    with tempfile.TemporaryDirectory() as folder:
        root = _project(Path(folder) / "app")
        for tier, limit in LIMITS.items():
            if why := await why_not(tier):
                found.append((f"a command in tier {tier.value}", "-", why[:60], "-", "-"))
                continue
            plain, boxed = await _measured(root, tier)
            added = boxed - plain
            found.append(
                (
                    f"a command in tier {tier.value} ({plain:.1f} ms without): what it adds, median",
                    f"{added:.1f} ms",
                    "the limit",
                    f"{limit:.0f} ms",
                    f"{added / limit:.2f}",
                )
            )
    return found


async def _measured(root: Path, tier: Tier) -> tuple[float, float]:
    """Medians in milliseconds: without a box, and with one, made for each command."""
    confinement = Confinement(root, tier=tier)
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(2 * ROUNDS + 4):
        began = time.perf_counter()
        box = await confinement.box() if turn % 2 else None
        done = await run(["true"], cwd=root, box=box)
        if done.ok and turn >= 4:  # the first ones start the helper and read the tree
            times[turn % 2].append(1000 * (time.perf_counter() - began))
    return statistics.median(times[0]), statistics.median(times[1])


def _project(root: Path) -> Path:
    for number in range(FILES):
        place = root / f"src/folder{number % 25}/file{number}.ts"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f"export const n = {number};\n")
    for name in (".vly", ".git", "node_modules"):
        (root / name).mkdir()
    (root / ".env.local").write_text("KEY=value\n")
    return root
