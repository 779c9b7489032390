"""Lint: all our rules against eslint with the Convex plugin and against oxlint, on the same files.

Whole processes, cold, on 200 TypeScript files; ours also with what it has kept of an unchanged
project. And in a mounted project of 500 files: one file changed, what is new by all rules, those
of several files too, with the look at the disk; the median of 20 edits.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path

from benchmarks import corpus, peers
from vly_nb.policy.linter import Linter
from vly_nb.policy.rules import RULES
from vly_nb.policy.tree import Tree
from vly_nb.project.folder import Folder
from vly_nb.stacks.convex_react.rules import policy_of

FILES, MOUNTED = 200, 500
RUNS, EDITS = 3, 20
LIMIT = 50.0  # milliseconds
HERE = Path(__file__).resolve().parent.parent
OURS = [sys.executable, "-m", "vly_nb", "lint"]
EDITED = (
    "src/pages/Tasks.tsx",
    "src/convex/tasks.ts",
    "src/components/TaskItem.tsx",
    "src/convex/schema.ts",
    "src/lib/utils.ts",
)


def rows() -> list[tuple[str, str, str, str, str]]:
    """Ours against each peer, cold and kept; then one file of a mounted project."""
    with tempfile.TemporaryDirectory() as folder:
        return [*processes(Path(folder) / "app"), one_changed(Path(folder) / "mounted")]


def processes(root: Path) -> list[tuple[str, str, str, str, str]]:
    corpus.write(root, FILES)
    commands = peers.prepare(root)
    ours = {"cold": [*OURS, "--no-cache"], "unchanged since it was linted": OURS}
    times = alternating(root, [*ours.values(), *(commands or {}).values()])
    mine, theirs = times[: len(ours)], times[len(ours) :]
    found = []
    for name, seconds in zip(ours, mine, strict=True):
        what = f"lint of {FILES} files, {len(RULES)} rules, {name}"
        if commands is None:
            found.append((what, f"{seconds:.2f} s", "eslint, oxlint", "not installed", "?"))
        for peer, other in zip(commands or (), theirs, strict=True):
            found.append((what, f"{seconds:.2f} s", peer, f"{other:.2f} s", f"{seconds / other:.2f}"))
    return found


def alternating(root: Path, commands: Sequence[list[str]]) -> list[float]:
    """The shortest time of each command, in seconds; they take turns, so that a busy hour hits all."""
    with tempfile.TemporaryDirectory() as compiled:  # as pip leaves a package: its bytecode is there
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        environment |= {"PYTHONPATH": str(HERE), "PYTHONPYCACHEPREFIX": compiled}
        times: list[list[float]] = [[] for _ in commands]
        for number in range(RUNS + 1):  # the first one only warms the disk up
            for command, taken in zip(commands, times, strict=True):
                began = time.perf_counter()
                done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)
                taken.extend([time.perf_counter() - began] * (number > 0))
                if done.returncode not in (0, 1):
                    raise RuntimeError(f"{command} failed: {done.stdout[-500:]}{done.stderr[-500:]}")
    return [min(taken) for taken in times]


def one_changed(root: Path) -> tuple[str, str, str, str, str]:
    corpus.write(root, MOUNTED)
    linter = Linter(policy_of(root), Tree(Folder(root)))
    linter.tree.refresh()
    linter.all()
    times = []
    for number, path in enumerate(islice(cycle(EDITED), EDITS)):
        place = root / path
        before = place.read_text()
        place.write_text(f"{before}\nexport const edit{number} = {number};\n")
        began = time.perf_counter()
        linter.tree.refresh()
        linter.since({path: before})
        times.append((time.perf_counter() - began) * 1000)
        place.write_text(before)
        linter.tree.refresh()
        linter.all()
    took = statistics.median(times)
    what = f"one file of {MOUNTED} changed, {len(RULES)} rules, in process"
    return what, f"{took:.1f} ms", "the limit", f"{LIMIT:.0f} ms", f"{took / LIMIT:.2f}"
