"""Say which table a document is of: `ctx.db.get("tasks", id)`.

The newer form names the table with the id, so that a wrong id is found at once, and a reader
knows what it is about. Types before convex 1.31 don't know it, so an app on one of those isn't told.

Bad

```ts path=src/convex/tasks.ts severity=info
import { mutation } from "./_generated/server";

export const done = mutation({
  args: {},
  handler: async (ctx, args: any) => {
    const task = await ctx.db.get(args.id);
    await ctx.db.patch(args.id, { done: true });
    return task;
  },
});
```

```ts path=src/convex/tasks.ts severity=info
import { mutation } from "./_generated/server";

export const remove = mutation({
  args: {},
  handler: async ({ db }, args: any) => {
    await db.replace(args.id, { title: "a" });
    await db.delete(args.id);
  },
});
```

```ts path=src/convex/games.ts severity=info
import type { DatabaseReader, DatabaseWriter } from "./_generated/server";

export const load = async (reader: DatabaseReader, id: any) => await reader.get(id);

export abstract class Game {
  rows = new Map<string, number>();
  abstract db: DatabaseWriter;

  async save(id: any) {
    this.rows.delete("a");
    await this.db.patch(id, { saved: true });
  }
}
```

Good

```json path=package.json with
{ "name": "app", "dependencies": { "convex": "^1.28.0" } }
```

```ts path=src/convex/tasks.ts
import { query } from "./_generated/server";

export const one = query({ args: {}, handler: async (ctx, args: any) => await ctx.db.get(args.id) });
```

```ts path=src/convex/tasks.ts
import { mutation } from "./_generated/server";

export const done = mutation({
  args: {},
  handler: async (ctx, args: any) => {
    await ctx.db.patch("tasks", args.id, { done: true });
    await ctx.db.delete("tasks", args.id);
    return await ctx.db.get("tasks", args.id);
  },
});
```

```ts path=src/convex/files.ts
import { query } from "./_generated/server";

// Maps, Sets and the system's tables
export const all = query({
  args: {},
  handler: async (ctx, args: any) => {
    const seen = new Map([["a", 1]]);
    new Set(["a"]).delete("a");
    return [seen.get("a"), await ctx.db.system.get(args.id)];
  },
});

export class Cache {
  db = new Map<string, number>();

  read = (key: string) => this.db.get(key);
}
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.functions import ctx_calls
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source

_SINCE = (1, 31)
_OLD = {"db.get": 1, "db.delete": 1, "db.patch": 2, "db.replace": 2}


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Calls with an id and no table."""
    wanted = re.match(r"[~^>=v\s]*(\d+)\.(\d+)", context.program.packages.get("convex", ""))
    if wanted is not None and (int(wanted[1]), int(wanted[2])) < _SINCE:
        return
    for call in ctx_calls(source, *_OLD):
        if len(call.arguments) == _OLD[call.path]:
            name = call.path.removeprefix("db.")
            rest = ", …" if _OLD[call.path] > 1 else ""
            yield Finding(call.name, f'Name the table: ctx.db.{name}("table", id{rest}).', code=call.node)


RULE = Rule(
    id="explicit-table-ids",
    area="extra-convex",
    severity=Severity.INFO,
    scope=("<fn>/**/*.ts",),
    needs=("get(", "patch(", "replace(", "delete("),
    message='Name the table: ctx.db.get("table", id).',
    check=check,
    page=__doc__,
    refuses=False,
    alone=False,
)
