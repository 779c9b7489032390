"""From an action call a helper, not another action of the same runtime.

`ctx.runAction` starts a second function, with its own start and memory, and both are paid for
while the first waits. It is for crossing from Convex's runtime to Node.js, or back. Within one
runtime share plain TypeScript: an async function that takes `ctx`.

Given

```ts path=src/convex/mail.ts
"use node";
import { internalAction } from "./_generated/server";

export const send = internalAction({ args: {}, handler: async () => null });
```

```ts path=src/convex/plain.ts
import { internalAction } from "./_generated/server";

export const work = internalAction({ args: {}, handler: async () => null });
```

Bad

```ts path=src/convex/orders.ts severity=warning
import { internal } from "./_generated/api";
import { action } from "./_generated/server";

export const pay = action({
  args: {},
  handler: async (ctx) => await ctx.runAction(internal.plain.work, {}),
});
```

```ts path=src/convex/invoice.ts severity=warning
"use node";
import { internal } from "./_generated/api";
import { action } from "./_generated/server";

export const make = action({
  args: {},
  handler: async (ctx) => await ctx.runAction(internal.mail.send, {}),
});
```

Good

```ts path=src/convex/orders.ts
import { components, internal } from "./_generated/api";
import { action } from "./_generated/server";

export const pay = action({
  args: {},
  handler: async (ctx) => {
    // into Node.js, and a component's
    await ctx.runAction(internal.mail.send, {});
    await ctx.runAction(components.mail.lib.send, {});
    // several at once, each with a memory of its own
    await Promise.all([1, 2].map((n) => ctx.runAction(internal.plain.work, {})));
  },
});
```

```ts path=src/convex/unknown.ts
import { internal } from "./_generated/api";
import { action } from "./_generated/server";

export const pay = action({ args: {}, handler: async (ctx) => await ctx.runAction(internal.gone.f, {}) });
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.functions import ctx_calls, kind_at, references, within
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every ctx.runAction of an action whose target has the same runtime."""
    for call in ctx_calls(source, "runAction"):
        given = call.arguments
        if not given or kind_at(source, call.node) not in ("action", "httpAction") or _at_once(call.node):
            continue
        target = next((r for r in references(source) if within(r.node, given[0])), None)
        path = context.program.module(target.names) if target is not None and target.names else None
        facts = context.program.facts(path) if path is not None else None
        if facts is not None and facts.use_node == source.use_node:
            yield Finding(call.name, code=call.node)


def _at_once(node: SgNode) -> bool:
    """Whether it is one of several that are waited for together."""
    above = node.parent()
    for _ in range(12):
        if above is None:
            return False
        called = above.field("function") if above.kind() == "call_expression" else None
        if called is not None and called.text().startswith("Promise."):
            return True
        above = above.parent()
    return False


RULE = Rule(
    id="run-action-cross-runtime-only",
    area="convex-functions",
    severity=Severity.WARNING,
    scope=("<fn>/**/*.ts",),
    needs=("runAction",),
    message="Both run in the same runtime: call a shared helper function instead of ctx.runAction.",
    check=check,
    page=__doc__,
    refuses=False,
    alone=False,
)
