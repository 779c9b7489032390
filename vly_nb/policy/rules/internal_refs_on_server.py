"""On the server call internal functions: `internal.…`, not `api.…`.

What `api` names is open to everyone, and has to check who calls. What only the server calls is
an `internalQuery`, `internalMutation` or `internalAction`, and is named by `internal.…`.

Bad

```ts path=src/convex/orders.ts severity=warning
import { api } from "./_generated/api";
import { action } from "./_generated/server";

export const pay = action({
  args: {},
  handler: async (ctx) => await ctx.runMutation(api.orders.setPaid, {}),
});
```

```ts path=src/convex/crons.ts severity=warning
import { cronJobs } from "convex/server";
import { api } from "./_generated/api";

const crons = cronJobs();
crons.interval("sweep", { hours: 1 }, api.tasks.sweep, {});
export default crons;
```

Good

```ts path=src/convex/orders.ts
import { components, internal } from "./_generated/api";
import { action } from "./_generated/server";

export const pay = action({
  args: {},
  handler: async (ctx) => {
    await ctx.runMutation(internal.orders.setPaid, {});
    await ctx.runMutation(components.counter.public.add, {});
  },
});
```

```ts path=src/convex/batch.ts
import { api } from "./_generated/api";
import { mutation } from "./_generated/server";

// a public function that goes on with itself
export const clear = mutation({
  args: {},
  handler: async (ctx) => {
    await ctx.scheduler.runAfter(0, api.batch.clear, {});
  },
});
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.functions import arguments, ctx_calls, function_at, references, within
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source

_RUNS = ("runQuery", "runMutation", "runAction", "scheduler.runAfter", "scheduler.runAt")


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every `api.…` that is passed to ctx.run…, the scheduler or a cron."""
    public = references(source, ("api",))
    if not public:
        return
    calls: list[SgNode] = [call.node for call in ctx_calls(source, *_RUNS)]
    if source.path == f"{context.functions}/crons.ts":
        calls += [call.node for call in source.calls("interval", "cron", "hourly", "daily", "weekly")]
    for call in calls:
        for given in arguments(call):
            for one in public:
                if within(one.node, given) and one.names and not _itself(source, context, call, one.names):
                    inner = ".".join(("internal", *one.names))
                    yield Finding(one.node, f"Make it internal and call it as {inner}. {_BOTH}", code=call)


_BOTH = "If the page calls it too, put the work into a plain function that both use."


def _itself(source: Source, context: Context, call: SgNode, names: tuple[str, ...]) -> bool:
    function = function_at(source, call)
    own = source.path.removeprefix(f"{context.functions}/").removesuffix(".ts")
    return function is not None and names == (*own.split("/"), function.name)


RULE = Rule(
    id="internal-refs-on-server",
    area="convex-functions",
    severity=Severity.WARNING,
    scope=("<fn>/**/*.ts",),
    needs=("api.",),
    message="On the server call internal functions: internal.file.fn.",
    check=check,
    page=__doc__,
)
