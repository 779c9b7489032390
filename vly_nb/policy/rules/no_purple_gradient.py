"""No purple gradients.

Violet running into blue or pink is what every generated page looks like. Use one colour of the
theme, or a texture that belongs to the subject. A theme whose `--primary` is violet may have them:
there somebody wanted it so.

Bad

```tsx path=src/pages/Home.tsx severity=error
import { cn } from "@/lib/utils";

export const Home = ({ on }: { on: boolean }) => (
  <main className="bg-gradient-to-br from-purple-500 to-pink-500">
    <h1 className={cn("bg-clip-text bg-linear-to-r", on && "from-sky-400", `via-indigo-500`)}>Hello</h1>
  </main>
);
```

```css path=src/index.css severity=error
.hero {
  background: linear-gradient(90deg, #7c3aed, hsl(200 80% 50%));
}
.foot {
  background-image: radial-gradient(circle at top, oklch(0.55 0.25 300), white);
}
```

Good

```tsx path=src/pages/Home.tsx
export const Home = () => (
  <main className="bg-purple-500">
    <div className="bg-gradient-to-t from-black/60 to-transparent">a photo's shade</div>
    <p className="from-purple-500">no gradient</p>
    <p className="bg-linear-to-r from-background to-muted">the theme's</p>
  </main>
);
```

```css path=src/index.css
.hero {
  background: linear-gradient(90deg, #0f766e, hsl(150 60% 40%), var(--primary));
}
/* linear-gradient(#7c3aed, #fff) */
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.gradients import gradients, is_violet
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source
from vly_nb.policy.theme import blocks, resolved


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every gradient with a violet stop, where the theme isn't violet itself."""
    found = [one for one in gradients(source) if one.purple]
    if found and not _is_violet_theme(context):
        yield from (Finding(one.at) for one in found)


def _is_violet_theme(context: Context) -> bool:
    """Whether somebody wanted violet: it is the main colour of src/index.css."""
    text = re.sub(r"/\*.*?\*/", "", context.program.read("src/index.css") or "", flags=re.S)
    root = next((variables for selector, variables in blocks(text) if selector == ":root"), {})
    return is_violet(resolved(root.get("--primary", ""), root))


RULE = Rule(
    id="no-purple-gradient",
    area="frontend",
    severity=Severity.ERROR,
    scope=("src/**/*.{tsx,css}",),
    needs=("gradient", "bg-linear", "bg-radial", "bg-conic"),
    message="No purple gradients: use a solid colour of the theme, or a texture that fits it.",
    check=check,
    page=__doc__,
    alone=False,
)
