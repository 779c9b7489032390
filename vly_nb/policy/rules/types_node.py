"""Have `@types/node` where code of the server uses Node.js.

Without it TypeScript doesn't know `process`, `Buffer` and `node:crypto`, and the type check is
red.

Given

```ts path=src/convex/mail.ts
"use node";
import { createHash } from "node:crypto";

export const hash = (text: string) => createHash("sha256").update(text).digest("hex");
```

Bad

```json path=package.json severity=warning
{ "name": "app", "dependencies": { "convex": "^1.48.0" } }
```

```json path=package.json severity=warning
{
  "name": "app",
  "devDependencies": { "typescript": "^5.9.0" },
  "keywords": ["@types/node"]
}
```

Good

```json path=package.json
{ "name": "app", "devDependencies": { "@types/node": "^22.0.0" } }
```

```json path=packages/other/package.json
{ "name": "other" }
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Range, Severity
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source


def check(source: Source, context: Context) -> Iterator[Finding]:
    """A package.json without the types that the functions folder needs."""
    program = context.program
    if "@types/node" in program.packages:
        return
    for path in program.scripts:
        facts = program.facts(path) if path.startswith(f"{context.functions}/") else None
        if facts is not None and any(one.module.startswith("node:") for one in facts.imports):
            yield Finding(Range(1, 1, 1, 2), f"{path} uses Node.js. {_ADD}")
            return


_ADD = "Add its types: pnpm add -D @types/node."

RULE = Rule(
    id="types-node",
    area="convex-schema",
    severity=Severity.WARNING,
    scope=("package.json",),
    needs=("{",),
    message=_ADD,
    check=check,
    page=__doc__,
    refuses=False,
    alone=False,
)
