"""Import `defineSchema` and `defineTable` from "convex/server", and `v` from "convex/values".

Other modules may have things by these names; only these are what Convex understands.

Bad

```ts path=src/convex/schema.ts severity=error
import { defineSchema, defineTable } from "./_generated/server";
import { v } from "convex/server";

export default defineSchema({ tasks: defineTable({ title: v.string() }) });
```

```ts path=src/convex/schema.ts severity=error
import { defineSchema } from "convex/server";
import { defineTable, v } from "convex/values";

export default defineSchema({ tasks: defineTable({ title: v.string() }) });
```

Good

```ts path=src/convex/schema.ts
import { authTables } from "@convex-dev/auth/server";
import { defineSchema, defineTable } from "convex/server";
import { type Infer, v } from "convex/values";

// authTables come from elsewhere
export default defineSchema({ ...authTables, tasks: defineTable({ title: v.string() }) });
```

```ts path=src/convex/schema.ts
import { Table } from "convex-helpers/server";
import { defineSchema } from "convex/server";
import { v } from "convex/values";

// and so do the tables of convex-helpers
export const Tasks = Table("tasks", { title: v.string() });
export default defineSchema({ tasks: Tasks.table });
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Severity, TextEdit
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, unquoted

_HOMES = {"defineSchema": "convex/server", "defineTable": "convex/server", "v": "convex/values"}


def check(source: Source, context: Context) -> Iterator[Finding]:
    """The three names, imported from another place."""
    for statement in source.nodes("import_statement"):
        string = statement.field("source")
        module = unquoted(string)
        if module is None or string is None:
            continue
        items = statement.find_all(kind="import_specifier")
        wrong = []
        for item in items:
            name, alias = item.field("name"), item.field("alias")
            home = _HOMES.get(name.text()) if name is not None and alias is None else None
            if home is not None and home != module:
                wrong.append((item, home))
        homes = {home for _, home in wrong}
        sole = len(wrong) == len(items) and len(homes) == 1
        fix = (TextEdit(source.range(string), f'"{next(iter(homes))}"'),) if sole else ()
        for item, home in wrong:
            yield Finding(item, f'Import it from "{home}".', code=statement, fix=fix)


RULE = Rule(
    id="schema-imports",
    area="convex-schema",
    severity=Severity.ERROR,
    scope=("<fn>/schema.ts",),
    needs=("define",),
    message='Import defineSchema and defineTable from "convex/server", v from "convex/values".',
    check=check,
    page=__doc__,
)
