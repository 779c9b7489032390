"""Make few `ctx.run…` calls from an action; each is a transaction of its own.

Between two calls the data may change, so what they read need not fit together, and each costs
a call. Write one query that returns all that is needed, or one mutation that takes the list.

Bad

```ts path=src/convex/report.ts severity=warning
import { internal } from "./_generated/api";
import { action } from "./_generated/server";

export const make = action({
  args: {},
  handler: async (ctx) => {
    const user = await ctx.runQuery(internal.users.get, {});
    const orders = await ctx.runQuery(internal.orders.list, {});
    const items = await ctx.runQuery(internal.items.list, {});
    return { user, orders, items };
  },
});
```

```ts path=src/convex/import.ts severity=warning
import { internal } from "./_generated/api";
import { internalAction } from "./_generated/server";

export const load = internalAction({
  args: {},
  handler: async (ctx) => {
    const rows = await (await fetch("https://example.org")).json();
    for (const row of rows) {
      await ctx.runMutation(internal.rows.add, { row });
    }
    await Promise.all(rows.map((row: any) => ctx.runMutation(internal.rows.touch, { row })));
  },
});
```

Good

```ts path=src/convex/report.ts
import { internal } from "./_generated/api";
import { action } from "./_generated/server";

export const make = action({
  args: {},
  handler: async (ctx) => {
    const all = await ctx.runQuery(internal.report.data, {});
    const text = await (await fetch("https://example.org", { body: JSON.stringify(all) })).text();
    await ctx.runMutation(internal.report.save, { text });
    const more = await fetch("https://example.org/more");
    await ctx.runMutation(internal.report.finish, { more: more.ok });
  },
});
```

```ts path=src/convex/migrate.ts
import { internal } from "./_generated/api";
import { internalAction } from "./_generated/server";

// page by page, with a cursor
export const all = internalAction({
  args: {},
  handler: async (ctx) => {
    let cursor: string | null = null;
    let done = false;
    while (!done) {
      const page: any = await ctx.runMutation(internal.migrate.page, { cursor });
      cursor = page.continueCursor;
      done = page.isDone;
    }
  },
});
```

```ts path=src/convex/sync.ts
import { internal } from "./_generated/api";
import { action } from "./_generated/server";

// only one of the last three ever runs
export const sync = action({
  args: {},
  handler: async (ctx) => {
    const account = await ctx.runQuery(internal.accounts.get, {});
    try {
      if (!account.token) {
        await ctx.runMutation(internal.accounts.set, { status: "expired" });
        return null;
      }
      await ctx.runMutation(internal.accounts.set, { status: "done" });
    } catch (error) {
      await ctx.runMutation(internal.accounts.set, { status: `${error}` });
    }
  },
});
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.bounds import Loop, loops_around
from vly_nb.policy.functions import ContextCall, ctx_calls, function_at, within
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source

_CURSOR = re.compile(r"\b\w*cursor\w*\b\s*=(?!=)|\bcontinueCursor\b|\bisDone\b|\bhasMore\b", re.I)
_MOST = 2


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Calls in loops, and the third of several in a row, of each action."""
    rows: dict[int, list[ContextCall]] = {}
    for call in ctx_calls(source, "runQuery", "runMutation"):
        function = function_at(source, call.node)
        if function is None or function.handler is None or function.kind not in ("action", "httpAction"):
            continue
        handler = function.handler
        around = [loop for loop in loops_around(source, call.node) if within(loop.node, handler)]
        if around:
            if not _pages(around[0]):
                yield Finding(call.name, _LOOP, code=call.node)
            continue
        if not _is_aside(call.node, handler):
            rows.setdefault(handler.range().start.index, []).append(call)
    for calls in rows.values():
        yield from _in_a_row(source, calls)


def _is_aside(node: SgNode, handler: SgNode) -> bool:
    """Whether it runs instead of what follows: in a `catch`, or before a way out in a branch."""
    for above in node.ancestors():
        if above == handler:
            return False
        if above.kind() == "catch_clause":
            return True
        outer = above.parent() if above.kind() == "statement_block" else None
        if outer is not None and outer.kind() in ("if_statement", "else_clause"):
            last = above.named_children()[-1:]
            if last and last[0].kind() in ("return_statement", "throw_statement"):
                return True
    return False


def _pages(loop: Loop) -> bool:
    """Whether a loop goes on by a cursor."""
    return _CURSOR.search(loop.node.text()) is not None


def _in_a_row(source: Source, calls: list[ContextCall]) -> Iterator[Finding]:
    """The calls that follow two others with no other waiting between them."""
    row = 0
    last: ContextCall | None = None
    for call in calls:
        row = row + 1 if last is not None and not _waits_between(source, last, call) else 1
        last = call
        if row > _MOST:
            yield Finding(call.name, code=call.node)


def _waits_between(source: Source, one: ContextCall, other: ContextCall) -> bool:
    start, end = one.node.range().end.index, other.node.range().start.index
    between = [node for node in source.nodes("await_expression") if start <= node.range().start.index < end]
    return any(not within(other.node, node) for node in between)


_LOOP = "Each round is a transaction of its own: pass the whole list to one mutation, or one query."

RULE = Rule(
    id="few-run-calls",
    area="convex-functions",
    severity=Severity.WARNING,
    scope=("<fn>/**/*.ts",),
    needs=("runQuery", "runMutation"),
    message="Combine these calls into one query or mutation: each is a transaction of its own.",
    check=check,
    page=__doc__,
)
