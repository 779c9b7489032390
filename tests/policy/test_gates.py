"""The gates at the door of a real project: what they refuse, what they tell, and how long they take."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from vly_nb.diagnostics import Diagnostic, Severity
from vly_nb.errors import Refused
from vly_nb.policy.gates import policy_gate, report, syntax_gate
from vly_nb.policy.policy import Policy
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.rules import RULES
from vly_nb.policy.source import Source
from vly_nb.project.changes import ChangeSet, FileChange
from vly_nb.project.project import Project

POLICY = Policy(RULES, functions="src/convex")
FIRST = "export const one = 1;\n"
COLLECT = "export const all = async (ctx: any) => await ctx.db.query('tasks').collect();\n"


@pytest.fixture
def project(app: Path) -> Iterator[Project]:
    opened = Project.open(app)
    yield opened
    opened.close()


def change(project: Project, **files: str | bytes | None) -> ChangeSet:
    """Paths are given as `src__App_tsx`."""
    found = []
    for name, text in files.items():
        path = name.replace("__", "/").replace("_", ".")
        before = project.read(path).data if project.exists(path) else None
        found.append(FileChange(path, before, text.encode() if isinstance(text, str) else text))
    return ChangeSet(tuple(found))


def refusal(project: Project, one: ChangeSet, gate: object) -> list[str]:
    return [d.code for d in project.judge(one, [gate]) if d.severity is Severity.ERROR]  # type: ignore[list-item]


def test_a_change_that_does_not_parse_writes_nothing(project: Project) -> None:
    one = change(project, src__App_tsx="export default function App() {\n  return <h1>\n}\n", src__b_ts=FIRST)
    with pytest.raises(Refused) as caught:
        project.apply(one, label="x", guards=[syntax_gate()])
    (found,) = caught.value.diagnostics
    assert (found.code, found.source, found.path) == ("syntax", "gate", "src/App.tsx")
    assert not project.exists("src/b.ts")


def test_what_did_not_parse_before_may_stay_so(project: Project, app: Path) -> None:
    (app / "src" / "bad.ts").write_text("function f( {\n")
    assert refusal(project, change(project, src__bad_ts="function f( {\n// still\n"), syntax_gate()) == []
    assert refusal(project, change(project, src__new_ts="function f( {\n"), syntax_gate()) == ["syntax"]


ODD = "export const a = <h3>Rules & Cooldowns</h3>;\n"  # valid, and the grammar stumbles over it


def test_a_second_opinion_is_asked_only_where_the_grammar_stumbles(project: Project) -> None:
    asked: list[str] = []

    def confirm(path: str, text: str) -> list[Diagnostic] | None:
        asked.append(path)
        return [] if "Rules" in text else [Diagnostic("TS1005", "')' expected.", path)]

    gate = syntax_gate(confirm)
    assert refusal(project, change(project, src__App_tsx=ODD, src__b_ts=FIRST), gate) == []
    assert asked == ["src/App.tsx"]
    assert refusal(project, change(project, src__c_tsx="const a = <p>a & b</p>;\n"), gate) == ["TS1005"]


def test_without_an_opinion_only_the_unmistakable_is_refused(project: Project) -> None:
    for gate in (syntax_gate(), syntax_gate(lambda path, text: None)):
        assert refusal(project, change(project, src__App_tsx=ODD), gate) == []
        assert refusal(project, change(project, src__App_tsx=ODD + "}\n"), gate) == ["syntax"]


def test_trap_each_file_is_read_by_the_grammar_of_its_ending(project: Project) -> None:
    for path, text in {
        "src/a.ts": "const a = <string>b;\nconst f = <T>(x: T) => x;\n",
        "src/b.tsx": "const a = <string>b</string>;\n",
    }.items():
        one = ChangeSet((FileChange(path, None, text.encode()),))
        assert refusal(project, one, syntax_gate()) == []


def test_json_and_css_are_judged_too(project: Project) -> None:
    one = change(
        project, package_json='{"a": 1,}', src__index_css=".a {", tsconfig_json='{ /* x */ "a": 1, }'
    )
    assert refusal(project, one, syntax_gate()) == ["syntax", "syntax"]


def test_deleted_binary_and_foreign_files_are_not_looked_at(project: Project) -> None:
    one = change(
        project, src__App_tsx=None, src__a_ts=b"\xff\xfe{", public__a_png=b"\0{{{", notes_md="// ...\n{"
    )
    for gate in (syntax_gate(), policy_gate(POLICY)):
        assert refusal(project, one, gate) == []


def test_a_placeholder_is_refused_with_its_line(project: Project) -> None:
    one = change(project, src__App_tsx="export default function App() {\n  // ... existing code\n}\n")
    (found,) = project.judge(one, [policy_gate(POLICY)])
    assert (found.code, found.range and found.range.line) == ("no-placeholder-code", 2)
    assert "... existing code" in found.message


def test_a_new_policy_error_is_refused_and_old_debt_is_not(project: Project, app: Path) -> None:
    gate = policy_gate(POLICY)
    assert refusal(project, change(project, src__convex__tasks_ts=COLLECT), gate) == ["no-collect"]
    (app / "src" / "convex" / "tasks.ts").write_text(COLLECT)
    assert refusal(project, change(project, src__convex__tasks_ts=FIRST + COLLECT), gate) == []
    assert refusal(project, change(project, src__convex__tasks_ts=COLLECT + COLLECT), gate) == ["no-collect"]


def test_moving_a_file_brings_no_old_debt_to_account(project: Project, app: Path) -> None:
    (app / "src" / "convex" / "old.ts").write_text(COLLECT)
    gate = policy_gate(POLICY)
    renamed = change(project, src__convex__old_ts=None, src__convex__other_ts=COLLECT)
    assert refusal(project, renamed, gate) == []
    moved = change(project, src__convex__old_ts=None, src__convex__a__old_ts=FIRST + COLLECT)
    assert refusal(project, moved, gate) == []
    more = change(project, src__convex__old_ts=None, src__convex__a__old_ts=COLLECT + COLLECT)
    assert refusal(project, more, gate) == ["no-collect"]


def test_a_byte_order_mark_does_not_hide_anything(project: Project) -> None:
    one = change(project, src__convex__tasks_ts=b"\xef\xbb\xbf" + COLLECT.encode())
    assert refusal(project, one, policy_gate(POLICY)) == ["no-collect"]


def twin(source: Source, context: Context) -> Iterator[Finding]:
    """A rule of two files: each .ts needs a twin among the project's files."""
    other = source.path.replace(".ts", ".twin.ts")
    twin_source = context.program.source(other)
    if not source.path.endswith(".twin.ts") and (other not in context.program.paths or twin_source is None):
        for node in source.nodes("lexical_declaration"):
            yield Finding(node)


