"""Define the tables in schema.ts, as its default export.

Convex reads one file for the tables, their fields and indexes: `schema.ts` in the functions
folder. A schema elsewhere is only an object nobody looks at.

Bad

```ts path=src/convex/tables.ts severity=error
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({ tasks: defineTable({ title: v.string() }) });
```

```ts path=src/convex/schema.ts severity=error
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export const schema = defineSchema({ tasks: defineTable({ title: v.string() }) });
```

Good

```ts path=src/convex/schema.ts
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

const schema = defineSchema({ tasks: defineTable({ title: v.string() }) });
export default schema;
```

```ts path=src/convex/counter/schema.ts
import { defineSchema } from "convex/server";

// a local component has a schema of its own
export default defineSchema({});
```

```ts path=src/convex/tasks.test.ts
import { defineSchema } from "convex/server";

// a test may make one up
const schema = defineSchema({});
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.schema import schema_call
from vly_nb.policy.source import Source


def check(source: Source, context: Context) -> Iterator[Finding]:
    """A schema in another file, or not given out."""
    call = schema_call(source)
    if call is None:
        return
    called = call.field("function") or call
    if source.path != f"{context.functions}/schema.ts":
        yield Finding(called, f"Convex only looks at schema.ts. {_PUT}", code=call)
    elif not any(one.name == "default" for one in source.exports):
        yield Finding(called, "schema.ts must give it out: export default defineSchema({ … }).", code=call)


_PUT = "Put the tables into the schema.ts of the functions folder."

RULE = Rule(
    id="schema-in-schema-ts",
    area="convex-schema",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts", "!<fn>/*/**/schema.ts", "!**/*.test.ts", "!**/tests/**", "!**/__tests__/**"),
    needs=("defineSchema",),
    message=_PUT,
    check=check,
    page=__doc__,
)
