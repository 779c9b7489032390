"""Colour with the theme: `bg-background`, `text-primary`, `border-border`.

A theme is changed in one place, src/index.css, for light and dark. `bg-blue-500` and `bg-[#3b82f6]`
stay as they are, and are unreadable in the other one.

Bad

```tsx path=src/pages/Home.tsx severity=warning
export const Home = () => <p className="bg-slate-100 text-slate-900">Hello</p>;
```

```tsx path=src/components/Box.tsx severity=warning
import { cn } from "@/lib/utils";

export const Box = ({ on }: { on: boolean }) => (
  <div className={cn("border-[#eee]", on ? "hover:bg-blue-500/50" : `text-[rgb(1,2,3)]`)} />
);
```

Good

```tsx path=src/pages/Home.tsx
export const Home = () => (
  <p className="bg-background text-muted-foreground w-[320px] grid-cols-[1fr_2fr]">Hello</p>
);
```

```tsx path=src/components/StatusBadge.tsx
// what a state is, charts and logos have colours of their own
const colors = { done: "bg-green-500", late: "bg-red-500" };
export const StatusBadge = ({ state }: { state: keyof typeof colors }) => <i className={colors[state]} />;
```

```tsx path=src/components/ui/button.tsx
export const Button = () => <button className="bg-slate-900" />;
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.classes import bare, class_lists
from vly_nb.policy.palette import ARBITRARY, UTILITY
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source


def check(source: Source, context: Context) -> Iterator[Finding]:
    """The first class with a colour of its own, with a count: one report a file."""
    found = [
        (one, name)
        for one in class_lists(source)
        for name in one.names
        if UTILITY.fullmatch(bare(name)) or ARBITRARY.fullmatch(bare(name))
    ]
    if found:
        one, name = found[0]
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        yield Finding(one.at, f"{name}{more}: {_USE}")


_USE = "use the theme's colours (bg-background, text-primary, border-border …)."

RULE = Rule(
    id="use-theme-vars",
    area="frontend",
    severity=Severity.WARNING,
    scope=("src/**/*.tsx", "!src/components/ui/**", "!**/*{Chart,chart,Logo,logo,Status,status}*.tsx"),
    needs=("className", "cn("),
    message=f"Colour with the theme: {_USE}",
    check=check,
    page=__doc__,
)
