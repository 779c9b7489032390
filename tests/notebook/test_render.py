"""What a step looks like: complete without CSS, and harmless whatever is in it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.notebook.steps import called, change, complaint, red, step
from vly_nb.agent.turn import Proposal, Replay, Source, Step
from vly_nb.checks.check import CheckResult
from vly_nb.notebook.answer import answer_html, answer_text
from vly_nb.notebook.bundle import FILE_LINES, step_data
from vly_nb.notebook.render import step_bundle
from vly_nb.notebook.visible import one_line, visible
from vly_nb.notebook.wire import MIME, StepData
from vly_nb.policy.pages import About
from vly_nb.project.changes import ChangeSet
from vly_nb.tools.tool import Outcome, Question

ALLOWED = {
    "div",
    "p",
    "b",
    "code",
    "pre",
    "span",
    "details",
    "summary",
    "a",
    "em",
    "strong",
    "ul",
    "ol",
    "li",
}
ALLOWED |= {"br", "hr", "blockquote", "table", "thead", "tbody", "tr", "th", "td"}


class Reader(HTMLParser):
    """What a front end makes of HTML: tags, attributes, words."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(name, value or "") for name, value in attrs}

    def handle_data(self, data: str) -> None:
        self.words += data


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


def shown(made: Step, *, waiting: Any = None, **how: Any) -> dict[str, Any]:
    return step_bundle(step_data(made, turn=1, asked="Make it blue", waiting=waiting), **how)


def words(made: Step, **rest: Any) -> str:
    """A step's HTML with every tag taken out."""
    return read(shown(made, **rest)["text/html"]).words


def harmless(html: str) -> None:
    page = read(html)
    assert page.tags <= ALLOWED
    for name, value in page.attributes:
        assert name in ("style", "href", "rel", "start"), name
        if name == "href":
            assert value.startswith(("https://", "http://", "mailto:"))
        if name == "style":
            assert not re.search(r"url|expression|var\(|@|\\|position", value)


def test_a_diff_keeps_its_signs_without_css() -> None:
    text = words(step("I change it.", change()))
    assert "src/App.tsx" in text
    assert "changed, +1 −1" in text
    assert "\n one\n" in text
    assert "\n-two\n+2\n" in text


def test_text_plain_is_a_unified_diff() -> None:
    text = shown(step("I change it.", change(), change("new.ts", None, "x\n")))["text/plain"]
    assert "--- a/src/App.tsx\n+++ b/src/App.tsx\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n" in text
    assert "--- /dev/null\n+++ b/new.ts\n" in text
    assert text.startswith("# Step 1 · I change it.")


def test_checks_are_told_in_words() -> None:
    made = step("I change it.", change(), checks=[red(complaint(), complaint(range=None, path=None))])
    text = words(made)
    assert "✗ tsc: 2 new errors (3 known)" in text
    assert "src/a.tsx:3:7 TS2322 Type 'string' is not number." in text
    fine = step("I change it.", checks=[CheckResult("tsc", "tsc", "green", known=3)])
    assert "✓ tsc: fine (3 known)" in words(fine)
    unable = step(
        "I change it.", checks=[CheckResult("tsc", "tsc", "could not run", note="TypeScript is missing.")]
    )
    assert "tsc: could not run. TypeScript is missing." in words(unable)


def test_a_complaint_of_a_check_is_told_once() -> None:
    one = complaint()
    text = words(step("I change it.", checks=[red(one)], diagnostics=[one, complaint(code="page-routed")]))
    assert text.count("TS2322") == 1
    assert "page-routed" in text


def test_a_refusal_is_one_line() -> None:
    text = words(step("I change it.", refusals=[complaint(code="secret", message="A key stands in it.")]))
    assert "Turned away before anything was written: src/a.tsx:3:7 secret A key stands in it." in text


