"""Give a gradient the theme's colours.

Blue into teal at random looks like any other page, and doesn't change with the theme. Where a
gradient is the theme, define it once in src/index.css.

Bad

```tsx path=src/pages/Home.tsx severity=warning
export const Home = () => <main className="bg-gradient-to-r from-blue-500 to-teal-400">Hello</main>;
```

```tsx path=src/components/Hero.tsx severity=warning
export const Hero = () => <div className={`bg-radial ${"from-amber-200"} to-white`} />;
```

Good

```tsx path=src/pages/Home.tsx
export const Home = () => (
  <main className="bg-linear-to-b from-background to-muted">
    <img alt="" />
    <div className="bg-gradient-to-t from-black/70 via-black/10 to-transparent">over a picture</div>
    <div className="animate-pulse bg-gradient-to-r from-gray-200 via-gray-100 to-gray-200">waiting</div>
    <div className="[mask-image:linear-gradient(black,transparent)]">fades out</div>
  </main>
);
```

```tsx path=src/components/Violet.tsx
// a purple one is told of by no-purple-gradient alone
export const Violet = () => <div className="bg-gradient-to-r from-violet-500 to-blue-500" />;
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.gradients import Gradient, gradients
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every gradient with a palette's stops, the purple ones left out."""
    for one in gradients(source):
        if one.colored and not one.purple and not _is_shimmer(one):
            yield Finding(one.at)


def _is_shimmer(one: Gradient) -> bool:
    text = one.at.text() if isinstance(one.at, SgNode) else ""
    return "animate-" in text or "mask" in text


RULE = Rule(
    id="no-generic-gradient",
    area="frontend",
    severity=Severity.WARNING,
    scope=("src/**/*.tsx",),
    needs=("gradient", "bg-linear", "bg-radial", "bg-conic"),
    message="Use the theme's colours; a gradient that is the theme is defined once in src/index.css.",
    check=check,
    page=__doc__,
)
