"""Limit how often strangers can make your app spend money or write: @convex-dev/rate-limiter.

Anyone can call a public function a thousand times a minute. One that calls another service,
sends mail, asks an AI, or writes for people who aren't signed in, first asks a rate limiter
(`@convex-dev/rate-limiter`).

Bad

```ts path=src/convex/ai.ts severity=warning
"use node";
import OpenAI from "openai";
import { action } from "./_generated/server";

export const answer = action({
  args: {},
  handler: async () => {
    const openai = new OpenAI();
    return await openai.chat.completions.create({ model: "m", messages: [] });
  },
});
```

```ts path=src/convex/contact.ts severity=warning
import { v } from "convex/values";
import { mutation } from "./_generated/server";

export const send = mutation({
  args: { text: v.string() },
  handler: async (ctx, args) => await ctx.db.insert("messages", args),
});
```

Good

```ts path=src/convex/contact.ts
import { v } from "convex/values";
import { mutation, query } from "./_generated/server";
import { rateLimiter } from "./limits";

async function mayWrite(ctx: any) {
  await rateLimiter.limit(ctx, "write", { throws: true });
}

export const send = mutation({
  args: { text: v.string() },
  handler: async (ctx, args) => {
    await mayWrite(ctx);
    await ctx.db.insert("messages", args);
  },
});
// reading costs little
export const list = query({ args: {}, handler: async (ctx) => await ctx.db.query("messages").take(20) });
```

```ts path=src/convex/tasks.ts
import { getAuthUserId } from "@convex-dev/auth/server";
import { internalMutation, mutation } from "./_generated/server";

export const add = mutation({
  args: {},
  handler: async (ctx) => {
    const userId = await getAuthUserId(ctx);
    if (userId === null) throw new Error("Sign in first");
    await ctx.db.insert("tasks", { ownerId: userId });
  },
});
// only admins get here
export const remove = mutation({
  args: {},
  handler: async (ctx, args: any) => {
    await requireAdmin(ctx);
    await fetch("https://a.example.org");
  },
});
async function requireAdmin(ctx: any) {}
export const sweep = internalMutation({ args: {}, handler: async (ctx) => await ctx.db.insert("logs", {}) });
```

```ts path=src/convex/audit/index.ts
import { v } from "convex/values";
import { mutation } from "./_generated/server";

// a component of the app's own: nobody but the app can call it
export const write = mutation({
  args: { event: v.string() },
  handler: async (ctx, args) => await ctx.db.insert("audits", args),
});
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.auth import checks_who
from vly_nb.policy.external import calls_of_helper, external_calls, helpers_that
from vly_nb.policy.functions import WRITES, Function, ctx_calls, functions, is_elsewhere, within
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source

_LIMITED = re.compile(r"[rR]ate_?[lL]imit")
_ADMIN = re.compile(r"\b(?:require|is|assert|ensure|check)\w*Admin\w*", re.I)


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Public functions that spend or write, with nobody asked and no limit."""
    if is_elsewhere(source, context.functions):
        return  # a component's functions can't be called from outside
    outside = [call.node for call in external_calls(source)]
    written = [call.node for call in ctx_calls(source, *WRITES)]
    limits = [call.node for call in source.calls("limit", "check") if _LIMITED.search(call.node.text())]
    helpers = helpers_that(source, limits) if limits else {}
    for function in functions(source):
        handler = function.handler
        if handler is None or function.internal or not function.name or function.kind == "query":
            continue
        spends = any(within(node, handler) for node in outside)
        writes = any(within(node, handler) for node in written) and not checks_who(source, function)
        if not (spends or writes) or _ADMIN.search(handler.text()):
            continue
        limited = any(within(node, handler) for node in limits) or any(
            within(use, handler)
            for name, helper in helpers.items()
            for use in calls_of_helper(source, name, helper)
        )
        if not limited and not _imports_a_limit(source, function):
            what = "calls another service" if spends else "writes for anyone"
            yield Finding(function.registrar, f"{function.name} {what}. {_GUARD}")


def _imports_a_limit(source: Source, function: Function) -> bool:
    """Whether the handler names something imported that is called like a rate limit."""
    text = function.handler.text() if function.handler is not None else ""
    names = [local for local in source.imports if _LIMITED.search(local)]
    return any(re.search(rf"\b{re.escape(name)}\b", text) for name in names)


_GUARD = "Guard it with @convex-dev/rate-limiter."

RULE = Rule(
    id="rate-limit-sensitive",
    area="convex-cost",
    severity=Severity.WARNING,
    scope=("<fn>/**/*.ts", "!<fn>/auth.ts", "!<fn>/auth/**"),
    needs=("mutation", "action", "httpAction"),
    message=_GUARD,
    check=check,
    page=__doc__,
)
