"""Style with Tailwind's classes; the theme is in src/index.css.

A second style sheet, styles in code, or a `<style>` are found by nobody who changes the theme, and
win or lose against the classes by accident.

Bad

```css path=src/components/card.css severity=warning
.card {
  border: 1px solid;
}
```

```tsx path=src/pages/Home.tsx severity=warning
import styled from "styled-components";
import "./home.css";
import styles from "./home.module.css";

const Box = styled.div`
  color: red;
`;
export const Home = () => (
  <Box className={styles.box}>
    <style>{`p { color: red }`}</style>
  </Box>
);
```

Good

```css path=src/index.css
@import "tailwindcss";
```

```tsx path=src/pages/Map.tsx
// a package's own styles are needed
import "leaflet/dist/leaflet.css";
import "@fontsource/inter/400.css";

export const Map = () => <div className="rounded-lg border" />;
```

```tsx path=src/main.tsx
import "./index.css";
import "@/index.css";

export const app = null;
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vly_nb.diagnostics import Range, Severity
from vly_nb.policy.classes import elements, tag_of
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, unquoted

_IN_CODE = re.compile(
    r"styled-components(/.*)?|@emotion/.*|styled-jsx(/.*)?|@stitches/.*|@vanilla-extract/.*|jss|goober|linaria"
)
_SHEET = re.compile(r".*\.(css|scss|sass|less)(\?.*)?")
_OWN = re.compile(r"(\.|@/|~/|/|src/).*")


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Other style sheets, imports of them, libraries for styles in code, and <style>."""
    if not source.path.endswith((".ts", ".tsx")):
        yield Finding(Range(1, 1, 1, 2), f"A style sheet besides src/index.css. {_USE}")
        return
    for statement in source.nodes("import_statement"):
        string = statement.field("source")
        module = unquoted(string)
        if module is None or string is None:
            continue
        sheet = _SHEET.fullmatch(module) and _OWN.fullmatch(module)
        if sheet and re.search(r"(^|/)index\.css$", module) is None:
            yield Finding(string, code=statement)
        elif _IN_CODE.fullmatch(module):
            yield Finding(string, f"Styles are not written in code here. {_USE}", code=statement)
    if "<style" in source.text:
        yield from (Finding(one) for one in elements(source) if tag_of(one) == "style")


_USE = "Use Tailwind's classes; theme tokens go to src/index.css."

RULE = Rule(
    id="no-extra-css",
    area="frontend",
    severity=Severity.WARNING,
    scope=("src/**/*.{css,scss,sass,less,ts,tsx}", "!src/index.css", "!<fn>/**", "!src/components/ui/**"),
    needs=(),
    message=_USE,
    check=check,
    page=__doc__,
)
