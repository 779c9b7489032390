"""Write in mutations; a query only reads.

A query runs again whenever its data changes, for everyone who looks. It has no way to write or to
schedule, and trying to fails.

Bad

```ts path=src/convex/tasks.ts severity=error
import { query } from "./_generated/server";

export const open = query({
  args: {},
  handler: async (ctx: any) => {
    const task = await ctx.db.query("tasks").first();
    await ctx.db.patch(task._id, { seen: true });
    return task;
  },
});
```

```ts path=src/convex/tasks.ts severity=error
import { internal } from "./_generated/api";
import type { QueryCtx } from "./_generated/server";
import { internalQuery } from "./_generated/server";

export const look = internalQuery({
  args: {},
  handler: async ({ scheduler }: any) => await scheduler.runAfter(0, internal.tasks.sweep, {}),
});
async function note(ctx: QueryCtx) {
  await (ctx as any).db.insert("notes", {});
}
```

Good

```ts path=src/convex/tasks.ts
import { mutation, query } from "./_generated/server";

// who knows from where a helper with any is called
const touch = async (ctx: any, id: any) => await ctx.db.patch(id, { seen: true });

export const open = query({ args: {}, handler: async (ctx) => await ctx.db.query("tasks").first() });
export const see = mutation({ args: {}, handler: async (ctx, args: any) => await touch(ctx, args.id) });
```

```ts path=src/convex/sets.ts
import { query } from "./_generated/server";

export const names = query({
  args: {},
  handler: async (ctx) => {
    const names = new Map([["a", 1]]);
    names.delete("a");
    return [...names.keys()];
  },
});
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.functions import WRITES, ctx_calls, kind_at
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Writes and schedules in queries."""
    for call in ctx_calls(source, *WRITES, "scheduler.runAfter", "scheduler.runAt"):
        if kind_at(source, call.node) == "query":
            yield Finding(call.name, code=call.node)


RULE = Rule(
    id="no-write-in-query",
    area="convex-queries",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("insert", "patch", "replace", "delete", "scheduler"),
    message="A query can't write or schedule: make it a mutation.",
    check=check,
    page=__doc__,
)
