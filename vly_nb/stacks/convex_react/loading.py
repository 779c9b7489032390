"""Loading: the functions bundled and loaded as a push would (`backend/host/check.mjs`), with nothing pushed.

What the Convex CLI finds without a deployment ends with bundling. That a module can be loaded, that what it
exports may be where it is, that the schema holds, only a push would say, or this.
"""

from __future__ import annotations

import json
from pathlib import Path

from vly_nb.backend.packages import HOST as BACKEND_HOST
from vly_nb.checks import convex
from vly_nb.checks.check import lines_of, within
from vly_nb.checks.worker import HOST
from vly_nb.diagnostics import Diagnostic
from vly_nb.errors import ProgramError
from vly_nb.processes import run
from vly_nb.project.confine import Confinement, Reach

READABLE = (HOST, BACKEND_HOST)
NODE = ("node", "--max-old-space-size=2048", "--max-semi-space-size=64")
TIMEOUT = 60.0  # seconds; it takes half a second
LIMIT = 100_000  # characters


def program(root: Path, functions: str) -> list[str]:
    """How to start what loads them: one line `{"id": 1}` in, one line out, as `checks.worker` has it."""
    return [*NODE, str(BACKEND_HOST / "check.mjs"), str(root), functions]


async def load(root: Path, functions: str, confinement: Confinement) -> tuple[Diagnostic, ...]:
    """What is wrong, by a program that is started for it; nothing when that comes to no verdict."""
    box = await confinement.box(Reach(reads=True, readable=READABLE))
    argv = program(root, functions)
    try:
        done = await run(argv, cwd=root, timeout=TIMEOUT, limit=LIMIT, stdin=b'{"id": 1}\n', box=box)
        told = json.loads(done.output)
    except (ProgramError, ValueError, RecursionError):
        return ()
    return read(root, functions, told.get("error") if isinstance(told, dict) else None) or ()


def read(root: Path, functions: str, error: object) -> tuple[Diagnostic, ...] | None:
    """What an answer's `error` complains about; None for what is no answer."""
    if not isinstance(error, str):
        return None
    return convex.of_a_load(within(root, error), lines_of(root), functions)
