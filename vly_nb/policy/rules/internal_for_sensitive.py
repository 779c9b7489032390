"""Make internal what strangers must not call.

A public function can be called by anyone who opens the page, with any arguments. What seeds,
resets, imports or promotes, and what only the server itself calls, is an `internalQuery`,
`internalMutation` or `internalAction`; `npx convex run` reaches those too.

Bad

```ts path=src/convex/admin.ts severity=warning
import { mutation } from "./_generated/server";

export const seedDatabase = mutation({ args: {}, handler: async (ctx) => null });
export const makeAdmin = mutation({ args: {}, handler: async (ctx) => null });
```

```ts path=src/convex/mail.ts with
import { internal, api } from "./_generated/api";
import { action } from "./_generated/server";

export const send = action({ args: {}, handler: async (ctx) => await ctx.runQuery(api.users.addresses, {}) });
```

```ts path=src/App.tsx with
import { api } from "@/convex/_generated/api";

export const refs = [api.mail.send];
```

```ts path=src/convex/users.ts severity=warning
import { query } from "./_generated/server";

// only the server asks for it
export const addresses = query({ args: {}, handler: async (ctx) => [] });
```

Good

```ts path=src/convex/admin.ts
import { internalMutation, mutation } from "./_generated/server";
import { getAuthUserId } from "@convex-dev/auth/server";

export const seedDatabase = internalMutation({ args: {}, handler: async (ctx) => null });
// who may call it is checked
export const resetAll = mutation({
  args: {},
  handler: async (ctx) => {
    const userId = await getAuthUserId(ctx);
    if (userId === null) throw new Error("Sign in first");
  },
});
export const importantDates = mutation({ args: {}, handler: async (ctx) => null });
```

```tsx path=src/pages/Contact.tsx with
import { useMutation } from "convex/react";
import { api } from "@/convex/_generated/api";

export default function Contact() {
  return <button onClick={useMutation(api.contact.signUp)}>Send</button>;
}
```

```ts path=src/convex/contact.ts
import { mutation } from "./_generated/server";

// a public sign-up form
export const signUp = mutation({ args: {}, handler: async (ctx) => await ctx.db.insert("contacts", {}) });
```

```ts path=src/convex/posts.test.ts with
import { convexTest } from "convex-test";
import { api } from "./_generated/api";

export const posts = await convexTest().query(api.posts.list);
```

```ts path=src/App.tsx with
import { api } from "@/convex/_generated/api";

export const refs = [api.mail.send];
```

```ts path=src/convex/posts.ts
import { query } from "./_generated/server";

// a test plays the page
export const list = query({ args: {}, handler: async (ctx) => [] });
```

```ts path=src/convex/mail.ts with
import { action } from "./_generated/server";
import { api } from "./_generated/api";

export const send = action({ args: {}, handler: async (ctx) => await ctx.runQuery(api.users.addresses, {}) });
```

```ts path=src/convex/users.ts
import { query } from "./_generated/server";

// no page yet that could call it
export const addresses = query({ args: {}, handler: async (ctx) => [] });
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.auth import checks_who
from vly_nb.policy.convex_runtime import is_deployed
from vly_nb.policy.functions import Function, functions, is_elsewhere
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source

_NAMED = re.compile(
    r"(seed|reset|clear|wipe|deleteAll|import|migrate|backfill|setAdmin|makeAdmin|sync|webhook|internal)"
    r"(?![a-z])",
    re.I,
)


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Public functions by their names, and those that only the functions folder names."""
    if is_elsewhere(source, context.functions):
        return
    for function in functions(source):
        if function.internal or not function.name or function.custom or function.kind == "httpAction":
            continue
        if checks_who(source, function):
            continue
        if _NAMED.match(function.name):
            yield Finding(function.registrar, f"{function.name} is for the server alone. {_make(function)}")
        elif _only_server(source, function, context):
            yield Finding(function.registrar, f"Only the server calls {function.name}. {_make(function)}")


def _make(function: Function) -> str:
    return f"Make it an internal{function.kind.capitalize()}."


def _only_server(source: Source, function: Function, context: Context) -> bool:
    """Whether only files of the functions folder name it, and there is a page that could have."""
    folder = f"{context.functions}/"
    names = (*source.path.removeprefix(folder).removesuffix(".ts").split("/"), function.name)
    named = context.program.named_in
    users = named.get(("api", names), set())
    if not any(is_deployed(path, context.functions) for path in users):
        return False
    if not all(path.startswith(folder) for path in users):
        return False
    return any(not path.startswith(folder) for paths in named.values() for path in paths)  # there is a page


RULE = Rule(
    id="internal-for-sensitive",
    area="convex-functions",
    severity=Severity.WARNING,
    scope=("<fn>/**/*.ts",),
    needs=("query", "mutation", "action"),
    message="Make it internal: anyone can call a public function.",
    check=check,
    page=__doc__,
    refuses=False,
    alone=False,
)
