"""Never import a file that begins with "use node" into one that doesn't.

The importing file runs in Convex's own runtime and pulls the other's code in there with it,
Node.js modules and all: the deployment fails, or the function does when it is called. Call an
action of that file with `ctx.runAction(internal.file.name, …)`, or move what both share into a
file without the directive.

Given

```ts path=src/convex/mail.ts
"use node";

import nodemailer from "nodemailer";
import { internalAction } from "./_generated/server";

export type Letter = { to: string };
export const transport = () => nodemailer.createTransport({});
export const send = internalAction({ args: {}, handler: async () => null });
```

```ts path=src/convex/limits.ts
"use node";

export const MOST = 20;
export const NAMES = ["one", "two"] as const;
export function most() {
  return MOST;
}
```

```json path=tsconfig.json
{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }
```

Bad

```ts path=src/convex/letters.ts severity=error
import { internalMutation } from "./_generated/server";
import { transport, type Letter } from "./mail";

export const post = internalMutation({
  args: {},
  handler: async () => {
    const letter: Letter = { to: "a@example.org" };
    await transport().sendMail(letter);
  },
});
```

```ts path=src/convex/all/index.ts severity=error
export { send } from "@/convex/mail";
export * from "../mail.js";
```

```ts path=src/convex/lists.ts severity=error
import { query } from "./_generated/server";
import { most } from "./limits";

export const list = query({ args: {}, handler: async (ctx) => await ctx.db.query("tasks").take(most()) });
```

Good

```ts path=src/convex/letters.ts
import type { Letter } from "./mail"; // a type only: nothing of the file comes along
import { internal } from "./_generated/api";
import { internalMutation } from "./_generated/server";

export const post = internalMutation({
  args: {},
  handler: async (ctx) => {
    const letter: Letter = { to: "a@example.org" };
    await ctx.scheduler.runAfter(0, internal.mail.send, letter);
  },
});
```

```ts path=src/convex/tasks.ts
import { query } from "./_generated/server";
// Plain constants of a file that loads nothing of Node.js: it works, if only for as long as that stays so.
import { MOST, NAMES } from "./limits";

export const list = query({
  args: {},
  handler: async (ctx) => [...NAMES, ...(await ctx.db.query("tasks").take(MOST))],
});
```

```ts path=src/convex/reports.ts
"use node";

import { transport } from "./mail"; // both are in Node.js

export const report = async () => await transport().sendMail({});
```

```ts path=src/convex/mail.test.ts
import { transport } from "./mail"; // tests are not deployed

transport();
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.convex_runtime import is_deployed, is_node_file, only_in_node
from vly_nb.policy.loads import Load, loads
from vly_nb.policy.program import Program
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, unwrapped

_PLAIN = ("string", "number", "true", "false", "null", "array", "object", "regex", "template_string")


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every load of a file with the directive, in one without."""
    if source.use_node or not is_deployed(source.path, context.functions):
        return
    program = context.program
    for load in loads(source):
        target = program.resolve(source.path, load.module) if program.is_local(load.module) else None
        if target is None or not is_node_file(program, target) or _is_harmless(program, target, load):
            continue
        names = f"({', '.join(load.names)}) " if load.names and "*" not in load.names else ""
        message = (
            f"{target} begins with \"use node\", and this file doesn't: its code {names}can't run here. "
            "Call an action of it with ctx.runAction, or move what both need to a file without the directive."
        )
        yield Finding(load.at, message, code=load.node)


def _is_harmless(program: Program, target: str, load: Load) -> bool:
    """Whether only plain constants are taken, from a file that loads nothing which could break."""
    source = program.source(target)
    if source is None or not load.names:
        return False
    values = {one.name: one.value for one in source.exports if one.key is None}
    for name in load.names:
        value = values.get(name)
        if value is None or unwrapped(value).kind() not in _PLAIN:
            return False
    loaded = [other.module for other in loads(source)]
    return not any(only_in_node(m, program.packages) or program.is_local(m) for m in loaded)


RULE = Rule(
    id="no-import-node-file",
    area="convex-node",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("import", "export", "require"),
    message='This file can\'t import one that begins with "use node": move what both need to a plain file.',
    check=check,
    page=__doc__,
    refuses=False,
    alone=False,
)
