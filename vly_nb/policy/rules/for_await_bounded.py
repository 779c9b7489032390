"""Stop a `for await` over a query after so many documents.

It reads on until there are none: with the ten thousand of a used app that is slow, costly, and
at last an error. Count and `break`, or read a bounded list with `.take(n)`.

Bad

```ts path=src/convex/tasks.ts severity=warning
import { query } from "./_generated/server";

export const total = query({
  args: {},
  handler: async (ctx) => {
    let sum = 0;
    for await (const task of ctx.db.query("tasks")) sum += task.rank;
    return sum;
  },
});
```

```ts path=src/convex/tasks.ts severity=warning
import { query } from "./_generated/server";

export const names = query({
  args: {},
  handler: async ({ db }) => {
    const found: string[] = [];
    const open = db.query("tasks").withIndex("by_done", (q) => q.eq("done", false));
    for await (const task of open) {
      found.push(task.title);
    }
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
    const found: string[] = [];
    for await (const task of ctx.db.query("tasks")) {
      if (task.done) return found;
      found.push(task.title);
    }
    for await (const task of ctx.db.query("notes")) {
      found.push(task.title);
      if (found.length > 100) break;
    }
    return found;
  },
});
```

```ts path=src/convex/ai.ts
export async function read(stream: any) {
  for await (const part of stream) console.log(part);
}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.bounds import leaves, loops
from vly_nb.policy.resolver import query_of
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every `for await` over a query with no way out of it."""
    for loop in loops(source):
        if loop.how != "for await" or loop.over is None or query_of(source, loop.over) is None:
            continue
        if not leaves(loop):
            yield Finding(loop.over, code=loop.over)


RULE = Rule(
    id="for-await-bounded",
    area="convex-queries",
    severity=Severity.WARNING,
    scope=("<fn>/**/*.ts",),
    needs=("for await",),
    message="Stop after so many documents (break), or use .take(n).",
    check=check,
    page=__doc__,
)
