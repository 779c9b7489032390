"""Queries and mutations can't run an action; schedule it.

A mutation is a transaction: it can't wait for the world outside. What has to happen there is
scheduled, and starts when the mutation has been written:
`await ctx.scheduler.runAfter(0, internal.mail.send, { … })`.

Bad

```ts path=src/convex/orders.ts severity=error
import { internal } from "./_generated/api";
import { mutation } from "./_generated/server";

export const pay = mutation({
  args: {},
  handler: async (ctx) => {
    await ctx.runAction(internal.mail.send, {});
  },
});
```

```ts path=src/convex/orders.ts severity=error
import { internal } from "./_generated/api";
import type { MutationCtx } from "./_generated/server";
import { internalQuery } from "./_generated/server";

async function tell({ runAction }: any, ctx: MutationCtx) {
  await (ctx as any).runAction(internal.mail.send, {});
}
export const look = internalQuery({
  args: {},
  handler: async (ctx) => await (ctx as any).runAction(internal.mail.send, {}),
});
```

Good

```ts path=src/convex/orders.ts
import { internal } from "./_generated/api";
import { action, mutation } from "./_generated/server";

export const pay = mutation({
  args: {},
  handler: async (ctx) => {
    await ctx.scheduler.runAfter(0, internal.mail.send, {});
  },
});
export const go = action({ args: {}, handler: async (ctx) => await ctx.runAction(internal.mail.send, {}) });
```

```ts path=src/convex/helpers.ts
import { internal } from "./_generated/api";

// nobody can tell what this context is
export const send = async (ctx: any) => await ctx.runAction(internal.mail.send, {});
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.functions import ctx_calls, kind_at
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every ctx.runAction in a query or a mutation."""
    for call in ctx_calls(source, "runAction"):
        kind = kind_at(source, call.node)
        if kind in ("query", "mutation"):
            instead = _SCHEDULE if kind == "mutation" else "Call the action from the page, or from an action."
            yield Finding(call.name, f"A {kind} can't run an action. {instead}", code=call.node)


_SCHEDULE = "Schedule it: ctx.scheduler.runAfter(0, internal.file.fn, args)."

RULE = Rule(
    id="no-run-action-in-mutation",
    area="convex-functions",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("runAction",),
    message=f"Queries and mutations can't run an action. {_SCHEDULE}",
    check=check,
    page=__doc__,
)
