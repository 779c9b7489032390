"""Ask an index for its fields in its own order, equals first.

An index over `["projectId", "done"]` finds by `projectId`, or by `projectId` and then `done`, and
takes a range on the field after the last equality. Anything else fails when it is called.

Given

```ts path=src/convex/schema.ts
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  tasks: defineTable({ projectId: v.id("projects"), done: v.boolean(), rank: v.number() })
    .index("by_project_and_done", ["projectId", "done", "rank"])
    .searchIndex("search_title", { searchField: "title" }),
});
```

Bad

```ts path=src/convex/tasks.ts severity=error
import { query } from "./_generated/server";

export const open = query({
  args: {},
  handler: async (ctx, args: any) =>
    await ctx.db
      .query("tasks")
      .withIndex("by_project_and_done", (q) => q.eq("done", false).eq("projectId", args.projectId))
      .take(50),
});
export const gone = query({
  args: {},
  handler: async (ctx) => await ctx.db.query("tasks").withIndex("by_owner").take(50),
});
```

```ts path=src/convex/tasks.ts severity=error
import { query } from "./_generated/server";

export const ranked = query({
  args: {},
  handler: async (ctx, args: any) =>
    await ctx.db
      .query("tasks")
      .withIndex("by_project_and_done", (q) => q.eq("projectId", args.projectId).gt("rank", 3))
      .take(50),
});
export const mixed = query({
  args: {},
  handler: async (ctx, args: any) =>
    await ctx.db
      .query("tasks")
      .withIndex("by_project_and_done", (q) => q.gt("projectId", args.projectId).eq("done", true))
      .take(50),
});
```

Good

```ts path=src/convex/tasks.ts
import { query } from "./_generated/server";

export const open = query({
  args: {},
  handler: async (ctx, args: any) => {
    const narrow = (q: any) => q.eq("projectId", args.projectId);
    // the builder goes to a helper; a range has two ends on one field; every index ends with _creationTime
    await ctx.db.query("tasks").withIndex("by_project_and_done", (q) => narrow(q)).take(5);
    await ctx.db.query("tasks").withIndex("by_project_and_done", narrow).take(5);
    await ctx.db
      .query("tasks")
      .withIndex("by_project_and_done", (q) =>
        q.eq("projectId", args.projectId).eq("done", true).gte("rank", 1).lt("rank", 9),
      )
      .take(5);
    await ctx.db.query("tasks").withIndex("by_creation_time", (q) => q.gt("_creationTime", 3)).take(5);
    return await ctx.db
      .query("tasks")
      .withIndex("by_project_and_done", (q) =>
        q.eq("projectId", args.projectId).eq("done", true).eq("rank", 1).gt("_creationTime", 3),
      )
      .take(5);
  },
});
```

```ts path=src/convex/users.ts
import { query } from "./_generated/server";

// a table that isn't in the schema that one can see
export const one = query({
  args: {},
  handler: async (ctx, args: any) =>
    await ctx.db.query("users").withIndex("email", (q) => q.eq("email", args.email)).unique(),
});
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.constants import constant
from vly_nb.policy.facts import TableFacts
from vly_nb.policy.functions import arguments, parameters
from vly_nb.policy.resolver import query_of
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Call, Source, member, unwrapped

_BUILT_IN = {"by_id": ("_id",), "by_creation_time": ("_creationTime",)}
_COMPARE = ("eq", "gt", "gte", "lt", "lte")


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every withIndex on a table of the schema."""
    for call in source.calls("withIndex"):
        query = query_of(source, call.object)
        schema = context.program.schema if query is not None and query.table else None
        table = schema.tables.get(query.table or "") if schema is not None and query is not None else None
        given = arguments(call.node)
        name = constant(source, given[0]) if given else None
        if table is None or query is None or not isinstance(name, str):
            continue
        fields = _fields(table, name)
        if fields is None:
            yield from _unknown(table, call, given[0], name, query.table or "")
        elif fields and len(given) > 1:
            yield from _order(source, given[1], call.node, (*fields, "_creationTime", "_id"), name)


def _fields(table: TableFacts, name: str) -> tuple[str, ...] | None:
    """The fields of an index; () where they can't be seen; None: there is none by this name."""
    if name in _BUILT_IN:
        return _BUILT_IN[name]
    index = table.index(name)
    if index is None:
        return () if any(one.name is None for one in table.indexes) else None
    return index.fields or ()


def _unknown(table: TableFacts, call: Call, at: SgNode, name: str, of: str) -> Iterator[Finding]:
    known = ", ".join(one.name for one in table.indexes if one.name and one.kind == "index") or "none"
    yield Finding(
        at, f'"{of}" has no index "{name}" in schema.ts (it has {known}). Define it there.', code=call.node
    )


def _order(
    source: Source, builder: SgNode, code: SgNode, fields: tuple[str, ...], name: str
) -> Iterator[Finding]:
    steps = _steps(source, builder)
    at, ranged = 0, ""
    for node, how, field in steps or ():
        wanted = fields[at] if at < len(fields) else None
        if ranged and field == ranged and how != "eq":
            continue
        if ranged or field != wanted:
            order = ", ".join(field for field in fields if field not in ("_creationTime", "_id"))
            said = "after a range nothing more can be asked" if ranged else f"{field} is not next"
            yield Finding(node, f'"{name}" is over {order}, in this order: {said}. {_INSTEAD}', code=code)
            return
        if how == "eq":
            at += 1
        else:
            ranged = field


def _steps(source: Source, builder: SgNode) -> list[tuple[SgNode, str, str]] | None:
    """(node, comparison, field) of `(q) => q.eq("a", 1).gt("b", 2)`, in order; None if it isn't just that."""
    builder = unwrapped(builder)
    names = [node.text() for node in parameters(builder)] if builder.kind() == "arrow_function" else []
    node = builder.field("body")
    found: list[tuple[SgNode, str, str]] = []
    while node is not None and len(found) < 20:
        node = unwrapped(node)
        if node.kind() == "identifier":
            return found[::-1] if names and node.text() == names[0].split(":")[0].strip() else None
        called = node.field("function") if node.kind() == "call_expression" else None
        step = member(called) if called is not None else None
        given = arguments(node) if step is not None else []
        field = constant(source, given[0]) if given else None
        if step is None or step[1] not in _COMPARE or not isinstance(field, str):
            return None
        found.append((given[0], step[1], field))
        node = step[0]
    return None


_INSTEAD = "Ask in the index's order, or add another index."

RULE = Rule(
    id="index-field-order",
    area="convex-schema",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("withIndex",),
    message=_INSTEAD,
    check=check,
    page=__doc__,
    refuses=False,
    alone=False,
)
