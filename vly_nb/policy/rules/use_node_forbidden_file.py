"""Keep "use node" out of http.ts, crons.ts, schema.ts and auth.config.ts.

Convex reads these four files itself, in its own runtime, and turns the deployment down when one
of them asks for Node.js. What needs Node.js belongs in an internal action in a file of its own:
an HTTP route calls it with `ctx.runAction`, a scheduled job names it as its function.

Bad

```ts path=src/convex/http.ts severity=error
"use node";
import { httpRouter } from "convex/server";

const http = httpRouter();
export default http;
```

```ts path=src/convex/crons.ts severity=error
// Scheduled jobs
'use node'

import { createHash } from "node:crypto";
import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";

const crons = cronJobs();
crons.interval(createHash("md5").update("mail").digest("hex"), { hours: 1 }, internal.mail.send, {});
export default crons;
```

```ts path=src/convex/auth.config.ts severity=error
"use node";

export default { providers: [] };
```

Good

```ts path=src/convex/http.ts
import { httpRouter } from "convex/server";
import { internal } from "./_generated/api";
import { httpAction } from "./_generated/server";

// no "use node" here: the action it calls has it
const http = httpRouter();
const hook = httpAction(async (ctx, request) => {
  await ctx.runAction(internal.mail.send, {});
  return new Response();
});
http.route({ path: "/hook", method: "POST", handler: hook });
export default http;
```

```ts path=src/convex/mail/http.ts
"use node"; // not the http.ts at the top of the folder

import { Agent } from "node:http";

export const agent = new Agent();
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Range, Severity, TextEdit
from vly_nb.policy.convex_runtime import PLAIN_ONLY, only_in_node
from vly_nb.policy.loads import loads
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source


def check(source: Source, context: Context) -> Iterator[Finding]:
    """The directive, in one of the four files."""
    for text, statement in source.directives:
        if text == "use node":
            name = source.path.rpartition("/")[2]
            message = (
                f'Convex runs {name} in its own runtime, and refuses it with "use node": take the line out, '
                'and put what needs Node.js into an internal action in a file of its own with "use node".'
            )
            yield Finding(statement, message, fix=_fix(source, statement))


def _fix(source: Source, statement: SgNode) -> tuple[TextEdit, ...]:
    """Without the directive; nothing where the file needs Node.js as it is."""
    if any(only_in_node(load.module, {}) for load in loads(source)):
        return ()
    place = source.range(statement)
    if source.line(place.line) == statement.text() and place.line < len(source.lines):
        place = Range(place.line, 1, place.line + 1, 1)  # nothing of the line stays
    return (TextEdit(place, ""),)


RULE = Rule(
    id="use-node-forbidden-file",
    area="convex-node",
    severity=Severity.ERROR,
    scope=(f"<fn>/{{{','.join(PLAIN_ONLY)}}}.ts",),
    needs=("use node",),
    message='This file can\'t have "use node": take the line out, and call an internal action instead.',
    check=check,
    page=__doc__,
)
