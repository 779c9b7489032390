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

from vly_nb.diagnostics import Severity
from vly_nb.policy.constants import constant
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.schema import tables
from vly_nb.policy.source import Source


def check(source: Source, context: Context) -> Iterator[Finding]:
    """`_creationTime` among the fields, or the filter fields, of any index."""
    for table in tables(source):
        for index in table.indexes:
            node = next((n for n in index.field_nodes if constant(source, n) == "_creationTime"), None)
            if node is not None:
                yield Finding(node, code=index.call)
            elif "_creationTime" in index.filters:
                yield Finding(index.at, code=index.call)


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
