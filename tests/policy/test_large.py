"""Large files: four times the text takes some four times as long, whatever is in it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from vly_nb.policy.examples import FUNCTIONS, examples
from vly_nb.policy.facts import facts_of
from vly_nb.policy.policy import Policy
from vly_nb.policy.program import Program
from vly_nb.policy.rule import Context
from vly_nb.policy.rules import RULES
from vly_nb.stacks import convex_react

POLICY = Policy(RULES, functions=FUNCTIONS)
TEMPLATE = Path(convex_react.__file__).parent / "template"
SMALL, TIMES = 50_000, 4  # characters
LINEAR, QUADRATIC = TIMES, TIMES**2
_HEAD = re.compile(r"(?:^import [^;]+;\n)+", re.M)
_NUMBERS = count()
_NAMES = re.compile(r"\b(export (?:default )?(?:const|function)|function|const) (\w+)")


def filled(path: str, line: str, head: str = "", foot: str = "") -> tuple[str, Callable[[int], str]]:
    """A file of lines like this one, with N their number."""

    def make(size: int) -> str:
        return head + "".join(line.replace("N", str(n)) for n in range(size // len(line))) + foot

    return path, make


def repeated(path: str, texts: list[str]) -> tuple[str, Callable[[int], str]]:
    """A file of these texts again and again, each time under other names."""

    def make(size: int) -> str:
        heads, parts, number = "", [""], 0
        while sum(map(len, parts)) < size:
            text = texts[number % len(texts)]
            if number < len(texts) and (found := _HEAD.search(text)):
                heads += found[0]
            parts.append(_NAMES.sub(rf"\1 \2_{number}", _HEAD.sub("", text)) + "\n")
            number += 1
        return heads + "".join(parts)

    return path, make


def bad(folder: str, ending: str) -> list[str]:
    every = [example for rule in RULES for example in examples(rule.page) if not example.good]
    return [one.code for one in every if one.path.startswith(folder) and one.path.endswith(ending)]


SERVER = 'import { mutation, query, httpAction } from "./_generated/server";\n'
FILES = {
    "functions": repeated("src/convex/tasks.ts", [(TEMPLATE / "src/convex/tasks.ts").read_text("utf-8")]),
    "page": repeated("src/pages/Tasks.tsx", [(TEMPLATE / "src/pages/Tasks.tsx").read_text("utf-8")]),
    "bad functions": repeated("src/convex/bad.ts", bad("src/convex/", ".ts")),
    "bad pages": repeated("src/pages/Bad.tsx", bad("src/", ".tsx")),
    "tables": filled(
        "src/convex/schema.ts",
        '  tN: defineTable({ a: v.id("users"), b: v.string() }).index("by_a", ["a"]).index("by_b", ["b"]),\n',
        'import { defineSchema, defineTable } from "convex/server";\nimport { v } from "convex/values";\n'
        "export default defineSchema({\n",
        "});\n",
    ),
    "crons": filled(
        "src/convex/crons.ts",
        'crons.interval("job N", { minutes: 5 }, internal.tasks.fN, {});\n',
        'import { cronJobs } from "convex/server";\nimport { internal } from "./_generated/api";\n'
        "const crons = cronJobs();\n",
        "export default crons;\n",
    ),
    "routes": filled(
        "src/convex/http.ts",
        'http.route({ path: "/N", method: "POST", handler: httpAction(async (ctx, request) => {\n'
        "  await ctx.runMutation(internal.tasks.f, await request.json());\n"
        "  return new Response(null);\n}) });\n",
        f'import {{ httpRouter }} from "convex/server";\n{SERVER}const http = httpRouter();\n',
        "export default http;\n",
    ),
    "loops of one function": filled(
        "src/convex/loops.ts",
        '  const qN = await ctx.db.query("tasks").filter((q) => q.eq(q.field("a"), 1)).collect();\n'
        "  for (const t of qN) {\n    await ctx.db.patch(t._id, { n: 1 });\n  }\n  all.push(...qN);\n"
        "  for (const t of all) {\n    await ctx.db.get(t._id);\n  }\n",
        f"{SERVER}export const one = mutation({{ args: {{}}, handler: async (ctx) => {{\n  const all = [];\n",
        "} });\n",
    ),
    "helpers": filled(
        "src/convex/helpers.ts",
        "async function requireUserN(ctx: QueryCtx) {\n  return await ctx.auth.getUserIdentity();\n}\n"
        "export const oneN = query({ args: {}, handler: async (ctx) => {\n"
        '  await requireUserN(ctx);\n  return await ctx.db.query("tasks").take(5);\n} });\n',
        SERVER,
    ),
    "one name again": filled("src/convex/names.ts", 'let q = ctx.db.query("t"); q = q.filter(x);\n', SERVER),
    "elements": filled(
        "src/pages/Elements.tsx",
        '      <DialogContent className="bg-red-500 w-[900px]"><Link to="/N">x</Link></DialogContent>\n',
        'import { DialogContent } from "@/components/ui/dialog";\nimport { Link } from "react-router";\n'
        "export default function Elements() {\n  return (\n    <div>\n",
        "    </div>\n  );\n}\n",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize(("path", "make"), FILES.values(), ids=FILES.keys())
def test_four_times_the_text_does_not_take_sixteen_times_as_long(
    path: str, make: Callable[[int], str]
) -> None:
    small = min(seconds(path, make(SMALL)) for _ in range(3))
    large = min(seconds(path, make(SMALL * TIMES)) for _ in range(2))
    assert large < small * (LINEAR + QUADRATIC) / 2
    assert large < 5


def seconds(path: str, text: str) -> float:
    """Time of the processor that all rules and a file's facts take; nothing is known of the text."""
    text = f"{text}// {next(_NUMBERS)}\n"
    files = {path: text, "package.json": "{}"}
    began = time.thread_time()
    POLICY.lint(path, text, Context(Program(FUNCTIONS, files.get, lambda: tuple(files))))
    facts_of(path, text)
    return time.thread_time() - began
