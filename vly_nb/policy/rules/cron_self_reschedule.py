"""Don't let a function schedule itself again and again; use a job of at least five minutes.

A function that always ends with `ctx.scheduler.runAfter(10_000, itself)` is a job that nobody
sees in crons.ts, that runs for as long as the app exists, and that doubles with every further
start. What should happen regularly is a job in crons.ts; what should be shown as soon as it
changes needs neither, because queries are live.

Going on with a batch is another matter: there the function schedules itself only while there is
something left to do.

Bad

```ts path=src/convex/prices.ts severity=warning
import { internal } from "./_generated/api";
import { internalAction } from "./_generated/server";

const PAUSE = 10 * 1000;

export const poll = internalAction({
  args: {},
  handler: async (ctx) => {
    try {
      const response = await fetch("https://example.org/prices");
      if (response.ok) await ctx.runMutation(internal.prices.save, { text: await response.text() });
    } finally {
      await ctx.scheduler.runAfter(PAUSE, internal.prices.poll, {});
    }
  },
});
```

```ts path=src/convex/games/clock.ts severity=warning
import { api, internal } from "../_generated/api";
import { internalMutation, mutation } from "../_generated/server";

export const tick = internalMutation({
  args: {},
  handler: async ({ scheduler, db }) => {
    const again = internal.games.clock.tick;
    await scheduler.runAt(Date.now() + 1000, again, {});
  },
});

export const tock = mutation({
  args: {},
  handler: async (ctx) => await ctx.scheduler.runAfter(60_000, api.games.clock.tock),
});
```

Good

```ts path=src/convex/migrations.ts
import { v } from "convex/values";
import { internal } from "./_generated/api";
import { internalAction, internalMutation } from "./_generated/server";

// going on with a batch, while there is more: as Convex recommends
export const tidy = internalMutation({
  args: { cursor: v.union(v.string(), v.null()) },
  handler: async (ctx, args) => {
    const page = await ctx.db.query("tasks").paginate({ cursor: args.cursor, numItems: 100 });
    for (const task of page.page) await ctx.db.delete(task._id);
    if (!page.isDone) {
      await ctx.scheduler.runAfter(0, internal.migrations.tidy, { cursor: page.continueCursor });
    }
  },
});

export const clear = internalMutation({
  args: {},
  handler: async (ctx) => {
    const rows = await ctx.db.query("tasks").take(100);
    if (rows.length === 0) return;
    for (const row of rows) await ctx.db.delete(row._id);
    await ctx.scheduler.runAfter(0, internal.migrations.clear, {});
  },
});

export const step = internalAction({
  args: {},
  handler: async (ctx) => {
    try {
      await ctx.runMutation(internal.games.step, {}); // throws when the game is over
      await ctx.scheduler.runAfter(0, internal.migrations.step, {});
    } catch (error) {
      console.log("It is over", error);
    }
  },
});

export const drain = internalMutation({
  args: {},
  handler: async (ctx) => {
    const rows = await ctx.db.query("tasks").take(100);
    rows.length > 0 && (await ctx.scheduler.runAfter(0, internal.migrations.drain, {}));
  },
});
```

```ts path=src/convex/reports.ts
import { v } from "convex/values";
import { internal } from "./_generated/api";
import { internalAction } from "./_generated/server";

// a day later, at a pause that isn't written here, and another function
export const daily = internalAction({
  args: { pause: v.number() },
  handler: async (ctx, args) => {
    await ctx.scheduler.runAfter(24 * 60 * 60 * 1000, internal.reports.daily, args);
    await ctx.scheduler.runAfter(args.pause, internal.reports.daily, args);
    await ctx.scheduler.runAfter(0, internal.reports.send, {});
    await ctx.scheduler.runAfter(0, internal.other.daily, args);
  },
});
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.constants import constant, fixed_value
from vly_nb.policy.functions import ContextCall, Function, ctx_calls, function_at, references, within
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, unwrapped

_LEAST = 300_000  # milliseconds
_FUNCTIONS = ("arrow_function", "function_expression", "function_declaration", "method_definition")
_BRANCHES = (
    "if_statement", "ternary_expression", "switch_statement", "catch_clause", "while_statement",
    "do_statement", "for_statement", "for_in_statement", "binary_expression",
)  # fmt: skip
_INSTEAD = (
    "This function starts itself again each time, for as long as the app exists. Use a job in crons.ts "
    "with { minutes: 5 } or more."
)


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every call that always starts the function it stands in again, soon."""
    for call in ctx_calls(source, "scheduler.runAfter", "scheduler.runAt"):
        function = function_at(source, call.node)
        pause = _pause(source, call)
        if function is None or not function.name or pause is None or pause >= _LEAST:
            continue
        if _is_itself(source, call, function, context) and _is_certain(source, call.node, function):
            yield Finding(call.node)


def _pause(source: Source, call: ContextCall) -> float | None:
    """Milliseconds until then; None when they aren't written here."""
    if not call.arguments:
        return None
    node: SgNode | None = unwrapped(call.arguments[0])
    if call.path == "scheduler.runAt" and node is not None:
        left, sign = node.field("left"), node.field("operator")
        from_now = (
            left is not None and left.text() == "Date.now()" and sign is not None and sign.text() == "+"
        )
        node = node.field("right") if from_now else None
    pause = constant(source, node) if node is not None else None
    return pause if isinstance(pause, float) else None


def _is_itself(source: Source, call: ContextCall, function: Function, context: Context) -> bool:
    if len(call.arguments) < 2:
        return False
    target = unwrapped(call.arguments[1])
    held = fixed_value(source, target) if target.kind() == "identifier" else None
    place = (held if held is not None else target).range()
    own = source.path.removeprefix(f"{context.functions}/").rpartition(".")[0].split("/")
    return any(
        list(reference.names) == [*own, function.name]
        and reference.node.range().start.index == place.start.index
        and reference.node.range().end.index == place.end.index
        for reference in references(source)
    )


def _is_certain(source: Source, call: SgNode, function: Function) -> bool:
    """Whether the call is reached each time: no branch around it, no way out before it."""
    if function.handler is None:
        return False
    for above in call.ancestors():
        if above == function.handler:
            break
        if above.kind() in _BRANCHES or above.kind() in _FUNCTIONS:
            return False
        if above.kind() == "try_statement" and above.field("handler") is not None:
            body = above.field("body")
            if body is not None and within(call, body):
                return False  # an error ends it
    at = call.range().start.index
    ways_out = source.nodes("return_statement", "throw_statement")
    return not any(
        way.range().start.index < at and within(way, function.handler) and not within(call, way)
        for way in ways_out
    )


RULE = Rule(
    id="cron-self-reschedule",
    area="convex-crons",
    severity=Severity.WARNING,
    scope=("<fn>/**/*.ts",),
    needs=("runAfter", "runAt"),
    message=_INSTEAD,
    check=check,
    page=__doc__,
)
