"""vly-key-untouched: its page's examples, and the gate."""

from __future__ import annotations

from pathlib import Path

import pytest

from vly_nb.policy.examples import FUNCTIONS, Example, examples
from vly_nb.policy.policy import Policy
from vly_nb.policy.syntax import broken
from vly_nb.policy.vly_key import RULE, vly_key_gate
from vly_nb.project.changes import ChangeSet, FileChange
from vly_nb.project.project import Project

CASES = examples(RULE.page)


def found(text: str, path: str = "src/convex/a.ts") -> int:
    return len(Policy([RULE], functions=FUNCTIONS).lint(path, text))


@pytest.mark.parametrize("example", CASES, ids=range(len(CASES)))
def test_an_example_is_judged_as_its_page_says(example: Example) -> None:
    assert broken(example.path, example.code) is None
    assert found(example.code, example.path) == (0 if example.good else 1)


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        ("process.env.VLY_INTEGRATION_KEY = x;", 1),
        ("(process.env as any).VLY_INTEGRATION_KEY = x;", 1),
        ("delete process.env.VLY_INTEGRATION_KEY;", 1),
        ("const t = process.env.VLY_INTEGRATION_KEY! || `vly_1`;", 1),
        ('const t = (process.env["VLY_INTEGRATION_KEY"]) ?? "vly_1";', 1),
        ('const VLY_INTEGRATION_KEY = "vly_1";', 1),
        ('const a = { "VLY_INTEGRATION_KEY": "vly_1" };', 1),
        ("const t = process.env.VLY_INTEGRATION_KEY ?? other;", 0),
        ("const a = { deploymentToken: process.env.VLY_INTEGRATION_KEY };", 0),
        ('if (key === process.env.VLY_INTEGRATION_KEY) { x = "a"; }', 0),
        ('throw new Error("VLY_INTEGRATION_KEY is not set");', 0),
        ('const names = ["VLY_INTEGRATION_KEY", "OTHER"];', 0),
        ('x.VLY_INTEGRATION_KEY_ID = "a";', 0),
    ],
)
def test_reading_is_fine_and_writing_is_not(text: str, findings: int) -> None:
    assert found(text) == findings


def test_the_gate_refuses_what_is_new_and_leaves_what_was_there(app: Path) -> None:
    project = Project.open(app)
    bad = b'export const t = process.env.VLY_INTEGRATION_KEY ?? "vly_1";\n'
    new = ChangeSet((FileChange("src/convex/ai.ts", None, bad),))
    assert [d.code for d in project.judge(new, [vly_key_gate(FUNCTIONS)])] == ["vly-key-untouched"]
    (app / "src/convex/ai.ts").write_bytes(bad)
    old = ChangeSet((FileChange("src/convex/ai.ts", bad, bad + b"// more\n"),))
    assert project.judge(old, [vly_key_gate(FUNCTIONS)]) == []
    project.close()
