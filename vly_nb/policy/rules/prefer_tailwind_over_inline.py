"""Write fixed styles as classes, not in `style`.

`style={{ marginTop: 8 }}` says the same as `mt-2`, but can't have variants for small screens or for
the dark, and doesn't follow the theme.

Bad

```tsx path=src/pages/Home.tsx severity=info
export const Home = () => <p style={{ marginTop: 8, color: "red" }}>Hello</p>;
```

```tsx path=src/components/Box.tsx severity=info
export const Box = () => <div style={{ display: "flex", width: "100%" }} />;
```

Good

```tsx path=src/components/Bar.tsx
// what is computed, and variables, can only go there
export const Bar = ({ part, style }: { part: number; style: React.CSSProperties }) => (
  <div style={style}>
    <div style={{ width: `${part}%` }} />
    <div style={{ "--gap": "3px", display: "flex" } as React.CSSProperties} />
    <div style={{ height: part }} />
  </div>
);
```

```tsx path=src/components/Chart.tsx
import { LineChart, Tooltip } from "recharts";

// libraries of charts take styles
export const Chart = () => (
  <LineChart style={{ width: 300 }}>
    <Tooltip contentStyle={{ color: "red" }} />
  </LineChart>
);
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.classes import tag_of
from vly_nb.policy.constants import open_ended, pairs
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, unquoted, unwrapped


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every style of an HTML element whose values are all written there."""
    for name in source.properties.get("style", ()):
        attribute = name.parent()
        element = attribute.parent() if attribute is not None else None
        if attribute is None or attribute.kind() != "jsx_attribute" or element is None:
            continue
        expression = attribute.children()[-1]
        inner = expression.named_children() if expression.kind() == "jsx_expression" else []
        held = unwrapped(inner[0]) if inner else None
        if held is not None and held.kind() == "object" and tag_of(element)[:1].islower() and _is_fixed(held):
            yield Finding(attribute)


def _is_fixed(held: SgNode) -> bool:
    parts = pairs(held)
    keys = [part.field("key") for part in held.named_children()]
    computed = any(key is not None and key.kind() == "computed_property_name" for key in keys)
    if not parts or computed or open_ended(held) or any(key.startswith("--") for key in parts):
        return False
    values = [unwrapped(value) for value in parts.values()]
    return all(value.kind() == "number" or _is_plain(value) for value in values)


def _is_plain(value: SgNode) -> bool:
    text = unquoted(value)
    return text is not None and "var(" not in text


RULE = Rule(
    id="prefer-tailwind-over-inline",
    area="frontend",
    severity=Severity.INFO,
    scope=("src/**/*.tsx",),
    needs=("style={",),
    message="Write fixed styles as Tailwind classes.",
    check=check,
    page=__doc__,
)