def test_a_rule_that_complains_is_explained_once_and_nobody_else_is() -> None:
    one = complaint(code="no-x", source="policy")
    made = step("I change it.", refusals=[one], diagnostics=[one], checks=[red(one, complaint(code="TS1"))])
    why = "Since **it** `hurts`.\nAnd <script>alert(1)</script> more."
    bundle = step_bundle(step_data(made, turn=1, about=lambda rule: About(rule, "Don't <x>.", why)))
    assert [rule["id"] for rule in bundle[MIME]["rules"]] == ["no-x"]
    harmless(bundle["text/html"])
    text = read(bundle["text/html"]).words
    assert text.count("why no-x: Don't <x>.") == 1 and "%vly help no-x" in text
    assert "Since it hurts.\nAnd <script>alert(1)</script> more." in text
    assert bundle["text/plain"].count("# why: %vly help no-x") == 1
    assert "why" not in words(made), "a stack without pages has none to show"


def test_a_replay_says_verified_or_where_it_drifted() -> None:
    assert "verified" in words(step("I change it.", replay=Replay()))
    assert "drifted: src/x.tsx" in words(step("I change it.", replay=Replay(("src/x.tsx",))))


def test_a_proposal_numbers_its_hunks_and_names_commands_that_work() -> None:
    before = "".join(f"{n}\n" for n in range(40))
    after = before.replace("3\n", "three\n", 1).replace("33\n", "thirty-three\n", 1)
    waiting = Proposal(ChangeSet((change("a.tsx"), change("src/a b.tsx", before, after))), ("x",))
    text = words(step("I would change it."), waiting=waiting)
    assert "[1] @@" in text
    assert "[2] @@" in text
    assert "%vly apply" in text
    assert '%vly apply "src/a b.tsx":1' in text
    assert "%vly reject because …" in text
    assert "Nothing is written yet" in text


def test_a_question_lists_its_choices() -> None:
    text = words(step("Which one?"), waiting=Question("a", "Which blue?", ("Sky", "Navy")))
    assert "Which blue?" in text
    assert "1. Sky — %vly next 1" in text
    assert "2. Navy — %vly next 2" in text


def test_a_long_diff_is_folded_and_a_huge_one_capped() -> None:
    long = step("I write.", change("a.ts", None, "line\n" * 100))
    assert "<details><summary><b><code>a.ts</code></b> new file, +100" in shown(long)["text/html"]
    huge = step("I write.", change("a.ts", None, "line\n" * 50_000), versions=[])
    bundle = shown(huge)
    assert bundle["text/html"].count("+line") == FILE_LINES
    assert "49,700 more lines of this diff" in bundle["text/html"]
    assert bundle[MIME]["changes"][0]["left_out"] == 49_700
    assert len(str(bundle)) < 200_000


def test_a_flood_is_capped_everywhere() -> None:
    many = [complaint(path=f"{n}.ts", message="x" * 100_000) for n in range(500)]
    files = [change(f"{n}.ts", None, "y" * 50_000) for n in range(300)]
    made = step("z" * 500_000, *files, checks=[red(*many)], diagnostics=many, refusals=many)
    made.calls = [called("w" * 10_000, Outcome("", line="v" * 10_000))] * 1000
    made.sources = [Source("https://e.org/" + "u" * 10_000)] * 1000
    bundle = shown(made, waiting=Question("a", "q" * 100_000, ("c" * 10_000,) * 9))
    assert all(len(str(part)) < 600_000 for part in bundle.values())
    assert "250 more files" in bundle["text/html"]


