"""Put calls to other services into a file of actions that begins with `"use node"`.

The clients of most services are written for Node.js, and a file of its own keeps them away from
queries and mutations, which can't live in such a file.

Bad

```ts path=src/convex/weather.ts severity=warning
import { action } from "./_generated/server";

export const now = action({
  args: {},
  handler: async () => await (await fetch("https://weather.example.org")).json(),
});
```

```ts path=src/convex/ai.ts severity=warning
import OpenAI from "openai";
import { internalAction } from "./_generated/server";

export const answer = internalAction({
  args: {},
  handler: async () => {
    const openai = new OpenAI();
    return await openai.chat.completions.create({ model: "m", messages: [] });
  },
});
```

Good

```ts path=src/convex/weather.ts
"use node";
import { action } from "./_generated/server";

export const now = action({
  args: {},
  handler: async () => await (await fetch("https://weather.example.org")).json(),
});
```

```ts path=src/convex/http.ts
import { httpRouter } from "convex/server";
import { httpAction } from "./_generated/server";

// "use node" is turned away here, and an httpAction may call
const http = httpRouter();
const go = httpAction(async () => await fetch("https://a.example.org"));
http.route({ path: "/go", method: "GET", handler: go });
export default http;
```

```ts path=src/convex/auth/emailOtp.ts
// Convex Auth's own files
export const send = async () => await fetch("https://mail.example.org");
```

```ts path=src/convex/files.ts
import { action, httpAction } from "./_generated/server";

export const hook = httpAction(async () => await fetch("https://a.example.org"));
// an upload goes to Convex's own storage
export const upload = action({
  args: {},
  handler: async (ctx) => {
    const uploadUrl = await ctx.storage.generateUploadUrl();
    await fetch(uploadUrl, { method: "POST", body: new Blob(["a"]) });
  },
});
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.external import external_calls
from vly_nb.policy.functions import arguments, kind_at
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source


def check(source: Source, context: Context) -> Iterator[Finding]:
    """External calls in the actions of a file without the directive."""
    if source.use_node:
        return
    for call in external_calls(source):
        if kind_at(source, call.node) == "action" and not _is_upload(call.node):
            yield Finding(call.node)


def _is_upload(call: SgNode) -> bool:
    given = arguments(call)
    return bool(given) and re.search(r"upload|storage|blob", given[0].text()[:200], re.I) is not None


RULE = Rule(
    id="external-call-in-use-node",
    area="convex-functions",
    severity=Severity.WARNING,
    scope=(
        "<fn>/**/*.ts",
        "!<fn>/http.ts",
        "!<fn>/crons.ts",
        "!<fn>/schema.ts",
        "!<fn>/auth.config.ts",
        "!<fn>/auth.ts",
        "!<fn>/auth/**",
    ),
    needs=("fetch", "import"),
    message='Put this call in a file of actions that begins with "use node".',
    check=check,
    page=__doc__,
)
