"""Find out on the server who it is; don't take it from the arguments.

Anyone can call a public function with anyone's id. `getAuthUserId(ctx)` says who is signed in,
and nobody can make that up.

Bad

```ts path=src/convex/notes.ts severity=warning
import { v } from "convex/values";
import { query } from "./_generated/server";

export const mine = query({
  args: { userId: v.id("users") },
  handler: async (ctx, args) =>
    await ctx.db.query("notes").withIndex("by_owner", (q) => q.eq("ownerId", args.userId)).take(50),
});
```

```ts path=src/convex/notes.ts severity=warning
import { v } from "convex/values";
import { mutation } from "./_generated/server";

export const add = mutation({
  args: { ownerId: v.id("users"), text: v.string() },
  handler: async (ctx, { ownerId, text }) => await ctx.db.insert("notes", { ownerId, text }),
});
```

Good

```ts path=src/convex/notes.ts
import { getAuthUserId } from "@convex-dev/auth/server";
import { v } from "convex/values";
import { mutation } from "./_generated/server";

export const share = mutation({
  args: { userId: v.id("users"), noteId: v.id("notes") },
  handler: async (ctx, args) => {
    const me = await getAuthUserId(ctx);
    if (me === null) throw new Error("Sign in first");
    await ctx.db.insert("shares", { by: me, ...args });
  },
});
```

```ts path=src/convex/profiles.ts
import { v } from "convex/values";
import { internalQuery, query } from "./_generated/server";

// anybody's public profile may be read
export const get = query({
  args: { userId: v.id("users") },
  handler: async (ctx, args) => {
    const user = await ctx.db.get(args.userId);
    return user && { name: user.name };
  },
});
export const profileOf = query({
  args: { userId: v.id("users") },
  handler: async (ctx, args) =>
    await ctx.db.query("profiles").withIndex("by_user", (q) => q.eq("userId", args.userId)).unique(),
});
export const all = internalQuery({
  args: { userId: v.id("users") },
  handler: async (ctx, args) =>
    await ctx.db.query("notes").withIndex("by_owner", (q) => q.eq("ownerId", args.userId)).take(9),
});
```

```ts path=src/convex/dogs.ts
import { v } from "convex/values";
import { query } from "./_generated/server";

// an owner is a document like any other here, not who is signed in
export const ofOwner = query({
  args: { ownerId: v.id("owners") },
  handler: async (ctx, args) =>
    await ctx.db.query("dogs").withIndex("by_owner", (q) => q.eq("ownerId", args.ownerId)).take(50),
});
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.auth import checks_who
from vly_nb.policy.functions import WRITES, Function, ctx_calls, functions, is_elsewhere, within
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.schema import validator
from vly_nb.policy.source import Source, unquoted

_SHOWN = re.compile(r"profile|public", re.I)  # what all may see of someone
_WHO = re.compile(r"(user|owner|author|creator|member|account|my)(Id|Email)|userEmail|currentUser")


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Public functions that read or write by an id of a person from their arguments, and ask nobody."""
    if is_elsewhere(source, context.functions):
        return  # a component doesn't know who is signed in, and is told
    for function in functions(source):
        if function.internal or not function.name or function.handler is None or function.kind == "action":
            continue
        if function.kind == "query" and _SHOWN.search(function.name):
            continue
        for name, value in (function.args or {}).items():
            if _WHO.fullmatch(name) is None or not _is_a_person(source, value):
                continue
            if not checks_who(source, function) and _decides(source, function, name):
                above = value.parent()
                yield Finding((above.field("key") if above is not None else None) or value)


def _is_a_person(source: Source, value: SgNode) -> bool:
    """Whether it may be someone who signs in: not the id of a table but users."""
    found = validator(source, value)
    if found is not None and found[0] == "optional" and found[1]:
        found = validator(source, found[1][0])
    table = unquoted(found[1][0]) if found is not None and found[0] == "id" and found[1] else None
    return table in ("users", None)


def _decides(source: Source, function: Function, name: str) -> bool:
    """Whether an index is read by it, or a document written with it."""
    calls = [call.node for call in ctx_calls(source, *WRITES)]
    calls += [call.node for call in source.calls("withIndex", "eq")]
    handler = function.handler
    inside = [call for call in calls if handler is not None and within(call, handler)]
    used = re.compile(rf"\b{re.escape(name)}\b(?!\s*:)")
    whole = re.compile(r"\.\.\.args\b|,\s*args\s*\)")
    return any(used.search(call.text()) or whole.search(call.text()) for call in inside)


RULE = Rule(
    id="identity-from-args",
    area="extra-convex",
    severity=Severity.WARNING,
    scope=("<fn>/**/*.ts", "!<fn>/auth.ts", "!<fn>/auth/**"),
    needs=("Id", "Email", "currentUser"),
    message="Find out on the server who it is: getAuthUserId(ctx).",
    check=check,
    page=__doc__,
)
