"""Keep one index over the same fields of a table.

Two indexes over the same fields in the same order do the same, and each is written with every
document. Delete one and read through the other.

Bad

```ts path=src/convex/schema.ts severity=error
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  tasks: defineTable({ ownerId: v.id("users"), done: v.boolean() })
    .index("by_owner", ["ownerId"])
    .index("mine", ["ownerId"]),
});
```

```ts path=src/convex/schema.ts severity=error
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

const OWNER = ["ownerId", "done"];
const tasks = defineTable({ ownerId: v.id("users"), done: v.boolean() }).index("by_owner", OWNER);
export default defineSchema({ tasks: tasks.index("by_owner_and_done", ["ownerId", "done"]) });
```

```ts path=src/convex/tables/notes.ts severity=error
import { defineTable } from "convex/server";
import { v } from "convex/values";

// schema.ts takes its tables from here
export const notes = defineTable({ ownerId: v.id("users") })
  .index("by_owner", ["ownerId"])
  .index("of", ["ownerId"]);
```

Good

```ts path=src/convex/schema.ts
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

// the same fields on different tables
export default defineSchema({
  tasks: defineTable({ ownerId: v.id("users") }).index("by_owner", ["ownerId"]),
  notes: defineTable({ ownerId: v.id("users") }).index("by_owner", ["ownerId"]),
});
```

```ts path=src/convex/schema.ts
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

// one of them is only being built; another order finds other things
export default defineSchema({
  tasks: defineTable({ ownerId: v.id("users"), done: v.boolean() })
    .index("by_owner", ["ownerId"])
    .index("by_owner_new", { fields: ["ownerId"], staged: true })
    .index("by_owner_and_done", ["ownerId", "done"])
    .index("by_done_and_owner", ["done", "ownerId"]),
});
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.schema import tables
from vly_nb.policy.source import Source


def check(source: Source, context: Context) -> Iterator[Finding]:
    """The later of two indexes over the same fields."""
    for table in tables(source):
        first: dict[tuple[str, ...], str] = {}
        for index in table.ordinary:
            if index.fields in first:
                said = f"{first[index.fields]} is over the same fields. {_INSTEAD}"
                yield Finding(index.at, said, code=index.call)
            elif index.fields is not None:
                first[index.fields] = f'"{index.name}"' if index.name else "An earlier index"


_INSTEAD = "Delete one and use the other."

RULE = Rule(
    id="no-duplicate-index",
    area="convex-schema",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("defineTable",),
    message=f"Two indexes of one table are over the same fields. {_INSTEAD}",
    check=check,
    page=__doc__,
)
