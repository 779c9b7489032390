"""Find documents through an index, not by filtering.

`.filter()` on a query of the database doesn't make Convex read less: every document is read,
looked at, and mostly thrown away, and each one counts. Define an index over the fields in
`schema.ts`, and read through `withIndex`, which goes to the matching documents straight.

Behind a `withIndex` or a `withSearchIndex` a filter only looks at what the index found: that
is a warning, because it may be all right with few. Filtering in JavaScript after `.collect()`
is no way out, it reads just as much.

Bad

```ts path=src/convex/tasks.ts severity=error
import { query } from "./_generated/server";

export const open = query({
  args: {},
  handler: async (ctx) =>
    await ctx.db
      .query("tasks")
      .filter((q) => q.eq(q.field("done"), false))
      .take(50),
});
```

```ts path=src/convex/tasks.ts severity=error
import { v } from "convex/values";
import { query } from "./_generated/server";

export const find = query({
  args: { done: v.optional(v.boolean()), text: v.optional(v.string()) },
  handler: async (ctx, args) => {
    let q = ctx.db.query("tasks").order("desc");
    if (args.done !== undefined) {
      q = q.filter((row) => row.eq(row.field("done"), args.done));
    }
    return await q.take(20);
  },
});
```

```ts path=src/convex/admin.ts severity=error
import { query } from "./_generated/server";

export const scheduled = query({
  args: {},
  handler: async ({ db: reader }) => {
    const rows = (reader.system.query("_scheduled_functions") as any)!;
    return await rows.filter((q: any) => q.eq(q.field("name"), "x")).first();
  },
});
```

```ts path=src/convex/tasks.ts severity=warning
import { v } from "convex/values";
import { query } from "./_generated/server";

export const openOfProject = query({
  args: { projectId: v.id("projects") },
  handler: async (ctx, args) =>
    await ctx.db
      .query("tasks")
      .withIndex("by_project", (q) => q.eq("projectId", args.projectId))
      .filter((q) => q.eq(q.field("done"), false))
      .take(50),
});
```

Good

```ts path=src/convex/tasks.ts
import { v } from "convex/values";
import { query } from "./_generated/server";

export const open = query({
  args: { projectId: v.id("projects") },
  handler: async (ctx, args) =>
    await ctx.db
      .query("tasks")
      .withIndex("by_project_and_done", (q) => q.eq("projectId", args.projectId).eq("done", false))
      .take(50),
});
```

```ts path=src/convex/tasks.ts
import { query } from "./_generated/server";

// An array's filter: the query has ended.
export const titles = query({
  args: {},
  handler: async (ctx) => {
    const rows = await ctx.db.query("tasks").take(50);
    const recent = (await ctx.db.query("tasks").order("desc").take(9)).filter((row) => !row.done);
    let names = rows.map((row) => row.title);
    names = names.filter(Boolean);
    return [...names, ...recent.filter((row) => row.title).map((row) => row.title)];
  },
});
```

```ts path=src/convex/members.ts
import { filter } from "convex-helpers/server/filter";
import { stream } from "convex-helpers/server/stream";
import _ from "lodash";
import { query } from "./_generated/server";
import schema from "./schema";

// convex-helpers' filter is a function, a stream's and lodash's are their own.
export const active = query({
  args: {},
  handler: async (ctx) => {
    const some = await filter(ctx.db.query("members"), (row) => row.active).take(10);
    const rest = await stream(ctx.db, schema).query("members").filter((row) => row.active).take(10);
    return _(some).filter("active").value().concat(rest);
  },
});
```

```ts path=src/convex/events.ts
import pool from "./postgres";

// A database, but not Convex's.
export async function rows(db: Map<string, number[]>) {
  const found = (await pool.query("select 1")).filter(Boolean);
  return (db.get("a") ?? found).filter((n) => n > 1);
}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.resolver import query_of
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source

_BEHIND = (
    ".filter() behind an index still reads all that the index found. Take the field into the index "
    "(withIndex over both fields) when there can be many."
)


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every `.filter()` on a query that nothing has ended yet; a warning behind an index."""
    for call in source.calls("filter"):
        query = query_of(source, call.object)
        if query is None:
            continue
        place = source.range(call.name, call.node)
        if query.indexed is False:
            table = f' of "{query.table}"' if query.table else ""
            message = (
                f".filter() reads every document{table} and throws most away. Define an index over the "
                "fields in schema.ts and use withIndex."
            )
            yield Finding(place, message, code=call.node)
        else:
            yield Finding(place, _BEHIND, Severity.WARNING, code=call.node)


RULE = Rule(
    id="no-db-filter",
    area="convex-queries",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("filter",),
    message=".filter() reads every document: define an index and use withIndex.",
    check=check,
    page=__doc__,
)
