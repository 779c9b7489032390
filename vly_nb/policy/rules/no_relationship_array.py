"""Keep relations in a table of their own, not in a list inside a document.

A list of ids, or of whole objects, grows with the app: each change writes all of it again, it
can't be read through an index, and at 8192 it is full. A table with an id on each side, and an
index, does all of that.

Bad

```ts path=src/convex/schema.ts severity=warning
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  projects: defineTable({ members: v.array(v.id("users")) }),
});
```

```ts path=src/convex/schema.ts severity=warning
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

const comments = v.optional(v.array(v.object({ text: v.string() })));
export default defineSchema({ posts: defineTable({ title: v.string(), comments }) });
```

Good

```ts path=src/convex/schema.ts
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  members: defineTable({ projectId: v.id("projects"), userId: v.id("users") })
    .index("by_project", ["projectId"]),
  posts: defineTable({ tags: v.array(v.string()), embedding: v.array(v.float64()) }),
});
```

```ts path=src/convex/schema.ts
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  // an order's lines are what they were when it was placed, and a poll has few choices
  orders: defineTable({ lines: v.array(v.object({ name: v.string(), price: v.number() })) }),
  polls: defineTable({ choices: v.array(v.object({ text: v.string() })) }),
});
```

```ts path=src/convex/tasks.ts
import { v } from "convex/values";
import { mutation } from "./_generated/server";

// arguments are no fields
export const remove = mutation({ args: { ids: v.array(v.id("tasks")) }, handler: async () => null });
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.schema import tables, validator
from vly_nb.policy.source import Source

_BOUNDED = re.compile(
    r"(line|order|cart)?_?(items|lines)|choices|options|tags|steps|colou?rs|sizes|slots|days|hours|points|coordinates"
    r"|path|columns|socials?|links|sections|answers",
    re.I,
)

_FEW = re.compile(r"(tag|label|choice|option)s?(_?ids?)?", re.I)


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Fields of tables that hold lists of ids or of objects."""
    for table in tables(source):
        for name, value in table.fields.items():
            kind = _list_of(source, value)
            few = _FEW if kind == "id" else _BOUNDED
            if kind is not None and few.fullmatch(name) is None:
                what = "ids" if kind == "id" else "objects"
                yield Finding(table.field_keys[name], f'"{name}" is a list of {what} that grows. {_INSTEAD}')


def _list_of(source: Source, node: SgNode) -> str | None:
    """ "id" or "object" for v.array of one, through v.optional."""
    found = validator(source, node)
    if found is not None and found[0] == "optional" and found[1]:
        found = validator(source, found[1][0])
    if found is None or found[0] != "array" or not found[1]:
        return None
    inner = validator(source, found[1][0])
    return inner[0] if inner is not None and inner[0] in ("id", "object") else None


_INSTEAD = "Use a table of its own, with an index."

RULE = Rule(
    id="no-relationship-array",
    area="convex-schema",
    severity=Severity.WARNING,
    scope=("<fn>/**/*.ts",),
    needs=("defineTable",),
    message=f"Lists in documents grow without a bound. {_INSTEAD}",
    check=check,
    page=__doc__,
)
