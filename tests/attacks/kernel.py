"""A stand-in for the notebook's kernel: a process with a key in its environment that runs commands.

Started by the tests as a program of its own, so that what commands go for is a process
that the tests made. Reads a job as JSON, prints what came of each command.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import replace
from pathlib import Path

from vly_nb.processes import run
from vly_nb.project.confine import Confinement, Reach
from vly_nb.sandbox.sandbox import Tier


async def main(job: dict) -> list[dict]:
    root = Path(job["root"])
    confinement = Confinement(root, tier=Tier(job["tier"]), kept=lambda path: path in job.get("kept", ()))
    given = {**job.get("env", {}), "KERNEL": str(os.getpid())}
    came = []
    for command in job["commands"]:
        box = await confinement.box(Reach(history=job.get("history", False)))
        box = replace(box, landlock=job.get("landlock", 0))
        done = await run(
            ["bash", "-c", command], cwd=root, env=given, box=box, timeout=job.get("timeout", 30)
        )
        came.append({"command": command, "output": done.output, "code": done.code, "stopped": done.stopped})
    return came


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(json.loads(sys.stdin.read())))))
