"""Let the longer index serve for the shorter one.

An index over `["projectId", "done"]` also finds by `projectId` alone, so a second one over
`["projectId"]` mostly costs writes for nothing. Keep it only where results of the shorter one
must come sorted by `_creationTime`.

Bad

```ts path=src/convex/schema.ts severity=warning
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  tasks: defineTable({ projectId: v.id("projects"), done: v.boolean() })
    .index("by_project", ["projectId"])
    .index("by_project_and_done", ["projectId", "done"]),
});
```

```ts path=src/convex/schema.ts severity=warning
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  logs: defineTable({ a: v.string(), b: v.string(), c: v.string() })
    .index("by_a_and_b_and_c", ["a", "b", "c"])
    .index("by_a_and_b", ["a", "b"]),
});
```

```ts path=src/convex/tables.ts severity=warning
import { defineTable } from "convex/server";
import { v } from "convex/values";

export const notes = defineTable({ owner: v.string(), kind: v.string() })
  .index("by_owner", ["owner"])
  .index("by_owner_and_kind", ["owner", "kind"]);
```

Good

```ts path=src/convex/schema.ts
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  tasks: defineTable({ projectId: v.id("projects"), done: v.boolean() })
    .index("by_project_and_done", ["projectId", "done"])
    .index("by_done", ["done"]),
  notes: defineTable({ projectId: v.id("projects") }).index("by_project", ["projectId"]),
});
```

```ts path=src/convex/schema.ts
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  tasks: defineTable({ projectId: v.id("projects"), done: v.boolean() })
    .index("by_project_and_done", ["projectId", "done"])
    // needed: the newest tasks of a project come sorted by _creationTime
    .index("by_project", ["projectId"]),
});
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.schema import Index, tables
from vly_nb.policy.source import Source


def check(source: Source, context: Context) -> Iterator[Finding]:
    """The shorter of two indexes that begin alike."""
    for table in tables(source):
        for index in table.ordinary:
            longer = next((other for other in table.ordinary if _begins(other, index)), None)
            if longer is None or _is_explained(source, index):
                continue
            name = f'"{longer.name}"' if longer.name else "A longer index"
            yield Finding(index.at, f"{name} begins with the same fields. {_KEEP}", code=index.call)


def _begins(longer: Index, shorter: Index) -> bool:
    if not longer.fields or not shorter.fields or len(longer.fields) <= len(shorter.fields):
        return False
    return longer.fields[: len(shorter.fields)] == shorter.fields


def _is_explained(source: Source, index: Index) -> bool:
    """Whether a comment right above says that the order by `_creationTime` is wanted."""
    line = source.range(index.at).line
    above = source.line(line - 1)
    return (
        above.startswith(("//", "*", "/*"))
        and re.search(r"creation ?time|sort|order", above, re.I) is not None
    )


_KEEP = "Usually this one is redundant, unless its results must sort by _creationTime."

RULE = Rule(
    id="prefix-index",
    area="convex-schema",
    severity=Severity.WARNING,
    scope=("<fn>/**/*.ts",),
    needs=("defineTable",),
    message=_KEEP,
    check=check,
    page=__doc__,
)
