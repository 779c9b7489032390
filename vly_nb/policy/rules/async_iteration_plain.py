"""Iterate over the query itself, or over a list that is there; not over a promise.

`for await (const row of query)` reads document by document. What `.collect()` and `.take(n)` give
is one promise for the whole list: `for (const row of await query.take(n))`.

Bad

```ts path=src/convex/tasks.ts severity=error
import { query } from "./_generated/server";

export const names = query({
  args: {},
  handler: async (ctx) => {
    const found = [];
    for await (const task of ctx.db.query("tasks").take(10) as any) found.push(task.title);
    return found;
  },
});
```

```ts path=src/convex/tasks.ts severity=error
import { query } from "./_generated/server";

export const names = query({
  args: {},
  handler: async (ctx) => {
    const all: any = ctx.db.query("tasks").withIndex("by_done");
    const found = [];
    for await (const task of all.collect()) found.push(task.title);
    return found;
  },
});
```

Good

```ts path=src/convex/tasks.ts
import { query } from "./_generated/server";

export const names = query({
  args: {},
  handler: async (ctx) => {
    const found = [];
    for await (const task of ctx.db.query("tasks")) {
      found.push(task.title);
      if (found.length >= 20) break;
    }
    for (const task of await ctx.db.query("tasks").take(10)) found.push(task.title);
    return found;
  },
});
```

```ts path=src/convex/ai.ts
// another thing that streams
export async function read(stream: any) {
  for await (const part of stream.take(3)) console.log(part);
}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.bounds import loops
from vly_nb.policy.resolver import query_of
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, member, unwrapped


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every `for await` over the promise of a list."""
    for loop in loops(source):
        node = unwrapped(loop.over) if loop.how == "for await" and loop.over is not None else None
        called = node.field("function") if node is not None and node.kind() == "call_expression" else None
        step = member(unwrapped(called)) if called is not None else None
        if node is None or step is None or step[1] not in ("collect", "take"):
            continue
        if query_of(source, step[0]) is not None:
            yield Finding(node, code=node)


RULE = Rule(
    id="async-iteration-plain",
    area="convex-queries",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("for await",),
    message="Iterate over the query itself (for await), or over the list: for (… of await query.take(n)).",
    check=check,
    page=__doc__,
)
