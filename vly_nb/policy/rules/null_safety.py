"""Handle what may be null, instead of telling TypeScript that it isn't.

`useQuery` returns undefined while it loads, and `ctx.db.get` null for a document that is gone.
TypeScript says where (strict is on); `!` and `as any` only make it silent, and the error comes in
front of the person. A change must not bring more of them into a file.

Bad

```ts path=src/lib/first.ts before
export const first = (list: string[]) => list[0];
```

```ts path=src/lib/first.ts severity=error
export const first = (list: string[]) => list.find((one) => one)!.length;
```

```tsx path=src/pages/Task.tsx severity=warning new
import { useQuery } from "convex/react";
import { api } from "@/convex/_generated/api";

export const Task = () => <p>{useQuery(api.tasks.first)!.title}</p>;
```

Good

```tsx path=src/pages/Task.tsx new
import { useQuery } from "convex/react";
import { api } from "@/convex/_generated/api";

export function Task() {
  const task = useQuery(api.tasks.first);
  // undefined while it loads
  if (task === undefined) return <p>Loading…</p>;
  return <p>{task?.title ?? "nothing"}</p>;
}
```

```ts path=src/lib/first.ts before
export const first = (list: any) => (list as any).a!.b;
```

```ts path=src/lib/first.ts
export const first = (list: any) => (list as any).b!.c + 1;
```

```tsx path=src/main.tsx new
import { createRoot } from "react-dom/client";

// what the template, and every app, begins with
createRoot(document.getElementById("root")!).render(null);
const url = import.meta.env.VITE_CONVEX_URL as string;
export const site = process.env.SITE_URL!;
export default url;
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, parsed

_FINE = re.compile(r"(document\.getElementById\(|process\.env\b|import\.meta\.env\b).*", re.S)


def check(source: Source, context: Context) -> Iterator[Finding]:
    """More `!` and `as any` than the file had before."""
    if not context.changing:
        return
    now = _silenced(source)
    if context.before is None:
        for node in now:
            yield Finding(node, severity=Severity.WARNING)
        return
    earlier = _silenced(parsed(source.path, context.before))
    known = [node.text() for node in earlier]
    new = []
    for node in now:
        if node.text() in known:
            known.remove(node.text())
        else:
            new.append(node)
    more = len(now) - len(earlier)
    for node in new[:more] if more > 0 else ():
        yield Finding(node)


def _silenced(source: Source) -> list[SgNode]:
    """The places where TypeScript was told that it is wrong."""
    found = [node for node in source.nodes("non_null_expression") if not _FINE.match(node.text())]
    if "as any" in source.text:
        found += [node for node in source.nodes("as_expression") if node.text().endswith("as any")]
    return sorted(found, key=lambda node: node.range().start.index)


RULE = Rule(
    id="null-safety",
    area="chat",
    severity=Severity.ERROR,
    scope=("**/*.{ts,tsx}",),
    needs=("!", "as any"),
    message="Handle null and undefined instead of silencing TypeScript with `!` or `as any`.",
    check=check,
    page=__doc__,
)
