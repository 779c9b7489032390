"""Run a scheduled job every five minutes at the most.

Every run is a function call, and costs as one, whether there is something to do or not: a job
every ten seconds makes 260,000 calls a month. What must happen soon after something else is
not a job but `ctx.scheduler.runAfter(0, …)` in the mutation that makes it needed, and what is
shown on a page needs no job at all, because queries are live.

Bad

```ts path=src/convex/crons.ts severity=error
import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";

const crons = cronJobs();
const OFTEN = { minutes: 2 };

crons.interval("sweep", { seconds: 30 }, internal.tasks.sweep, {});
crons.interval("often", OFTEN, internal.tasks.sweep, {});
crons.cron("poll", "*/4 * * * *", internal.tasks.poll, {});
crons.cron("twice", "0,3 * * * *", internal.tasks.poll, {});
crons.cron("round the hour", "0,59 * * * *", internal.tasks.poll, {});

export default crons;
```

```ts path=src/convex/reminders.ts severity=error
import { Crons } from "@convex-dev/crons";
import { components, internal } from "./_generated/api";
import { internalMutation } from "./_generated/server";

const crons = new Crons(components.crons);

export const start = internalMutation({
  args: {},
  handler: async (ctx) => {
    await crons.register(ctx, { kind: "interval", ms: 60 * 1000 }, internal.reminders.send, {});
    await crons.register(ctx, { kind: "cron", cronspec: "* * * * *" }, internal.reminders.send, {});
  },
});
```

```ts path=src/convex/crons.ts severity=warning
import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";

const crons = cronJobs();
crons.interval("sync", { seconds: Number(process.env.EVERY) }, internal.sync.all, {});
export default crons;
```

Good

```ts path=src/convex/crons.ts
import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";

const crons = cronJobs();

crons.interval("sweep", { seconds: 300 }, internal.tasks.sweep, {});
crons.interval("tidy", { hours: 1 }, internal.tasks.tidy, {});
// "59 23 * * *" is daily, not every minute
crons.cron("at night", "59 23 * * *", internal.tasks.night, {});
crons.cron("at noon", "*/5 12 * * 1-5", internal.tasks.noon, {});
// two jobs a minute apart, each of them hourly
crons.cron("one", "0 * * * *", internal.tasks.poll, {});
crons.cron("other", "1 * * * *", internal.tasks.poll, {});

export default crons;
```

```ts path=src/convex/reminders.ts
import { Crons } from "@convex-dev/crons";
import { components, internal } from "./_generated/api";

const crons = new Crons(components.crons);
const HOUR = 60 * 60 * 1000;

export const start = (ctx: any) =>
  crons.register(ctx, { kind: "interval", ms: 2 * HOUR }, internal.reminders.send, {});
```

```ts path=src/convex/timers.ts
import { timeline } from "./timeline";

// Other things that have an interval are no jobs.
timeline.interval("tick", { seconds: 1 }, () => {});
timeline.cron("poll", "* * * * *", () => {});
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity, TextEdit
from vly_nb.policy.constants import constant, fixed_value, open_ended, pairs
from vly_nb.policy.cron import smallest_gap
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Call, Source, unwrapped

_LEAST = 300  # seconds
_UNITS = {"seconds": 1, "minutes": 60, "hours": 3600}
_INSTEAD = (
    "Five minutes is the least: use { minutes: 5 } or more, or ctx.scheduler where something triggers it."
)
_UNKNOWN = "How often this job runs is not written here: see to it that it is not less than five minutes."


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every registration of a job, static or with the crons component."""
    for call in source.calls("interval", "cron", "register"):
        arguments = call.node.field("arguments")
        given = [node for node in arguments.named_children() if node.kind() != "comment"] if arguments else []
        kind = _registry(source, call.object)
        if kind is None or len(given) < 2:
            continue
        yield from _judged(source, call, given[1], component=kind == "Crons")


def _registry(source: Source, node: SgNode) -> str | None:
    """ "cronJobs" or "Crons": what made the thing that a job is registered with."""
    made = fixed_value(source, node)
    made = made if made is not None else unwrapped(node)
    maker = made.field("constructor") or made.field("function")
    imported = source.imports.get(maker.text()) if maker is not None else None
    if imported is None:
        return None
    known = {("convex/server", "cronJobs"), ("@convex-dev/crons", "Crons")}
    return imported.name if (imported.module, imported.name) in known else None


def _judged(source: Source, call: Call, schedule: SgNode, *, component: bool) -> Iterator[Finding]:
    if (call.name.text() == "register") is not component:
        return
    if call.name.text() == "cron":
        seconds, known = _of_expression(source, schedule)
    else:
        seconds, known = _of_object(source, schedule)
    if not known:
        yield Finding(schedule, _UNKNOWN, Severity.WARNING, code=call.node)
    elif seconds is not None and seconds < _LEAST:
        fixable = call.name.text() == "interval" and unwrapped(schedule).kind() == "object"
        fix = (TextEdit(source.range(schedule), "{ minutes: 5 }"),) if fixable else ()
        yield Finding(schedule, f"This job runs {_often(seconds)}. {_INSTEAD}", code=call.node, fix=fix)


def _of_expression(source: Source, node: SgNode) -> tuple[float | None, bool]:
    """Seconds of a cron expression, and whether it is written here."""
    text = constant(source, node)
    return (smallest_gap(text), True) if isinstance(text, str) else (None, False)


def _of_object(source: Source, node: SgNode) -> tuple[float | None, bool]:
    """Seconds of `{ minutes: 2 }`, `{ ms: 1000 }` or `{ cronspec: "…" }`, and whether they are known."""
    held = fixed_value(source, node)
    schedule = held if held is not None else unwrapped(node)
    if schedule.kind() != "object" or open_ended(schedule):
        return None, False
    parts = pairs(schedule)
    if "cronspec" in parts:
        return _of_expression(source, parts["cronspec"])
    units = {**_UNITS, "ms": 0.001}
    amounts = [(constant(source, value), units[key]) for key, value in parts.items() if key in units]
    numbers = [amount * unit for amount, unit in amounts if isinstance(amount, float)]
    return sum(numbers), bool(numbers) and len(numbers) == len(amounts)


def _often(seconds: float) -> str:
    if seconds < 60:
        return f"every {seconds:g} seconds"
    return f"every {seconds / 60:g} minutes" if seconds > 60 else "every minute"


RULE = Rule(
    id="cron-min-interval",
    area="convex-crons",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("interval", "cron", "Crons"),
    message=_INSTEAD,
    check=check,
    page=__doc__,
)
