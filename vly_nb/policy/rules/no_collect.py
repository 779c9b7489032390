"""Read a bounded number of documents, never all that there are.

`.collect()` reads every document of a query into memory. It is quick with the ten documents
of a new app, and slow, costly and at last an error (a query may read 32,000 documents) with
the ten thousand of a used one. Ask for as many as the page shows with `.take(n)`, or hand
them out in pages with `.paginate(args.paginationOpts)`. For a count or a sum keep the number
in a document of its own, or use the component `@convex-dev/aggregate`: a `.take(1000)` would
cut it off without a word.

Where there are few by nature (the roles of a person, the members of one small team) and they
stand behind an index, a person can allow the one place:
`// vly-allow no-collect: a team has at most ten members`.

Bad

```ts path=src/convex/tasks.ts
import { query } from "./_generated/server";

export const list = query({
  args: {},
  handler: async (ctx) => await ctx.db.query("tasks").collect(),
});
```

```ts path=src/convex/tasks.ts
import { v } from "convex/values";
import { query } from "./_generated/server";

export const mine = query({
  args: { ownerId: v.id("users"), newest: v.boolean() },
  handler: async ({ db }, args) => {
    let q = db.query("tasks").withIndex("by_owner", (q) => q.eq("ownerId", args.ownerId));
    const sorted = args.newest ? q.order("desc") : q;
    return (await sorted.collect())!;
  },
});
```

```ts path=src/convex/helpers.ts
import type { OrderedQuery, TableNamesInDataModel } from "convex/server";

export async function all(rows: OrderedQuery<any>) {
  return await rows["collect"]();
}
```

Good

```ts path=src/convex/tasks.ts
import { paginationOptsValidator } from "convex/server";
import { query } from "./_generated/server";

export const newest = query({
  args: {},
  handler: async (ctx) => await ctx.db.query("tasks").order("desc").take(50),
});

export const page = query({
  args: { paginationOpts: paginationOptsValidator },
  handler: async (ctx, args) => await ctx.db.query("tasks").paginate(args.paginationOpts),
});
```

```ts path=src/convex/streams.ts
import { stream } from "convex-helpers/server/stream";
import { query } from "./_generated/server";
import schema from "./schema";

// Other things that can be collected are no queries of the database.
export const merged = query({
  args: {},
  handler: async (ctx) => {
    const lines = await readLines().collect();
    return lines.concat(await stream(ctx.db, schema).query("tasks").collect());
  },
});
```

```ts path=src/lib/collection.ts
export const rows = ctx.db.query("tasks").collect(); // not in the functions folder
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.resolver import Query, query_of
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source

_BOUND = "use .take(n) with a bound or .paginate(paginationOpts)"


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every `.collect()` on a query that nothing has ended yet."""
    for call in source.calls("collect"):
        query = query_of(source, call.object)
        if query is not None:
            yield Finding(source.range(call.name, call.node), _message(query), code=call.node)


def _message(query: Query) -> str:
    if query.indexed is False:
        table = f'the whole table "{query.table}"' if query.table else "the whole table"
        return (
            f".collect() reads {table}, however large it grows. Define an index in schema.ts, "
            f"read it through withIndex, and {_BOUND}."
        )
    return (
        f".collect() reads all that the index finds, however many they become: {_BOUND}; for a count or a "
        "sum keep the number in a document, or use @convex-dev/aggregate. If they stay few by nature, "
        "a person can allow it with `// vly-allow no-collect: reason`."
    )


RULE = Rule(
    id="no-collect",
    area="convex-queries",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("collect",),
    message=f".collect() reads every document: {_BOUND}.",
    check=check,
    page=__doc__,
)
