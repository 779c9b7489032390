"""Declare the search index that a search asks for, and bound what it finds.

`withSearchIndex("search_title", (q) => q.search("title", words).eq("ownerId", id))` needs in
schema.ts `.searchIndex("search_title", { searchField: "title", filterFields: ["ownerId"] })`.

Given

```ts path=src/convex/schema.ts
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  tasks: defineTable({ title: v.string(), ownerId: v.id("users"), body: v.string() })
    .index("by_owner", ["ownerId"])
    .searchIndex("search_title", { searchField: "title", filterFields: ["ownerId"] }),
});
```

Bad

```ts path=src/convex/search.ts severity=error
import { query } from "./_generated/server";

export const find = query({
  args: {},
  handler: async (ctx, args: any) =>
    await ctx.db.query("tasks").withSearchIndex("search_body", (q) => q.search("body", args.words)).take(20),
});
```

```ts path=src/convex/search.ts severity=error
import { query } from "./_generated/server";

export const find = query({
  args: {},
  handler: async (ctx, args: any) =>
    await ctx.db.query("tasks").withSearchIndex("search_title", (q) => q.search("body", args.words)).take(20),
});
export const mine = query({
  args: {},
  handler: async (ctx, args: any) =>
    await ctx.db
      .query("tasks")
      .withSearchIndex("search_title", (q) => q.search("title", args.words).eq("body", args.body))
      .take(20),
});
```

Good

```ts path=src/convex/search.ts
import { query } from "./_generated/server";

export const find = query({
  args: {},
  handler: async (ctx, args: any) =>
    await ctx.db
      .query("tasks")
      .withSearchIndex("search_title", (q) => q.search("title", args.words).eq("ownerId", args.ownerId))
      .take(20),
});
```

```ts path=src/convex/people.ts
import { query } from "./_generated/server";

// a table that can't be seen
export const find = query({
  args: {},
  handler: async (ctx, args: any) =>
    await ctx.db.query("people").withSearchIndex("search_name", (q) => q.search("name", args.words)).take(20),
});
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.constants import constant
from vly_nb.policy.facts import IndexFacts
from vly_nb.policy.functions import arguments, within
from vly_nb.policy.resolver import query_of
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every withSearchIndex on a table of the schema."""
    for call in source.calls("withSearchIndex"):
        query = query_of(source, call.object)
        schema = context.program.schema if query is not None and query.table else None
        table = schema.tables.get(query.table or "") if schema is not None and query is not None else None
        given = arguments(call.node)
        name = constant(source, given[0]) if given else None
        if table is None or query is None or not isinstance(name, str):
            continue
        index = table.index(name)
        if index is None or index.kind != "searchIndex":
            if all(one.name is not None for one in table.indexes):
                said = f'"{query.table}" has no search index "{name}". {_DECLARE}'
                yield Finding(given[0], said, code=call.node)
        elif len(given) > 1:
            yield from _fields(source, given[1], index, call.node)


def _fields(source: Source, builder: SgNode, index: IndexFacts, code: SgNode) -> Iterator[Finding]:
    for step in source.calls("search", "eq"):
        given = arguments(step.node) if within(step.node, builder) else []
        field = constant(source, given[0]) if given else None
        if not isinstance(field, str) or index.fields is None:
            continue
        if step.name.text() == "search" and field not in index.fields:
            yield Finding(given[0], f'"{index.name}" searches in {index.fields[0]}, not {field}.', code=code)
        if step.name.text() == "eq" and field not in index.filters:
            yield Finding(given[0], f'"{field}" is not among the filterFields of "{index.name}".', code=code)


_DECLARE = "Declare it in schema.ts with .searchIndex."

RULE = Rule(
    id="search-index-exists",
    area="convex-queries",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("withSearchIndex",),
    message=_DECLARE,
    check=check,
    page=__doc__,
    refuses=False,
    alone=False,
)
