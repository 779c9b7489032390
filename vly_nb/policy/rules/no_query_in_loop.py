"""Don't start a query for each document of another one.

A query for each of all documents makes a page that is slower with every document added. Bound
both: a page of the first, an index and `take` for the second. Or keep what is shown together in
one document. `ctx.db.get` for each of a bounded list is how Convex joins, and is fine.

Bad

```ts path=src/convex/projects.ts severity=error
import { query } from "./_generated/server";

export const list = query({
  args: {},
  handler: async (ctx) => {
    const projects = await ctx.db.query("projects").collect();
    return await Promise.all(
      projects.map(async (project) => ({
        project,
        newest: await ctx.db
          .query("tasks")
          .withIndex("by_project", (q) => q.eq("projectId", project._id))
          .first(),
      })),
    );
  },
});
```

```ts path=src/convex/projects.ts severity=warning
import { query } from "./_generated/server";

export const list = query({
  args: {},
  handler: async (ctx) => {
    const projects = await ctx.db.query("projects").take(20);
    return await Promise.all(
      projects.map((project) =>
        ctx.db.query("tasks").withIndex("by_project", (q) => q.eq("projectId", project._id)).take(5),
      ),
    );
  },
});
```

Good

```ts path=src/convex/projects.ts
import { query } from "./_generated/server";

// a get for each of a bounded list
export const list = query({
  args: {},
  handler: async (ctx) => {
    const projects = await ctx.db.query("projects").take(20);
    return await Promise.all(
      projects.map(async (project) => ({ project, owner: await ctx.db.get(project.ownerId) })),
    );
  },
});
```

```ts path=src/convex/dashboard.ts
import { query } from "./_generated/server";

// a fixed few
export const counts = query({
  args: {},
  handler: async (ctx) => {
    const found = [];
    for (const state of ["open", "done"]) {
      found.push(await ctx.db.query("tasks").withIndex("by_state", (q) => q.eq("state", state)).first());
    }
    return found;
  },
});
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.bounds import UNBOUNDED, Loop, bound_of, loops_around
from vly_nb.policy.functions import ctx_calls
from vly_nb.policy.resolver import query_of
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, member, unwrapped

_HOPS = 8


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Queries in loops over a query's documents: an error over all of them, a warning over some."""
    for call in ctx_calls(source, "db.query"):
        for loop in loops_around(source, call.node):
            if loop.over is None:
                continue
            if bound_of(source, loop) == UNBOUNDED:
                yield Finding(call.name, code=call.node)
                break
            if _from_query(source, loop):
                yield Finding(call.name, _MAYBE, Severity.WARNING, code=call.node)
                break


def _from_query(source: Source, loop: Loop) -> bool:
    """Whether what a loop goes over comes from a query that was bounded."""
    node = unwrapped(loop.over) if loop.over is not None else None
    for _ in range(_HOPS):
        if node is None:
            return False
        node = unwrapped(node)
        if node.kind() == "identifier":
            binding = source.scopes.find(node)
            paged = binding is not None and binding.key == "page"
            if binding is None or binding.kind != "variable" or not (binding.key is None or paged):
                return False
            node = binding.value
            continue
        step = _step(node)
        if step is None:
            return False
        target, name = step
        if name in ("take", "paginate"):
            return query_of(source, target) is not None
        node = target if name in ("filter", "slice", "map", "sort", "page", "reverse") else None
    return False


def _step(node: SgNode) -> tuple[SgNode, str] | None:
    called = node.field("function") if node.kind() == "call_expression" else node
    return member(unwrapped(called)) if called is not None else None


_MAYBE = "A query for each: all right for a page of them, with an index; else keep it in the document."

RULE = Rule(
    id="no-query-in-loop",
    area="convex-cost",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("query(",),
    message="This starts a query for each of all documents: bound both, or keep together what is shown so.",
    check=check,
    page=__doc__,
)
