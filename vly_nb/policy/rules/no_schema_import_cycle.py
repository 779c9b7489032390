"""Don't read the schema at the top of a file that the schema imports.

The schema isn't there yet when such a file is loaded: what it reads is undefined, and the push
fails with an error that names another place.

Given

```ts path=src/convex/schema.ts
import { defineSchema } from "convex/server";
import { tasks } from "./tables";
import { priceOf } from "./prices";
import { kinds } from "./kinds";

export const names = [priceOf, kinds];
export default defineSchema({ tasks });
```

Bad

```ts path=src/convex/tables.ts severity=error
import { defineTable } from "convex/server";
import { v } from "convex/values";
import schema from "./schema";

export const tasks = defineTable({ title: v.string() });
export const validator = schema.tables.tasks.validator;
```

```ts path=src/convex/prices.ts severity=error
import * as schema from "./schema";

const { names } = schema;
export const priceOf = () => names;
```

Good

```ts path=src/convex/prices.ts
import schema from "./schema";

// looked at only when it is called
export const priceOf = () => schema.tables;
```

```ts path=src/convex/kinds.ts
import type schema from "./schema";

export const kinds: keyof typeof schema.tables = "tasks";
```

```ts path=src/convex/other.ts
import schema from "./schema";

// the schema doesn't import this one
export const all = schema.tables;
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source

_FUNCTIONS = (
    "arrow_function", "function_expression", "function_declaration", "method_definition",
    "generator_function",
    "type_annotation", "type_alias_declaration", "interface_declaration", "type_query", "export_clause",
)  # fmt: skip


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Uses of the schema outside functions, in a file that the schema loads."""
    home = f"{context.functions}/schema.ts"
    program = context.program
    local = [
        name
        for name, imported in source.imports.items()
        if not imported.type_only and program.resolve(source.path, imported.module) == home
    ]
    if not local or source.path == home or source.path not in program.reached_from(home):
        return
    for name in local:
        for use in source.names.get(name, ()):
            if _is_read_at_once(use):
                yield Finding(use)
                break


def _is_read_at_once(use: SgNode) -> bool:
    above = use.parent()
    while above is not None:
        if above.kind() in _FUNCTIONS or above.kind() == "import_statement":
            return False
        above = above.parent()
    return True


RULE = Rule(
    id="no-schema-import-cycle",
    area="extra-convex",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("schema",),
    message="schema.ts imports this file: read the schema inside a function, or use v.id() there.",
    check=check,
    page=__doc__,
    refuses=False,
    alone=False,
)
