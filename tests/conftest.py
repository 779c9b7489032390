"""What tests share: small real projects, and one real install of the template."""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from vly_nb.process_trial import why_not
from vly_nb.sandbox.sandbox import Tier
from vly_nb.stacks.new_app import new_app

os.environ["VLY_NB_DATA"] = tempfile.mkdtemp(prefix="vly-tests-")
"""The vaults of tests lie here, for the kernels and programs that they start too: nobody's own."""

FILES = {
    "package.json": """{
  "name": "small",
  "private": true,
  "dependencies": { "react": "^19.0.0", "react-router": "^7.0.0", "convex": "^1.48.0" }
}
""",
    "convex.json": '{ "functions": "src/convex/" }\n',
    ".gitignore": "node_modules\ndist\n.env*\n!.env.example\n",
    "src/main.tsx": 'import App from "./App";\n\nexport const root = <App />;\n',
    "src/App.tsx": 'export default function App() {\n  return <h1 className="text-xl">Hello</h1>;\n}\n',
    "src/lib/sum.ts": "export function sum(a: number, b: number): number {\n  return a + b;\n}\n",
    "src/convex/tasks.ts": """\
import { v } from "convex/values";
import { query } from "./_generated/server";

export const list = query({
  args: { ownerId: v.id("users") },
  handler: async (ctx, args) => {
    return await ctx.db
      .query("tasks")
      .withIndex("by_owner", (q) => q.eq("ownerId", args.ownerId))
      .take(50);
  },
});
""",
}


def needs(program: str, reason: str = "") -> None:
    """Skip a test whose program isn't on this machine; in CI that is a failure instead."""
    if shutil.which(program) is None:
        if os.environ.get("VLY_TESTS_NEED_ALL"):
            pytest.fail(f"{program} is needed here. {reason}")
        pytest.skip(f"{program} isn't installed. {reason}")


def needs_tier(tier: Tier) -> None:
    """Skip a test whose sandbox this machine can't have; in CI that is a failure instead.

    A CI machine that has only some says so: VLY_TESTS_TIERS=B.
    """
    if tier.value not in os.environ.get("VLY_TESTS_TIERS", "AB"):
        pytest.skip(f"This machine is said to have no tier {tier.value} (VLY_TESTS_TIERS).")
    if why := asyncio.run(why_not(tier)):
        if os.environ.get("VLY_TESTS_NEED_ALL"):
            pytest.fail(f"Tier {tier.value} is needed here, but {why}.")
        pytest.skip(f"Tier {tier.value} doesn't work here: {why}.")


@pytest.fixture(scope="session", autouse=True)
def tiers() -> None:
    """What sandboxes this machine has is found out once a process: before a test has changed PATH."""
    for tier in (Tier.A, Tier.B, Tier.C):
        asyncio.run(why_not(tier))


@pytest.fixture(params=[Tier.A, Tier.B], ids=["tier A", "tier B"])
def tier(request: pytest.FixtureRequest) -> Tier:
    """Each sandbox that this machine has."""
    needs_tier(request.param)
    return Tier(request.param)


def write_files(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8", newline="")
    return root


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A small project of the stack, nothing installed."""
    return write_files(tmp_path / "small", FILES)


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that the first worker who needs it makes; the others wait for it."""
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    place, done = shared / name, shared / f"{name}.done"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(place, ignore_errors=True)  # of one who failed
            place.mkdir()
            make(place)
            done.touch()
    return place


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template with its packages, installed once; copy it with `copy_app`, don't write."""
    needs("node", "Install Node 20 or newer.")

    def make(place: Path) -> None:
        with ThreadPoolExecutor(1) as beside:  # Playwright may keep a loop running in this thread
            beside.submit(asyncio.run, new_app("installed", parent=place)).result()

    return once(tmp_path_factory, "template", make) / "installed"


def copy_app(installed: Path, folder: Path, *, apart: bool = False) -> Path:
    """A project like the installed one. Its packages are the same files, as pnpm links them from its store;
    `apart` makes copies, for tests that try to write to them."""
    if apart:
        subprocess.run(["cp", "-a", installed, folder], check=True)  # five times as fast as copytree
        return folder
    left = shutil.ignore_patterns(".vly", ".tmp", ".vite")
    shutil.copytree(installed, folder, symlinks=True, ignore=left, copy_function=_linked)
    return folder


def _linked(source: str, target: str) -> str:
    if f"{os.sep}.pnpm{os.sep}" not in source or Path(source).is_symlink():
        return str(shutil.copy2(source, target, follow_symlinks=False))
    os.link(source, target)
    return target
