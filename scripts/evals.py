"""Run Convex's own evals on the stand-in: their reference answers, judged by their graders, unchanged.

    python scripts/evals.py CLONE WORK [--only TEXT] [--at-once 2]

CLONE is a clone of get-convex/convex-evals; nothing in it is changed. WORK is a folder for its packages
(some 500 MB, fetched once), the answers and `results.json`. Each answer gets a stand-in of its own, without
the project's box, since graders serve pages for it on this machine. Schemas and API specs that would be
compared with a second backend are skipped by the graders themselves.

Prints a line an eval, then the figure. See docs/embedded-backend.md for what didn't pass, and why.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import shutil
import socket
import subprocess
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from vly_nb.backend.packages import HOST, packages
from vly_nb.stacks.convex_react.layout import functions_folder
from vly_nb.stacks.convex_react.pnpm import cache_folder

TIMEOUT = 150.0  # seconds for one eval; the slowest take 20
START = 30.0  # seconds until a stand-in answers
KEY = re.compile(r'adminKey =\s*"([^"]+)"')


@dataclass(frozen=True)
class Result:
    """One eval: how many of its tests passed, were skipped, and what failed ("" when nothing did)."""

    name: str
    passed: int
    skipped: int
    why: str
    seconds: float


def install(clone: Path, work: Path) -> None:
    """Put into WORK what graders and answers import: of each package the newest that any of them names."""
    wanted: dict[str, str] = {}
    for file in [clone / "package.json", *clone.glob("evals/*/*/answer/package.json")]:
        told = json.loads(file.read_text())
        for name, version in {**told.get("devDependencies", {}), **told.get("dependencies", {})}.items():
            wanted[name] = max(wanted.get(name, ""), version, key=_numbers)
    text = json.dumps({"private": True, "type": "module", "dependencies": wanted}, indent=1)
    manifest = work / "package.json"
    if (work / "node_modules").exists() and manifest.exists() and manifest.read_text() == text:
        return
    manifest.write_text(text)
    command = ["npm", "install", "--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund"]
    subprocess.run(command, cwd=work, check=True)


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]


class Runner:
    """Runs evals one by one; `packages` is where the stand-in's own packages are."""

    def __init__(self, work: Path, key: str, packages: Path) -> None:
        self._work, self._key, self._packages = work, key, packages

    async def run(self, folder: Path) -> Result:
        """Have an answer run, and its grader judge it."""
        name = f"{folder.parent.name}/{folder.name}"
        root = self._work / "answers" / name
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(folder / "answer", root)
        (root / "node_modules").symlink_to(self._work / "node_modules")
        began = time.monotonic()
        with (root / "log").open("w") as log:
            try:
                async with asyncio.timeout(TIMEOUT):
                    why, passed, skipped = await self._judged(folder, root, log)
            except TimeoutError:
                why, passed, skipped = f"not done after {TIMEOUT:.0f} s", 0, 0
        return Result(name, passed, skipped, why, round(time.monotonic() - began, 1))

    async def _judged(self, folder: Path, root: Path, log: IO[str]) -> tuple[str, int, int]:
        port = _free_port()
        host = await self._stand_in(root, port, log)
        try:
            if why := await _ready(host, root):
                return why, 0, 0
            report = root / "report.json"
            grader = folder.relative_to(self._work) / "grader.test.ts"
            words = [str(grader), "--reporter=json", f"--outputFile={report}", "--testTimeout=60000"]
            of_graders = {
                "CONVEX_PORT": str(port),
                "CONVEX_SITE_PORT": str(port),
                "MODEL_OUTPUT_DIR": str(root),
                "OUTPUT_TEMPDIR": str(root),
            }
            vitest = await asyncio.create_subprocess_exec(
                *("node_modules/.bin/vitest", "run", *words),
                cwd=self._work,
                env={"PATH": os.environ["PATH"], "HOME": str(root), **of_graders},
                stdout=log,
                stderr=log,
            )
            try:
                await vitest.wait()
            finally:
                await _end(vitest)
            return _read(report)
        finally:
            await _end(host)

    async def _stand_in(self, root: Path, port: int, log: IO[str]) -> asyncio.subprocess.Process:
        config = {
            "root": str(root),
            "functions": functions_folder(root) or "convex",
            "data": str(root / ".data"),
            "packages": str(self._packages),
            "port": port,
            "adminKey": self._key,
            "origin": f"http://localhost:{port}",
            "env": {"OPENAI_API_KEY": "none"},
        }
        place = root / "stand-in.json"
        place.write_text(json.dumps(config))
        local = ("--import", str(Path(__file__).with_suffix(".mjs")))
        command = ["node", *local, str(HOST / "host.mjs"), str(place)]
        return await asyncio.create_subprocess_exec(*command, stdout=log, stderr=log)


async def _ready(host: asyncio.subprocess.Process, root: Path) -> str:
    """Wait until it runs; why the answer wasn't taken, "" when it was."""
    until = time.monotonic() + START
    while time.monotonic() < until and host.returncode is None:
        for line in (root / "log").read_text().splitlines():
            if line.startswith('{"ready":true'):
                return str(json.loads(line)["error"])
        await asyncio.sleep(0.1)
    return "the stand-in didn't start"


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
        await process.wait()


def _read(report: Path) -> tuple[str, int, int]:
    """What failed first, how many tests passed, how many were skipped."""
    if not report.exists():
        return "the grader wrote no report", 0, 0
    files = json.loads(report.read_text())["testResults"]
    tests = [test for file in files for test in file["assertionResults"]]
    failed = [f"{one['title']}: {one['failureMessages'][0]}" for one in tests if one["status"] == "failed"]
    failed += [file["message"] for file in files if file["message"] and not file["assertionResults"]]
    passed = sum(one["status"] == "passed" for one in tests)
    return (failed[0] if failed else ""), passed, len(tests) - passed - len(failed)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


async def every(clone: Path, work: Path, only: str, at_once: int) -> list[Result]:
    """Run all evals whose name holds `only`, in their order."""
    for name in ("evals", "grader"):
        shutil.copytree(clone / name, work / name, dirs_exist_ok=True)
    key = KEY.search((clone / "grader/index.ts").read_text())
    assert key is not None, "the graders' key isn't where it was"
    runner = Runner(work, key[1], await packages(cache_folder(), print))
    folders = sorted(file.parent for file in (work / "evals").glob("*/*/grader.test.ts"))
    left = [one for one in folders if only in str(one)]
    results = []

    async def worker() -> None:
        while left:
            results.append(done := await runner.run(left.pop(0)))
            state = f"{done.passed} passed, {done.skipped} skipped, {done.seconds} s"
            print("FAIL" if done.why else "ok  ", done.name, f"({state})", done.why[:300], flush=True)

    await asyncio.gather(*[worker() for _ in range(at_once)])
    return sorted(results, key=lambda one: one.name)


def main() -> None:
    """Run them, and print the figure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("clone", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--only", default="", help="only evals whose name holds this")
    parser.add_argument("--at-once", type=int, default=2)
    given = parser.parse_args()
    clone, work = given.clone.resolve(), given.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    install(clone, work)
    began = time.monotonic()
    results = asyncio.run(every(clone, work, given.only, given.at_once))
    (work / "results.json").write_text(json.dumps([asdict(one) for one in results], indent=1))
    passed = sum(not one.why for one in results)
    bare = sum(not one.why and one.passed == 0 for one in results)
    print(f"{passed} of {len(results)} passed in {time.monotonic() - began:.0f} s", end="")
    print(f"; of {bare} only that the stand-in takes the answer was judged" if bare else "")


if __name__ == "__main__":
    main()
