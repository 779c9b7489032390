"""Widen, fill, then narrow: a table that holds data can't be changed at once.

The push of a schema fails when documents don't fit it. First make it take both, the old and the
new (`v.optional(…)`, a union); then fill the documents, with a mutation in small batches; then
take the old away.

Bad

```ts path=src/convex/schema.ts before data
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  tasks: defineTable({ title: v.string(), note: v.optional(v.string()), old: v.number() }),
  logs: defineTable({ text: v.string() }),
});
```

```ts path=src/convex/schema.ts severity=error data
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  tasks: defineTable({ title: v.string(), note: v.string(), ownerId: v.id("users") }),
});
```

```ts path=src/convex/schema.ts before data
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  tasks: defineTable({ state: v.union(v.literal("open"), v.literal("done"), v.literal("late")), n: v.any() }),
});
```

```ts path=src/convex/schema.ts severity=error data
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  tasks: defineTable({ state: v.union(v.literal("open"), v.literal("done")), n: v.number() }),
});
```

```ts path=src/convex/schema.ts before
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({ tasks: defineTable({ title: v.string() }) });
```

```ts path=src/convex/schema.ts severity=warning data=?
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({ tasks: defineTable({ title: v.string(), due: v.number() }) });
```

Good

```ts path=src/convex/schema.ts before data
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({ tasks: defineTable({ title: v.string(), state: v.literal("open") }) });
```

```ts path=src/convex/schema.ts data
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

// an optional field, a wider union, a new table and an index are safe
export default defineSchema({
  tasks: defineTable({
    title: v.optional(v.string()),
    state: v.union(v.literal("open"), v.literal("done")),
    note: v.optional(v.string()),
  }).index("by_title", ["title"]),
  logs: defineTable({ text: v.string() }),
});
```

```ts path=src/convex/schema.ts before
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({ tasks: defineTable({ title: v.string() }) });
```

```ts path=src/convex/schema.ts
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

// nothing is in the table
export default defineSchema({ tasks: defineTable({ title: v.number(), owner: v.string() }) });
```
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.constants import pairs
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.schema import Table, schema_call, tables, validator
from vly_nb.policy.source import Source, parsed, unwrapped

_DEPTH = 6


def check(source: Source, context: Context) -> Iterator[Finding]:
    """What the change takes from tables that hold documents."""
    if not context.changing or context.before is None:
        return
    earlier = parsed(source.path, context.before)
    call = schema_call(source)
    if call is None or schema_call(earlier) is None:
        return
    now = {table.name: table for table in tables(source) if table.name is not None}
    for old in tables(earlier):
        holds = context.holds_data(old.name) if old.name is not None else False
        if old.name is None or holds is False:
            continue
        new = now.get(old.name)
        found = _gone(source, call, old.name) if new is None else _table(earlier, old, source, new)
        for finding in found:
            if_any = f'If "{old.name}" holds documents: {finding.message}'
            yield finding if holds else replace(finding, message=if_any, severity=Severity.WARNING)


def _gone(source: Source, call: SgNode, name: str) -> Iterator[Finding]:
    if f"{name}:" not in source.text and f"{name}," not in source.text:
        yield Finding(call.field("function") or call, f'The table "{name}" is taken out. {_FIRST}', code=call)


def _table(before: Source, old: Table, after: Source, new: Table) -> Iterator[Finding]:
    if old.open or new.open:
        return
    for name, value in new.fields.items():
        key = new.field_keys[name]
        earlier = old.fields.get(name)
        if earlier is None and not _is_optional(after, value):
            yield Finding(key, f'"{name}" is new and required, and documents lack it. {_FIRST}')
        elif earlier is not None and not _takes(before, earlier, after, value, _DEPTH):
            yield Finding(key, f'"{name}" no longer takes what documents hold. {_FIRST}')
    for name in old.fields.keys() - new.fields.keys():
        at = new.key or new.definition
        yield Finding(at, f'"{name}" is taken out of "{new.name}", and documents have it. {_FIRST}')


def _is_optional(source: Source, node: SgNode) -> bool:
    found = validator(source, node)
    return found is None or found[0] in ("optional", "any")


def _takes(before: Source, old: SgNode, after: Source, new: SgNode, depth: int) -> bool:
    """Whether a validator takes all that an earlier one took; True where that can't be seen."""
    one, other = validator(before, old), validator(after, new)
    if depth == 0 or one is None or other is None or other[0] == "any":
        return True
    (kind, given), (wanted, taken) = one, other
    if kind == "optional":
        inner = taken[0] if wanted == "optional" and taken else None
        return inner is not None and bool(given) and _takes(before, given[0], after, inner, depth - 1)
    if wanted == "optional":
        return not taken or _takes(before, old, after, taken[0], depth - 1)
    if kind == "union":
        return all(_takes(before, part, after, new, depth - 1) for part in given)
    if wanted in ("union", "nullable"):
        return any(_takes(before, old, after, part, depth - 1) for part in taken) or kind == "null"
    if kind != wanted:
        return _same_type(before, kind, given, wanted)
    if kind in ("literal", "id"):
        return [part.text().strip("\"'") for part in given] == [part.text().strip("\"'") for part in taken]
    if kind == "object" and given and taken:
        return _object_takes(before, given[0], after, taken[0], depth)
    if kind in ("array", "record"):
        return all(_takes(before, a, after, b, depth - 1) for a, b in zip(given, taken, strict=False))
    return True


def _same_type(source: Source, kind: str, given: list[SgNode], wanted: str) -> bool:
    if {kind, wanted} in ({"number", "float64"}, {"bigint", "int64"}):
        return True
    if wanted == "string" and kind == "id":
        return True
    return kind == "literal" and bool(given) and unwrapped(given[0]).kind() in ("string", wanted)


def _object_takes(before: Source, old: SgNode, after: Source, new: SgNode, depth: int) -> bool:
    old, new = unwrapped(old), unwrapped(new)
    if old.kind() != "object" or new.kind() != "object":
        return True
    had, has = pairs(old), pairs(new)
    if had.keys() - has.keys():
        return False
    added = has.keys() - had.keys()
    if any(not _is_optional(after, has[name]) for name in added):
        return False
    return all(_takes(before, had[name], after, has[name], depth - 1) for name in had)


_FIRST = "First make it take both (v.optional, a union), then fill the documents, then narrow it."

RULE = Rule(
    id="schema-breaking-change",
    area="convex-schema",
    severity=Severity.ERROR,
    scope=("<fn>/schema.ts",),
    needs=("defineSchema",),
    message=_FIRST,
    check=check,
    page=__doc__,
)
