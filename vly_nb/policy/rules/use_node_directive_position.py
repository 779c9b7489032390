"""Write "use node" as the very first statement of the file, spelt exactly so.

The words count only as a directive: a plain string that stands before everything else, imports
too. Anywhere else, or spelt otherwise, they do nothing at all: the file runs in Convex's own
runtime, and the deployment fails at the first module that only Node.js has.

Bad

```ts path=src/convex/mail.ts severity=error
import nodemailer from "nodemailer";
"use node";

export const transport = nodemailer.createTransport({});
```

```ts path=src/convex/images.ts severity=error
import { internalAction } from "./_generated/server";

export const shrink = internalAction({
  args: {},
  handler: async () => {
    "use node";
    const { default: sharp } = await import("sharp");
    return (await sharp("a.png").metadata()).width;
  },
});
```

```ts path=src/convex/reports.ts severity=error
'use-node';
import { internalAction } from "./_generated/server";

export const make = internalAction({ args: {}, handler: async () => null });
```

```ts path=src/convex/files.ts severity=error
("use node");
import { internalAction } from "./_generated/server";

export const make = internalAction({ args: {}, handler: async () => null });
```

Good

```ts path=src/convex/mail.ts
/**
 * Sends mail. A comment may stand before the directive, however long it is: this one is longer than
 * the hundred characters that some tools look at.
 */
// One more.

"use node";

import nodemailer from "nodemailer";

export const transport = nodemailer.createTransport({});
```

```ts path=src/convex/images.ts
'use node' // single quotes, and no semicolon
import sharp from "sharp"

export const size = async () => (await sharp("a.png").metadata()).width
```

```ts path=src/convex/strict.ts
"use strict";
"use node"; // one of several directives

export const cwd = process.cwd();
```

```ts path=src/convex/help.ts
// Nothing here needs "use node": it is only spoken of.
export const hint = 'Begin the file with "use node"';
export const directives = ["use node", "use client"];
console.log("use node");
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Range, Severity, TextEdit
from vly_nb.policy.convex_runtime import PLAIN_ONLY
from vly_nb.policy.functions import functions
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, unquoted, unwrapped

_MEANT = re.compile(r"use[ _-]*node(?:[ ._-]?js)?;?", re.I)
_SEARCHED = r"(?i)^\W*use[ _-]*node(?:[ ._-]?js)?\W*$"


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every statement that is only these words, and no directive."""
    if not source.is_script or source.use_node or source.text.startswith("#!"):
        return
    at_top = {node.range().start.index for _, node in source.directives}
    for statement in source.nodes("expression_statement", regex=_SEARCHED):
        text = _string(statement)
        if text is None or _MEANT.fullmatch(text.strip()) is None:
            continue
        misspelt = statement.range().start.index in at_top
        message = f'"{text}" means nothing to Convex: write "use node".' if misspelt else None
        yield Finding(statement, message, fix=_fix(source, context, statement))


def _string(statement: SgNode) -> str | None:
    inner = statement.named_children()
    return unquoted(unwrapped(inner[0])) if inner else None


def _fix(source: Source, context: Context, statement: SgNode) -> tuple[TextEdit, ...]:
    """The directive at the top; nothing for a file that can't be in Node.js."""
    name = source.path.removeprefix(f"{context.functions}/").rpartition(".")[0]
    if name in PLAIN_ONLY or any(function.kind != "action" for function in functions(source)):
        return ()
    place = source.range(statement)
    children = source.root.named_children() if source.root is not None else []
    if next((child for child in children if child.kind() != "comment"), None) == statement:
        return (TextEdit(place, '"use node";'),)
    if source.line(place.line) == statement.text() and place.line < len(source.lines):
        place = Range(place.line, 1, place.line + 1, 1)  # nothing of the line stays
    return (TextEdit(Range(1, 1, 1, 1), '"use node";\n\n'), TextEdit(place, ""))


RULE = Rule(
    id="use-node-directive-position",
    area="convex-node",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("node", "Node", "NODE"),
    message='"use node" counts only as the first statement: move "use node"; to the first line of the file.',
    check=check,
    page=__doc__,
)
