"""Write in bounded batches, never for each document that there is.

A mutation that goes over a whole table and writes each document works with a hundred and fails
with ten thousand: a transaction may write 16,000 documents, and long before that it is slow and
in everybody's way. Take at most some hundred, write them together, and schedule the rest:
`await ctx.scheduler.runAfter(0, internal.file.self, {})`.

Bad

```ts path=src/convex/tasks.ts severity=error
import { internalMutation } from "./_generated/server";

export const close = internalMutation({
  args: {},
  handler: async (ctx) => {
    const tasks = await ctx.db.query("tasks").collect();
    for (const task of tasks) {
      await ctx.db.patch(task._id, { done: true });
    }
  },
});
```

```ts path=src/convex/tasks.ts severity=error
import { internalMutation } from "./_generated/server";

async function remove(ctx: any, rows: any[]) {
  await Promise.all(rows.map((row) => ctx.db.delete(row._id)));
}

export const clear = internalMutation({
  args: {},
  handler: async (ctx) => {
    const [tasks, notes] = await Promise.all([
      ctx.db.query("tasks").collect(),
      ctx.db.query("notes").take(10),
    ]);
    const ids = new Set(tasks.map((task) => task._id));
    for (const id of ids) await ctx.db.delete(id);
    for await (const log of ctx.db.query("logs")) {
      await ctx.db.delete(log._id);
    }
    await remove(ctx, notes);
  },
});
```

```ts path=src/convex/tasks.ts severity=error
import { internalMutation } from "./_generated/server";

async function removeAll(ctx: any, rows: any[]) {
  for (const row of rows) await ctx.db.delete(row._id);
}

export const clear = internalMutation({
  args: {},
  handler: async (ctx) => {
    await removeAll(ctx, await ctx.db.query("tasks").collect());
  },
});
```

Good

```ts path=src/convex/tasks.ts
import { internal } from "./_generated/api";
import { internalMutation } from "./_generated/server";

// a loop over a bounded batch is how it is done
export const close = internalMutation({
  args: {},
  handler: async (ctx) => {
    const tasks = await ctx.db.query("tasks").withIndex("by_done", (q) => q.eq("done", false)).take(50);
    for (const task of tasks) {
      await ctx.db.patch(task._id, { done: true });
    }
    const { page } = await ctx.db.query("notes").paginate({ numItems: 100, cursor: null });
    await Promise.all(page.map((note) => ctx.db.delete(note._id)));
    if (tasks.length === 50) await ctx.scheduler.runAfter(0, internal.tasks.close, {});
  },
});
```

```ts path=src/convex/seed.ts
import { v } from "convex/values";
import { internalMutation, mutation } from "./_generated/server";

const NAMES = ["Ada", "Grace"];
// literal lists, and arguments whose length was looked at
export const run = internalMutation({
  args: {},
  handler: async (ctx) => {
    for (const name of NAMES) await ctx.db.insert("people", { name });
    for (const title of ["a", "b"]) await ctx.db.insert("tasks", { title });
  },
});
export const add = mutation({
  args: { titles: v.array(v.string()) },
  handler: async (ctx, args) => {
    if (args.titles.length > 100) throw new Error("At most 100");
    for (const title of args.titles) await ctx.db.insert("tasks", { title });
  },
});
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.bounds import UNBOUNDED, Loop, bound, bound_of, loops_around
from vly_nb.policy.external import calls_of_helper, helpers_that
from vly_nb.policy.functions import WRITES, ContextCall, arguments, ctx_calls, parameters
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, unwrapped


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Writes in loops over what has no bound, one report a loop."""
    said: set[int] = set()
    for call in ctx_calls(source, *WRITES):
        for loop in loops_around(source, call.node):
            start = loop.node.range().start.index
            if start in said:
                break
            if bound_of(source, loop) == UNBOUNDED or _is_given_all(source, call, loop):
                said.add(start)
                yield Finding(call.name, code=call.node)
                break


def _is_given_all(source: Source, call: ContextCall, loop: Loop) -> bool:
    """Whether the loop goes over a helper's parameter, for which some call passes everything."""
    over = unwrapped(loop.over) if loop.over is not None else None
    binding = source.scopes.find(over) if over is not None and over.kind() == "identifier" else None
    if binding is None or binding.kind != "parameter" or binding.function is None or binding.key is not None:
        return False
    place = next((n for n, p in enumerate(parameters(binding.function)) if _is(p, binding.name)), None)
    for name, helper in helpers_that(source, [call.node]).items() if place is not None else ():
        if helper != binding.function:
            continue
        for use in calls_of_helper(source, name, helper):
            given = arguments(use)
            if place is not None and len(given) > place and bound(source, given[place]) == UNBOUNDED:
                return True
    return False


def _is(parameter: SgNode, name: str) -> bool:
    pattern = parameter.field("pattern") or parameter
    return pattern.text() == name


RULE = Rule(
    id="no-write-in-query-loop",
    area="convex-cost",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("collect", "for await"),
    message="This writes every document there is: take(≤500), write those, and schedule the rest.",
    check=check,
    page=__doc__,
)