def test_a_line_ending_is_shown_only_where_it_changed() -> None:
    same = words(step("I change it.", change("a.ts", "one\r\ntwo\r\n", "one\r\n2\r\n")))
    assert "␍" not in same
    other = words(step("I change it.", change("a.ts", "one\r\n", "one\n")))
    assert "-one␍\n+one\n" in other
    assert "+2 ⟨no newline at the end⟩" in words(step("I change it.", change("a.ts", "1\n", "2")))


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "</pre></div><iframe src=javascript:alert(1)>",
        "<!--", "]]>", "&lt;script&gt;", "<style>*{display:none}</style>", "<svg/onload=alert(1)>",
        "[x](javascript:alert(1))", "![x](https://evil.example/pixel)", "<details open ontoggle=alert(1)>",
        "\x1b]8;;https://evil.example\x07click\x1b]8;;\x07", "\u202egnp.exe", "a\x00b", "${alert(1)}",
    ],
)  # fmt: skip
def test_attack_html_in_every_field(evil: str) -> None:
    said = step(evil, change(f"src/{evil}.tsx", f"{evil}\n", f"new {evil}\n"))
    said.calls = [called(evil, Outcome(evil, line=evil, failed=True))]
    said.refusals = [complaint(message=evil, path=evil, code=evil, advice=evil)]
    said.diagnostics = [complaint(message=evil, source=evil)]
    said.checks = [CheckResult(evil, evil, "red", (complaint(message=evil),), 0, 0.0, evil)]
    said.sources = [Source(f"javascript:{evil}", evil), Source(f"https://x/{evil}", evil)]
    said.replay = Replay((evil,))
    for waiting in (None, Question("a", evil, (evil,)), Proposal(ChangeSet((change(f"{evil}.ts"),)), ())):
        bundle = shown(said, waiting=waiting, recall=True)
        harmless(bundle["text/html"])
        assert "\x1b" not in str(bundle)
        assert "\u202e" not in str(bundle)
        assert "\x00" not in bundle["text/plain"]


@settings(max_examples=60, deadline=None)
@given(st.text(), st.text(), st.text(min_size=1).filter(lambda p: "\ud800" not in p))
def test_attack_any_text_stays_text(said: str, line: str, path: str) -> None:
    made = step(said, change(path, "x\n", line.encode("utf-8", "replace").decode() + "\n"))
    bundle = shown(made)
    harmless(bundle["text/html"])
    StepData.model_validate(bundle[MIME])


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="<>&\"'`*_[]()!#|-\n abjs:/\\", max_size=80))
def test_attack_markdown_answers_are_clean(said: str) -> None:
    harmless(answer_html(said))


def test_an_answer_folds_its_code() -> None:
    said = "It is **blue**.\n\n```tsx\nconst secret = 1;\n```\n\nLook at the start page."
    html = answer_html(said)
    assert "<strong>blue</strong>" in html
    assert "<details><summary>see the diff</summary>" in html
    assert "const secret" not in answer_text(said)
    assert "Look at the start page." in answer_text(said)


def test_attack_a_link_that_runs_code_is_no_link() -> None:
    for url in (
        "javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "JaVaScRiPt:alert(1)",
        "file:///etc/passwd",
    ):
        assert "href" not in answer_html(f"[click]({url})")
    assert 'href="https://docs.convex.dev"' in answer_html("[docs](https://docs.convex.dev)")


def test_attack_bidirectional_overrides_are_made_visible() -> None:
    assert visible("a\u202eb") == "a⟨U+202E⟩b"
    assert visible("\x1b[31m") == "␛[31m"
    assert visible("tab\tnew\n") == "tab\tnew\n"
    assert visible("سلام 👩‍💻") == "سلام 👩‍💻"
    assert one_line("a\nb\x00" + "c" * 500, 20) == "a b␀" + "c" * 15 + "…"


def test_the_bundle_is_data_that_reads_back() -> None:
    made = step("I change it.", change(), checks=[red(complaint())], cost=0.0123)
    bundle = shown(made)
    data = StepData.model_validate(bundle[MIME])
    assert (data.step, data.title, data.asked) == (1, "I change it.", "Make it blue")
    assert [line.tag for line in data.changes[0].hunks[0].lines] == [" ", "-", "+"]
    assert data.usage.input == 1200
    assert "$0.0123" in bundle["text/plain"]
    assert set(bundle[MIME]) >= {
        "schema",
        "step",
        "title",
        "version",
        "changes",
        "diagnostics",
        "checks",
        "usage",
    }
    assert unescape(bundle["text/html"]).count("I change it.") == 1


def test_the_printed_docs_are_fresh() -> None:
    script = Path(__file__).resolve().parents[2] / "scripts" / "docs_notebook.py"
    environ = {**os.environ, "PYTHONPATH": str(script.parents[1])}
    done = subprocess.run(
        [sys.executable, str(script), "--check"], capture_output=True, text=True, env=environ
    )
    assert done.returncode == 0, done.stdout + done.stderr
