"""End a query: with `take`, `first`, `unique` or `paginate`.

`ctx.db.query("tasks")` has read nothing yet. Returned or awaited as it is, it gives the page no
documents, but an object that can't be sent.

Bad

```ts path=src/convex/tasks.ts severity=error
import { query } from "./_generated/server";

export const list = query({ args: {}, handler: async (ctx) => ctx.db.query("tasks") });
```

```ts path=src/convex/tasks.ts severity=error
import { query } from "./_generated/server";

export const list = query({
  args: {},
  handler: async (ctx) => {
    const rows = await ctx.db.query("tasks").withIndex("by_done").order("desc");
    return rows;
  },
});
export const some = query({
  args: {},
  handler: async (ctx) => {
    return ctx.db.query("tasks").order("asc");
  },
});
```

Good

```ts path=src/convex/tasks.ts
import { filter } from "convex-helpers/server/filter";
import { query } from "./_generated/server";

export const list = query({
  args: {},
  handler: async (ctx) => {
    const rows = ctx.db.query("tasks").order("desc");
    // handed to a helper, which ends it
    const open = await filter(ctx.db.query("tasks"), (row) => !row.done).take(9);
    return [await rows.take(50), open];
  },
});
```

```ts path=src/convex/latest.ts
import { query } from "./_generated/server";

// `for await` reads it one by one (the first await does nothing)
export const latest = query({
  args: {},
  handler: async (ctx) => {
    const tasks = await ctx.db.query("tasks").order("desc");
    for await (const task of tasks) {
      if (task.done) return task;
    }
    return null;
  },
});
```

```ts path=src/convex/helpers.ts
import type { QueryCtx } from "./_generated/server";

// a helper gives it to who asks
export function openTasks(ctx: QueryCtx) {
  return ctx.db.query("tasks").withIndex("by_done", (q) => q.eq("done", false));
}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.functions import functions, returned
from vly_nb.policy.resolver import query_of
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, unwrapped


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Queries that are awaited, or returned from a handler, before anything ended them."""
    said: set[int] = set()
    for node in [*_awaited(source), *_returned(source)]:
        start = unwrapped(node).range().start.index
        if start not in said and query_of(source, node) is not None:
            said.add(start)
            yield Finding(node)


def _awaited(source: Source) -> Iterator[SgNode]:
    for node in source.nodes("await_expression"):
        inner = node.named_children()
        above = node.parent()
        if inner and (above is None or above.kind() != "for_in_statement") and not _is_walked(source, above):
            yield inner[0]


def _is_walked(source: Source, holder: SgNode | None) -> bool:
    """`const rows = await query; for await (const row of rows)`."""
    name = holder.field("name") if holder is not None and holder.kind() == "variable_declarator" else None
    loops = (use.parent() for use in source.names.get(name.text(), ())) if name is not None else ()
    return any(loop is not None and loop.kind() == "for_in_statement" for loop in loops)


def _returned(source: Source) -> Iterator[SgNode]:
    for function in functions(source):
        if function.handler is not None:
            yield from returned(source, function.handler)


RULE = Rule(
    id="bounded-terminal-required",
    area="convex-queries",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("query(",),
    message="End the query: take(n), first(), unique() or paginate(paginationOpts).",
    check=check,
    page=__doc__,
)
