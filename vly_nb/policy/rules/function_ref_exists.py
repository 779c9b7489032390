"""Name functions that are there: `api.file.name` follows the files.

`api.tasks.list` is `list` in `tasks.ts`, `api.admin.users.get` is `get` in `admin/users.ts`. What is
internal goes by `internal.…`. A name that leads nowhere is an error in front of the person.

Given

```ts path=src/convex/tasks.ts
import { crud } from "convex-helpers/server/crud";
import { internalMutation, query } from "./_generated/server";

export const list = query({ args: {}, handler: async (ctx) => [] });
export const sweep = internalMutation({ args: {}, handler: async () => null });
export const { create, read } = crud({} as any, "tasks");
export const title = "no function";
export { list as all } from "./tasks";
```

Bad

```tsx path=src/pages/Tasks.tsx severity=error
import { useQuery } from "convex/react";
import { api } from "@/convex/_generated/api";

export const Tasks = () => <p>{[useQuery(api.tasks.lists), useQuery(api.task.list)].length}</p>;
```

```ts path=src/convex/crons.ts severity=error
import { cronJobs } from "convex/server";
import { api, internal } from "./_generated/api";

const crons = cronJobs();
crons.interval("a", { hours: 1 }, api.tasks.sweep, {});
crons.interval("b", { hours: 1 }, internal.tasks.list, {});
crons.interval("c", { hours: 1 }, internal.tasks.title, {});
export default crons;
```

Good

```tsx path=src/pages/Tasks.tsx
import { useQuery } from "convex/react";
import { api } from "@/convex/_generated/api";

const names = ["list"] as const;
export const Tasks = () => (
  <p>
    {useQuery(api.tasks.list)} {useQuery(api.tasks.all)}
    {/* made by a helper; picked at run time */}
    {useQuery(api.tasks.create)} {useQuery(api.tasks[names[0]])}
  </p>
);
```

```ts path=src/convex/other.ts
import { anyApi } from "convex/server";
import { components, internal } from "./_generated/api";

export const all = [anyApi.gone.f, components.counter.add, internal.tasks.sweep];
```

```ts path=scripts/grade.ts
import { api } from "../answers/one/convex/_generated/api";

// the functions of another app
export const graded = [api.index.list];
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.functions import Reference, is_elsewhere, references
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source


def check(source: Source, context: Context) -> Iterator[Finding]:
    """References to functions that aren't there, or go by the other name."""
    if is_elsewhere(source, context.functions):
        return
    for one in references(source):
        if one.open or len(one.names) < 2:
            continue
        said = _wrong(one, context)
        if said:
            yield Finding(one.node, said)


def _wrong(one: Reference, context: Context) -> str:
    program = context.program
    chain = ".".join((one.root, *one.names))
    path = program.module(one.names)
    if path is None:
        if _is_a_folder(one, context):
            return ""
        where = f"{context.functions}/{one.module}.ts"
        return f"{chain} leads nowhere: there is no {where}."
    found = program.export(path, one.names[-1])
    if found is None:
        return f"{chain} leads nowhere: {path} gives out no {one.names[-1]}."
    if found.kind == "value" and not found.made and found.module is None:
        return f"{chain} is no Convex function."
    if found.kind not in ("query", "mutation", "action"):
        return ""
    if found.internal and one.root == "api":
        return f"{one.names[-1]} is internal: use internal.{'.'.join(one.names)} on the server."
    if not found.internal and one.root == "internal":
        return f"{one.names[-1]} is public: use api.{'.'.join(one.names)}, or make it internal."
    return ""


def _is_a_folder(one: Reference, context: Context) -> bool:
    """Whether a chain may be only the beginning of one: `const tasks = api.admin.tasks`."""
    whole = "/".join((context.functions, *one.names))
    return context.program.begins(whole)


RULE = Rule(
    id="function-ref-exists",
    area="convex-client",
    severity=Severity.ERROR,
    scope=("**/*.{ts,tsx}",),
    needs=("_generated/api",),
    message="Use api.<file>.<export>; internal functions go by internal.<file>.<export>.",
    check=check,
    page=__doc__,
    refuses=False,
    alone=False,
)
