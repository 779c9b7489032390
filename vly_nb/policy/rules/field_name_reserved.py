"""Name fields with plain letters: not empty, ASCII, and not beginning with `$` or `_`.

Convex keeps names that begin with `$` and `_` for itself, and a name longer than 64 characters,
or with other letters, is turned away when the document is written.

Bad

```ts path=src/convex/schema.ts severity=error
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  tasks: defineTable({ $price: v.number(), _hidden: v.boolean(), größe: v.string() }),
});
```

```ts path=src/convex/tasks.ts severity=error
import { v } from "convex/values";
import { mutation } from "./_generated/server";

export const add = mutation({
  args: { item: v.object({ "": v.string() }), _by: v.string() },
  handler: async () => null,
});
```

Good

```ts path=src/convex/tasks.ts
import { v } from "convex/values";
import { query } from "./_generated/server";

// a whole document has its system fields
export const show = query({
  args: {
    task: v.object({ _id: v.id("tasks"), _creationTime: v.number(), _score: v.number(), size2: v.string() }),
  },
  handler: async () => ({ $set: 1, _total: 2 }),
});
```

```ts path=src/convex/words.ts
import { v } from "convex/values";
import { mutation } from "./_generated/server";

// the keys of a record are data
export const save = mutation({
  args: { words: v.record(v.string(), v.string()) },
  handler: async () => ({ größe: "big" }),
});
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.constants import pairs
from vly_nb.policy.functions import arguments, functions
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.schema import tables, validators
from vly_nb.policy.source import Source, unquoted, unwrapped

_GOOD = re.compile(r"[a-zA-Z0-9]\w{0,63}", re.A)
_SYSTEM = ("_id", "_creationTime", "_score")  # the last is a vector search's


def check(source: Source, context: Context) -> Iterator[Finding]:
    """The keys of tables, of v.object and of args."""
    seen: set[int] = set()
    for key, system in _keys(source):
        name = unquoted(key)
        name = key.text() if name is None else name
        start = key.range().start.index
        if start in seen or key.kind() == "computed_property_name":
            continue
        seen.add(start)
        if _GOOD.fullmatch(name) is None and not (system and name in _SYSTEM):
            yield Finding(key, f'Convex takes no field by the name "{name[:80]}". {_RENAME}')


def _keys(source: Source) -> Iterator[tuple[SgNode, bool]]:
    """(key, whether a system field may stand there)."""
    for table in tables(source):
        for name, key in table.field_keys.items():
            if name.lower() not in ("_id", "_creationtime"):  # no-system-field-in-table tells of those
                yield key, False
    for call in validators(source, "object"):
        for held in arguments(call)[:1]:
            yield from ((key, True) for key in _of(unwrapped(held)))
    for function in functions(source):
        args = pairs(function.definition).get("args") if function.definition is not None else None
        if args is not None:
            yield from ((key, False) for key in _of(unwrapped(args)))


def _of(held: SgNode) -> Iterator[SgNode]:
    for part in held.named_children() if held.kind() == "object" else ():
        key = part.field("key") if part.kind() == "pair" else None
        if key is not None:
            yield key


_RENAME = "Use letters, digits and _, beginning with a letter; at most 64."

RULE = Rule(
    id="field-name-reserved",
    area="convex-schema",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("convex/values", "args"),
    message=_RENAME,
    check=check,
    page=__doc__,
)
