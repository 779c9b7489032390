"""Leave `returns` out; TypeScript already knows what a function gives back.

A `returns` validator has to be kept in step with the code by hand, and a function whose result
it doesn't fit fails in front of the person who uses the app. Where a type is needed, write it on
the handler: `handler: async (ctx): Promise<number> => …`.

Bad

```ts path=src/convex/tasks.ts severity=error
import { v } from "convex/values";
import { query } from "./_generated/server";

export const count = query({
  args: {},
  returns: v.number(),
  handler: async (ctx) => 3,
});
```

```ts path=src/convex/jobs.ts severity=error
import { v } from "convex/values";
import { internalAction as background } from "./_generated/server";

export const run = background({ args: {}, handler: async () => null, returns: v.null() });
```

Good

```ts path=src/convex/tasks.ts
import { query } from "./_generated/server";

export const count = query({
  args: {},
  // a type on the handler is right, and in one file's ctx.run* calls it is needed
  handler: async (ctx): Promise<number> => 3,
});
```

```ts path=src/convex/shop.ts
import { v } from "convex/values";
import { WorkflowManager } from "@convex-dev/workflow";
import { mutation } from "./_generated/server";
import { components } from "./_generated/api";

const workflow = new WorkflowManager(components.workflow);
// workflows and tools may have one, and a field may be called so
export const order = workflow.define({ args: {}, returns: v.null(), handler: async () => null });
export const record = mutation({
  args: { returns: v.number() },
  handler: async (ctx, args) => await ctx.db.insert("orders", { returns: args.returns }),
});
```

```ts path=src/convex/audit/index.ts
import { v } from "convex/values";
import { query } from "./_generated/server";

// a component of the app's own: what it gives back is typed by this alone
export const count = query({ args: {}, returns: v.number(), handler: async () => 3 });
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Range, Severity, TextEdit
from vly_nb.policy.functions import Function, ctx_calls, functions, is_elsewhere, within
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source


def check(source: Source, context: Context) -> Iterator[Finding]:
    """The `returns` of every registered function."""
    component = is_elsewhere(source, context.functions)
    for function in functions(source):
        if component and not function.internal:
            continue  # its caller has no other types than these
        for part in function.definition.named_children() if function.definition is not None else ():
            key = part.field("key")
            if part.kind() == "pair" and key is not None and key.text().strip("\"'") == "returns":
                fix = _fix(source, part) if _is_typed(source, function) else ()
                yield Finding(key, code=part, fix=fix)


def _is_typed(source: Source, function: Function) -> bool:
    """Whether TypeScript finds the type without it.

    A handler that calls functions of its own file can't do without: TS7022, TS7023.
    """
    if function.handler is None:
        return False
    calls = ctx_calls(source, "runQuery", "runMutation", "runAction")
    return function.handler.field("return_type") is not None or not any(
        within(call.node, function.handler) for call in calls
    )


def _fix(source: Source, part: SgNode) -> tuple[TextEdit, ...]:
    """Take the pair out with its comma, and its line when it stands alone on it."""
    place = source.range(part)
    last, column = place.end_line or place.line, place.end_column or 1
    first_line, last_line = source.lines[place.line - 1], source.lines[last - 1]
    after = last_line[column - 1 :]
    if after.startswith(","):
        column, after = column + 1, after[1:]
    if first_line[: place.column - 1].strip() or after.strip():
        spaces = len(after) - len(after.lstrip(" "))
        return (TextEdit(Range(place.line, place.column, last, column + spaces), ""),)
    if last < len(source.lines):
        return (TextEdit(Range(place.line, 1, last + 1, 1), ""),)
    return (TextEdit(Range(place.line, place.column, last, column), ""),)


RULE = Rule(
    id="no-returns-validator",
    area="convex-functions",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("returns",),
    message="Remove `returns`; where a type is needed, write it on the handler.",
    check=check,
    page=__doc__,
)
