"""Keep the HTTP routes in http.ts.

Convex serves the router that `http.ts` gives out as its default, and no other: routes made
elsewhere are never reached.

Bad

```ts path=src/convex/webhooks.ts severity=error
import { httpRouter } from "convex/server";

const http = httpRouter();
export default http;
```

```ts path=src/convex/http.ts severity=error
import { httpRouter } from "convex/server";

export const http = httpRouter();
```

Good

```ts path=src/convex/http.ts
import { httpRouter } from "convex/server";
import { auth } from "./auth";

const http = httpRouter();
auth.addHttpRoutes(http);
export default http;
```

```ts path=src/convex/http.ts with
import { router } from "./router";
import { auth } from "./auth";

auth.addHttpRoutes(router);
export default router;
```

```ts path=src/convex/router.ts
import { httpRouter } from "convex/server";

// the routes may stand in router.ts, when http.ts gives them out
export const router = httpRouter();
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source


def check(source: Source, context: Context) -> Iterator[Finding]:
    """httpRouter() in other files, and an http.ts without a default."""
    made = [
        call
        for local, imported in source.imports.items()
        if imported.module == "convex/server" and imported.name == "httpRouter"
        for call in source.calls_of(local)
    ]
    home = f"{context.functions}/http.ts"
    if source.path == home:
        if made and not any(one.name == "default" for one in source.exports):
            yield Finding(made[0], "http.ts must give its router out: export default http;")
    elif made and not _is_given_out(source, context, home):
        yield from (Finding(call) for call in made)


def _is_given_out(source: Source, context: Context, home: str) -> bool:
    """Whether http.ts loads this file."""
    facts = context.program.facts(home)
    modules = [one.module for one in facts.imports] if facts is not None else []
    return any(context.program.resolve(home, module) == source.path for module in modules)


RULE = Rule(
    id="http-routes-file",
    area="convex-functions",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("httpRouter",),
    message="Routes made here are never reached: define them in http.ts, or import this file there.",
    check=check,
    page=__doc__,
    refuses=False,
    alone=False,
)
