"""Begin a file that needs Node.js with "use node", and keep only actions in it.

Convex runs functions in its own small runtime, which has `fetch`, `crypto.subtle` and the like,
but none of the modules of Node.js (`fs`, `path`, `node:crypto`), nor the packages that are built
on them (nodemailer, sharp, bcrypt). A file that loads one of these without `"use node";` on its
first line stops the whole deployment, also when the module comes in through a helper.

Queries, mutations and HTTP actions can't run in Node.js. Put the part that needs it into an
action in a file of its own, and call that with `ctx.runAction` or `ctx.scheduler.runAfter`.

Bad

```ts path=src/convex/mail.ts severity=error
import { internalAction } from "./_generated/server";
import nodemailer from "nodemailer";
import { readFile } from "fs/promises";

export const send = internalAction({
  args: {},
  handler: async () => {
    const { createHash } = await import("node:crypto");
    await nodemailer.createTransport({}).sendMail({ text: await readFile("a.txt", "utf8") });
    return createHash("sha256").digest("hex");
  },
});
```

```ts with path=src/lib/password.ts
import bcrypt from "bcrypt";

export const hash = (text: string) => bcrypt.hash(text, 10);
```

```ts path=src/convex/accounts.ts severity=error
import { v } from "convex/values";
import { action } from "./_generated/server";
import { hash } from "../lib/password";

export const make = action({
  args: { word: v.string() },
  handler: async (ctx, args) => await hash(args.word),
});
```

```ts path=src/convex/http.ts severity=error
import Stripe from "stripe";
import { httpAction } from "./_generated/server";

const stripe = new Stripe(process.env.STRIPE_SECRET_KEY!);

export const hook = httpAction(async (ctx, request) => {
  stripe.webhooks.constructEvent(await request.text(), "signature", "secret");
  return new Response();
});
```

```json with path=package.json
{ "dependencies": { "pdf-parse": "^1.1.1" } }
```

```ts path=src/convex/pages.ts severity=error
import pdf from "pdf-parse";

export const pages = async (bytes: any) => (await pdf(bytes)).numpages;
```

Good

```ts path=src/convex/mail.ts
"use node";

import { internalAction } from "./_generated/server";
import nodemailer from "nodemailer";

export const send = internalAction({
  args: {},
  handler: async () => {
    await nodemailer.createTransport({}).sendMail({ text: "Hello" });
  },
});
```

```ts path=src/convex/hashes.ts
import type { Transporter } from "nodemailer"; // a type only: nothing is left of it
import { type Stats } from "node:fs";
import { Readable } from "stream";
import { v } from "convex/values";
import { action } from "./_generated/server";

type Hasher = typeof import("crypto");
const known = globalThis as unknown as import("node:vm").Context;
type Source = Hasher | Readable | Stats | Transporter;

// crypto and Buffer are there without being imported
export const hash = action({
  args: { text: v.string() },
  handler: async (ctx, args) => {
    console.log(known);
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(args.text));
    return typeof Buffer === "undefined" ? crypto.randomUUID() : Buffer.from(digest).toString("hex");
  },
});
```

```ts with path=src/convex/mailNode.ts
"use node";

import nodemailer from "nodemailer";

export interface Letter { text: string }
export const transport = nodemailer.createTransport({});
```

```ts path=src/convex/letters.ts
import type { Letter } from "./mailNode"; // the types of a file with "use node"

export const letter: Letter = { text: "Hello" };
```

```json with path=package.json
{ "dependencies": { "events": "^3.3.0", "pdf-parse": "^2.4.0" } }
```

```ts path=src/convex/bus.ts
import { EventEmitter } from "events"; // here a package by this name
import { AsyncLocalStorage } from "node:async_hooks"; // Convex has this one
import { PDFParse } from "pdf-parse"; // runs anywhere from version 2 on
import Stripe from "stripe";

const stripe = new Stripe("key");
export const bus = [new EventEmitter(), new AsyncLocalStorage(), PDFParse];
export const event = async (text: string) =>
  await stripe.webhooks.constructEventAsync(text, "signature", "secret");
```

```ts path=src/convex/mail.test.ts
import { readFileSync } from "node:fs"; // tests are not deployed

export const text = readFileSync("a.txt");
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Range, Severity, TextEdit
from vly_nb.policy.constants import fixed_value
from vly_nb.policy.convex_runtime import PLAIN_ONLY, brings_in, is_deployed, is_node_file, only_in_node
from vly_nb.policy.functions import functions
from vly_nb.policy.loads import Load, loads
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, member, unwrapped

_ADD = 'begin the file with "use node"; as its first line'
_MOVE = 'move what needs it into an action in a file of its own that begins with "use node";'


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every load of what only Node.js has, by itself or behind a file, in a file without the directive."""
    if source.use_node or not is_deployed(source.path, context.functions):
        return
    for load in loads(source):
        found = _need(load, source, context)
        if found and not (load.called and _is_tried(load.node)):
            message = f"{found}, which Convex has only in Node.js: {_mend(source, context)}."
            yield Finding(load.at, message, fix=_fix(source, context))
    if "stripe" in source.text:
        yield from _stripe(source)


