"""What must not be flagged, rule by rule: traps.md, beside the good examples of the pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from vly_nb.policy.examples import FUNCTIONS, Example, examples
from vly_nb.policy.policy import Policy
from vly_nb.policy.program import Program
from vly_nb.policy.rule import Context
from vly_nb.policy.rules import RULES
from vly_nb.policy.syntax import broken

BY_ID = {rule.id: rule for rule in RULES}
PARTS = re.split(r"^## ([a-z-]+)$", (Path(__file__).parent / "traps.md").read_text("utf-8"), flags=re.M)[1:]
CASES = [
    pytest.param(rule, example, id=f"{rule}-{number}")
    for rule, text in zip(PARTS[::2], PARTS[1::2], strict=True)
    for number, example in enumerate(examples(text), 1)
]


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_a_trap_is_not_flagged(rule: str, example: Example) -> None:
    assert example.good
    policy = Policy([BY_ID[rule]], functions=FUNCTIONS)
    assert [str(d) for d in policy.lint(example.path, example.code, example.context())] == []


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_a_trap_is_code(rule: str, example: Example) -> None:
    assert broken(example.path, example.code) is None


def test_functions_may_lie_at_the_root() -> None:
    files = {
        "convex/_generated/api.d.ts": "export declare const api: any;\n",
        "convex/tasks.ts": 'import { api } from "./_generated/api";\n',
        "src/pages/Home.tsx": 'import { api } from "../../convex/_generated/api";\n',
        "src/pages/Wrong.tsx": 'import { api } from "@/convex/_generated/api";\n',
    }
    policy = Policy([BY_ID["api-import-path"]], functions="convex")
    context = Context(Program("convex", files.get, lambda: tuple(files)))
    said = {path: [d.message for d in policy.lint(path, text, context)] for path, text in files.items()}
    assert said.pop("src/pages/Wrong.tsx") == [
        'Nothing is there: import it from "../../convex/_generated/api".'
    ]
    assert not any(said.values())
