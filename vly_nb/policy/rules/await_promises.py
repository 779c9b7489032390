"""Wait for what writes, schedules and calls.

A promise that nobody waits for may not be done when the function ends, and its error is lost:
the write is missing and nothing says so.

Bad

```ts path=src/convex/tasks.ts severity=error
import { internal } from "./_generated/api";
import { mutation } from "./_generated/server";

export const add = mutation({
  args: {},
  handler: async (ctx) => {
    ctx.db.insert("tasks", { title: "a" });
    ctx.scheduler.runAfter(0, internal.tasks.sweep, {});
  },
});
```

```ts path=src/convex/files.ts severity=error
import { internal } from "./_generated/api";
import { action } from "./_generated/server";

export const run = action({
  args: {},
  handler: async (ctx, args: any) => {
    ctx.runMutation(internal.tasks.touch, {});
    ctx.storage.delete(args.file);
    args.ids.forEach((id: any) => {
      ctx.runMutation(internal.tasks.touch, { id });
    });
  },
});
```

Good

```ts path=src/convex/tasks.ts
import { internal } from "./_generated/api";
import { mutation } from "./_generated/server";

export const add = mutation({
  args: {},
  handler: async (ctx) => {
    await ctx.db.insert("tasks", { title: "a" });
    // collected, and waited for together
    const all = [ctx.db.insert("tasks", { title: "b" })];
    all.push(ctx.scheduler.runAfter(0, internal.tasks.sweep, {}) as any);
    await Promise.all(all);
    await Promise.all(["c"].map((title) => ctx.db.insert("tasks", { title })));
    return ctx.db.insert("tasks", { title: "d" });
  },
});
```

```ts path=src/convex/other.ts
import { other } from "./other-library";

export const run = () => {
  other.db.insert("tasks", {});
};
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Range, Severity, TextEdit
from vly_nb.policy.functions import WRITES, ContextCall, ctx_calls
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source

_PROMISES = (
    *WRITES, "scheduler.runAfter", "scheduler.runAt", "scheduler.cancel", "runQuery", "runMutation",
    "runAction", "storage.delete", "storage.store",
)  # fmt: skip
_FUNCTIONS = ("arrow_function", "function_expression", "function_declaration", "method_definition")


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Calls that stand as statements of their own."""
    for call in ctx_calls(source, *_PROMISES):
        above = call.node.parent()
        if above is not None and above.kind() == "expression_statement":
            yield Finding(call.name, code=call.node, fix=_fix(source, call))


def _fix(source: Source, call: ContextCall) -> tuple[TextEdit, ...]:
    """`await` before it, in an async function."""
    around = call.node.parent()
    while around is not None and around.kind() not in _FUNCTIONS:
        around = around.parent()
    if around is None or not any(child.kind() == "async" for child in around.children()):
        return ()
    place = source.range(call.node)
    return (TextEdit(Range(place.line, place.column, place.line, place.column), "await "),)


RULE = Rule(
    id="await-promises",
    area="extra-convex",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("ctx", "db", "scheduler", "run"),
    message="Wait for it: await.",
    check=check,
    page=__doc__,
)
