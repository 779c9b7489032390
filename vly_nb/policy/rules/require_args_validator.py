"""Say what arguments a function takes: `args: { … }`, and `args: {}` for none.

Anyone can call a public function with anything. With `args` Convex turns away what doesn't fit,
and the page's types come from it. A function that takes nothing says `args: {}`.

Bad

```ts path=src/convex/tasks.ts severity=error
import { mutation, query } from "./_generated/server";

export const list = query({
  handler: async (ctx) => await ctx.db.query("tasks").take(50),
});
export const add = mutation({
  handler: async (ctx, { title }: { title: string }) => await ctx.db.insert("tasks", { title }),
});
```

```ts path=src/convex/jobs.ts severity=warning
import { internalMutation } from "./_generated/server";

// the target of a cron needs no arguments: it is only told
export const sweep = internalMutation({ handler: async (ctx) => null });
```

Good

```ts path=src/convex/tasks.ts
import { v } from "convex/values";
import { httpAction, mutation, query } from "./_generated/server";

export const list = query({ args: {}, handler: async (ctx) => await ctx.db.query("tasks").take(50) });
export const add = mutation({
  args: { title: v.string() },
  handler: async (ctx, args) => await ctx.db.insert("tasks", args),
});
export const hook = httpAction(async () => new Response("ok"));
```

```ts path=src/convex/shared.ts
import { query } from "./_generated/server";
import { common } from "./common";

// what is spread in may bring the arguments
export const list = query({ ...common, handler: async (ctx) => [] });
// not given out, so nobody can call it
const local = query({ handler: async (ctx) => [] });
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Range, Severity, TextEdit
from vly_nb.policy.constants import pairs
from vly_nb.policy.functions import Function, functions, parameters
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every exported function with a definition that has no `args`."""
    for function in functions(source):
        held = function.definition
        if not function.name or held is None or function.custom or function.kind == "httpAction":
            continue
        parts = held.named_children()
        spread = any(part.kind() == "spread_element" for part in parts)
        named = any((name := part.field("name")) is not None and name.text() == "args" for part in parts)
        if spread or named or "args" in pairs(held):
            continue
        severity = Severity.WARNING if function.internal else Severity.ERROR
        yield Finding(function.registrar, severity=severity, code=function.call, fix=_fix(source, function))


def _fix(source: Source, function: Function) -> tuple[TextEdit, ...]:
    """`args: {}` where the handler takes none."""
    if function.handler is None or function.definition is None or len(parameters(function.handler)) > 1:
        return ()
    parts = function.definition.named_children()
    if not parts:
        return ()
    first = source.range(parts[0])
    indent = source.lines[first.line - 1][: first.column - 1]
    between = f"\n{indent}" if not indent.strip() else " "
    return (TextEdit(Range(first.line, first.column, first.line, first.column), f"args: {{}},{between}"),)


RULE = Rule(
    id="require-args-validator",
    area="convex-functions",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("server",),
    message="Say what arguments it takes: args: { … }, or args: {} for none.",
    check=check,
    page=__doc__,
)
