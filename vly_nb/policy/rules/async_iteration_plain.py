"""Iterate over the query itself, or over a list that is there; not over a promise.

`for await (const row of query)` reads document by document. What `.collect()` and `.take(n)` give
is one promise for the whole list: `for (const row of await query.take(n))`.

Bad

```ts path=src/convex/tasks.ts severity=error
import { query } from "./_generated/server";

export const names = query({
  args: {},
  handler: async (ctx) => {
    const found = [];
    for await (const task of ctx.db.query("tasks").take(10) as any) found.push(task.title);
    return found;
  },
});
```

```ts path=src/convex/tasks.ts severity=error
import { query } from "./_generated/server";

export const names = query({
  args: {},
  handler: async (ctx) => {
    const all: any = ctx.db.query("tasks").withIndex("by_done");
    const found = [];
    for await (const task of all.collect()) found.push(task.title);
    return found;
  },
});
```

Good

```ts path=src/convex/tasks.ts
import { query } from "./_generated/server";

export const names = query({
  args: {},
  handler: async (ctx) => {
    const found = [];
    for await (const task of ctx.db.query("tasks")) {
      found.push(task.title);
      if (found.length >= 20) break;
    }
    for (const task of await ctx.db.query("tasks").take(10)) found.push(task.title);
    return found;
  },
});
```

```ts path=src/convex/ai.ts
// another thing that streams
export async function read(stream: any) {
  for await (const part of stream.take(3)) console.log(part);
}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Range, Severity, TextEdit
from vly_nb.policy.bounds import loops
from vly_nb.policy.resolver import query_of
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, member, unwrapped


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every `for await` over the promise of a list."""
    for loop in loops(source):
        node = unwrapped(loop.over) if loop.how == "for await" and loop.over is not None else None
        called = node.field("function") if node is not None and node.kind() == "call_expression" else None
        step = member(unwrapped(called)) if called is not None else None
        if node is None or step is None or step[1] not in ("collect", "take"):
            continue
        if query_of(source, step[0]) is not None:
            fix = _fix(source, loop.node, node) if step[1] == "take" else ()
            yield Finding(node, code=node, fix=fix)


def _fix(source: Source, loop: SgNode, over: SgNode) -> tuple[TextEdit, ...]:
    """`for (… of await query.take(n))`: the list is waited for, and then gone over."""
    sign = next((child for child in loop.children() if child.kind() == "await"), None)
    behind = sign.next() if sign is not None else None
    if sign is None or behind is None:
        return ()
    start, end = source.range(sign), source.range(behind)
    edits = [TextEdit(Range(start.line, start.column, end.line, end.column), "")]
    above, place = over.parent(), source.range(over)
    if above is None or above.kind() != "await_expression":
        edits.append(TextEdit(Range(place.line, place.column, place.line, place.column), "await "))
    return tuple(edits)


RULE = Rule(
    id="async-iteration-plain",
    area="convex-queries",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("for await",),
    message="Iterate over the query itself (for await), or over the list: for (… of await query.take(n)).",
    check=check,
    page=__doc__,
)
