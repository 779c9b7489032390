"""Let an index choose; don't read everything and throw most of it away.

Filtering in JavaScript reads just as much as is thrown away, and each document counts. Where the
condition is about a field, put the field into an index and ask for it in `withIndex`.

Bad

```ts path=src/convex/tasks.ts severity=warning
import { query } from "./_generated/server";

export const open = query({
  args: {},
  handler: async (ctx) => (await ctx.db.query("tasks").collect()).filter((task) => task.done === false),
});
```

```ts path=src/convex/tasks.ts severity=warning
import { query } from "./_generated/server";

export const mine = query({
  args: {},
  handler: async (ctx, args: any) => {
    const all = await ctx.db.query("tasks").withIndex("by_team").collect();
    const own = all.filter((task) => task.ownerId === args.ownerId);
    return own.find((task) => task.rank === 3);
  },
});
```

Good

```ts path=src/convex/tasks.ts
import { query } from "./_generated/server";

export const open = query({
  args: {},
  handler: async (ctx) =>
    await ctx.db.query("tasks").withIndex("by_done", (q) => q.eq("done", false)).take(50),
});
```

```ts path=src/convex/settings.ts
import { query } from "./_generated/server";

// a small table that stays so: as many as are asked for, and then one of them
export const named = query({
  args: {},
  handler: async (ctx, args: any) => {
    const few = await ctx.db.query("settings").take(20);
    const words = ["a", "b"].filter((word) => word === args.word);
    return [few.filter((one) => one.name === args.name), words];
  },
});
```

```ts path=src/convex/draws.ts
import { query } from "./_generated/server";

// read once, and looked at for each name: a query for each would be more
export const free = query({
  args: {},
  handler: async (ctx, args: any) => {
    const resting = await ctx.db
      .query("cooldowns")
      .withIndex("by_item", (q) => q.eq("item", args.item))
      .collect();
    return args.names.filter((name: string) => !resting.find((one) => one.name === name));
  },
});

// all are needed, in two heaps
export const heaps = query({
  args: {},
  handler: async (ctx) => {
    const draws = await ctx.db.query("draws").collect();
    const won = draws.filter((draw) => draw.result === "won");
    return { won, lost: draws.filter((draw) => draw.result === "lost") };
  },
});
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.bounds import UNBOUNDED, bound, loops_around
from vly_nb.policy.functions import arguments, within
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Call, Source, member, unwrapped


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Array filters over all documents of a query, by equality of a field."""
    for call in source.calls("filter", "find"):
        given = arguments(call.node)
        if not given or not _compares_a_field(given[0]) or _is_needed(source, call):
            continue
        if bound(source, call.object) == UNBOUNDED:
            yield Finding(call.name, code=call.node)


def _is_needed(source: Source, call: Call) -> bool:
    """Whether more is done with the list, by its name; a loop around looks at it again and again."""
    target = unwrapped(call.object)
    binding = source.scopes.find(target) if target.kind() == "identifier" else None
    value = binding.value if binding is not None else None
    if binding is None or value is None:
        return False
    first = value.range().end.index
    uses = [use for use in source.names.get(binding.name, ()) if use.range().start.index > first]
    if any(use != target and source.scopes.find(use) is binding for use in uses):
        return True
    return any(not within(value, loop.body) for loop in loops_around(source, call.node))


def _compares_a_field(predicate: SgNode) -> bool:
    """`(x) => x.field === value`, also joined by &&."""
    body = predicate.field("body") if predicate.kind() == "arrow_function" else None
    node = unwrapped(body) if body is not None else None
    for _ in range(6):
        sign = node.field("operator") if node is not None and node.kind() == "binary_expression" else None
        left = node.field("left") if node is not None else None
        if node is None or sign is None or left is None:
            return False
        if sign.text() in ("===", "=="):
            right = node.field("right")
            return any(side is not None and member(unwrapped(side)) is not None for side in (left, right))
        if sign.text() != "&&":
            return False
        node = unwrapped(left)
    return False


RULE = Rule(
    id="collect-then-filter",
    area="convex-queries",
    severity=Severity.WARNING,
    scope=("<fn>/**/*.ts",),
    needs=("collect",),
    message="This reads every document to keep a few: push the condition into an index.",
    check=check,
    page=__doc__,
)
