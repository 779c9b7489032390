"""%vly lint, fix, allow and a rule's page, in a real kernel."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from tests.fake_model import create, message, text
from tests.notebook.conftest import Room
from tests.notebook.kernel import Kernel
from tests.notebook.test_render import harmless

pytestmark = pytest.mark.slow

PATH = "src/convex/all.ts"
COLLECT = """\
import { query } from "./_generated/server";

export const all = query({
  args: {},
  handler: async (ctx) => await ctx.db.query("tasks").collect(),
});
"""
ASKS = COLLECT.replace("  handler", "  // vly-allow no-collect: ten tasks at most\n  handler")
BIGINT = 'import { v } from "convex/values";\n\nexport const amount = v.bigint();\n'


def test_lint_tells_what_is_new_and_counts_what_was_there(room: Callable[..., Room]) -> None:
    here = room(files={"src/convex/old.ts": COLLECT})
    ran = here.run("%vly lint")
    assert "The rules have nothing to say." in ran.text
    assert "2 complaints more were there when you mounted the project: %vly lint --all" in ran.text
    (here.app / "src/convex/big.ts").write_text(BIGINT)
    ran = here.run("%vly lint")
    assert "src/convex/big.ts:3:25" in ran.text and "old.ts" not in ran.text
    assert "1 place can be mended without a model: %vly fix" in ran.text
    assert "why <b>v-bigint-deprecated</b>" in ran.html and "%vly help v-bigint-deprecated" in ran.html
    every = here.run("%vly lint --all")
    assert "src/convex/old.ts:5:" in every.text and "were there" not in every.text
    assert "big.ts" not in here.run("%vly lint src/convex/old.ts").text


def test_fix_is_a_version_and_undo_takes_it_back(room: Callable[..., Room]) -> None:
    here = room(files={"src/convex/big.ts": BIGINT})
    ran = here.run("%vly fix")
    assert "Mended 1 file by rule. This is version 2; %vly undo takes it back." in ran.text
    assert "+export const amount = v.int64();" in ran.html
    assert (here.app / "src/convex/big.ts").read_text() == BIGINT.replace("bigint", "int64")
    assert "nothing that can be mended" in here.run("%vly fix").text
    assert here.run("%vly undo").ok
    assert (here.app / "src/convex/big.ts").read_text() == BIGINT


def test_a_refusal_in_a_step_comes_with_the_rule_s_page(room: Callable[..., Room]) -> None:
    refused = message(text("I list the tasks."), create(PATH, COLLECT))
    here = room([refused, "I could not."])
    ran = here.run("%%vly\nList the tasks")
    assert not (here.app / PATH).exists()
    (rule,) = ran.steps[0]["rules"]
    assert rule["id"] == "no-collect" and rule["title"].startswith("Read a bounded number")
    html = ran.html
    harmless(html)
    assert "<details" in html and "why <b>no-collect</b>: Read a bounded number of documents" in html
    assert "into memory. It is quick" in unescape(html), "the why is there with no kernel and no network"
    assert "%vly help no-collect" in ran.text
    page = here.run("%vly help no-collect")
    assert "Bad" in page.text and 'ctx.db.query("tasks").collect()' in page.html
    harmless(page.html)


def test_a_person_confirms_a_place_once(room: Callable[..., Room]) -> None:
    def write() -> dict[str, object]:
        return message(text("I list the tasks."), create(PATH, ASKS))

    here = room([write(), "It was turned away.", write(), "Done."])
    assert "doesn't count until a person has confirmed it" in str(here.run("%%vly\nList the tasks").steps[0])
    assert not (here.app / PATH).exists()
    assert "No place asks" in here.run("%vly allow").text
    (here.app / PATH).write_text(ASKS)
    listed = here.run("%vly allow")
    assert PATH in listed.text and "ten tasks at most" in listed.text
    assert not here.run("%vly allow 2").ok
    assert "Allowed: 1 place" in here.run("%vly allow 1").text
    assert [one["rule"] for one in json.loads((here.app / "vly-policy.json").read_text())["allowed"]] == [
        "no-collect"
    ]
    assert "No place asks" in here.run("%vly allow").text
    assert "no-collect" not in here.run("%vly lint --all").text
    (here.app / PATH).unlink()
    assert here.run("%%vly\nList the tasks").ok
    assert (here.app / PATH).read_text() == ASKS, "what was allowed may be written again"


def test_rules_pages_need_no_project(tmp_path: Path) -> None:
    with Kernel(tmp_path) as kernel:
        assert kernel.run("%load_ext vly_nb").ok
        assert "Bad" in kernel.run("%vly help no-collect").text
        assert "no-collect" in kernel.run("%vly help rules").text
        ran = kernel.run("%vly help no-colect")
        assert not ran.ok and "Did you mean `%vly help no-collect`?" in ran.error
        assert "`%vly help rules`" in kernel.run("%vly help x-y-z-q").error
        assert "no-collect" in str(kernel.complete("%vly help no-col"))
