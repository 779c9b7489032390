"""Give a scheduled job its function as internal.file.name, and let that be a mutation or an action.

Convex needs the address of a function, not the function: `internal.tasks.sweep`, from
`./_generated/api`. A string, an imported function or a function written on the spot stops the
deployment; a name that isn't there makes every run fail. A query changes nothing, so as a job
it does nothing.

Given

```ts path=src/convex/tasks.ts
import { internalAction, internalMutation, internalQuery } from "./_generated/server";

export const sweep = internalMutation({ args: {}, handler: async (ctx) => null });
export const mail = internalAction({ args: {}, handler: async (ctx) => null });
export const count = internalQuery({ args: {}, handler: async (ctx) => 0 });
export const LIMIT = 10;
```

```ts path=src/convex/made.ts
import { crud } from "convex-helpers/server/crud";
import schema from "./schema";

export const { create, destroy } = crud(schema, "tasks");
```

Bad

```ts path=src/convex/crons.ts severity=error
import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";
import { sweep } from "./tasks";

const crons = cronJobs();

crons.interval("imported", { hours: 1 }, sweep, {});
crons.interval("string", { hours: 1 }, "tasks:sweep", {});
crons.interval("function", { hours: 1 }, async () => {}, {});
crons.cron("none", "0 9 * * *");
crons.cron("missing", "0 9 * * *", internal.tasks.swep, {});
crons.cron("no file", "0 9 * * *", internal.task.sweep, {});
crons.cron("a query", "0 9 * * *", internal.tasks.count, {});
crons.cron("no function", "0 9 * * *", internal.tasks.LIMIT, {});

export default crons;
```

```ts path=src/convex/crons.ts severity=error
import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";

const crons = cronJobs();
const sweeping = internal.tasks.sweepAll;
crons.interval("sweep", { hours: 1 }, sweeping, {});
crons.interval("whole file", { hours: 1 }, internal.tasks, {});
export default crons;
```

Good

```ts path=src/convex/crons.ts
import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";

const crons = cronJobs();
const mailing = internal.tasks.mail;

crons.interval("sweep", { hours: 1 }, internal.tasks.sweep, {});
crons.cron("mail", "0 9 * * *", mailing, {});
crons.cron("bracketed", "0 9 * * *", internal["tasks"]["sweep"], {});

export default crons;
```

```ts path=src/convex/crons.ts
import { cronJobs, makeFunctionReference } from "convex/server";
import { components, internal } from "./_generated/api";
import { reference } from "./references";

const crons = cronJobs();
// an address by another way, a component's, and what can't be followed
crons.interval("made", { hours: 1 }, makeFunctionReference<"mutation">("tasks:sweep"), {});
crons.interval("component", { hours: 1 }, components.workpool.lib.sweep, {});
crons.interval("crud", { hours: 1 }, internal.made.destroy, {});
crons.interval("elsewhere", { hours: 1 }, reference, {});
export default crons;
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.constants import fixed_value
from vly_nb.policy.cron_jobs import ALLOWED, jobs
from vly_nb.policy.functions import Reference, references
from vly_nb.policy.nesting import extent
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, remembered, unwrapped

_GIVE = "Pass internal.file.name, the address of a mutation or an action"
_SURELY_NONE = ("string", "template_string", "arrow_function", "function_expression", "object", "null")


def check(source: Source, context: Context) -> Iterator[Finding]:
    """The third argument of every job."""
    for job in jobs(source):
        if job.method not in ALLOWED:
            continue
        if job.target is None:
            if not any(node.kind() == "spread_element" for node in _passed(job.call.node)):
                yield Finding(job.call.name, f"This job has no function: {_GIVE}.", code=job.call.node)
            continue
        wrong = _wrong(source, job.target, context)
        if wrong is not None:
            yield Finding(job.target, wrong, code=job.call.node)


def _passed(call: SgNode) -> list[SgNode]:
    held = call.field("arguments")
    return held.named_children() if held is not None else []


def _wrong(source: Source, target: SgNode, context: Context) -> str | None:
    """What is wrong with a job's function; None where nothing is, or it can't be followed."""
    node = unwrapped(target)
    held = fixed_value(source, node) if node.kind() == "identifier" else None
    node = held if held is not None else node
    if node.kind() in _SURELY_NONE:
        return f"{_GIVE}, not a text or a function."
    if node.kind() == "identifier":
        return _imported(source, node, context)
    reference = _addresses(source).get(extent(node))
    return _missing(reference, context) if reference is not None else None


@remembered
def _addresses(source: Source) -> dict[tuple[int, int], Reference]:
    """The references by where they stand."""
    return {extent(reference.node): reference for reference in references(source)}


def _imported(source: Source, node: SgNode, context: Context) -> str | None:
    """A function of the project, passed itself."""
    imported = source.imports.get(node.text())
    binding = source.scopes.find(node)
    if imported is None or binding is None or binding.kind != "import":
        return None
    path = context.program.resolve(source.path, imported.module)
    export = context.program.export(path, imported.name) if path is not None else None
    if export is None or export.kind not in ("query", "mutation", "action"):
        return None
    return f"This is the function itself, not its address. {_GIVE}."


def _missing(reference: Reference, context: Context) -> str | None:
    if reference.open:
        return None
    name = ".".join((reference.root, *reference.names))
    if len(reference.names) < 2:
        return f"{name} is no function. {_GIVE}."
    export = context.program.function(reference.names)
    if export is None:
        return f"There is no {name}. {_GIVE} that is there."
    if export.kind == "query":
        return f"{name} is a query, which changes nothing: as a job it does nothing. {_GIVE}."
    if export.kind in ("httpAction", "type") or (export.kind == "value" and not export.made):
        return f"{name} is no mutation and no action. {_GIVE}."
    return None


RULE = Rule(
    id="cron-function-reference",
    area="convex-crons",
    severity=Severity.ERROR,
    scope=("<fn>/crons.ts",),
    needs=("cronJobs",),
    message=f"{_GIVE}.",
    check=check,
    page=__doc__,
    refuses=False,
    alone=False,
)
