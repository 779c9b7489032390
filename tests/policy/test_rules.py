"""Every rule: listed, paged, exemplified; its examples are its tests."""

from __future__ import annotations

import importlib
import pkgutil
import runpy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from vly_nb.policy import rules
from vly_nb.policy.examples import FUNCTIONS, Example, examples
from vly_nb.policy.fixes import edited
from vly_nb.policy.policy import Policy
from vly_nb.policy.program import Program
from vly_nb.policy.rule import Rule
from vly_nb.policy.rules import RULES
from vly_nb.policy.source import Source
from vly_nb.policy.syntax import broken

CASES = [
    pytest.param(rule, example, id=f"{rule.id}-{'good' if example.good else 'bad'}-{number}")
    for rule in RULES
    for number, example in enumerate(examples(rule.page), 1)
]


def test_no_rule_is_missing_from_the_list() -> None:
    names = [name for _, name, _ in pkgutil.iter_modules(rules.__path__)]
    found = [importlib.import_module(f"{rules.__name__}.{name}").RULE for name in names]
    assert [rule.id for rule in found] == [name.replace("_", "-") for name in names]
    assert list(RULES) == sorted(found, key=lambda rule: rule.id)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_is_filled_in(rule: Rule) -> None:
    file = Path(rules.__path__[0]) / f"{rule.id.replace('-', '_')}.py"
    assert "FILL IN" not in file.read_text("utf-8"), "what scripts/new-rule leaves open"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_has_two_examples_of_each(rule: Rule) -> None:
    found = examples(rule.page)
    assert sum(not example.good for example in found) >= 2
    assert sum(example.good for example in found) >= 2


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_an_example_is_judged_as_its_page_says(rule: Rule, example: Example) -> None:
    found = Policy([rule], functions=FUNCTIONS).lint(example.path, example.code, example.context())
    if example.good:
        assert not found
    else:
        assert found
        assert all(diagnostic.code == rule.id and diagnostic.message for diagnostic in found)
        assert example.severity is None or {d.severity for d in found} == {example.severity}


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_an_example_parses(rule: Rule, example: Example) -> None:
    assert broken(example.path, example.code) is None


@pytest.mark.parametrize(("rule", "example"), [case for case in CASES if not case.values[1].good])
def test_a_fix_cures_what_it_is_for(rule: Rule, example: Example) -> None:
    policy = Policy([rule], functions=FUNCTIONS)
    found = policy.lint(example.path, example.code, example.context())
    fixed = [d for d in found if d.fix]
    if not fixed:
        return
    text = edited(example.code, [edit for d in fixed for edit in d.fix])
    again = replace(example, code=text, files={**example.files, example.path: text})
    assert broken(example.path, text) is None
    assert len(policy.lint(example.path, text, again.context())) == len(found) - len(fixed)


class _Nobody(Program):
    """A project of which nothing may be asked."""

    def __init__(self) -> None:
        super().__init__(FUNCTIONS, self._refuse, self._refuse)

    def _refuse(self, *_: str) -> Any:
        raise AssertionError("a rule that looks at other files is not `alone`")


@pytest.mark.parametrize(("rule", "example"), [case for case in CASES if case.values[0].alone])
def test_a_rule_that_is_alone_asks_for_no_other_file(rule: Rule, example: Example) -> None:
    Policy([rule], functions=FUNCTIONS).lint(
        example.path, example.code, replace(example.context(), program=_Nobody())
    )


def test_a_page_without_paths_or_heads_is_refused() -> None:
    with pytest.raises(ValueError, match="path"):
        examples("Bad\n\n```ts\nx\n```\n")
    with pytest.raises(ValueError, match="Bad or Good"):
        examples("```ts path=a.ts\nx\n```\n")


def test_the_printed_pages_are_not_stale() -> None:
    script = Path(__file__).parents[2] / "scripts" / "docs_rules.py"
    assert runpy.run_path(str(script))["main"](["--check"]) == 0


@pytest.mark.parametrize(
    ("scope", "path", "inside"),
    [
        (("<fn>/**/*.ts",), "src/convex/tasks.ts", True),
        (("<fn>/**/*.ts",), "src/convex/a/b/tasks.ts", True),
        (("<fn>/**/*.ts",), "src/convex/tasks.tsx", False),
        (("<fn>/**/*.ts",), "src/convexity/tasks.ts", False),
        (("<fn>/**/*.ts",), "src/convex/_generated/api.ts", False),
        (("<fn>/**/*.ts",), "src/convex/_generated/api.d.ts", False),
        (("<fn>/**/*.ts",), "src/convex/a/tasks.test.ts", False),
        (("**/*.{ts,tsx}",), "src/convex/tasks.test.ts", True),
        (("<fn>/crons.ts",), "src/convex/crons.ts", True),
        (("<fn>/crons.ts",), "src/convex/x/crons.ts", False),
        (("src/**/*.{ts,tsx}", "!<fn>/**"), "src/App.tsx", True),
        (("src/**/*.{ts,tsx}", "!<fn>/**"), "src/convex/tasks.ts", False),
        (("**/*.{ts,tsx}",), "vite.config.ts", True),
        (("**/*.{ts,tsx}",), "node_modules/x/index.ts", False),
        (("package.json",), "package.json", True),
        (("package.json",), "apps/package.json", False),
        (("src/pages/*.tsx",), "src/pages/a/B.tsx", False),
    ],
)
def test_scope(scope: tuple[str, ...], path: str, inside: bool) -> None:
    rule = Rule("x", "x", RULES[0].severity, scope, (), "x", lambda source, context: (), "")
    assert rule.holds_for(path, "src/convex") is inside


def test_keys_are_kept_in_tests_of_the_functions_too() -> None:
    about = {rule.id: rule.holds_for("src/convex/keys.test.ts", "src/convex") for rule in RULES}
    assert about["jwt-key-leak"] and about["no-secret-returned"] and about["no-hardcoded-secret"]
    assert not about["no-collect"]


def test_a_functions_folder_of_odd_characters_is_only_text() -> None:
    rule = next(rule for rule in RULES if rule.id == "no-collect")
    assert rule.holds_for("a+(b){c}/x.ts", "a+(b){c}")
    assert not rule.holds_for("aab/x.ts", "a+(b){c}")


def test_positions_count_characters_from_one() -> None:
    text = 'const é = "😀";\nconst r = "😀"; ctx.db.query("t").collect();\n'
    (found,) = Policy(RULES, functions="c").lint("c/a.ts", text)
    assert found.range is not None
    line = text.split("\n")[found.range.line - 1]
    assert line[found.range.column - 1 : (found.range.end_column or 0) - 1] == "collect()"


def test_imports_by_every_form() -> None:
    source = Source(
        "a.ts",
        'import d, * as ns from "m"; import { a as b, type c, "x-y" as q } from \'n\';\n'
        'import type { E } from "e"; import fs = require("fs"); import "side";',
    )
    found = {local: (one.module, one.name) for local, one in source.imports.items()}
    assert found == {
        "d": ("m", "default"), "ns": ("m", "*"), "b": ("n", "a"), "c": ("n", "c"), "q": ("n", "x-y"),
        "E": ("e", "E"), "fs": ("fs", "*"),
    }  # fmt: skip
    assert source.imports["E"].type_only and not source.imports["b"].type_only
