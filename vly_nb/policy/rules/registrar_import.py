"""Import `query`, `mutation` and `action` from `_generated/server`.

The ones made for your project know its tables; the generic ones of `convex/server` don't, and
what they return has no types.

Bad

```ts path=src/convex/tasks.ts severity=error
import { queryGeneric as query } from "convex/server";

export const list = query({ args: {}, handler: async (ctx) => [] });
```

```ts path=src/convex/admin/tasks.ts severity=error
import { internalMutationGeneric, mutationGeneric } from "convex/server";

export const add = mutationGeneric({ args: {}, handler: async () => null });
export const sweep = internalMutationGeneric({ args: {}, handler: async () => null });
```

```ts path=src/convex/old.ts severity=error
import { mutation } from "convex/server";

export const add = mutation({ args: {}, handler: async () => null });
```

Good

```ts path=src/convex/tasks.ts
import { defineTable, httpRouter } from "convex/server";
import { action, query } from "./_generated/server";

export const list = query({ args: {}, handler: async (ctx) => [] });
```

```ts path=src/convex/node/mail.ts
"use node";
import { customAction } from "convex-helpers/server/customFunctions";
// files with "use node" import the same, and convex-helpers wraps them
import { internalAction } from "../_generated/server";
import { query } from "./my-own-library";

export const send = internalAction({ args: {}, handler: async () => null });
export const rows = query("tasks");
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vly_nb.diagnostics import Severity, TextEdit
from vly_nb.policy.functions import REGISTRARS
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, unquoted

_GENERIC = {f"{name}Generic" for name in REGISTRARS} | set(REGISTRARS)


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Registrars among the imports from the Convex package."""
    for statement in source.nodes("import_statement"):
        module = unquoted(statement.field("source"))
        if module is None or re.fullmatch(r"convex/(server|browser|react|values)", module) is None:
            continue
        if any(child.kind() == "type" for child in statement.children()):
            continue
        where = _relative(source.path, context.functions)
        items = [(item, item.field("name")) for item in statement.find_all(kind="import_specifier")]
        # convex/server gives out no `query`: the line can only have meant the other module
        string = statement.field("source")
        sole = all(name is not None and name.text() in REGISTRARS for _, name in items)
        fix = (TextEdit(source.range(string), f'"{where}"'),) if sole and string is not None else ()
        for item, name in items:
            if name is not None and name.text() in _GENERIC:
                right = name.text().removesuffix("Generic")
                yield Finding(item, f'Import {right} from "{where}".', code=statement, fix=fix)


def _relative(path: str, functions: str) -> str:
    depth = path.removeprefix(f"{functions}/").count("/")
    return f"{'../' * depth or './'}_generated/server"


RULE = Rule(
    id="registrar-import",
    area="convex-functions",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("convex/",),
    message='Import it from "./_generated/server".',
    check=check,
    page=__doc__,
)
