"""Delete documents one by one, by their ids.

A query can't delete. Read a bounded batch and `await ctx.db.delete(doc._id)` each; when more are
left, the function schedules itself again.

Bad

```ts path=src/convex/tasks.ts severity=error
import { mutation } from "./_generated/server";

export const clear = mutation({
  args: {},
  handler: async (ctx) => {
    await (ctx.db.query("tasks") as any).delete();
  },
});
```

```ts path=src/convex/tasks.ts severity=error
import { internalMutation } from "./_generated/server";

export const sweep = internalMutation({
  args: {},
  handler: async (ctx) => {
    const done: any = ctx.db.query("tasks").withIndex("by_done", (q) => q.eq("done", true));
    await done.delete();
  },
});
```

Good

```ts path=src/convex/tasks.ts
import { mutation } from "./_generated/server";

export const clear = mutation({
  args: {},
  handler: async (ctx) => {
    for (const task of await ctx.db.query("tasks").take(100)) {
      await ctx.db.delete(task._id);
    }
  },
});
```

```ts path=src/convex/other.ts
import { mutation } from "./_generated/server";

// Sets, Maps, search parameters and files can delete
export const other = mutation({
  args: {},
  handler: async (ctx, args: any) => {
    const seen = new Set(["a"]);
    seen.delete("a");
    new URLSearchParams("a=1").delete("a");
    await ctx.storage.delete(args.file);
  },
});
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.resolver import query_of
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every .delete() on a query."""
    for call in source.calls("delete"):
        if query_of(source, call.object) is not None:
            yield Finding(call.name, code=call.node)


RULE = Rule(
    id="no-query-delete",
    area="convex-queries",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("delete",),
    message="A query can't delete: read a bounded batch, and ctx.db.delete(doc._id) each.",
    check=check,
    page=__doc__,
)
