"""Write a few hundred documents in one mutation at the most.

A transaction may write 16,000, but long before that others wait for it and it is tried again and
again. Take 100 to 500, and schedule the function itself for the rest. Look at the length of a
list that a stranger sends before writing it.

Bad

```ts path=src/convex/tasks.ts severity=warning
import { internalMutation } from "./_generated/server";

export const close = internalMutation({
  args: {},
  handler: async (ctx) => {
    for (const task of await ctx.db.query("tasks").take(1000)) {
      await ctx.db.patch(task._id, { done: true });
    }
  },
});
```

```ts path=src/convex/import.ts severity=warning
import { v } from "convex/values";
import { mutation } from "./_generated/server";

export const add = mutation({
  args: { titles: v.array(v.string()) },
  handler: async (ctx, args) => {
    for (const title of args.titles) await ctx.db.insert("tasks", { title });
  },
});
```

Good

```ts path=src/convex/tasks.ts
import { internalMutation } from "./_generated/server";

export const close = internalMutation({
  args: {},
  handler: async (ctx) => {
    for (const task of await ctx.db.query("tasks").take(500)) {
      await ctx.db.patch(task._id, { done: true });
    }
  },
});
```

```ts path=src/convex/import.ts
import { v } from "convex/values";
import { mutation } from "./_generated/server";

// the length is looked at, or the list is cut
export const add = mutation({
  args: { titles: v.array(v.string()), tags: v.array(v.string()) },
  handler: async (ctx, { titles, tags }) => {
    if (titles.length > 100) throw new Error("At most 100 at once");
    for (const title of titles) await ctx.db.insert("tasks", { title });
    for (const tag of tags.slice(0, 20)) await ctx.db.insert("tags", { tag });
  },
});
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.bounds import UNBOUNDED, bound_of, loops_around
from vly_nb.policy.functions import WRITES, ctx_calls, function_at
from vly_nb.policy.outside import comes_from_args
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, member, unwrapped

_MOST = 500


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Writes in loops that run too often, or as often as a stranger likes."""
    said: set[int] = set()
    for call in ctx_calls(source, *WRITES):
        for loop in loops_around(source, call.node):
            start = loop.node.range().start.index
            if start in said or loop.over is None:
                break
            most = bound_of(source, loop)
            if most == UNBOUNDED:
                break  # no-write-in-query-loop tells of that
            function = function_at(source, call.node)
            handler = function.handler if function is not None and not function.internal else None
            if most is not None and most > _MOST:
                said.add(start)
                yield Finding(call.name, f"This writes up to {most:g} documents. {_LESS}", code=call.node)
            elif most is None and handler is not None and _is_unchecked(source, loop.over, handler):
                said.add(start)
                yield Finding(call.name, f"Look at the list's length first. {_LESS}", code=call.node)


def _is_unchecked(source: Source, over: SgNode, handler: SgNode) -> bool:
    """Whether it is a list from the arguments, and the handler doesn't look at its length."""
    if not comes_from_args(source, over):
        return False
    node = unwrapped(over)
    step = member(node)
    name = step[1] if step is not None else node.text()
    return re.search(rf"\b{re.escape(name)}\??\.length\b", handler.text()) is None


_LESS = "Write at most 100 to 500 in one mutation, and schedule the rest."

RULE = Rule(
    id="batch-write-limit",
    area="convex-cost",
    severity=Severity.WARNING,
    scope=("<fn>/**/*.ts",),
    needs=("insert", "patch", "replace", "delete"),
    message=_LESS,
    check=check,
    page=__doc__,
)
