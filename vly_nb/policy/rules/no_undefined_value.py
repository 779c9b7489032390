"""Store and return `null`, not `undefined`.

`undefined` is no value in Convex: in a document the field is left out, and a function that
returns it gives the page `null`. Say what is meant.

Bad

```ts path=src/convex/tasks.ts severity=info
import { mutation, query } from "./_generated/server";

export const add = mutation({
  args: {},
  handler: async (ctx) => await ctx.db.insert("tasks", { title: "a", note: undefined }),
});
export const find = query({
  args: {},
  handler: async (ctx) => {
    const task = await ctx.db.query("tasks").first();
    if (!task) return undefined;
    return task.title;
  },
});
```

```ts path=src/convex/notes.ts severity=info
import { internalMutation } from "./_generated/server";

export const put = internalMutation({
  args: {},
  handler: async (ctx, args: any) => {
    await ctx.db.replace(args.id, { body: "a", by: undefined });
  },
});
```

Good

```ts path=src/convex/tasks.ts
import { mutation, query } from "./_generated/server";

export const clear = mutation({
  args: {},
  handler: async (ctx, args: any) => {
    // in a patch it takes the field away, on purpose
    await ctx.db.patch(args.id, { note: undefined });
    const known = [1, 2].map((n) => {
      return n > 1 ? n : null;
    });
    return known;
  },
});
export const find = query({ args: {}, handler: async (ctx) => null });
```

```ts path=src/convex/helpers.ts
// a helper is plain TypeScript
export function first(list: string[]) {
  if (list.length === 0) return undefined;
  return list[0];
}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Severity, TextEdit
from vly_nb.policy.constants import pairs
from vly_nb.policy.functions import ctx_calls, functions, returned
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, unwrapped


def check(source: Source, context: Context) -> Iterator[Finding]:
    """`undefined` in what is written, and what a handler returns."""
    for call in ctx_calls(source, "db.insert", "db.replace"):
        held = unwrapped(call.arguments[-1]) if call.arguments else None
        for value in pairs(held).values() if held is not None and held.kind() == "object" else ():
            if value.kind() == "undefined" or value.text() == "undefined":
                yield Finding(value, "A document has no undefined: use null, or leave the field out.")
    if "return undefined" not in source.text:
        return
    for function in functions(source):
        if function.handler is None or function.kind == "httpAction":
            continue
        for value in returned(source, function.handler):
            if value.text() == "undefined":
                typed = function.handler.field("return_type") is not None  # which null may not fit
                fix = () if typed else (TextEdit(source.range(value), "null"),)
                yield Finding(value, code=value.parent(), fix=fix)


RULE = Rule(
    id="no-undefined-value",
    area="convex-schema",
    severity=Severity.INFO,
    scope=("<fn>/**/*.ts",),
    needs=("undefined",),
    message="Convex has no undefined: return null.",
    check=check,
    page=__doc__,
)
