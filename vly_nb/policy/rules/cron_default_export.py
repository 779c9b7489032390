"""Give out the one `cronJobs()` as the default of crons.ts, with a name of its own for every job.

Convex takes the jobs from the file's default export: without it none of them runs. It turns the
deployment down for two jobs by one name, for a name with letters beyond plain ASCII, and for an
interval with more than one unit: 90 minutes are `{ minutes: 90 }`, not one hour and 30 minutes.

Bad

```ts path=src/convex/crons.ts severity=error
import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";

const crons = cronJobs();
crons.interval("sweep", { hours: 1 }, internal.tasks.sweep, {});
```

```ts path=src/convex/crons.ts severity=error
import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";

export const crons = cronJobs();
crons.interval("sweep", { hours: 1 }, internal.tasks.sweep, {});
export default { crons };
```

```ts path=src/convex/crons.ts severity=error
import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";

const crons = cronJobs();
const EVERY = { hours: 1, minutes: 30 };
crons.interval("tidy", { hours: 1 }, internal.tasks.tidy, {});
crons.cron("tidy", "0 9 * * *", internal.tasks.tidy, {});
crons.interval("café", { hours: 1 }, internal.tasks.coffee, {});
crons.interval("sweep", EVERY, internal.tasks.sweep, {});
export default crons;
```

Good

```ts path=src/convex/crons.ts
import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";

const crons = cronJobs();
crons.interval("sweep", { minutes: 90, hours: undefined }, internal.tasks.sweep, {});
crons.cron("tidy", "0 9 * * *", internal.tasks.tidy, {});
export default crons;
```

```ts path=src/convex/crons.ts
import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";

let jobs = cronJobs();
for (const name of ["a", "b"]) {
  jobs.interval(name, { hours: 1 }, internal.tasks.sweep, { name });
}
export { jobs as default };
```

```ts path=src/convex/crons.ts
export { default } from "./jobs/all"; // the jobs are registered there
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Range, Severity, TextEdit
from vly_nb.policy.constants import constant, fixed_value, open_ended, pairs
from vly_nb.policy.cron_jobs import jobs, maker_of, makers
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, unwrapped

_NAME = re.compile(r"[ -~]*")
_UNITS = ("seconds", "minutes", "hours")
_NOT_JOBS = ("object", "array", "string", "number", "arrow_function", "function_expression", "class")
_EXPORT = "Convex takes the jobs from the default export of this file, and they aren't it"


def check(source: Source, context: Context) -> Iterator[Finding]:
    """The default export, the jobs' names, and their intervals."""
    if makers(source):
        yield from _given_out(source)
    yield from _names(source)
    for job in jobs(source):
        if job.method == "interval" and job.schedule is not None and _units(source, job.schedule) > 1:
            message = "An interval has one unit: give seconds, minutes or hours, as in { minutes: 90 }."
            yield Finding(job.schedule, message, code=job.call.node)


def _given_out(source: Source) -> Iterator[Finding]:
    first = makers(source)[0]
    name = _name_of(source, first)
    default = next((one for one in source.exports if one.name == "default"), None)
    message = f"{_EXPORT}: write export default {name or 'crons'}; at its end."
    if default is None:
        if not any(one.name == "*" for one in source.exports):
            yield Finding(first, message, fix=_appended(source, name))
        return
    value = unwrapped(default.value) if default.value is not None else None
    if value is not None and maker_of(source, value) is None and value.kind() in _NOT_JOBS:
        yield Finding(default.node, message)


def _name_of(source: Source, maker: SgNode) -> str | None:
    """The name that a `cronJobs()` has at the top of the file."""
    above = maker.parent()
    declared = above.field("name") if above is not None and above.kind() == "variable_declarator" else None
    if declared is None or declared.kind() != "identifier":
        return None
    around = {node.kind() for node in maker.ancestors()}
    inside = {"statement_block", "arrow_function", "class_body"} & around
    return declared.text() if not inside and len(makers(source)) == 1 else None


def _appended(source: Source, name: str | None) -> tuple[TextEdit, ...]:
    if name is None:
        return ()
    last = len(source.lines)
    end = Range(last, len(source.lines[-1]) + 1, last, len(source.lines[-1]) + 1)
    return (TextEdit(end, f"{'' if source.text.endswith(chr(10)) else chr(10)}\nexport default {name};\n"),)


def _names(source: Source) -> Iterator[Finding]:
    seen: set[str] = set()
    for job in jobs(source):
        name = constant(source, job.name) if job.name is not None else None
        if job.name is None or not isinstance(name, str):
            continue
        if _NAME.fullmatch(name) is None:
            message = f'"{name}": a job\'s name can have plain ASCII letters, digits and signs only.'
            yield Finding(job.name, message, code=job.call.node)
        if name in seen:
            message = f'There is a job by the name "{name}" already: give this one another.'
            yield Finding(job.name, message, code=job.call.node)
        seen.add(name)


def _units(source: Source, node: SgNode) -> int:
    """How many units a schedule gives; 0 when that can't be seen."""
    held = fixed_value(source, node)
    schedule = held if held is not None else unwrapped(node)
    if schedule.kind() != "object" or open_ended(schedule):
        return 0
    given = pairs(schedule)
    return sum(name in given and given[name].text() != "undefined" for name in _UNITS)


RULE = Rule(
    id="cron-default-export",
    area="convex-crons",
    severity=Severity.ERROR,
    scope=("<fn>/crons.ts",),
    needs=("cronJobs",),
    message=f"{_EXPORT}: write export default crons; at its end.",
    check=check,
    page=__doc__,
)
