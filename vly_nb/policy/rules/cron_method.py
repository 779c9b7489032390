"""Register jobs with crons.interval or crons.cron, not with hourly, daily, weekly or monthly.

The two say all that the other four can, and how often a job runs can then be read, and checked,
in one way. The times are in UTC: `crons.cron("report", "30 9 * * *", …)` runs every day at 9:30.

Bad

```ts path=src/convex/crons.ts severity=error
import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";

const crons = cronJobs();
const NINE = { hourUTC: 9, minuteUTC: 30 };

crons.hourly("sweep", { minuteUTC: 5 }, internal.tasks.sweep, {});
crons.daily("report", { hourUTC: 9, minuteUTC: 30 }, internal.reports.daily);
crons.daily("other report", NINE, internal.reports.other);
crons.weekly("digest", { dayOfWeek: "monday", hourUTC: 8, minuteUTC: 0 }, internal.reports.weekly);
crons.monthly("bill", { day: 1, hourUTC: 0, minuteUTC: 0 }, internal.bills.make);

export default crons;
```

```ts path=src/convex/crons.ts severity=error
import { cronJobs as make } from "convex/server";
import { internal } from "./_generated/api";

let jobs = make();
jobs["daily"]("report", { hourUTC: 9 }, internal.reports.daily);
jobs.hourly("sweep", internal.tasks.sweep);
export default jobs;
```

Good

```ts path=src/convex/crons.ts
import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";

const crons = cronJobs();

crons.interval("sweep", { hours: 1 }, internal.tasks.sweep, {});
crons.cron("report", "30 9 * * *", internal.reports.daily, {});
crons.cron("digest", "0 8 * * MON", internal.reports.weekly, {});

export default crons;
```

```ts path=src/convex/crons.ts
import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";
import { reports } from "./reports";

const crons = cronJobs();
// other things have such methods, too
reports.daily("sales", { hourUTC: 9 }, []);
crons.interval("sweep", { hours: 1 }, internal.tasks.daily, {});
export default crons;
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Severity, TextEdit
from vly_nb.policy.constants import constant, open_ended, pairs
from vly_nb.policy.cron_jobs import CALENDAR, Job, jobs
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, unwrapped

_INSTEAD = {
    "hourly": "crons.interval(name, { hours: 1 }, …)",
    "daily": 'crons.cron(name, "30 9 * * *", …) for 9:30 every day',
    "weekly": 'crons.cron(name, "30 9 * * MON", …) for 9:30 on Mondays',
    "monthly": 'crons.cron(name, "30 9 1 * *", …) for 9:30 on the first of the month',
}
_FIELDS = {
    "hourly": ("minuteUTC",),
    "daily": ("minuteUTC", "hourUTC"),
    "monthly": ("minuteUTC", "hourUTC", "day"),
}


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every job registered with one of the four."""
    for job in jobs(source):
        if job.method in CALENDAR:
            message = f"Don't use crons.{job.method}: write {_INSTEAD[job.method]}; times are in UTC."
            yield Finding(job.call.name, message, code=job.call.node, fix=_fix(source, job))


def _fix(source: Source, job: Job) -> tuple[TextEdit, ...]:
    """`crons.cron` with the same time, where the schedule stands here as plain numbers."""
    fields = _FIELDS.get(job.method)
    schedule = unwrapped(job.schedule) if job.schedule is not None else None
    if fields is None or schedule is None or schedule.kind() != "object" or open_ended(schedule):
        return ()
    if job.call.name.kind() != "property_identifier":
        return ()
    given = pairs(schedule)
    numbers = [constant(source, given[name]) if name in given else None for name in fields]
    whole = [f"{n:.0f}" for n in numbers if isinstance(n, float) and 0 <= n < 60 and n.is_integer()]
    if len(whole) != len(fields) or len(given) != len(fields):
        return ()
    text = " ".join([*whole, *["*"] * (5 - len(whole))])
    return (
        TextEdit(source.range(job.call.name), "cron"),
        TextEdit(source.range(schedule), f'"{text}"'),
    )


RULE = Rule(
    id="cron-method",
    area="convex-crons",
    severity=Severity.ERROR,
    scope=("<fn>/crons.ts",),
    needs=CALENDAR,
    message="Use crons.interval or crons.cron.",
    check=check,
    page=__doc__,
)
