"""docs/lint.md and the hook definition say what is."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import FILES, needs, write_files
from tests.stacks.test_fix import fixable_rules
from tests.test_main import BIGINT, CLEAN, COLLECT
from vly_nb.__main__ import main
from vly_nb.policy.rules import RULES

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs/lint.md").read_text("utf-8")
HOOK = dict(re.findall(r"^[- ] (\w+): (.*)$", (ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"), re.M))


def test_the_rules_that_are_mended_are_listed() -> None:
    part = TEXT.split("These rules have a mend", 1)[1].split("\n\n", 1)[0]
    assert set(re.findall(r"`([a-z-]+)`", part)) == fixable_rules()
    assert set(re.findall(r"`((?:[a-z]+-)+[a-z]+)`", TEXT)) - {"vly-policy"} <= {rule.id for rule in RULES}


@pytest.mark.parametrize("line", re.findall(r"^python -m vly_nb (.*?)(?:   .*)?$", TEXT, re.M))
def test_the_commands_are_understood(line: str, app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(app)
    arguments = ["src" if "/" in word else word for word in shlex.split(line)]
    (arguments.append("--help") if "--since" in arguments else None)
    try:
        assert main(arguments) in (0, 1)
    except SystemExit as stop:
        assert stop.code == 0


def test_the_hook_has_what_pre_commit_asks_for() -> None:
    # https://pre-commit.com/#new-hooks
    assert {"id", "name", "entry", "language"} <= HOOK.keys()
    assert HOOK["id"] == "vly-lint" and HOOK["entry"] in TEXT and HOOK["language"] == "python"
    wanted = re.compile(HOOK["files"])
    assert wanted.search("src/App.tsx") and wanted.search("package.json") and not wanted.search("logo.png")


def test_the_hook_stops_a_commit_that_brings_an_error_and_no_other(app: Path) -> None:
    needs("git")
    write_files(app, {"src/convex/tasks.ts": CLEAN, "src/convex/old.ts": COLLECT})
    program = f"{shlex.quote(sys.executable)} {HOOK['entry'].removeprefix('python ')}"

    def git(*arguments: str) -> int:
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "GIT_CONFIG_GLOBAL": os.devnull}
        argv = ["git", "-c", "user.name=x", "-c", "user.email=x@y", *arguments]
        return subprocess.run(argv, cwd=app, env=environment, capture_output=True).returncode

    git("init")
    git("add", "-A")
    assert git("commit", "-m", "What there was") == 0
    hook = app / ".git/hooks/pre-commit"
    hook.write_text(f"#!/bin/sh\nexec {program}\n")
    hook.chmod(0o755)
    write_files(app, {"src/convex/old.ts": f"// one more line\n{COLLECT}"})
    assert git("commit", "-am", "Beside debt") == 0
    write_files(app, {"src/Box.tsx": 'export const Box = () => <div style={{ color: "red" }}>x</div>;\n'})
    git("add", "-A")
    assert git("commit", "-m", "Only an info") == 0
    write_files(app, {"src/convex/new.ts": BIGINT})
    git("add", "-A")
    assert git("commit", "-m", "An error") == 1
    assert FILES["convex.json"] == (app / "convex.json").read_text()
