"""Give an index a name of its own, such as `by_owner`; not `by_id` or `by_creation_time`.

`by_id` and `by_creation_time` are there on every table already, names that begin with `_` are
Convex's, and one table can't have two indexes by the same name. A push with such a name fails.

Bad

```ts path=src/convex/schema.ts severity=error
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  tasks: defineTable({ title: v.string() }).index("by_id", ["title"]).index("_mine", ["title"]),
});
```

```ts path=src/convex/schema.ts severity=error
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  tasks: defineTable({ title: v.string(), body: v.string() })
    .index("by title", ["title"])
    .index("by_body", ["body"])
    .searchIndex("by_body", { searchField: "body" }),
});
```

Good

```ts path=src/convex/schema.ts
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

// two tables may have an index by the same name
export default defineSchema({
  tasks: defineTable({ title: v.string() }).index("by_title", ["title"]),
  notes: defineTable({ title: v.string() }).index("by_title", ["title"]),
});
```

```ts path=src/convex/tasks.ts
import { query } from "./_generated/server";

// reading through the built-in one is right
export const old = query({
  args: {},
  handler: async (ctx) => await ctx.db.query("tasks").withIndex("by_creation_time").take(9),
});
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.schema import tables
from vly_nb.policy.source import Source

_GOOD = re.compile(r"[a-zA-Z]\w{0,63}", re.A)
_BUILT_IN = ("by_id", "by_creation_time")


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every index's name."""
    for table in tables(source):
        names: set[str] = set()
        for index in table.indexes:
            if index.name is None or index.name_node is None:
                continue
            if index.name in _BUILT_IN:
                yield Finding(index.name_node, f'"{index.name}" is there on every table already. {_RENAME}')
            elif _GOOD.fullmatch(index.name) is None:
                yield Finding(index.name_node, f"\"{index.name[:80]}\" can't be an index's name. {_RENAME}")
            elif index.name in names:
                yield Finding(index.name_node, f'This table has an index "{index.name}" already. {_RENAME}')
            names.add(index.name)


_RENAME = "Give it a name of its own, such as by_field."

RULE = Rule(
    id="index-name-reserved",
    area="convex-schema",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("defineTable",),
    message=_RENAME,
    check=check,
    page=__doc__,
)
