"""Put a limit to a limit that comes from outside: `Math.min(args.limit ?? 50, 1000)`.

`.take(args.limit)` reads as many as a stranger says. `Math.min(args.limit ?? 50, 1000)` reads as
many as you say.

Bad

```ts path=src/convex/tasks.ts severity=warning
import { v } from "convex/values";
import { query } from "./_generated/server";

export const list = query({
  args: { limit: v.number() },
  handler: async (ctx, args) => await ctx.db.query("tasks").take(args.limit),
});
```

```ts path=src/convex/tasks.ts severity=warning
import { v } from "convex/values";
import { query } from "./_generated/server";

export const list = query({
  args: { limit: v.optional(v.number()) },
  handler: async (ctx, { limit }) => {
    const count = limit ?? 50;
    return await ctx.db.query("tasks").take(count);
  },
});
```

Good

```ts path=src/convex/tasks.ts
import { v } from "convex/values";
import { query } from "./_generated/server";

const BATCH = 50;
export const list = query({
  args: { limit: v.optional(v.number()) },
  handler: async (ctx, args) => {
    const limit = Math.min(args.limit ?? 50, 1000);
    await ctx.db.query("notes").take(BATCH);
    await ctx.db.query("notes").take(Math.min(Math.max(args.limit ?? 1, 1), BATCH));
    return await ctx.db.query("tasks").take(limit);
  },
});
```

```ts path=src/convex/helpers.ts
import { internalQuery } from "./_generated/server";

// what only the server calls is the server's to choose
export const some = internalQuery({
  args: {},
  handler: async (ctx, args: any) => await ctx.db.query("tasks").take(args.limit),
});
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.bounds import at_most
from vly_nb.policy.functions import arguments, function_at
from vly_nb.policy.outside import comes_from_args
from vly_nb.policy.resolver import query_of
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every .take of a query whose number comes from the arguments with no bound."""
    for call in source.calls("take"):
        given = arguments(call.node)
        function = function_at(source, call.node)
        if not given or function is None or function.internal or not _is_open(source, given[0]):
            continue
        if query_of(source, call.object) is not None:
            yield Finding(given[0], code=call.node)


def _is_open(source: Source, node: SgNode) -> bool:
    return at_most(source, node) is None and comes_from_args(source, node)


RULE = Rule(
    id="take-arg-clamped",
    area="convex-queries",
    severity=Severity.WARNING,
    scope=("<fn>/**/*.ts",),
    needs=("take",),
    message="Clamp it: Math.min(args.limit ?? 50, 1000).",
    check=check,
    page=__doc__,
)
