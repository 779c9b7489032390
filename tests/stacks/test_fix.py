"""`lint --fix` on the template with a mistake of every kind that is mended."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import copy_app, write_files
from vly_nb.policy.examples import FUNCTIONS, examples
from vly_nb.policy.policy import Policy
from vly_nb.policy.rules import RULES

pytestmark = [pytest.mark.slow, pytest.mark.node]

CHANGES = {
    "src/pages/Landing.tsx": [
        ('"framer-motion"', '"motion/react"'),  # framer-motion-import
        ('"react-router"', '"react-router-dom"'),  # no-react-router-dom
    ],
    "src/pages/Tasks.tsx": [
        ("@/convex/_generated/api", "../../convex/_generated/api"),  # api-import-path
    ],
    "src/convex/auth.config.ts": [
        ("process.env.CONVEX_SITE_URL", 'process.env.CONVEX_SITE_URL || "http://localhost:3000"'),
        ('applicationID: "convex"', 'applicationID: "my-app"'),  # auth-config-domain
    ],
    "src/convex/http.ts": [
        ('import { auth } from "./auth";\n', ""),  # auth-http-routes
        ("auth.addHttpRoutes(http);\n\n", ""),
        ("import {", '"use node";\nimport {'),  # use-node-forbidden-file
    ],
    "src/convex/schema.ts": [
        ('import { authTables } from "@convex-dev/auth/server";\n', ""),  # auth-tables-kept
        ("  ...authTables,\n", ""),
        ('import { v } from "convex/values"', 'import { v } from "convex/schema"'),  # schema-imports
        ('["userId", "isDone"]', '["userId", "isDone", "_creationTime"]'),  # no-creation-time-index
    ],
    "src/convex/tasks.ts": [
        ("    await ctx.db.delete", "    ctx.db.delete"),  # await-promises
        ("export const remove = mutation({\n", "export const remove = mutation({\n  returns: v.null(),\n"),
    ],
    "src/convex/users.ts": [
        ("  args: {},\n", ""),  # require-args-validator
    ],
}

FILES = {
    "src/convex/crons.ts": """\
import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";

const crons = cronJobs();
crons.interval("often", { minutes: 1 }, internal.seed.run, {});
crons.daily("daily", { hourUTC: 9, minuteUTC: 30 }, internal.seed.run, {});
""",
    "src/convex/notes.ts": """\
import { v } from "convex/values";
import { internalMutation, internalQuery, query } from "convex/server";

export const first = query(async (ctx) => {
  const task = await ctx.db.query("tasks").first();
  if (task === null) return undefined;
  return task.title;
});

export const page = query({
  args: { opts: v.object({ numItems: v.number(), cursor: v.union(v.string(), v.null()) }), most: v.bigint() },
  handler: async (ctx, args) => await ctx.db.query("tasks").paginate(args.opts),
});

export const titles = internalQuery({
  args: {},
  handler: async (ctx) => {
    const found: string[] = [];
    for await (const task of ctx.db.query("tasks").take(20)) {
      found.push(task.title);
    }
    return found;
  },
});

export const touch = internalMutation({
  args: { taskId: v.id("tasks") },
  handler: async (ctx, args) => {
    await ctx.db.patch("tasks", args.taskId, { isDone: true });
  },
});
""",
    "src/convex/reports.ts": """\
import { createHash } from "node:crypto";
import { internalAction } from "./_generated/server";

export const store = internalAction({
  args: {},
  handler: async (ctx) => {
    const hash = createHash("sha256").digest("hex");
    return await ctx.storage.store(JSON.stringify({ hash }));
  },
});
""",
    "src/convex/words.ts": """\
import { internalAction } from "./_generated/server";
"use node";
import { vly } from "../lib/vly-integrations";

export const write = internalAction({
  args: {},
  handler: async () => await vly.ai.completion({ prompt: "Hello", max_tokens: 100 }),
});
""",
    "src/lib/vly-integrations.ts": """\
interface Options {
  prompt: string;
  maxTokens?: number;
}

export const vly = { ai: { completion: async (options: Options): Promise<Options> => options } };
""",
}


def fixable_rules() -> set[str]:
    """The rules that bring a fix for one of their own bad examples."""
    found = set()
    for rule in RULES:
        for one in examples(rule.page):
            said = Policy([rule], functions=FUNCTIONS).lint(one.path, one.code, one.context())
            if any(d.fix for d in said):
                found.add(rule.id)
    return found


def with_mistakes(app: Path) -> Path:
    texts = {path: (app / path).read_text("utf-8") for path in CHANGES}
    for path, changes in CHANGES.items():
        for right, wrong in changes:
            assert texts[path].count(right) >= 1, (path, right)
            texts[path] = texts[path].replace(right, wrong, 1)
    return write_files(app, {**texts, **FILES})


def lint(app: Path, *arguments: str) -> list[dict[str, object]]:
    argv = [sys.executable, "-m", "vly_nb", "lint", "--format", "json", *arguments, str(app)]
    done = subprocess.run(argv, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=120)
    assert done.returncode in (0, 1), done.stderr
    return list(json.loads(done.stdout))


def types(app: Path) -> str:
    """What the project's own compiler says; "" when nothing."""
    argv = ["node_modules/.bin/tsc", "-b", "--noEmit", "--force", "--pretty", "false"]
    done = subprocess.run(argv, cwd=app, capture_output=True, text=True, timeout=300)
    return "" if done.returncode == 0 else done.stdout


def disk(app: Path) -> dict[str, bytes]:
    return {p.relative_to(app).as_posix(): p.read_bytes() for p in (app / "src").rglob("*") if p.is_file()}


def test_every_fix_together_leaves_the_types_right_and_again_changes_nothing(
    installed: Path, tmp_path: Path
) -> None:
    app = with_mistakes(copy_app(installed, tmp_path / "app"))
    before = [one for one in lint(app) if one["fixable"]]
    assert {one["code"] for one in before} == fixable_rules(), "each has its mistake here"
    print(f"\n{len(before)} fixable findings of {len({one['code'] for one in before})} rules")
    assert len(before) >= 20
    assert types(app), "the mistakes break it"
    left = lint(app, "--fix")
    assert [one for one in left if one["fixable"]] == []
    assert types(app) == ""
    once = disk(app)
    assert lint(app, "--fix") == left
    assert disk(app) == once
