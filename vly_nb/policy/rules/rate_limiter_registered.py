"""Register each component in convex.config.ts before you use it.

`components.rateLimiter` exists only when the functions folder's `convex.config.ts` has
`app.use(rateLimiter)` with the component's own config, and its package is installed.

Given

```json path=package.json
{ "name": "app", "dependencies": { "convex": "^1.48.0", "@convex-dev/rate-limiter": "^0.3.0" } }
```

Bad

```ts path=src/convex/limits.ts severity=error
import { RateLimiter } from "@convex-dev/rate-limiter";
import { components } from "./_generated/api";

export const rateLimiter = new RateLimiter(components.rateLimiter, {});
```

```ts path=src/convex/convex.config.ts with
import { defineApp } from "convex/server";
import rateLimiter from "@convex-dev/rate-limiter/convex.config";

const app = defineApp();
app.use(rateLimiter);
export default app;
```

```ts path=src/convex/totals.ts severity=error
import { TableAggregate } from "@convex-dev/aggregate";
import { components } from "./_generated/api";

export const totals = new TableAggregate(components.aggregate, {} as any);
```

Good

```ts path=src/convex/convex.config.ts with
import { defineApp } from "convex/server";
import rateLimiter from "@convex-dev/rate-limiter/convex.config";
import counter from "./counter/convex.config";

const app = defineApp();
app.use(rateLimiter);
app.use(counter, { name: "likes" });
export default app;
```

```ts path=src/convex/limits.ts
import { RateLimiter } from "@convex-dev/rate-limiter";
import { components } from "./_generated/api";

export const rateLimiter = new RateLimiter(components.rateLimiter, {});
export const likes = components.likes;
```

```ts path=src/convex/other.ts
import { components } from "./my-components";

export const none = components.rateLimiter;
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.components import registered
from vly_nb.policy.functions import is_elsewhere, references
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source


def check(source: Source, context: Context) -> Iterator[Finding]:
    """The first use of each component that the app doesn't have."""
    used = () if is_elsewhere(source, context.functions) else references(source, ("components",))
    known = registered(context) if used else set()
    said: set[str] = set()
    for one in used:
        name = one.names[0] if one.names else None
        if known is None or name is None or name in known or name in said:
            continue
        said.add(name)
        where = f"{context.functions}/convex.config.ts"
        yield Finding(one.node, f"components.{name} isn't there: add app.use({name}) to {where}.")


RULE = Rule(
    id="rate-limiter-registered",
    area="convex-cost",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("components",),
    message="Add app.use(…) for this component to convex.config.ts.",
    check=check,
    page=__doc__,
    refuses=False,
    alone=False,
)
