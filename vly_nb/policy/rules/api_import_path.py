"""Import `api` from where Convex writes it: `_generated/api` of the functions folder.

The pages import it by the project's alias, `@/convex/_generated/api` where the functions are in
`src/convex`; the functions themselves by a relative path, `./_generated/api`. A path that leads
nowhere leaves the page blank.

Given

```json path=tsconfig.json
{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }
```

Bad

```tsx path=src/pages/Home.tsx severity=error
import { api } from "../../convex/_generated/api";

export const Home = () => <p>{String(api)}</p>;
```

```ts path=src/convex/admin/tasks.ts severity=error
import { internal } from "./_generated/api";

export const all = internal;
```

Good

```tsx path=src/pages/Home.tsx
import { api } from "@/convex/_generated/api";
import { api as same } from "../convex/_generated/api";

export const Home = () => <p>{String([api, same])}</p>;
```

```ts path=src/convex/admin/tasks.ts
import { internal } from "../_generated/api";
// by the alias it is found, too
import { api } from "@/convex/_generated/api";
import { vly } from "../../lib/vly-integrations";

export const all = [internal, api, vly];
```

```ts path=src/lib/other.ts
import { api } from "@scope/backend/_generated/api";

// another package's
export const all = api;
```
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from vly_nb.diagnostics import Severity, TextEdit
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, unquoted

_API = re.compile(r"(.*)/_generated/(api|server|dataModel)(\.[jt]s)?$")


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Imports of generated files that don't lead to the functions folder."""
    for statement in source.nodes("import_statement", "export_statement"):
        string = statement.field("source")
        module = unquoted(string)
        match = _API.match(module) if module is not None else None
        if string is None or module is None or match is None:
            continue
        wanted = f"{context.functions}/_generated/{match[2]}"
        places = list(_places(source, module, context))
        if places and not any(re.sub(r"\.[jt]s$", "", place) == wanted for place in places):
            if context.program.resolve(source.path, module) is not None:
                continue  # another part of the repository has one
            right = _right(source.path, wanted, context)
            fix = (TextEdit(source.range(string), f'"{right}"'),)
            yield Finding(string, f'Nothing is there: import it from "{right}".', code=statement, fix=fix)


def _places(source: Source, module: str, context: Context) -> Iterator[str]:
    """The files, from the root, that a specifier may mean."""
    if module.startswith("."):
        yield posixpath.normpath(posixpath.join(posixpath.dirname(source.path), module))
    else:
        yield from context.program.aliased(module)


def _right(path: str, wanted: str, context: Context) -> str:
    """How a file imports a generated one: functions by a relative path, others by the alias."""
    if not path.startswith(f"{context.functions}/"):
        for alias, targets in context.program.aliases.items():
            for target in targets if alias.endswith("/*") else ():
                stem = target.removesuffix("*")
                if target.endswith("/*") and wanted.startswith(stem):
                    return alias[:-1] + wanted[len(stem) :]
    found = posixpath.relpath(wanted, posixpath.dirname(path) or ".")
    return found if found.startswith(".") else f"./{found}"


RULE = Rule(
    id="api-import-path",
    area="convex-client",
    severity=Severity.ERROR,
    scope=("**/*.{ts,tsx}",),
    needs=("_generated/",),
    message='Import { api } from "@/convex/_generated/api".',
    check=check,
    page=__doc__,
    alone=False,
)
