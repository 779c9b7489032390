"""Give a query the time as an argument; don't ask the clock in it.

A query is answered from a cache as long as its data doesn't change, and the clock isn't data:
what it computed with `Date.now()` grows old, or throws the cache away again and again. Pass the
time from the page, rounded, or keep a flag that a scheduled mutation sets.

Bad

```ts path=src/convex/tasks.ts severity=info
import { query } from "./_generated/server";

export const late = query({
  args: {},
  handler: async (ctx) => {
    const now = Date.now();
    return await ctx.db.query("tasks").withIndex("by_due", (q) => q.lt("due", now)).take(50);
  },
});
```

```ts path=src/convex/tasks.ts severity=info
import { internalQuery } from "./_generated/server";

export const today = internalQuery({ args: {}, handler: async () => new Date().toISOString() });
```

Good

```ts path=src/convex/tasks.ts
import { v } from "convex/values";
import { mutation, query } from "./_generated/server";

export const late = query({
  args: { now: v.number() },
  handler: async (ctx, args) => {
    const day = new Date(args.now).getDay();
    return await ctx.db.query("tasks").withIndex("by_due", (q) => q.lt("due", args.now + day)).take(50);
  },
});
export const touch = mutation({ args: {}, handler: async (ctx) => Date.now() });
```

```ts path=src/convex/helpers.ts
export const now = () => Date.now();
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.functions import arguments, kind_at
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source


def check(source: Source, context: Context) -> Iterator[Finding]:
    """The clock, in queries."""
    for call in source.calls("now"):
        if call.object.text() == "Date" and kind_at(source, call.node) == "query":
            yield Finding(call.node)
    for node in source.nodes("new_expression"):
        made = node.field("constructor")
        is_now = made is not None and made.text() == "Date" and not arguments(node)
        if is_now and kind_at(source, node) == "query":
            yield Finding(node)


RULE = Rule(
    id="no-wall-clock-in-query",
    area="extra-convex",
    severity=Severity.INFO,
    scope=("<fn>/**/*.ts",),
    needs=("Date",),
    message="A query's answer is cached: pass the time as an argument.",
    check=check,
    page=__doc__,
)
