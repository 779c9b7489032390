"""Write TypeScript: `.ts` and `.tsx`.

What is written in JavaScript the type check doesn't see, and neither do most of the rules.

Bad

```js path=src/lib/prices.js severity=error
export const total = (items) => items.length;
```

```jsx path=src/pages/Home.jsx severity=error
export default function Home() {
  return <p>Hello</p>;
}
```

Good

```ts path=src/lib/prices.ts
export const total = (items: unknown[]) => items.length;
```

```js path=src/convex/_generated/api.js
// made by the Convex CLI
export const api = {};
```

```js path=src/convex/convex.config.js
// configuration may be JavaScript
export default {};
```

```js path=eslint.config.js
export default [];
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Range, Severity
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source


def check(source: Source, context: Context) -> Iterator[Finding]:
    """The file itself."""
    yield Finding(Range(1, 1, 1, 2))


RULE = Rule(
    id="typescript-only",
    area="stack",
    severity=Severity.ERROR,
    scope=("src/**/*.{js,jsx,mjs,cjs}", "<fn>/**/*.{js,jsx,mjs,cjs}", "!**/*.config.{js,mjs,cjs}"),
    needs=(),
    message="Write it in TypeScript: use .ts or .tsx.",
    check=check,
    page=__doc__,
)