TWIN = Rule(
    "twin", "x", Severity.ERROR, ("src/**/*.ts",), (), "It has no twin.", twin, "", refuses=False, alone=False
)


def test_a_rule_that_another_file_can_cure_is_told_and_refuses_nothing(project: Project) -> None:
    policy = Policy([*RULES, TWIN], functions="src/convex")
    alone = change(project, src__one_ts=FIRST)
    assert refusal(project, alone, policy_gate(policy)) == []
    assert [d.code for d in report(policy, project, alone)] == ["twin"]
    together = change(project, src__one_ts=FIRST, src__one_twin_ts=FIRST)
    assert report(policy, project, together) == []


def test_warnings_are_told(project: Project) -> None:
    text = "export const f = (ctx: any) => ctx.db.query('t').withIndex('i').filter((q: any) => q).take(1);\n"
    one = change(project, src__convex__a_ts=text)
    assert refusal(project, one, policy_gate(POLICY)) == []
    (found,) = report(POLICY, project, one)
    assert (found.code, found.severity, found.source) == ("no-db-filter", Severity.WARNING, "policy")


def test_a_changed_file_of_three_hundred_lines_is_judged_at_once(project: Project) -> None:
    text = (Path(__file__).parents[1] / "project" / "sources" / "tasks.ts").read_text("utf-8") * 3
    text += COLLECT + "const rows = ctx.db.query('a').withIndex('b').filter((q) => q).take(3);\n"
    gates = [syntax_gate(), policy_gate(POLICY)]
    took = []
    after = text
    for n in range(12):
        before, after = after, text.replace("BATCH", f"BATCH{n}")
        one = ChangeSet((FileChange("src/convex/many.ts", before.encode(), after.encode()),))
        began = time.perf_counter()
        for gate in gates:
            list(gate(project, one))
        report(POLICY, project, one)
        took.append((time.perf_counter() - began) * 1000)
    print(f"\n{after.count(chr(10))} lines, before and after, all gates: {sorted(took)[6]:.1f} ms (median)")
    assert min(took) < 50  # 25 to 30 when nothing else runs
