"""Register scheduled jobs in crons.ts at the top of the functions folder, and nowhere else.

Convex looks for jobs in this one file. A `cronJobs()` in cron.ts, cronJobs.ts or crons/index.ts
is deployed without a complaint, and none of its jobs ever runs. The functions that the jobs call
can be in any file.

Bad

```ts path=src/convex/cron.ts severity=error
import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";

const crons = cronJobs();
crons.interval("sweep", { hours: 1 }, internal.tasks.sweep, {});
export default crons;
```

```ts path=src/convex/crons/index.ts severity=error
import { cronJobs as makeJobs } from "convex/server";
import { internal } from "../_generated/api";

const jobs = makeJobs();
jobs.cron("report", "0 9 * * *", internal.reports.daily, {});
export default jobs;
```

Good

```ts path=src/convex/crons.ts
import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";

const crons = cronJobs();
crons.interval("sweep", { hours: 1 }, internal.weeklyTestsCron.sweep, {});
export default crons;
```

```ts path=src/convex/weeklyTestsCron.ts
import { internalMutation } from "./_generated/server";

// a file that merely holds the functions which jobs call
export const sweep = internalMutation({ args: {}, handler: async (ctx) => null });
```

```ts path=src/convex/cron.ts
import type { Crons } from "convex/server";
import { internal } from "./_generated/api";

// a helper that crons.ts calls with its own cronJobs()
export function addReports(crons: Crons) {
  crons.cron("report", "0 9 * * *", internal.reports.daily, {});
}
```

```ts path=src/convex/reminders.ts
import { Crons } from "@convex-dev/crons";
import { components, internal } from "./_generated/api";

// the crons component registers jobs while the app runs, from wherever it likes
const crons = new Crons(components.crons);
export const start = (ctx: any) =>
  crons.register(ctx, { kind: "interval", ms: 3600000 }, internal.reminders.send, {});
```

```ts with path=src/convex/billing/convex.config.ts
import { defineComponent } from "convex/server";

export default defineComponent("billing");
```

```ts path=src/convex/billing/crons.ts
import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";

// a component of the project has a crons.ts of its own
const crons = cronJobs();
crons.interval("bill", { hours: 24 }, internal.bills.make, {});
export default crons;
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.convex_runtime import is_deployed
from vly_nb.policy.cron_jobs import makers
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every `cronJobs()` in another file."""
    folder, _, name = source.path.rpartition("/")
    if folder == context.functions and name == "crons.ts":
        return
    if not is_deployed(source.path, context.functions) or not makers(source):
        return
    if name == "crons.ts" and f"{folder}/convex.config.ts" in context.program.paths:
        return  # a component's own
    message = (
        f"Convex looks for jobs in {context.functions}/crons.ts only, so none of these ever runs: "
        "move them there."
    )
    for call in makers(source):
        yield Finding(call, message)


RULE = Rule(
    id="cron-file",
    area="convex-crons",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("cronJobs",),
    message="Convex looks for jobs in crons.ts of the functions folder only: move them there.",
    check=check,
    page=__doc__,
    alone=False,
)
