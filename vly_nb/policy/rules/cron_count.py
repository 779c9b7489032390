"""Have no more than five scheduled jobs.

Each job runs for as long as the app exists, used or not, and each run is a function call that
counts. Jobs that are due at the same times can be one that does both things, and what follows
from something that a person does is better started there, with `ctx.scheduler.runAfter`.

Bad

```ts path=src/convex/crons.ts severity=info
import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";

const crons = cronJobs();

crons.interval("one", { hours: 1 }, internal.jobs.one, {});
crons.interval("two", { hours: 1 }, internal.jobs.two, {});
crons.interval("three", { hours: 2 }, internal.jobs.three, {});
crons.cron("four", "0 9 * * *", internal.jobs.four, {});
crons.cron("five", "0 10 * * *", internal.jobs.five, {});
crons.cron("six", "0 11 * * *", internal.jobs.six, {});

export default crons;
```

```ts path=src/convex/crons.ts severity=info
import { cronJobs as make } from "convex/server";
import { internal } from "./_generated/api";

const jobs = make();
jobs.daily("a", { hourUTC: 1 }, internal.jobs.a);
jobs.daily("b", { hourUTC: 2 }, internal.jobs.b);
jobs.daily("c", { hourUTC: 3 }, internal.jobs.c);
jobs.daily("d", { hourUTC: 4 }, internal.jobs.d);
jobs.daily("e", { hourUTC: 5 }, internal.jobs.e);
jobs.daily("f", { hourUTC: 6 }, internal.jobs.f);
jobs.daily("g", { hourUTC: 7 }, internal.jobs.g);
export default jobs;
```

Good

```ts path=src/convex/crons.ts
import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";

const crons = cronJobs();

// one job that does what is due every hour
crons.interval("hourly", { hours: 1 }, internal.jobs.everyHour, {});
crons.cron("four", "0 9 * * *", internal.jobs.four, {});

export default crons;
```

```ts path=src/convex/crons.ts
import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";
import { timeline } from "./timeline";

const crons = cronJobs();
crons.interval("one", { hours: 1 }, internal.jobs.one, {});
// these are no jobs
timeline.interval("a", 1);
timeline.interval("b", 2);
timeline.interval("c", 3);
timeline.interval("d", 4);
timeline.interval("e", 5);
export default crons;
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.cron_jobs import jobs
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source

_MOST = 5


def check(source: Source, context: Context) -> Iterator[Finding]:
    """The first job that is one too many."""
    found = jobs(source)
    if len(found) > _MOST:
        message = (
            f"These are {len(found)} jobs, each of which runs whether there is something to do or not. Merge "
            f"those that are due together, so that there are {_MOST} at the most."
        )
        yield Finding(found[_MOST].call.node, message)


RULE = Rule(
    id="cron-count",
    area="convex-crons",
    severity=Severity.INFO,
    scope=("<fn>/crons.ts",),
    needs=("cronJobs",),
    message=f"Merge jobs, so that there are {_MOST} at the most.",
    check=check,
    page=__doc__,
)
