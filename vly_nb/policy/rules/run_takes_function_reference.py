"""Pass a reference to `ctx.run…`, the scheduler and crons: `internal.file.fn`, never the function.

What runs later, or elsewhere, is named: `internal.mail.send`. The function itself, or its name
in quotes, can't be found by the server.

Bad

```ts path=src/convex/tasks.ts severity=error
import { internalMutation, mutation } from "./_generated/server";

export const sweep = internalMutation({ args: {}, handler: async () => null });

export const add = mutation({
  args: {},
  handler: async (ctx) => {
    await ctx.scheduler.runAfter(0, sweep, {});
    await ctx.runMutation("tasks:sweep" as any, {});
  },
});
```

```ts path=src/convex/crons.ts severity=error
import { cronJobs } from "convex/server";
import { sweep } from "./tasks";

const crons = cronJobs();
crons.interval("sweep", { minutes: 10 }, sweep, {});
export default crons;
```

Good

```ts path=src/convex/tasks.ts
import type { FunctionReference } from "convex/server";
import { components, internal } from "./_generated/api";
import { internalMutation, mutation } from "./_generated/server";

export const sweep = internalMutation({ args: {}, handler: async () => null });
const later = internal.tasks.sweep;

export const add = mutation({
  args: {},
  handler: async (ctx) => {
    await ctx.scheduler.runAfter(0, internal.tasks.sweep, {});
    await ctx.scheduler.runAt(Date.now(), later, {});
    await ctx.runMutation(components.counter.public.add, {});
  },
});
```

```ts path=src/convex/helpers.ts
import type { FunctionReference } from "convex/server";
import { createFunctionHandle } from "convex/server";
import { internal } from "./_generated/api";
import type { MutationCtx } from "./_generated/server";

// a typed parameter, and a handle
export async function soon(ctx: MutationCtx, fn: FunctionReference<"mutation">) {
  await ctx.scheduler.runAfter(0, fn, {});
  const handle = await createFunctionHandle(internal.tasks.sweep);
  await ctx.scheduler.runAfter(0, handle, {});
}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.constants import fixed_value
from vly_nb.policy.functions import arguments, ctx_calls, functions
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, unquoted, unwrapped

_PLACES = {
    "runQuery": 0, "runMutation": 0, "runAction": 0, "scheduler.runAfter": 1, "scheduler.runAt": 1,
}  # fmt: skip


def check(source: Source, context: Context) -> Iterator[Finding]:
    """What is passed where a reference belongs: strings and registered functions."""
    for call in ctx_calls(source, *_PLACES):
        given = call.arguments
        if len(given) > _PLACES[call.path]:
            yield from _judged(source, given[_PLACES[call.path]], call.node)
    for job in source.calls("interval", "cron", "hourly", "daily", "weekly", "monthly"):
        given = arguments(job.node)
        if len(given) > 2 and _is_cron(source, job.object):
            yield from _judged(source, given[2], job.node, cron=True)


def _is_cron(source: Source, node: SgNode) -> bool:
    made = fixed_value(source, node)
    maker = made.field("function") if made is not None else None
    imported = source.imports.get(maker.text()) if maker is not None else None
    return imported is not None and imported.name == "cronJobs"


def _judged(source: Source, node: SgNode, call: SgNode, *, cron: bool = False) -> Iterator[Finding]:
    node = unwrapped(node)
    if unquoted(node) is not None:
        yield Finding(node, f"This is a name in quotes. {_INSTEAD}", code=call)
        return
    if node.kind() in ("arrow_function", "function_expression"):
        yield Finding(node, f"This is a function, not a reference. {_INSTEAD}", code=call)
        return
    if node.kind() != "identifier":
        return
    binding = source.scopes.find(node)
    if binding is None or binding.kind == "parameter":
        return
    if binding.kind == "import":
        imported = source.imports.get(node.text())
        local = imported is not None and imported.module.startswith("./") and cron
        if local and imported is not None and "_generated" not in imported.module:
            yield Finding(node, f"{node.text()} is the function itself. {_INSTEAD}", code=call)
        return
    registered = {function.call.range().start.index for function in functions(source)}
    value = unwrapped(binding.value) if binding.value is not None else None
    if value is not None and value.range().start.index in registered:
        yield Finding(node, f"{node.text()} is the function itself. {_INSTEAD}", code=call)


_INSTEAD = "Pass its reference: internal.file.fn."

RULE = Rule(
    id="run-takes-function-reference",
    area="convex-functions",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("run", "cronJobs"),
    message=_INSTEAD,
    check=check,
    page=__doc__,
)
