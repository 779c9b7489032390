"""Let a scheduled job do a bounded piece of work.

A job runs when nobody looks, again and again: one that reads a whole table costs more every day,
and one day fails. Take 50 to 100 documents a run; when more are left, the job schedules itself.

Given

```ts path=src/convex/crons.ts
import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";

const crons = cronJobs();
crons.interval("sweep", { hours: 1 }, internal.tasks.sweep, {});
crons.interval("go", { hours: 1 }, internal.jobs.go, {});
export default crons;
```

Bad

```ts path=src/convex/tasks.ts severity=error
import { internalMutation } from "./_generated/server";

export const sweep = internalMutation({
  args: {},
  handler: async (ctx) => {
    for (const task of await ctx.db.query("tasks").collect()) await ctx.db.delete(task._id);
  },
});
```

```ts path=src/convex/jobs.ts with
import { internal } from "./_generated/api";
import { internalAction } from "./_generated/server";

export const go = internalAction({
  args: {},
  handler: async (ctx) => await ctx.runMutation(internal.work.some, {}),
});
```

```ts path=src/convex/work.ts severity=error
import { internalMutation } from "./_generated/server";

// one hop from the job
export const some = internalMutation({
  args: {},
  handler: async (ctx) => {
    await ctx.db.query("tasks").take(400);
    for await (const log of ctx.db.query("logs")) await ctx.db.delete(log._id);
  },
});
```

Good

```ts path=src/convex/tasks.ts
import { internalMutation, query } from "./_generated/server";

export const sweep = internalMutation({
  args: {},
  handler: async (ctx) => {
    for (const task of await ctx.db.query("tasks").take(100)) await ctx.db.delete(task._id);
  },
});
// not the job
export const other = query({ args: {}, handler: async (ctx) => await ctx.db.query("tasks").take(500) });
```

```ts path=src/convex/jobs.ts
import { internalAction } from "./_generated/server";

// an action that only calls another service
export const go = internalAction({
  args: {},
  handler: async () => void (await fetch("https://a.example.org")),
});
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.bounds import leaves, loops
from vly_nb.policy.constants import constant
from vly_nb.policy.functions import (
    ContextCall,
    Function,
    arguments,
    ctx_calls,
    function_at,
    functions,
    references,
    within,
)
from vly_nb.policy.resolver import query_of
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source

_MOST = 100


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Reads without a bound in the functions that jobs run, and in those that they call."""
    jobs = _jobs(source, context)
    for function in functions(source):
        if function.name in jobs and function.handler is not None:
            yield from _reads(source, function)


def _jobs(source: Source, context: Context) -> set[str]:
    """The names of this file's functions that a job runs, itself or one hop away."""
    program = context.program
    crons = program.facts(f"{context.functions}/crons.ts")
    if crons is None:
        return set()
    own = source.path.removeprefix(f"{context.functions}/").removesuffix(".ts").split("/")
    targets = {names for _, names in crons.references if names}
    called = set(targets)
    for names in targets:
        path = program.module(names)
        other = program.source(path) if path is not None else None
        called |= _called_by(other, names[-1]) if other is not None else set()
    return {names[-1] for names in called if [*names[:-1]] == own}


def _called_by(source: Source, name: str) -> set[tuple[str, ...]]:
    """What a function calls with ctx.run…, or schedules."""
    calls: list[ContextCall] = ctx_calls(source, "runQuery", "runMutation", "runAction")
    inside = [c for c in calls if (f := function_at(source, c.node)) is not None and f.name == name]
    known = references(source)
    return {one.names for call in inside for one in known if within(one.node, call.node) and one.names}


def _reads(source: Source, function: Function) -> Iterator[Finding]:
    handler = function.handler
    if handler is None:
        return
    for call in source.calls("collect", "take"):
        if not within(call.node, handler) or query_of(source, call.object) is None:
            continue
        given = arguments(call.node)
        count = constant(source, given[0]) if given else None
        if call.name.text() == "collect" or (isinstance(count, float) and count > _MOST):
            yield Finding(call.name, code=call.node)
    for loop in loops(source):
        if loop.how != "for await" or loop.over is None or not within(loop.node, handler):
            continue
        if query_of(source, loop.over) is not None and not leaves(loop):
            yield Finding(loop.over, code=loop.over)


RULE = Rule(
    id="cron-bounded-work",
    area="convex-cost",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("collect", "take", "for await"),
    message="A job runs this: take 50 to 100 documents a run, and schedule the rest.",
    check=check,
    page=__doc__,
    refuses=False,
    alone=False,
)
