"""Call vly only in actions, in a file that begins with "use node".

A call of vly goes out to the network: in a query or a mutation it fails when it runs, because
these may only read and write the database. And its package is made for Node.js, so the file needs
`"use node";` as its first line, which leaves actions only in it.

Bad

```ts path=src/convex/ai.ts severity=error
import { vly } from "../lib/vly-integrations";
import { action } from "./_generated/server";

export const answer = action({
  args: {},
  handler: async () => await vly.ai.completion({ messages: [] }),
});
```

```ts path=src/convex/mails.ts severity=error
"use node";

import { createVlyIntegrations } from "@vly-ai/integrations";
import { mutation, query } from "./_generated/server";

const client = createVlyIntegrations({ deploymentToken: process.env.VLY_INTEGRATION_KEY! });

export const send = mutation({
  args: {},
  handler: async () => {
    const { email } = client;
    await email.send({ to: "a@example.org", subject: "Hello" });
  },
});

export const list = query({ args: {}, handler: async () => (await client.email.listDomains()).success });
```

```ts path=src/convex/http.ts severity=error
import { vly } from "@/lib/vly-integrations";
import { httpAction } from "./_generated/server";

export const hook = httpAction(async () => {
  await vly.email.send({ to: "a@example.org", subject: "Hello" });
  return new Response();
});
```

Good

```ts path=src/convex/ai.ts
"use node";

import { v } from "convex/values";
import { vly } from "../lib/vly-integrations";
import { internal } from "./_generated/api";
import { action, internalAction } from "./_generated/server";

const ask = async (content: string) => await vly.ai.completion({ messages: [{ role: "user", content }] });

export const answer = action({
  args: { text: v.string() },
  handler: async (ctx, args) => {
    const result = await ask(args.text);
    await ctx.runMutation(internal.answers.keep, { text: result.data?.choices[0]?.message.content ?? "" });
  },
});

export const mail = internalAction({
  args: {},
  handler: async () => await vly.email.send({ to: "a@example.org", subject: "Hello" }),
});
```

```ts path=src/convex/answers.ts
import type { AICompletionResponse } from "@vly-ai/integrations"; // a type only
import { internalMutation } from "./_generated/server";
import { vly } from "./valleys";

// another thing by this name
export const keep = internalMutation({
  args: {},
  handler: async (ctx): Promise<AICompletionResponse | null> => vly.ai.completion(),
});
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.convex_runtime import is_deployed
from vly_nb.policy.functions import kind_at
from vly_nb.policy.loads import loads
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source
from vly_nb.policy.vly_client import is_client_file, is_package, vly_calls

_CALLED = {"query": "a query", "mutation": "a mutation", "httpAction": "an HTTP action"}
_INSTEAD = 'Call it in an action, in a file that begins with "use node"'
_PLAIN = 'vly needs Node.js: begin the file with "use node"; (it can then have actions only).'


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Calls in what is no action; and the client in a file of Convex's own runtime."""
    if not is_deployed(source.path, context.functions):
        return
    wrong = False
    for call in vly_calls(source):
        kind = kind_at(source, call.node)
        if kind in _CALLED:
            wrong = True
            yield Finding(call.node, f"vly can't be called in {_CALLED[kind]}. {_INSTEAD}, {_how(kind)}.")
    if source.use_node or wrong:
        return
    for load in loads(source):
        if is_package(load.module) or is_client_file(load.module):
            yield Finding(load.at, _PLAIN, code=load.node)


def _how(kind: str) -> str:
    if kind == "mutation":
        return "and start that with ctx.scheduler.runAfter(0, …)"
    return "and call that with " + ("useAction in the page" if kind == "query" else "ctx.runAction")


RULE = Rule(
    id="vly-integrations-in-action",
    area="integrations",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("vly-integrations", "@vly-ai/integrations"),
    message=f"vly works in actions only. {_INSTEAD}.",
    check=check,
    page=__doc__,
)
