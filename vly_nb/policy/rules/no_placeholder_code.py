"""Write the whole code, never a comment that stands for it.

"... rest of the code" is no code: where it is written, what was there is gone. A function that
only throws "not implemented", or does nothing at all, is a promise that the page breaks on.
Edit only the lines that change, and finish what a change begins.

Bad

```ts path=src/lib/cart.ts severity=error
export function total(items: { price: number }[]) {
  // ... existing code ...
  return 0;
}
```

```tsx path=src/pages/Cart.tsx severity=error
export function Cart() {
  return (
    <main>
      {/* rest of the component stays the same */}
    </main>
  );
}
```

```ts path=src/lib/pay.ts severity=error
export async function pay(amount: number) {
  throw new Error("Not implemented");
}
```

```ts path=src/convex/mail.ts severity=error
import { internalMutation } from "./_generated/server";

export const send = internalMutation({ args: {}, handler: async (ctx) => {} });
```

```tsx path=src/pages/Shop.tsx severity=warning
export default function Shop() {
  return <p>Coming soon</p>;
}
```

```css path=src/index.css severity=error
/* ... keep existing styles ... */
```

Good

```tsx path=src/pages/Todos.tsx
// TODO list page: a todo app may speak of todos
export function Todos({ open, ...rest }: { open: boolean }) {
  // the button gets the rest of the props
  const existing = "existing code";
  return (
    <div {...rest}>
      {open && <input placeholder="... rest of the address" />}
      <p className="animate-pulse">Loading…</p>
      <span>{existing}</span>
    </div>
  );
}
```

```ts path=src/lib/prices.ts
// Existing code relies on the order; for now the list is short.
export const prices = [1, 2, 3];

// Nothing to do when nobody listens.
const quiet = () => {};

export function listen(on: () => void = quiet) {
  on();
}
```

```html path=index.html
<!doctype html>
<title>Shop</title>
<input placeholder="... rest of the code" />
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.functions import functions
from vly_nb.policy.placeholders import placeholders
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, unwrapped

_PROMISE = re.compile(r"\s*(?:coming soon|lorem ipsum\b.*)[\s.!…]*", re.I | re.S)


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Comments and bodies that stand for code, empty functions that others call, and promises on a page."""
    found = placeholders(source)
    for one in found:
        shown = one.node.text().split("\n")[0].strip()[:100]
        yield Finding(one.node, f"`{shown}` stands for code that isn't written. {_INSTEAD}")
    known = {one.node.range().start.index for one in found}
    for body in _empty(source):
        if body.range().start.index not in known:
            yield Finding(body, f"This function is given out and does nothing. {_INSTEAD}")
    if "oming soon" in source.text or "orem ipsum" in source.text:
        for text in source.nodes("jsx_text"):
            if _PROMISE.fullmatch(text.text()[:200]):
                yield Finding(text, "The page promises what isn't there.", Severity.WARNING)


def _empty(source: Source) -> Iterator[SgNode]:
    """The bodies of Convex handlers and exported functions that hold nothing, not even a comment."""
    if "{}" not in source.text.replace(" ", "").replace("\n", ""):
        return
    handlers = [function.handler for function in functions(source)]
    for one in source.exports:
        if one.module is None and one.key is None and not one.type_only and one.value is not None:
            handlers.append(unwrapped(one.value))
    for function in handlers:
        body = function.field("body") if function is not None and function.kind() in _FUNCTIONS else None
        if body is not None and body.kind() == "statement_block" and not body.named_children():
            yield body


_FUNCTIONS = ("function_declaration", "function_expression", "arrow_function", "method_definition")
_INSTEAD = "Write the whole code, or edit only the lines that change."

RULE = Rule(
    id="no-placeholder-code",
    area="edits",
    severity=Severity.ERROR,
    scope=("**/*.{ts,tsx,js,jsx,mts,cts,mjs,cjs}", "**/*.css", "**/*.html"),
    needs=(),
    message=_INSTEAD,
    check=check,
    page=__doc__,
)
