"""Read what is known of a stored file from the system table `_storage`, not with getMetadata.

`ctx.storage.getMetadata` is an old way that Convex wants to be rid of, and its answer is not
reactive. The same facts (size, type, checksum) are a document of the table `_storage`:
`await ctx.db.system.get("_storage", storageId)` in a query or a mutation; an action asks a query
of yours for it with `ctx.runQuery`.

Bad

```ts path=src/convex/files.ts severity=error
import { v } from "convex/values";
import { query } from "./_generated/server";

export const size = query({
  args: { id: v.id("_storage") },
  handler: async (ctx, args) => (await ctx.storage.getMetadata(args.id))?.size ?? null,
});
```

```ts path=src/convex/uploads.ts severity=error
import { v } from "convex/values";
import { action, type MutationCtx } from "./_generated/server";

export const type = action({
  args: { id: v.id("_storage") },
  handler: async ({ storage }, args) => {
    const files = storage;
    return await files.getMetadata(args.id);
  },
});

export async function keep(context: MutationCtx, id: any) {
  return await context.storage.getMetadata(id);
}
```

Good

```ts path=src/convex/files.ts
import { v } from "convex/values";
import { query } from "./_generated/server";

export const size = query({
  args: { id: v.id("_storage") },
  handler: async (ctx, args) => (await ctx.db.system.get("_storage", args.id))?.size ?? null,
});
```

```ts path=src/convex/images.ts
import { s3 } from "./s3";

// other things have a getMetadata, too
export const facts = async (key: string) => [await s3.getMetadata(key), await s3.storage.getMetadata(key)];
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.functions import ctx_calls, kind_at
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source

_INSTEAD = 'ctx.storage.getMetadata is an old way: read ctx.db.system.get("_storage", id)'


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every call of it on a context."""
    for call in ctx_calls(source, "storage.getMetadata"):
        in_action = kind_at(source, call.node) in ("action", "httpAction")
        more = " in an internal query, and call that with ctx.runQuery" if in_action else ""
        yield Finding(call.name, f"{_INSTEAD}{more}.", code=call.node)


RULE = Rule(
    id="no-storage-get-metadata",
    area="convex-storage",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("getMetadata",),
    message=f"{_INSTEAD}.",
    check=check,
    page=__doc__,
)
