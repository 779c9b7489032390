"""Reach the database from an action through queries and mutations.

An action has no `ctx.db`: it may run anywhere and fail halfway. Read with
`ctx.runQuery(internal.file.fn, args)` and write with `ctx.runMutation(…)`.

Bad

```ts path=src/convex/mail.ts severity=error
import { action } from "./_generated/server";

export const send = action({
  args: {},
  handler: async (ctx) => {
    const users = await (ctx as any).db.query("users").take(10);
    return users;
  },
});
```

```ts path=src/convex/hooks.ts severity=error
import type { ActionCtx } from "./_generated/server";
import { httpAction } from "./_generated/server";

export const hook = httpAction(async (ctx) => {
  await ctx.db.insert("hooks", {});
  return new Response("ok");
});
export async function save(ctx: ActionCtx) {
  await ctx.db.insert("hooks", {});
}
```

Good

```ts path=src/convex/mail.ts
import { internal } from "./_generated/api";
import { action, internalMutation } from "./_generated/server";

export const send = action({
  args: {},
  handler: async (ctx) => await ctx.runQuery(internal.users.list, {}),
});
// a mutation of the same file has its database
export const save = internalMutation({
  args: {},
  handler: async (ctx) => await ctx.db.insert("mails", {}),
});
```

```ts path=src/convex/helpers.ts
import type { ActionCtx, MutationCtx } from "./_generated/server";

// who knows what ctx is, and here it is a mutation's
export const one = async (ctx: any) => await ctx.db.query("users").first();
export const two = async (ctx: MutationCtx) => await ctx.db.query("users").first();
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.functions import ctx_calls, kind_at
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source

_METHODS = ("query", "get", "insert", "patch", "replace", "delete", "normalizeId")


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every call on ctx.db in an action."""
    for call in ctx_calls(source, *(f"db.{name}" for name in _METHODS)):
        if kind_at(source, call.node) in ("action", "httpAction"):
            yield Finding(call.name, code=call.node)


RULE = Rule(
    id="no-db-in-action",
    area="convex-functions",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("db",),
    message="An action has no ctx.db: call ctx.runQuery or ctx.runMutation with internal.file.fn.",
    check=check,
    page=__doc__,
)
