"""The policy: what is new and what is debt, and what a person may allow."""

from __future__ import annotations

import pytest

from vly_nb.diagnostics import Severity
from vly_nb.policy.policy import Policy
from vly_nb.policy.rules import RULES

PATH = "src/convex/tasks.ts"

DEBT = """\
import { query } from "./_generated/server";

export const all = query({
  args: {},
  handler: async (ctx) => {
    const first = await ctx.db
      .query("tasks")
      .collect();
    return first;
  },
});
"""


def policy(*allowed: object) -> Policy:
    return Policy(RULES, functions="src/convex/", allowed=allowed)  # type: ignore[arg-type]


def codes(before: str | None, after: str) -> list[str]:
    return [d.code for d in policy().judge(before, after, PATH)]


def test_old_debt_never_blocks() -> None:
    assert codes(DEBT, DEBT) == []
    assert codes(DEBT, "// a line more\n" + DEBT.replace("first", "rows")) == []
    assert [d.code for d in policy().lint(PATH, DEBT)] == ["no-collect"]


def test_in_a_new_file_all_is_new() -> None:
    assert codes(None, DEBT) == ["no-collect"]


def test_a_touched_line_counts() -> None:
    assert codes(DEBT, DEBT.replace("      .collect();", "      .collect(); // all of them")) == [
        "no-collect"
    ]


def test_a_second_one_that_reads_the_same_counts() -> None:
    more = DEBT.replace(
        "    return first;",
        '    const more = await ctx.db\n      .query("more")\n      .collect();\n    return first;',
    )
    assert codes(DEBT, more) == ["no-collect"]


def test_moving_a_complaint_to_another_line_is_touching_it() -> None:
    text = "ctx.db.query('a').collect();\nfoo();\nbar();\n"
    assert codes(text, "foo();\nbar();\nctx.db.query('a').collect();\n") == ["no-collect"]


def test_taking_the_index_away_makes_the_old_warning_a_new_error() -> None:
    with_index = (
        "export const f = async (ctx) =>\n  await ctx.db\n    .query('t')\n"
        "    .withIndex('i')\n    .filter((q) => q)\n    .take(5);\n"
    )
    assert codes(with_index, with_index) == []
    assert codes(with_index, with_index.replace("    .withIndex('i')\n", "")) == ["no-db-filter"]


def test_warnings_are_news_and_no_judgement() -> None:
    text = "ctx.db.query('t').withIndex('i').filter((q) => q).take(5);\n"
    assert codes(None, text) == []
    assert [d.severity for d in policy().news(None, text, PATH)] == [Severity.WARNING]


ALLOWED = DEBT.replace(
    "    const first", "    // vly-allow no-collect: a team has at most ten tasks\n    const first"
)


def test_a_confirmed_allowance_silences_its_place() -> None:
    (wanted,) = policy().asked(PATH, ALLOWED)
    assert (wanted.rule, wanted.path, wanted.reason) == (
        "no-collect", PATH, "a team has at most ten tasks",
    )  # fmt: skip
    assert policy(wanted).lint(PATH, ALLOWED) == []
    assert policy(wanted).judge(None, ALLOWED, PATH) == []


def test_the_model_cannot_grant_itself_an_allowance() -> None:
    (found,) = policy().judge(DEBT, ALLOWED.replace(".collect();", ".collect() ;"), PATH)
    assert found.code == "no-collect"
    assert "confirmed" in found.advice


@pytest.mark.parametrize(
    "code",
    [
        DEBT,  # no comment: what was confirmed is the comment with its code
        ALLOWED.replace('"tasks"', '"users"'),  # other code
        ALLOWED.replace("no-collect:", "no-db-filter:"),
        ALLOWED.replace("no-collect: a team has at most ten tasks", "no-collect"),
        ALLOWED.replace("// vly-allow no-collect: a team has at most ten tasks", "const vlyAllow = 1;"),
        ALLOWED.replace("    // vly-allow", "    // vly-allow no-collect: x\n\n\n    // allow"),
    ],
)
def test_an_allowance_does_not_reach_further(code: str) -> None:
    (wanted,) = policy().asked(PATH, ALLOWED)
    assert [d.code for d in policy(wanted).lint(PATH, code)] == ["no-collect"]


def test_an_allowance_copied_to_a_second_place_counts_once() -> None:
    (wanted,) = policy().asked(PATH, ALLOWED)
    twice = ALLOWED + ALLOWED.replace("all =", "again =")
    assert [d.code for d in policy(wanted).lint(PATH, twice)] == ["no-collect"]
    assert policy(wanted, wanted).lint(PATH, twice) == []


def test_an_allowance_is_for_its_file() -> None:
    (wanted,) = policy().asked(PATH, ALLOWED)
    assert policy(wanted).lint("src/convex/other.ts", ALLOWED)


def test_a_comment_behind_code_is_about_that_line_only() -> None:
    text = (
        "export async function f(ctx) {\n"
        "  const a = await ctx.db.query('a').collect(); // vly-allow no-collect: few\n"
        "  const b = await ctx.db.query('b').collect();\n}\n"
    )
    asked = policy().asked(PATH, text)
    assert len(asked) == 1
    assert [d.range and d.range.line for d in policy(*asked).lint(PATH, text)] == [3]


def test_the_order_is_that_of_the_text() -> None:
    text = "ctx.db.query('b').filter(f).collect();\nctx.db.query('a').collect();\n"
    places = [d.where for d in policy().lint(PATH, text)]
    assert places == [f"{PATH}:1:19", f"{PATH}:1:29", f"{PATH}:2:19"]


def test_a_file_over_a_million_characters_is_left_alone() -> None:
    assert policy().lint(PATH, DEBT + "// " + "x" * 1_000_000) == []


def test_a_byte_order_mark_and_crlf_do_no_harm() -> None:
    text = "\ufeff" + DEBT.replace("\n", "\r\n")
    (found,) = policy().lint(PATH, text)
    assert found.snippet == ".collect();"
    assert policy().judge(text, text, PATH) == []
