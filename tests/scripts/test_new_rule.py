"""scripts/new-rule, run in a copy of the project."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package, the rules' tests and the scripts."""
    root = tmp_path_factory.mktemp("new-rule")
    out = shutil.ignore_patterns("__pycache__", "template")
    for name in ("vly_nb", "scripts", "docs/rules"):
        shutil.copytree(ROOT / name, root / name, ignore=out)
    tests = ("__init__.py", "policy/__init__.py", "policy/test_rules.py")
    for name in ("pyproject.toml", *(f"tests/{name}" for name in tests)):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    return root


def run(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": str(copy), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=copy, env=environment, capture_output=True, text=True, timeout=120
    )


def new_rule(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(copy, "scripts/new-rule", *arguments)


@pytest.mark.slow
def test_a_new_rule_is_found_and_fails_until_it_is_filled_in(copy: Path) -> None:
    made = new_rule(copy, "no-foo", "--area", "convex-queries", "--severity", "error")
    assert made.returncode == 0, made.stderr
    assert "-k no-foo" in made.stdout and "vly_nb/policy/rules/no_foo.py" in made.stdout
    place = copy / "vly_nb/policy/rules/no_foo.py"

    tests = ("-m", "pytest", "tests/policy/test_rules.py", "-k", "no-foo")
    failed = sorted(set(re.findall(r"^FAILED \S+::(\S+)", run(copy, *tests).stdout, re.M)))
    assert failed == [
        "test_a_rule_is_filled_in[no-foo]",
        "test_an_example_is_judged_as_its_page_says[no-foo-bad-1]",
        "test_an_example_is_judged_as_its_page_says[no-foo-bad-2]",
    ]

    found = 'for call in source.calls("foo"):\n        yield Finding(call.name)'
    text = place.read_text("utf-8").replace("yield from ()", found)
    text = re.sub(r"// FILL IN: (the commonest|an odd).*", "a.foo();", text).replace("FILL IN", "Don't")
    place.write_text(text, "utf-8")
    done = run(copy, *tests)
    assert done.returncode == 0, done.stdout
    assert "no-foo" in run(copy, "scripts/docs_rules.py", "--check").stdout, "its page is to be printed"


def test_a_skeleton_is_in_the_project_s_style(copy: Path) -> None:
    new_rule(copy, "no-bar", "--area", "brand-new", "--severity", "warning")
    place = copy / "vly_nb/policy/rules/no_bar.py"
    for how in (("check",), ("format", "--check")):
        done = run(copy, "-m", "ruff", *how, str(place))
        assert done.returncode == 0, done.stdout
    place.unlink()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no-collect", "--area", "convex-queries"], "is there already"),
        (["No Foo", "--area", "stack"], "is no name"),
        (["../foo", "--area", "stack"], "is no name"),
        (["foo-", "--area", "stack"], "is no name"),
        (["foo", "--area", '"x'], "is no name"),
        (["foo"], "--area"),
        (["foo", "--area", "stack", "--severity", "fatal"], "fatal"),
    ],
)
def test_what_can_be_no_rule_is_refused_in_a_sentence(copy: Path, arguments: list[str], said: str) -> None:
    there = sorted((copy / "vly_nb/policy/rules").glob("*.py"))
    done = new_rule(copy, *arguments)
    assert done.returncode == 2
    assert said in done.stderr and "Traceback" not in done.stderr
    assert sorted((copy / "vly_nb/policy/rules").glob("*.py")) == there