def _need(load: Load, source: Source, context: Context) -> str | None:
    """What is loaded, as the start of a sentence."""
    program = context.program
    if program.is_local(load.module):
        behind = brings_in(program, load, source.path)
        return f'This file loads {behind[0]}, and with it "{behind[1]}"' if behind is not None else None
    return f'This file loads "{load.module}"' if only_in_node(load.module, program.packages) else None


def _mend(source: Source, context: Context) -> str:
    """What can be done: a file with queries or mutations in it can't be in Node.js."""
    name = source.path.removeprefix(f"{context.functions}/").rpartition(".")[0]
    plain = name in PLAIN_ONLY or any(function.kind != "action" for function in functions(source))
    return _MOVE if plain else f"{_ADD} (it can then have actions only)"


def _fix(source: Source, context: Context) -> tuple[TextEdit, ...]:
    """The directive, for a file that gives out actions only, and that no file without it loads."""
    exported = [function for function in functions(source) if function.name]
    if not exported or source.text.startswith("#!") or _mend(source, context) == _MOVE:
        return ()
    for path in context.program.scripts:
        if not is_deployed(path, context.functions) or is_node_file(context.program, path):
            continue
        facts = context.program.facts(path)
        for one in facts.imports if facts is not None else ():
            if not one.type_only and context.program.resolve(path, one.module) == source.path:
                return ()
    return (TextEdit(Range(1, 1, 1, 1), '"use node";\n\n'),)


def _is_tried(call: SgNode) -> bool:
    """Whether it may fail: the bundler lets that pass."""
    return any(above.kind() == "try_statement" for above in call.ancestors())


def _stripe(source: Source) -> Iterator[Finding]:
    """`stripe.webhooks.constructEvent(…)`: its cryptography is Node.js'."""
    for call in source.calls("constructEvent"):
        found = member(unwrapped(call.object))
        if found is None or found[1] != "webhooks" or not _is_stripe(source, found[0]):
            continue
        message = (
            "constructEvent works only in Node.js. Use await stripe.webhooks.constructEventAsync(…), "
            "which works everywhere."
        )
        yield Finding(call.name, message, code=call.node)


def _is_stripe(source: Source, node: SgNode) -> bool:
    """`Stripe`, or a `new Stripe(…)`."""
    made = fixed_value(source, node)
    made = made if made is not None else unwrapped(node)
    maker = made.field("constructor") or made
    imported = source.imports.get(maker.text())
    return imported is not None and imported.module == "stripe"


RULE = Rule(
    id="use-node-required-builtin",
    area="convex-node",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("import", "require", "export"),
    message=f"This file needs Node.js: {_ADD}.",
    check=check,
    page=__doc__,
    refuses=False,
    alone=False,
)
