"""Write `v.int64()` for a bigint.

`v.bigint()` is its old name and will go.

Bad

```ts path=src/convex/schema.ts severity=error
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({ counters: defineTable({ value: v.bigint() }) });
```

```ts path=src/convex/count.ts severity=error
import { v } from "convex/values";
import { mutation } from "./_generated/server";

export const add = mutation({ args: { by: v.optional(v.bigint()) }, handler: async () => null });
```

Good

```ts path=src/convex/schema.ts
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({ counters: defineTable({ value: v.int64() }) });
```

```ts path=src/convex/zod.ts
import * as v from "valibot";

// another v
export const big = v.bigint();
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Severity, TextEdit
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.schema import validator
from vly_nb.policy.source import Source


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every v.bigint()."""
    for call in source.calls("bigint"):
        if validator(source, call.node) is not None:
            yield Finding(call.name, code=call.node, fix=(TextEdit(source.range(call.name), "int64"),))


RULE = Rule(
    id="v-bigint-deprecated",
    area="convex-schema",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("bigint",),
    message="Use v.int64(): v.bigint() is its old name.",
    check=check,
    page=__doc__,
)
