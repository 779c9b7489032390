"""Keep the theme whole in src/index.css.

The building blocks take their colours from it: `@import "tailwindcss"`, the variables in `:root`,
and `@theme inline`, which makes classes of them. Without one of these, buttons are invisible.

Given

```json path=package.json
{ "name": "app", "devDependencies": { "tailwindcss": "^4.1.0" } }
```

Bad

```css path=src/index.css severity=error
@tailwind base;
@tailwind components;
@tailwind utilities;
```

```css path=src/index.css severity=error
@import "tailwindcss";

:root {
  --background: oklch(1 0 0);
  --foreground: oklch(0.1 0 0);
}
@theme inline {
  --color-background: var(--background);
}
```

Good

```css path=src/index.css
@import "tailwindcss";

:root {
  --radius: 0.5rem;
  --background: oklch(1 0 0); --foreground: oklch(0.1 0 0);
  --card: oklch(1 0 0); --card-foreground: oklch(0.1 0 0);
  --popover: oklch(1 0 0); --popover-foreground: oklch(0.1 0 0);
  --primary: oklch(0.4 0.1 160); --primary-foreground: oklch(1 0 0);
  --secondary: oklch(0.9 0 0); --secondary-foreground: oklch(0.1 0 0);
  --muted: oklch(0.9 0 0); --muted-foreground: oklch(0.4 0 0);
  --accent: oklch(0.9 0 0); --accent-foreground: oklch(0.1 0 0);
  --destructive: oklch(0.5 0.2 28);
  --border: oklch(0.8 0 0); --input: oklch(0.8 0 0); --ring: oklch(0.6 0 0);
  --brand: oklch(0.6 0.1 20);
}
/* other themes are welcome */
[data-theme="sea"] {
  --background: oklch(0.9 0.05 220);
}
@theme inline {
  --color-background: var(--background);
}
```

```css path=src/other.css
p {
  margin: 0;
}
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vly_nb.diagnostics import Range, Severity
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source
from vly_nb.policy.theme import blocks

_PAIRED = ("card", "popover", "primary", "secondary", "muted", "accent")
_BASE = (
    "background", "foreground", *_PAIRED, *(f"{name}-foreground" for name in _PAIRED), "destructive",
    "border", "input", "ring", "radius",
)  # fmt: skip


def check(source: Source, context: Context) -> Iterator[Finding]:
    """What is missing, and what belongs to Tailwind 3."""
    version = context.program.packages.get("tailwindcss")
    if version is None or re.match(r"[\^~]?[0-3]\.", version):
        return
    text = re.sub(r"/\*.*?\*/", lambda m: re.sub(r"[^\n]", " ", m[0]), source.text, flags=re.S)
    old = re.search(r"@tailwind\s+\w+", text)
    if old is not None:
        yield _at(text, old.start(), '@tailwind is of Tailwind 3: write @import "tailwindcss".')
        return
    if re.search(r"@import\s+(url\()?[\"']tailwindcss", text) is None:
        yield _at(text, 0, f'@import "tailwindcss" is missing. {_RESTORE}')
    if re.search(r"@theme\s+inline\b", text) is None:
        yield _at(text, 0, f"The block `@theme inline` is missing. {_RESTORE}")
    root = next((variables for name, variables in blocks(text) if name == ":root"), {})
    missing = [f"--{name}" for name in _BASE if f"--{name}" not in root]
    if missing:
        start = text.find(":root")
        more = f" and {len(missing) - 4} more" if len(missing) > 4 else ""
        yield _at(text, max(start, 0), f"{', '.join(missing[:4])}{more} missing in :root. {_RESTORE}")


def _at(text: str, start: int, message: str) -> Finding:
    line = text.count("\n", 0, start) + 1
    return Finding(Range(line, 1, line, 2), message)


_RESTORE = "Restore the base of the theme, as the template has it."

RULE = Rule(
    id="index-css-base",
    area="frontend",
    severity=Severity.ERROR,
    scope=("src/index.css",),
    needs=(),
    message=_RESTORE,
    check=check,
    page=__doc__,
    alone=False,
)
