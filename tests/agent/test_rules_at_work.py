"""Every error rule in a real turn: what it calls bad is refused, or holds the turn's end red."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.agent.talk import call, create, events_of, say, view
from tests.conftest import write_files
from vly_nb.agent.hiding import HIDDEN_CALL
from vly_nb.agent.turn import End
from vly_nb.diagnostics import Severity
from vly_nb.model.messages import Request
from vly_nb.model.scripted import Scripted
from vly_nb.policy.examples import FUNCTIONS, Example, examples
from vly_nb.policy.policy import Policy
from vly_nb.policy.program import Program
from vly_nb.policy.rule import Rule
from vly_nb.policy.rules import RULES
from vly_nb.project.project import Project
from vly_nb.session import Session
from vly_nb.stacks.convex_react.stack import HERE, ConvexReact

TEMPLATE = HERE / "template"

NEEDS_DATA = {"schema-breaking-change"}
"""Rules that ask a database what it holds; without one they keep silent."""


def bad() -> Iterator[tuple[Rule, Example]]:
    """The bad examples of the error rules that hold an error (some rules only warn in some places)."""
    for rule in RULES:
        for example in examples(rule.page):
            found = Policy([rule], functions=FUNCTIONS).lint(example.path, example.code, example.context())
            if rule.id not in NEEDS_DATA and any(d.severity is Severity.ERROR for d in found):
                yield rule, example


CASES = [pytest.param(rule, example, id=f"{rule.id}-{n}") for n, (rule, example) in enumerate(bad())]
ERRORS = [rule.id for rule in RULES if rule.severity is Severity.ERROR]


def test_no_error_rule_is_left_out() -> None:
    assert len(ERRORS) > 60
    assert {*ERRORS} - {case.values[0].id for case in CASES} == NEEDS_DATA


def project_of(example: Example, root: Path) -> Project:
    """The example's other files, and the file as it was before; read-only files are unlocked."""
    files = {path: text for path, text in example.files.items() if path != example.path}
    package = json.loads(files.get("package.json", '{"name": "app"}'))
    package["dependencies"] = {"convex": "^1.48.0", **package.get("dependencies", {})}
    files |= {"package.json": json.dumps(package), "convex.json": '{ "functions": "src/convex/" }'}
    if example.before is not None:
        files[example.path] = example.before
    return Project.open(write_files(root, files))


def disk(root: Path) -> dict[str, bytes]:
    files = (place for place in root.rglob("*") if place.is_file() and ".vly" not in place.parts)
    return {place.relative_to(root).as_posix(): place.read_bytes() for place in files}


def told(session: Session) -> str:
    """All that the model was told: tool results, checks, remarks."""
    return json.dumps(
        [m for m in session.agent.conversation.messages if m["role"] == "user"], ensure_ascii=False
    )


def wanted(rule: Rule, example: Example) -> str:
    """What the rule says of it, as it stands in JSON."""
    found = Policy([rule], functions=FUNCTIONS).lint(example.path, example.code, example.context())
    errors = [d for d in found if d.severity is Severity.ERROR]
    return json.dumps(errors[0].message, ensure_ascii=False)[1:-1]


@pytest.mark.slow
@pytest.mark.parametrize(("rule", "example"), CASES)
async def test_a_bad_example_comes_to_nothing(rule: Rule, example: Example, tmp_path: Path) -> None:
    project = project_of(example, tmp_path / "app")
    before = disk(project.root)
    look = [view(example.path)] if project.exists(example.path) else []

    def around_the_gate(request: Request) -> list[dict[str, object]]:
        # another rule has refused the write: a program writes it, so that this one has its say
        if disk(project.root) == before and not rule.refuses:
            write_files(project.root, {example.path: example.code})
        return say("I look.", call("bash", command="ls"))

    write = say("I write it.", *look, create(example.path, example.code))
    session = Session(project, ConvexReact(), Scripted([write, around_the_gate, *["It is done."] * 5]))
    await events_of(session, example.request or "Do as you like")
    turn = session.turn
    assert turn is not None
    if HIDDEN_CALL in told(session):  # a real key's shape is stopped before any rule sees it
        assert rule.area == "env-secrets" and disk(project.root) == before
        return
    assert rule.id in told(session) and wanted(rule, example) in told(session)
    if rule.refuses:
        assert rule.id in [d.code for d in turn.steps[0].refusals]
        assert "Refused; nothing of these edits was written." in told(session)
        assert disk(project.root) == before and project.head.number == 1
    else:
        assert turn.end is End.RED, turn.end_note
        (check,) = [check for check in turn.steps[-1].checks if check.name == "policy"]
        assert rule.id in [d.code for d in check.new]
    await session.close()


THEIRS = ("/_generated/", "src/convex/auth.ts", "src/convex/auth.config.ts", "src/convex/auth/emailOtp.ts")
"""What a project comes with, and the model may not write."""


def built() -> tuple[dict[str, str], dict[str, str]]:
    """The template: what a bare project of it has, and the files to write, each after what it imports."""
    files = {
        place.relative_to(TEMPLATE).as_posix(): place.read_text("utf-8")
        for place in sorted(TEMPLATE.rglob("*"))
        if place.is_file()
    }
    written = {path for path in files if path.startswith("src/") and not any(t in path for t in THEIRS)}
    program = Program(FUNCTIONS, files.get, lambda: tuple(files))
    order: dict[str, str] = {}

    def visit(path: str) -> None:
        if path in written and path not in order:
            order[path] = ""
            facts = program.facts(path)
            for one in facts.imports if facts is not None else ():
                visit(program.resolve(path, one.module) or "")
            del order[path]
            order[path] = files[path]

    for path in sorted(written):
        visit(path)
    return {path: text for path, text in files.items() if path not in written}, order


@pytest.mark.slow
@pytest.mark.parametrize("backwards", [False, True])
async def test_a_good_app_built_one_file_a_reply_meets_no_refusal(tmp_path: Path, backwards: bool) -> None:
    bare, files = built()
    order = list(files)[:: -1 if backwards else 1]
    main, page = order.index("src/main.tsx"), order.index("src/pages/Tasks.tsx")
    assert len(order) > 40 and (main < page) is backwards
    replies = [say(f"I write {path}.", create(path, files[path])) for path in order]
    root = write_files(tmp_path / "app", bare)
    session = await Session.mount(root, model=Scripted([*replies, "The app is done."]))
    session.agent.limits = replace(session.agent.limits, steps=len(order) + 1)
    await events_of(session, "Build me an app for my tasks")
    turn = session.turn
    assert turn is not None
    assert [str(d) for step in turn.steps for d in step.refusals] == []
    assert turn.end is End.DONE and len(turn.steps) == len(order) + 1, turn.end_note
    assert [check.status for check in turn.steps[-1].checks if check.name == "policy"] == ["green"]
    assert all((root / path).read_text("utf-8") == text for path, text in files.items())
    await session.close()
