"""Take at most a thousand documents at once.

A page shows fifty. A thousand documents are slow to read and heavy to send, and a transaction
may read 32,000 in all. For more, hand them out in pages.

Bad

```ts path=src/convex/tasks.ts severity=error
import { query } from "./_generated/server";

export const list = query({ args: {}, handler: async (ctx) => await ctx.db.query("tasks").take(5000) });
```

```ts path=src/convex/tasks.ts severity=error
import { query } from "./_generated/server";

const LIMITS = { page: 2 * 1000 + 1 };
export const list = query({
  args: {},
  handler: async ({ db }) => {
    const rows = db.query("tasks").order("desc");
    return await rows.take(LIMITS.page);
  },
});
```

Good

```ts path=src/convex/tasks.ts
import { query } from "./_generated/server";

const MOST = 10 * 100;
export const list = query({ args: {}, handler: async (ctx) => await ctx.db.query("tasks").take(MOST) });
```

```ts path=src/convex/lists.ts
import _ from "lodash";

// an array's, and lodash's
export const first = (list: any) => [_.take(list, 5000), list.take(5000)];
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.constants import constant
from vly_nb.policy.functions import arguments
from vly_nb.policy.resolver import query_of
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source

MOST = 1000


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every .take(n) of a query with an n that is too big."""
    for call in source.calls("take"):
        given = arguments(call.node)
        count = constant(source, given[0]) if given else None
        if isinstance(count, float) and count > MOST and query_of(source, call.object) is not None:
            yield Finding(given[0], code=call.node)


RULE = Rule(
    id="take-limit",
    area="convex-queries",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("take",),
    message="Take at most 1000, or use .paginate(paginationOpts).",
    check=check,
    page=__doc__,
)
