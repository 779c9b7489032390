"""Use a key on the server, and never give it out.

What a public function returns, throws or logs can be read by anyone: in the browser, or in
the deployment's logs. Return what the key was used for.

Bad

```ts path=src/convex/config.ts severity=error
import { query } from "./_generated/server";

export const settings = query({
  args: {},
  handler: async () => {
    return { key: process.env.OPENAI_API_KEY };
  },
});
```

```ts path=src/convex/pay.ts severity=error
"use node";
import { action } from "./_generated/server";

export const debug = action({
  args: {},
  handler: async () => {
    const secret = process.env.STRIPE_SECRET_KEY!;
    console.log("key", secret);
    throw new Error(`no payment with ${secret}`);
  },
});
```

```ts path=src/convex/http.ts severity=error
import { httpRouter } from "convex/server";
import { httpAction } from "./_generated/server";

const http = httpRouter();
http.route({
  path: "/key",
  method: "GET",
  handler: httpAction(async () => new Response(process.env.MAPS_SECRET)),
});
export default http;
```

Good

```ts path=src/convex/config.ts
import { query } from "./_generated/server";

// a presence test gives nothing away
export const ready = query({
  args: {},
  handler: async () => {
    return { ready: !!process.env.OPENAI_API_KEY, site: process.env.SITE_URL };
  },
});
```

```ts path=src/convex/pay.ts
"use node";
import { action, internalAction } from "./_generated/server";

export const answer = action({
  args: {},
  handler: async () => {
    const key = process.env.OPENAI_API_KEY;
    if (!key) throw new Error("OPENAI_API_KEY is not set");
    return await fetch("https://api.example.org", { headers: { Authorization: key } });
  },
});

// only the server gets this
export const own = internalAction({ args: {}, handler: async () => process.env.OPENAI_API_KEY });
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.functions import function_at, within
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.secrets import JWT_KEYS, aliases, environment, gives_value, sinks
from vly_nb.policy.source import Source

_SECRET = re.compile(r"KEY|SECRET|TOKEN|PASSWORD|PRIVATE|CREDENTIAL|JWKS|_DSN|DATABASE_URL", re.I)
_PUBLIC = re.compile(r"PUBLIC|PUBLISHABLE|ANON", re.I)


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every place where a key's value leaves a function that anyone can call."""
    reads = [r for r in environment(source) if _SECRET.search(r.name) and not _PUBLIC.search(r.name)]
    reads = [read for read in reads if read.name not in JWT_KEYS]  # jwt-key-leak tells of those
    if not reads:
        return
    ends = list(sinks(source))
    said: set[tuple[int, str]] = set()
    for read in reads:
        for place in aliases(source, read):
            for sink in ends:
                if not within(place, sink.node) or not gives_value(place, sink.node):
                    continue
                function = function_at(source, place)
                mark = (place.range().start.index, sink.words)
                if function is not None and not function.internal and mark not in said:
                    said.add(mark)
                    yield Finding(place, f"This {sink.words} the value of {read.name}. {_INSTEAD}")


_INSTEAD = "Return the result of using the key, never the key."

RULE = Rule(
    id="no-secret-returned",
    area="env-secrets",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("process.env",),
    message=_INSTEAD,
    check=check,
    page=__doc__,
)
