"""Import only packages that are installed.

A package that package.json doesn't name isn't there: the page stays blank until it is. Add it
with `pnpm add`, and the import works.

Given

```json path=package.json
{
  "name": "app",
  "dependencies": { "react": "^19", "convex": "^1.48", "@convex-dev/auth": "^0", "shared": "workspace:*" },
  "devDependencies": { "vite": "^7", "@types/node": "^22", "@types/geojson": "^7946" }
}
```

```json path=tsconfig.json
{ "compilerOptions": { "paths": { "@/*": ["./src/*"], "~ui": ["./src/components/ui"] } } }
```

```ts path=src/lib/utils.ts
export const cn = (...parts: string[]) => parts.join(" ");
```

Bad

```tsx path=src/pages/Home.tsx severity=error
import dayjs from "dayjs";
import { motion } from "framer-motion";

export const Home = () => <motion.p>{dayjs().format()}</motion.p>;
```

```ts path=src/convex/mail.ts severity=error
"use node";
import { Resend } from "resend";
import { parse } from "@scope/mail/parse";

export const mail = [Resend, parse, await import("nodemailer")];
```

Good

```tsx path=src/pages/Home.tsx
import React from "react";
import { jsx } from "react/jsx-runtime";
import { cn } from "@/lib/utils";
import { Button } from "~ui";
import { helper } from "shared/helper";
// types only, from a package of types
import type { Point } from "geojson";
// made by Vite
import { registerSW } from "virtual:pwa-register";
import "./home.css";

export const Home = () => <p>{[React, jsx, cn, Button, helper, registerSW].length}</p>;
```

```ts path=src/convex/mail.ts
"use node";
import { createHash } from "node:crypto";
import fs from "fs";
import { Email } from "@convex-dev/auth/providers/Email";
import { api } from "@/convex/_generated/api";

export const all = [createHash, fs, Email, api];
```

```ts path=vite.config.ts
import path from "path";
import { defineConfig } from "vite";

export default defineConfig({ root: path.resolve(".") });
```

```json path=package.json with
{ "name": "app", "devDependencies": { "@types/bun": "^1.3" } }
```

```ts path=scripts/answers.ts
import { $ } from "bun"; // built into the runtime that runs it

await $`ls`;
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.functions import arguments
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, unquoted

_NAME = re.compile(r"(@[\w.~-]+/[\w.~-]+|[\w.~-]+)(/.*)?")
_BUILT_IN = frozenset(
    [
        "assert",
        "async_hooks",
        "buffer",
        "child_process",
        "cluster",
        "console",
        "constants",
        "crypto",
        "dgram",
        "diagnostics_channel",
        "dns",
        "domain",
        "events",
        "fs",
        "http",
        "http2",
        "https",
        "inspector",
        "module",
        "net",
        "os",
        "path",
        "perf_hooks",
        "process",
        "punycode",
        "querystring",
        "readline",
        "repl",
        "stream",
        "string_decoder",
        "sys",
        "timers",
        "tls",
        "trace_events",
        "tty",
        "url",
        "util",
        "v8",
        "vm",
        "wasi",
        "worker_threads",
        "zlib",
    ]
)
_MADE = re.compile(r"(virtual|node|bun|cloudflare|https?|data):|~\w|\0|#")


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every specifier of a package that package.json doesn't name."""
    program = context.program
    if not program.package:
        return
    own = program.package.get("name")
    said: set[str] = set()
    for string, type_only in _specifiers(source):
        module = unquoted(string) or ""
        match = _NAME.fullmatch(module.split("?", 1)[0])
        if match is None or _MADE.match(module) or program.is_local(module) or module in said:
            continue
        name = match[1]
        typed = f"@types/{name.removeprefix('@').replace('/', '__')}"
        if name in program.packages or name == own or name in _BUILT_IN:
            continue
        if name == "bun" and "@types/bun" in program.packages:
            continue  # built into the runtime of that name
        if type_only and typed in program.packages:
            continue
        if _inner_package(source.path, context) or program.resolve(source.path, module) is not None:
            continue
        said.add(module)
        yield Finding(string, f'"{name}" is not installed: run pnpm add {name} first.')


def _inner_package(path: str, context: Context) -> bool:
    """Whether another package.json, nearer to the file, has the say."""
    parts = path.split("/")[:-1]
    return any(
        "/".join([*parts[: n + 1], "package.json"]) in context.program.paths for n in range(len(parts))
    )


def _specifiers(source: Source) -> Iterator[tuple[SgNode, bool]]:
    for statement in source.nodes("import_statement", "export_statement"):
        string = statement.field("source")
        if string is None and statement.kind() == "import_statement":  # import a = require("b")
            string = statement.find(kind="string")
        if string is not None:
            yield string, any(child.kind() == "type" for child in statement.children())
    if "import(" not in source.text and "require(" not in source.text:
        return
    for call in source.nodes("call_expression"):
        called = call.field("function")
        given = arguments(call) if called is not None and called.text() in ("import", "require") else []
        if given and unquoted(given[0]) is not None:
            yield given[0], False


RULE = Rule(
    id="import-installed",
    area="stack",
    severity=Severity.ERROR,
    scope=("**/*.{ts,tsx}",),
    needs=("import", "require", "from"),
    message="It is not installed: run pnpm add first.",
    check=check,
    page=__doc__,
    refuses=False,
    alone=False,
)
