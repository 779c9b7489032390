"""Use `v.object` for keys that are known; a record is for keys that are data.

The keys of a record are any strings, or ids: literals don't fit there, and neither its keys nor
its values can be optional.

Bad

```ts path=src/convex/schema.ts severity=error
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

const SIDES = v.union(v.literal("left"), v.literal("right"));
export default defineSchema({ pages: defineTable({ margins: v.record(SIDES, v.number()) }) });
```

```ts path=src/convex/tasks.ts severity=error
import { v } from "convex/values";
import { mutation } from "./_generated/server";

export const add = mutation({
  args: { a: v.record(v.optional(v.string()), v.any()), b: v.record(v.string(), v.optional(v.number())) },
  handler: async () => null,
});
```

Good

```ts path=src/convex/tasks.ts
import { v } from "convex/values";
import { mutation } from "./_generated/server";

export const add = mutation({
  args: {
    margins: v.object({ left: v.number(), right: v.number() }),
    votes: v.record(v.id("users"), v.number()),
    words: v.record(v.string(), v.union(v.string(), v.null())),
  },
  handler: async () => null,
});
```

```ts path=src/convex/zod.ts
import { z as v } from "zod";

export const words = v.record(v.literal("a"), v.string());
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.functions import arguments
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.schema import validator, validators
from vly_nb.policy.source import Source


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every v.record with keys, or values, that can't be."""
    for call in validators(source, "record"):
        given = arguments(call)
        if given and (kind := _wrong(source, given[0])) is not None:
            yield Finding(given[0], f"A record's keys can't be {kind}. {_INSTEAD}", code=call)
        value = validator(source, given[1]) if len(given) > 1 else None
        if value is not None and value[0] == "optional":
            yield Finding(given[1], "A record's values can't be optional: leave the key out.", code=call)


def _wrong(source: Source, node: SgNode, depth: int = 4) -> str | None:
    found = validator(source, node)
    if found is None or depth == 0:
        return None
    kind, given = found
    if kind in ("literal", "optional"):
        return "literals" if kind == "literal" else "optional"
    inner = (_wrong(source, part, depth - 1) for part in given) if kind == "union" else iter(())
    return next((wrong for wrong in inner if wrong is not None), None)


_INSTEAD = "Use v.object({ … }) for keys that are known."

RULE = Rule(
    id="record-keys",
    area="convex-schema",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("record(",),
    message=_INSTEAD,
    check=check,
    page=__doc__,
)
