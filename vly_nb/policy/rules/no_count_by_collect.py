"""Don't read documents to count them: keep a count, or use @convex-dev/aggregate.

A count by `.collect()` reads every document each time it is asked for, and one by `.take(n)` is
wrong as soon as there are more. Keep the number in a document that the mutations change, or use
the component `@convex-dev/aggregate`.

Bad

```ts path=src/convex/tasks.ts severity=error
import { query } from "./_generated/server";

export const count = query({
  args: {},
  handler: async (ctx) => (await ctx.db.query("tasks").collect()).length,
});
```

```ts path=src/convex/tasks.ts severity=error
import { query } from "./_generated/server";

export const stats = query({
  args: {},
  handler: async (ctx) => {
    const tasks = await ctx.db.query("tasks").collect();
    const done = await ctx.db.query("tasks").withIndex("by_done", (q) => q.eq("done", true)).take(1000);
    return { total: tasks.length, done: done.length };
  },
});
```

Good

```ts path=src/convex/tasks.ts
import { query } from "./_generated/server";

export const count = query({
  args: {},
  handler: async (ctx) => {
    const counter = await ctx.db
      .query("counters")
      .withIndex("by_name", (q) => q.eq("name", "tasks"))
      .unique();
    return counter?.value ?? 0;
  },
});
```

```ts path=src/convex/pages.ts
import { query } from "./_generated/server";

// whether there are any, or more, is no count
export const page = query({
  args: {},
  handler: async (ctx) => {
    const rows = await ctx.db.query("tasks").take(11);
    if (rows.length === 0) return { rows: [], more: false, average: 0 };
    const sum = rows.reduce((total, row) => total + row.rank, 0);
    return { rows: rows.slice(0, 10), more: rows.length > 10, average: sum / rows.length };
  },
});
```

```ts path=src/convex/board.ts
import { query } from "./_generated/server";

// the documents are needed anyway (that they are all there is no-collect's business)
export const board = query({
  args: {},
  handler: async (ctx, args: any) => {
    const tasks = await ctx.db.query("tasks").withIndex("by_board").collect();
    const late = tasks.filter((task) => task.due < args.now);
    return { titles: late.map((task) => task.title), all: tasks.length, late: late.length };
  },
});
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.bounds import UNBOUNDED, bound
from vly_nb.policy.resolver import query_of
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, member, unwrapped

_GIVEN_OUT = ("return_statement", "pair", "arrow_function", "parenthesized_expression")


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every length of a query's list that is given out as a number."""
    for name in source.properties.get("length", ()):
        whole = name.parent()
        held = whole.field("object") if whole is not None and whole.kind() == "member_expression" else None
        if whole is None or held is None or not _is_a_count(whole):
            continue
        unbounded = bound(source, held) == UNBOUNDED and not _is_used(source, held)
        if unbounded or _is_taken(source, held):
            yield Finding(whole)


def _is_used(source: Source, node: SgNode) -> bool:
    """Whether the list, by its name, is there for more than to be counted, whole or in part."""
    node = _filtered(unwrapped(node))
    binding = source.scopes.find(node) if node.kind() == "identifier" else None
    if binding is None or binding.value is None:
        return False
    first = binding.value.range().end.index
    uses = (use for use in source.names.get(binding.name, ()) if use.range().start.index > first)
    return any(source.scopes.find(use) is binding and not _is_counted(use) for use in uses)


def _filtered(node: SgNode) -> SgNode:
    """`rows` of `rows.filter(…)`."""
    called = node.field("function") if node.kind() == "call_expression" else None
    step = member(unwrapped(called)) if called is not None else None
    return unwrapped(step[0]) if step is not None and step[1] == "filter" else node


def _is_counted(use: SgNode) -> bool:
    """`rows.length`, `rows.filter(…).length`."""
    name, above = _step(use)
    if name == "filter" and above is not None and above.kind() == "call_expression":
        name, _ = _step(above)
    return name == "length"


def _step(node: SgNode) -> tuple[str, SgNode | None]:
    """The name that stands behind a node and a dot, and what is around both."""
    above = node.parent()
    name = above.field("property") if above is not None and above.kind() == "member_expression" else None
    return (name.text(), above.parent()) if above is not None and name is not None else ("", None)


def _is_a_count(length: SgNode) -> bool:
    """Whether it is returned, or put into what is: not compared, not divided by."""
    above = length.parent()
    while above is not None and above.kind() == "parenthesized_expression":
        above = above.parent()
    return above is not None and above.kind() in _GIVEN_OUT


def _is_taken(source: Source, node: SgNode) -> bool:
    """`await query.take(n)`, itself or by its name."""
    node = unwrapped(node)
    if node.kind() == "identifier":
        binding = source.scopes.find(node)
        fixed = binding is not None and binding.constant and binding.key is None
        node = (
            unwrapped(binding.value) if fixed and binding is not None and binding.value is not None else node
        )
    called = node.field("function") if node.kind() == "call_expression" else None
    step = member(unwrapped(called)) if called is not None else None
    return step is not None and step[1] == "take" and query_of(source, step[0]) is not None


RULE = Rule(
    id="no-count-by-collect",
    area="convex-queries",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=(".length",),
    message="Keep the count in a document, or use @convex-dev/aggregate: this reads all, or cuts off.",
    check=check,
    page=__doc__,
)
