"""`api` and `internal` name functions; they don't call or define them.

`api.tasks.list` is a reference. Calling it does nothing that you want, and assigning to it
defines nothing: give the function out of its own file, and pass the reference to
`useQuery`, `ctx.runQuery` or the scheduler.

Bad

```ts path=src/convex/tasks.ts severity=error
import { api, internal } from "./_generated/api";
import { action } from "./_generated/server";

export const go = action({
  args: {},
  handler: async (ctx) => {
    const rows = await api.tasks.list({});
    await internal.mail.send({ to: "a" });
    return rows;
  },
});
```

```ts path=src/convex/setup.ts severity=error
import { api } from "./_generated/api";
import { query } from "./_generated/server";

api.tasks.list = query({ args: {}, handler: async () => [] });
```

Good

```ts path=src/convex/tasks.ts
import { api, internal } from "./_generated/api";
import { action } from "./_generated/server";

export const go = action({
  args: {},
  handler: async (ctx) => {
    const send = internal.mail.send;
    await ctx.runAction(send, {});
    return await ctx.runQuery(api.tasks.list, {});
  },
});
```

```ts path=src/convex/remote.ts
import { api } from "./my-client";

// another api
export const rows = () => api.tasks.list({});
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.functions import references
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source


def check(source: Source, context: Context) -> Iterator[Finding]:
    """References that are called or assigned to."""
    for reference in references(source):
        above = reference.node.parent()
        if above is None or not reference.names:
            continue
        chain = ".".join((reference.root, *reference.names))
        if above.kind() == "call_expression" and above.field("function") == reference.node:
            yield Finding(reference.node, f"{chain} can't be called. {_HAND_IT}", code=above)
        if above.kind() == "assignment_expression" and above.field("left") == reference.node:
            yield Finding(reference.node, f"{chain} can't be assigned to. {_GIVE}", code=above)


_HAND_IT = "Pass it: ctx.runQuery(…), ctx.runMutation(…), ctx.runAction(…)."
_GIVE = "Give the function out of its file: export const f = query({ … })."

RULE = Rule(
    id="no-register-through-api",
    area="convex-functions",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("_generated/api",),
    message=f"`api` and `internal` only name functions. {_HAND_IT}",
    check=check,
    page=__doc__,
)
