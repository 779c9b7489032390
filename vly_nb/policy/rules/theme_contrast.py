"""Choose colours that can be read on each other: a contrast of 4.5.

Text needs a contrast of 4.5 to 1 with what it stands on (WCAG 2.2), for `--card-foreground` on
`--card` as for all pairs, in the light and in the dark.

Bad

```css path=src/index.css severity=warning
:root {
  --background: #ffffff;
  --foreground: #bbbbbb;
}
```

```css path=src/index.css severity=warning
:root {
  --primary: oklch(0.5 0.1 160);
  --primary-foreground: oklch(1 0 0);
}
.dark {
  --primary: oklch(0.9 0.1 160);
  --primary-foreground: oklch(1 0 0);
}
```

Good

```css path=src/index.css
:root {
  --background: #ffffff;
  --foreground: hsl(0 0% 15%);
  --muted: #eeeeee;
  --muted-foreground: #777777;
}
```

```css path=src/index.css
:root {
  --ink: #111111;
  --card: #ffffff;
  /* through another variable, and what can't be told */
  --card-foreground: var(--ink);
  --accent: color-mix(in oklch, red, blue);
  --accent-foreground: #222222;
}
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vly_nb.diagnostics import Range, Severity
from vly_nb.policy.colors import color, contrast
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source
from vly_nb.policy.theme import blocks, resolved

_LEAST, _LEAST_MUTED = 4.5, 3.0


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Each pair of :root and .dark."""
    text = re.sub(r"/\*.*?\*/", lambda m: re.sub(r"[^\n]", " ", m[0]), source.text, flags=re.S)
    root: dict[str, str] = {}
    for selector, variables in blocks(text):
        if selector == ":root":
            root |= variables
        if selector not in (":root", ".dark"):
            continue
        known = root | variables
        for name in variables:
            base = "--background" if name == "--foreground" else name.removesuffix("-foreground")
            if not name.endswith("-foreground") and name != "--foreground":
                continue
            front, back = color(resolved(known[name], known)), color(resolved(known.get(base, ""), known))
            if front is None or back is None or min(front.alpha, back.alpha) < 1:
                continue
            ratio, least = contrast(front, back), _LEAST_MUTED if "muted" in name else _LEAST
            if ratio < least:
                yield _at(
                    text, selector, name, f"{name} on {base} in {selector} has a contrast of {ratio:.1f}"
                )


def _at(text: str, selector: str, name: str, said: str) -> Finding:
    start = text.find(f"{name}:", max(text.find(f"{selector} {{"), 0))
    line = text.count("\n", 0, max(start, 0)) + 1
    return Finding(Range(line, 1, line, 2), f"{said}: raise it to 4.5 (3 for muted text).")


RULE = Rule(
    id="theme-contrast",
    area="frontend",
    severity=Severity.WARNING,
    scope=("src/index.css",),
    needs=("-foreground", "--foreground"),
    message="Raise the contrast of this pair to 4.5.",
    check=check,
    page=__doc__,
)
