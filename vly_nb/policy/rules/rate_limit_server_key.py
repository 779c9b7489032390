"""Limit people by who they are, not by who they say they are.

A `key` from the arguments is whatever the caller likes: with a new one each time there is no
limit. Take it from the one who is signed in.

Bad

```ts path=src/convex/messages.ts severity=info
import { v } from "convex/values";
import { mutation } from "./_generated/server";
import { rateLimiter } from "./limits";

export const send = mutation({
  args: { userId: v.id("users"), text: v.string() },
  handler: async (ctx, args) => {
    await rateLimiter.limit(ctx, "send", { key: args.userId, throws: true });
  },
});
```

```ts path=src/convex/messages.ts severity=info
import { v } from "convex/values";
import { action } from "./_generated/server";
import { rateLimiter } from "./limits";

export const ask = action({
  args: { email: v.string() },
  handler: async (ctx, { email }) => await rateLimiter.limit(ctx, "ask", { key: email }),
});
```

Good

```ts path=src/convex/messages.ts
import { getAuthUserId } from "@convex-dev/auth/server";
import { mutation } from "./_generated/server";
import { rateLimiter } from "./limits";

export const send = mutation({
  args: {},
  handler: async (ctx) => {
    const userId = await getAuthUserId(ctx);
    await rateLimiter.limit(ctx, "send", { key: userId ?? "nobody", throws: true });
    await rateLimiter.limit(ctx, "all");
  },
});
```

```ts path=src/convex/jobs.ts
import { v } from "convex/values";
import { internalAction } from "./_generated/server";
import { rateLimiter } from "./limits";

// the server says for whom it calls
export const run = internalAction({
  args: { userId: v.id("users") },
  handler: async (ctx, args) => await rateLimiter.limit(ctx, "run", { key: args.userId }),
});
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.constants import pairs
from vly_nb.policy.functions import arguments, function_at
from vly_nb.policy.outside import comes_from_args
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, unwrapped


def check(source: Source, context: Context) -> Iterator[Finding]:
    """The keys of limits in public functions that the arguments bring."""
    for call in source.calls("limit", "check", "reset"):
        given = arguments(call.node)
        options = unwrapped(given[-1]) if len(given) > 2 else None
        key = pairs(options).get("key") if options is not None and options.kind() == "object" else None
        function = function_at(source, call.node)
        if (
            key is not None
            and function is not None
            and not function.internal
            and comes_from_args(source, key)
        ):
            yield Finding(key, code=call.node)


RULE = Rule(
    id="rate-limit-server-key",
    area="convex-cost",
    severity=Severity.INFO,
    scope=("<fn>/**/*.ts",),
    needs=(".limit(", ".check("),
    message="Take the key from the one who is signed in, not from the arguments.",
    check=check,
    page=__doc__,
)
