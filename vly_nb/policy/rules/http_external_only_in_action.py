"""Reach out to other services from actions only.

Queries and mutations are transactions that Convex may run again; they can't call `fetch` or a
service's client. Put the call in an action, and let a mutation schedule it:
`ctx.scheduler.runAfter(0, internal.mail.send, { … })`.

Bad

```ts path=src/convex/orders.ts severity=error
import { mutation } from "./_generated/server";

export const pay = mutation({
  args: {},
  handler: async (ctx) => {
    await fetch("https://pay.example.org", { method: "POST" });
  },
});
```

```ts path=src/convex/ai.ts severity=error
import OpenAI from "openai";
import { query } from "./_generated/server";

const openai = new OpenAI();

async function ask(text: string) {
  return await openai.chat.completions.create({ model: "m", messages: [] });
}

export const answer = query({ args: {}, handler: async (ctx) => await ask("hello") });
```

Good

```ts path=src/convex/orders.ts
import OpenAI from "openai";
import { internal } from "./_generated/api";
import { action, mutation } from "./_generated/server";

export const pay = mutation({
  args: {},
  handler: async (ctx) => {
    // no call leaves the deployment here
    const url = new URL("https://pay.example.org");
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(url.host));
    await ctx.scheduler.runAfter(0, internal.orders.charge, {});
    return digest.byteLength;
  },
});
export const charge = action({
  args: {},
  handler: async () => {
    const client = new OpenAI();
    await client.models.list();
    return (await fetch("https://pay.example.org")).status;
  },
});
```

```ts path=src/convex/pages.ts
import { query } from "./_generated/server";
import { fetch } from "./store";

// a function of the project that happens to be called so
export const list = query({ args: {}, handler: async (ctx) => await fetch(ctx) });
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.external import calls_of_helper, external_calls, helpers_that
from vly_nb.policy.functions import kind_at
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source


def check(source: Source, context: Context) -> Iterator[Finding]:
    """External calls in queries and mutations, also through a helper of the file."""
    unknown = []
    for call in external_calls(source):
        kind = kind_at(source, call.node)
        if kind in ("query", "mutation"):
            yield Finding(call.node, f"A {kind} can't call {_shown(call.what)}. {_MOVE}")
        elif kind is None:
            unknown.append(call.node)
    for name, helper in helpers_that(source, unknown).items() if unknown else ():
        for use in calls_of_helper(source, name, helper):
            kind = kind_at(source, use)
            if kind in ("query", "mutation"):
                yield Finding(use, f"{name} calls another service, and a {kind} can't. {_MOVE}")


def _shown(what: str) -> str:
    return "fetch" if what == "fetch" else f'"{what}"'


_MOVE = "Move the call into an action."

RULE = Rule(
    id="http-external-only-in-action",
    area="convex-functions",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("fetch", "import"),
    message=f"Only actions reach other services. {_MOVE}",
    check=check,
    page=__doc__,
)
