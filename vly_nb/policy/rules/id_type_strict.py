"""Type the id of a document as what it is: `v.id("tasks")`, `Id<"tasks">`.

As a plain string any text passes, also another table's id, and the mistake shows only when the
document isn't found.

Given

```ts path=src/convex/schema.ts
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  tasks: defineTable({ title: v.string() }),
  categories: defineTable({ name: v.string() }),
});
```

Bad

```ts path=src/convex/tasks.ts severity=warning
import { v } from "convex/values";
import { query } from "./_generated/server";

export const get = query({
  args: { taskId: v.string(), categoryId: v.optional(v.string()) },
  handler: async (ctx, args) => null,
});
```

```ts path=src/convex/helpers.ts severity=warning
import type { QueryCtx } from "./_generated/server";

export async function load(ctx: QueryCtx, id: string) {
  return await ctx.db.get(id as any);
}
```

Good

```ts path=src/convex/tasks.ts
import { v } from "convex/values";
import type { Id } from "./_generated/dataModel";
import { query, type QueryCtx } from "./_generated/server";

export const get = query({
  // ids that other services give out are strings
  args: {
    taskId: v.id("tasks"),
    stripeCustomerId: v.string(),
    externalTaskId: v.string(),
    sessionId: v.string(),
  },
  handler: async (ctx, args) => await ctx.db.get(args.taskId),
});
export const load = async (ctx: QueryCtx, id: Id<"tasks">) => await ctx.db.get(id);
```

```ts path=src/convex/limits.ts
import { rateLimiter } from "./rateLimiter";

// a rate limiter's key is a string
export const limit = async (ctx: any, key: string) => await rateLimiter.limit(ctx, "send", { key });
```

```ts path=src/convex/names.ts
import type { Id } from "./_generated/dataModel";
import type { QueryCtx } from "./_generated/server";

// a document of one table or another
export async function nameOf(ctx: QueryCtx, kind: string, id: string) {
  if (kind === "task") return (await ctx.db.get(id as Id<"tasks">))?.title;
  return (await ctx.db.get(id as Id<"categories">))?.name;
}
```

```ts path=src/convex/schema.ts with
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  subscriptions: defineTable({ subscriptionId: v.string(), state: v.string() }),
  users: defineTable({ clerkId: v.string() }),
});
```

```ts path=src/convex/billing.ts
import { v } from "convex/values";
import { internalMutation } from "./_generated/server";

// the ids that the payment service gave it, and the login
export const processEvent = internalMutation({
  args: { subscriptionId: v.string(), userId: v.string() },
  handler: async () => null,
});
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.functions import ctx_calls, functions
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.schema import tables, validator
from vly_nb.policy.source import Source, unwrapped

_LOGIN = re.compile(r"clerk|tokenIdentifier|auth0|workos|subject|external", re.I)


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Arguments and fields by a table's name that are strings, and string parameters given to db.get."""
    schema = context.program.schema
    if schema is not None:
        named = {f"{_singular(table)}Id": table for table in schema.tables}
        names = {name: t for name, t in named.items() if not _has_own_ids(name, schema.tables[t].fields)}
        for name, key, value in _fields(source):
            if name in names and _is_string(source, value):
                yield Finding(key, f'Use v.id("{names[name]}").')
    for call in ctx_calls(source, "db.get", "db.patch", "db.delete", "db.replace"):
        first = unwrapped(call.arguments[0]) if call.arguments else None
        binding = source.scopes.find(first) if first is not None and first.kind() == "identifier" else None
        typed = binding.type.text().lstrip(": ") if binding is not None and binding.type is not None else ""
        if first is None or binding is None or binding.kind != "parameter" or typed != "string":
            continue
        if not _is_any_of(source, binding.name):
            yield Finding(first, f'Type {binding.name} as Id<"table">, not string.', code=call.node)


def _has_own_ids(name: str, fields: Sequence[str]) -> bool:
    """Whether a table keeps ids that others gave its rows: `taskId` in tasks, a login's id in users."""
    return name in fields or (name == "userId" and any(_LOGIN.search(field) for field in fields))


def _is_any_of(source: Source, name: str) -> bool:
    """Whether a string is cast to the ids of several tables: nothing but a string is all of them."""
    return len(set(re.findall(rf"\b{re.escape(name)} as Id<([^>]*)>", source.text))) > 1


def _fields(source: Source) -> Iterator[tuple[str, SgNode, SgNode]]:
    for function in functions(source):
        for name, value in (function.args or {}).items():
            above = value.parent()
            key = above.field("key") if above is not None else None
            yield name, key or value, value
    for table in tables(source):
        for name, value in table.fields.items():
            yield name, table.field_keys[name], value


def _is_string(source: Source, node: SgNode) -> bool:
    found = validator(source, node)
    if found is not None and found[0] == "optional" and found[1]:
        found = validator(source, found[1][0])
    return found is not None and found[0] == "string"


def _singular(table: str) -> str:
    if table.endswith("ies"):
        return f"{table[:-3]}y"
    if table.endswith(("sses", "xes", "ches", "shes")):
        return table[:-2]
    return table.removesuffix("s")


RULE = Rule(
    id="id-type-strict",
    area="convex-schema",
    severity=Severity.WARNING,
    scope=("<fn>/**/*.ts",),
    needs=("Id", "string"),
    message='Use v.id("table"), or Id<"table">.',
    check=check,
    page=__doc__,
    alone=False,
)
