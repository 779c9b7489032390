"""Leave `_creationTime` out of an index; every index ends with it.

Convex adds it as the last column by itself, and turns an index that names it away at the push.

Bad

```ts path=src/convex/schema.ts severity=error
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  tasks: defineTable({ done: v.boolean() }).index("by_done", ["done", "_creationTime"]),
});
```

```ts path=src/convex/schema.ts severity=error
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

const BY_TIME = ["_creationTime"];
export default defineSchema({
  notes: defineTable({ body: v.string() })
    .index("by_time", { fields: BY_TIME })
    .searchIndex("search", { searchField: "body", filterFields: ["_creationTime"] }),
});
```

Good

```ts path=src/convex/schema.ts
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
import { fieldsOf } from "./fields";

// what a function makes can't be seen
export default defineSchema({
  tasks: defineTable({ done: v.boolean() }).index("by_done", ["done"]).index("by_more", fieldsOf("tasks")),
});
```

```ts path=src/convex/tasks.ts
import { query } from "./_generated/server";

// a range over it, in a query, is right
export const recent = query({
  args: {},
  handler: async (ctx) =>
    await ctx.db
      .query("tasks")
      .withIndex("by_done", (q) => q.eq("done", true).gt("_creationTime", 3))
      .take(9),
});
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Range, Severity, TextEdit
from vly_nb.policy.constants import constant
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.schema import Index, Table, tables
from vly_nb.policy.source import Source


def check(source: Source, context: Context) -> Iterator[Finding]:
    """`_creationTime` among the fields, or the filter fields, of any index."""
    for table in tables(source):
        for index in table.indexes:
            node = next((n for n in index.field_nodes if constant(source, n) == "_creationTime"), None)
            if node is not None:
                yield Finding(node, code=index.call, fix=_fix(source, table, index))
            elif "_creationTime" in index.filters:
                yield Finding(index.at, code=index.call)


def _fix(source: Source, table: Table, index: Index) -> tuple[TextEdit, ...]:
    """Without it, where it stands last and no other index is over what is left."""
    nodes = index.field_nodes
    if index.fields is None or len(nodes) < 2 or index.fields.index("_creationTime") != len(nodes) - 1:
        return ()
    others = [other.fields for other in table.indexes if other is not index]
    before, array = nodes[-2], nodes[-1].parent()
    if index.fields[:-1] in others or array is None or array.kind() != "array" or before.parent() != array:
        return ()
    start, end = source.range(before), source.range(nodes[-1])
    line, column = start.end_line or start.line, start.end_column or start.column
    return (TextEdit(Range(line, column, end.end_line, end.end_column), ""),)


RULE = Rule(
    id="no-creation-time-index",
    area="convex-schema",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("defineTable",),
    message="Drop _creationTime: every index ends with it already.",
    check=check,
    page=__doc__,
)
