"""`python -m vly_nb lint` as a process: with what it has kept it says what it says without."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import FILES, write_files
from vly_nb.policy.allowances import POLICY_FILE, confirm
from vly_nb.policy.examples import FUNCTIONS
from vly_nb.policy.linter import Linter
from vly_nb.policy.policy import Policy
from vly_nb.policy.rules import RULES
from vly_nb.policy.tree import Tree
from vly_nb.project.folder import Folder

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
COLLECT = """\
import { query } from "./_generated/server";

// vly-allow no-collect: a handful
export const all = query({ args: {}, handler: async (ctx) => await ctx.db.query("tasks").collect() });
"""
PAGE = 'import { api } from "@/convex/_generated/api";\n\nexport const use = () => api.tasks.list;\n'


def lint(root: Path, *arguments: str, stdout: int = subprocess.PIPE) -> tuple[int, str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": ""}
    argv = [sys.executable, "-m", "vly_nb", "lint", *arguments]
    done = subprocess.run(argv, cwd=root, env=environment, stdout=stdout, text=True, timeout=60)
    return done.returncode, done.stdout or ""


@pytest.fixture
def app(tmp_path: Path) -> Path:
    return write_files(tmp_path / "app", {**FILES, "src/convex/all.ts": COLLECT, "src/use.ts": PAGE})


def same(root: Path, *arguments: str) -> str:
    """What a first, a second and an uncached run say alike."""
    kept = lint(root, *arguments)
    assert kept == lint(root, *arguments) == lint(root, "--no-cache", *arguments)
    return kept[1]


def test_kept_or_not_it_says_the_same(app: Path) -> None:
    before = same(app)
    assert "no-collect" in before and "function-ref-exists" not in before
    write_files(app, {"src/convex/tasks.ts": FILES["src/convex/tasks.ts"].replace("list", "page")})
    assert "src/use.ts:3:26: error function-ref-exists" in same(app)
    (app / "src/use.ts").unlink()
    assert "function-ref-exists" not in same(app)
    assert "no-collect" not in same(app, "--ignore", "no-collect")
    assert "no-collect" in same(app)


def test_another_functions_folder_and_what_was_allowed_are_noticed(app: Path) -> None:
    assert "no-collect" in same(app)
    write_files(app, {"convex.json": '{ "functions": "elsewhere/" }\n'})
    assert "no-collect" not in same(app)
    write_files(app, {"convex.json": FILES["convex.json"]})
    assert "no-collect" in same(app)
    linter = Linter(Policy(RULES, functions=FUNCTIONS), Tree(Folder(app)))
    linter.tree.refresh()
    confirm(app / POLICY_FILE, linter.asked())
    assert "no-collect" not in same(app)


def test_all_of_a_long_report_comes_through_a_pipe(app: Path) -> None:
    files = {f"src/convex/all{number}.ts": COLLECT for number in range(300)}
    write_files(app, files)
    code, said = lint(app, "--format", "json")
    assert code == 1
    assert len(said) > 100_000
    assert {one["path"] for one in json.loads(said) if one["code"] == "no-collect"} >= files.keys()


def test_a_report_that_cannot_be_written_is_no_success(app: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("/dev/full is Linux's")
    full = os.open("/dev/full", os.O_WRONLY)
    try:
        assert lint(app, "--ignore", "no-collect", stdout=full)[0] != 0
    finally:
        os.close(full)
