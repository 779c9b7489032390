"""Use the validators that Convex has; there is no `v.date`, `v.enum`, `v.map` or `v.set`.

`v` knows id, null, number, bigint, int64, float64, commitTs, boolean, string, bytes, literal, array,
object, record, union, any, optional and nullable. A date is a number, a set an array without doubles,
an e-mail address a string.

Bad

```ts path=src/convex/schema.ts severity=error
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  tasks: defineTable({ due: v.date(), tags: v.set(v.string()), email: v.email() }),
});
```

```ts path=src/convex/tasks.ts severity=error
import { v as is } from "convex/values";
import { mutation } from "./_generated/server";

export const add = mutation({ args: { state: is.enum(["open", "done"]) }, handler: async () => null });
```

Good

```ts path=src/convex/tasks.ts
import { v } from "convex/values";
import { mutation } from "./_generated/server";

export const add = mutation({
  args: {
    due: v.number(),
    state: v.union(v.literal("open"), v.literal("done")),
    words: v.record(v.string(), v.string()),
    maybe: v.optional(v.nullable(v.int64())),
    at: v.commitTs(),
  },
  handler: async () => null,
});
```

```ts path=src/convex/zod.ts
import { z as v } from "zod";

// another v
export const mail = v.email();
export const all = (v: { map: () => void }) => v.map();
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, member

_KNOWN = {
    "id", "null", "number", "float64", "bigint", "int64", "commitTs", "boolean", "string", "bytes",
    "literal", "array", "object", "record", "union", "any", "optional", "nullable",
}  # fmt: skip
_INSTEAD = {
    "date": "v.number(), milliseconds", "datetime": "v.number(), milliseconds",
    "map": "v.record(…) or v.object(…)",
    "set": "v.array(…)", "enum": "v.union(v.literal(…), …)", "email": "v.string()", "url": "v.string()",
    "int": "v.number()", "integer": "v.number()", "float": "v.number()", "double": "v.number()",
    "bool": "v.boolean()", "tuple": "v.array(…)", "oneOf": "v.union(…)", "undefined": "v.optional(…)",
    "text": "v.string()", "uuid": "v.string()", "file": 'v.id("_storage")', "ref": 'v.id("table")',
}  # fmt: skip


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every `v.name(…)` of Convex's `v` that there is no such thing as."""
    for local, imported in source.imports.items():
        if imported.module != "convex/values" or imported.name != "v":
            continue
        for use in source.names.get(local, ()):
            above = use.parent()
            step = member(above) if above is not None and above.field("object") == use else None
            if above is None or step is None or step[1] in _KNOWN:
                continue
            call = above.parent()
            binding = source.scopes.find(use)
            if call is None or call.kind() != "call_expression" or call.field("function") != above:
                continue
            if binding is not None and binding.kind == "import":
                better = _INSTEAD.get(step[1], "one of those that Convex has")
                yield Finding(above, f"There is no {local}.{step[1]}: use {better}.", code=call)


RULE = Rule(
    id="unknown-validator",
    area="convex-schema",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("convex/values",),
    message="Convex has no such validator.",
    check=check,
    page=__doc__,
)
