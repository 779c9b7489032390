"""Leave `_id` and `_creationTime` out of the tables; every document has them.

Convex adds both by itself, and a push of a table that names them fails. A time or an id of your
own goes by another name.

Bad

```ts path=src/convex/schema.ts severity=error
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  tasks: defineTable({ _id: v.id("tasks"), _creationTime: v.number(), title: v.string() }),
});
```

```ts path=src/convex/schema.ts severity=error
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

const common = { _CreationTime: v.number() };
export default defineSchema({ tasks: defineTable({ ...common, title: v.string() }) });
```

Good

```ts path=src/convex/schema.ts
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({ tasks: defineTable({ title: v.string(), createdAt: v.number() }) });
```

```ts path=src/convex/tasks.ts
import { v } from "convex/values";
import { query } from "./_generated/server";

// what describes a whole document names both
const task = v.object({ _id: v.id("tasks"), _creationTime: v.number(), title: v.string() });
export const show = query({ args: { task }, handler: async (ctx, args) => args.task.title });
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.schema import tables
from vly_nb.policy.source import Source

_SYSTEM = ("_id", "_creationtime")


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Fields of tables that have a system field's name."""
    said: set[int] = set()
    for table in tables(source):
        for name, key in table.field_keys.items():
            start = key.range().start.index
            if name.lower() in _SYSTEM and start not in said:
                said.add(start)
                yield Finding(key, f"Remove {name}: Convex adds it to every document.")


RULE = Rule(
    id="no-system-field-in-table",
    area="convex-schema",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("defineTable",),
    message="Remove it: Convex adds _id and _creationTime to every document.",
    check=check,
    page=__doc__,
)
