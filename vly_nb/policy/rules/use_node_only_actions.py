"""Keep queries, mutations and HTTP actions out of files that begin with "use node".

In the Node.js runtime Convex runs actions only. One query in such a file, and the whole
deployment is turned down. Put queries and mutations into a file without the directive, and call
them from the action with `ctx.runQuery(internal.file.name, …)` and `ctx.runMutation(…)`.

Bad

```ts path=src/convex/mail.ts severity=error
"use node";

import nodemailer from "nodemailer";
import { internalAction, internalMutation, query } from "./_generated/server";

export const send = internalAction({
  args: {},
  handler: async () => {
    await nodemailer.createTransport({}).sendMail({ text: "Hello" });
  },
});

export const sent = query({ args: {}, handler: async (ctx) => await ctx.db.query("mails").take(10) });

const note = internalMutation({ args: {}, handler: async (ctx) => null });
export { note as noteSent };
```

```ts path=src/convex/hooks.ts severity=error
'use node'

import { createHmac } from "node:crypto";
import { httpAction } from "./_generated/server";

export const hook = httpAction(async (ctx, request) => {
  const digest = createHmac("sha256", "key").update(await request.text()).digest("hex");
  return new Response(digest);
});
```

Good

```ts path=src/convex/mail.ts
"use node";

import nodemailer from "nodemailer";
import { v } from "convex/values";
import { internal } from "./_generated/api";
import { action, internalAction, type MutationCtx } from "./_generated/server";

// helpers and types may stay
export interface Letter {
  to: string;
}
export const letter = v.object({ to: v.string() });
export function transport() {
  return nodemailer.createTransport({});
}

export const send = internalAction({
  args: { letter },
  handler: async (ctx, args) => {
    await transport().sendMail(args.letter);
    await ctx.runMutation(internal.mails.noteSent, {});
  },
});
export const ping = action({ args: {}, handler: async () => "pong" });
```

```ts path=src/convex/mails.ts
import { internalMutation, query } from "./_generated/server";

// a plain file: "use node" is only spoken of
export const sent = query({ args: {}, handler: async (ctx) => await ctx.db.query("mails").take(10) });
export const noteSent = internalMutation({ args: {}, handler: async (ctx) => null });
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.functions import Function, functions
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source

_CALLED = {"query": "a query", "mutation": "a mutation", "httpAction": "an HTTP action"}
_MEND = {
    "query": "move it to a file without the directive, and read it here with ctx.runQuery",
    "mutation": "move it to a file without the directive, and call it here with ctx.runMutation",
    "httpAction": "move it to a file without the directive (http.ts, say), and call the actions here from it",
}


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every function that a file with the directive gives out, and that is no action."""
    if not source.use_node:
        return
    for function in functions(source):
        if function.name and function.kind in _CALLED:
            yield Finding(function.registrar, _message(function), code=function.call)


def _message(function: Function) -> str:
    what = f'"{function.name}" is {_CALLED[function.kind]}'
    return f'{what}, and a file with "use node" can have actions only: {_MEND[function.kind]}.'


RULE = Rule(
    id="use-node-only-actions",
    area="convex-node",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("use node",),
    message='A file with "use node" can have actions only: move queries and mutations to another file.',
    check=check,
    page=__doc__,
)
