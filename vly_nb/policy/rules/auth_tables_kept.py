"""Keep ...authTables in the schema, and the index "email" on the table users.

Convex Auth keeps sessions, accounts and codes in tables of its own, which `...authTables` brings
in, and finds people by the index "email" of the table `users`. Without them every sign-in fails.

To keep more about people, define `users` again after `...authTables`: with the fields that it has
had, and with `.index("email", ["email"])` under exactly this name.

Given

```ts path=src/convex/auth.ts
import { convexAuth } from "@convex-dev/auth/server";

export const { auth, signIn, signOut, store } = convexAuth({ providers: [] });
```

Bad

```ts path=src/convex/schema.ts severity=error
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  tasks: defineTable({ title: v.string() }),
});
```

```ts path=src/convex/schema.ts severity=error
import { authTables } from "@convex-dev/auth/server";
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  ...authTables,
  users: defineTable({
    email: v.optional(v.string()),
    role: v.optional(v.string()),
  }).index("by_email", ["email"]),
});
```

```ts path=src/convex/schema.ts severity=error
import { authTables } from "@convex-dev/auth/server";
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

const tables = { tasks: defineTable({ title: v.string() }) };
const schema = defineSchema({ ...tables, notes: defineTable({ text: v.string() }) });
export default schema;
```

Good

```ts path=src/convex/schema.ts
import { authTables } from "@convex-dev/auth/server";
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  ...authTables,
  // a table users of the project's own, with the fields and the indexes
  users: defineTable({
    name: v.optional(v.string()),
    email: v.optional(v.string()),
    emailVerificationTime: v.optional(v.number()),
    phone: v.optional(v.string()),
    role: v.optional(v.string()),
  })
    .index("email", ["email"])
    .index("phone", ["phone"]),
});
```

```ts path=src/convex/schema.ts
import { authTables } from "@convex-dev/auth/server";
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
import { people } from "./people";

const { users, ...others } = authTables;
// taken apart, and a table that can't be seen from here
export default defineSchema({ ...others, users: people });
```

```ts path=src/convex/schema.ts
import { defineSchema } from "convex/server";
import { tables } from "./tables";

// all tables come from another file
export default defineSchema({ ...tables });
```

```ts with path=src/convex/auth.ts
export const auth = null;
```

```ts path=src/convex/schema.ts
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

// a project whose sign-in isn't Convex Auth's
export default defineSchema({ users: defineTable({ name: v.string() }) });
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Range, Severity, TextEdit
from vly_nb.policy.functions import arguments
from vly_nb.policy.loads import is_used
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.schema import Table, is_open, schema_call, tables
from vly_nb.policy.source import Source, unwrapped

_TABLES = (
    "Sign-in keeps its sessions and codes in tables of its own: put ...authTables back into defineSchema."
)
_INDEX = (
    'Sign-in finds people by this index: add .index("email", ["email"]) to users, under exactly this name.'
)
_OWN = ("authSessions", "authAccounts")
_IMPORT = 'import { authTables } from "@convex-dev/auth/server";\n'


def check(source: Source, context: Context) -> Iterator[Finding]:
    """The tables that come with the sign-in, and the table of people."""
    call = schema_call(source) if context.program.uses_convex_auth else None
    if call is None:
        return
    if not _has_tables(source):
        yield Finding(call.field("function") or call, _TABLES, code=call, fix=_spread(source, call))
    for table in tables(source):
        if table.name == "users" and not _has_index(table):
            yield Finding(table.key or table.definition, _INDEX, fix=_indexed(source, table))


def _has_tables(source: Source) -> bool:
    """Whether they are there, or may be."""
    local = _local(source)
    if is_open(source) or (local is not None and is_used(source, local)):
        return True
    named = {table.name for table in tables(source)}
    return all(name in named or name in source.properties for name in _OWN)


def _local(source: Source) -> str | None:
    """The name that authTables has in this file."""
    for local, imported in source.imports.items():
        if imported.name == "authTables" and imported.module.startswith("@convex-dev/auth"):
            return local
    return None


def _has_index(table: Table) -> bool:
    return any(
        index.kind == "index" and index.name in ("email", None) and index.fields in (("email",), None)
        for index in table.indexes
    )


def _spread(source: Source, call: SgNode) -> tuple[TextEdit, ...]:
    """`...authTables` as the first thing in the object, and its import."""
    given = arguments(call)
    held = unwrapped(given[0]) if given else None
    local = _local(source)
    if held is None or held.kind() != "object" or (local is None and "authTables" in source.names):
        return ()
    start = source.range(held)
    inside = Range(start.line, start.column + 1, start.line, start.column + 1)
    several = source.range(held).end_line != start.line
    comma = "," if held.named_children() else ""
    text = f"\n  ...{local or 'authTables'}{comma}" if several else f" ...{local or 'authTables'}{comma}"
    edits = [TextEdit(inside, text)]
    if local is None:
        edits.append(TextEdit(Range(1, 1, 1, 1), _IMPORT))
    return tuple(edits)


def _indexed(source: Source, table: Table) -> tuple[TextEdit, ...]:
    """The index, behind those that there are."""
    if "email" not in table.fields or table.index("email") is not None:
        return ()
    last = max((table.definition, *(i.call for i in table.indexes)), key=lambda node: node.range().end.index)
    place = source.range(last)
    line, column = place.end_line or place.line, place.end_column or 1
    return (TextEdit(Range(line, column, line, column), '.index("email", ["email"])'),)


RULE = Rule(
    id="auth-tables-kept",
    area="auth-health",
    severity=Severity.ERROR,
    scope=("<fn>/schema.ts",),
    needs=("defineSchema",),
    message=_TABLES,
    check=check,
    page=__doc__,
    refuses=False,
    alone=False,
)
