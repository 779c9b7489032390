"""Give each page a route, and link only to routes that there are.

A page that `src/main.tsx` doesn't show under any path can't be reached, and a link to a path that
no route has ends at "not found".

Given

```html path=index.html
<div id="root"></div>
<script type="module" src="/src/main.tsx"></script>
```

```tsx path=src/main.tsx
import Landing from "@/pages/Landing";
import { lazy } from "react";
import { BrowserRouter, Route, Routes } from "react-router";

const Shop = lazy(() => import("./pages/Shop"));
export const app = (
  <BrowserRouter>
    <Routes>
      <Route path="/" element={<Landing />} />
      <Route path="shop" element={<Shop />}>
        <Route index element={<Landing />} />
        <Route path=":id" element={<Shop />} />
      </Route>
    </Routes>
  </BrowserRouter>
);
```

```json path=tsconfig.json
{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }
```

```tsx path=src/pages/Shop.tsx
import Hero from "./parts/Hero";

export default function Shop() {
  return <Hero />;
}
```

Bad

```tsx path=src/pages/About.tsx severity=error
export default function About() {
  return <p>About us</p>;
}
```

```tsx path=src/pages/Landing.tsx severity=error
import { Link, useNavigate } from "react-router";

export default function Landing() {
  const navigate = useNavigate();
  return (
    <p onClick={() => navigate("/pricing")}>
      <Link to="/contact">Contact</Link>
    </p>
  );
}
```

Good

```tsx path=src/pages/parts/Hero.tsx
// shown by another page
export default function Hero() {
  return <h1>Hello</h1>;
}
```

```tsx path=src/pages/Landing.tsx
import { Link, useNavigate } from "react-router";

export default function Landing({ id }: { id: string }) {
  const navigate = useNavigate();
  return (
    <p onClick={() => navigate(-1)}>
      <Link to="/shop">Shop</Link> <Link to="/shop/3?tab=a#top">One</Link> <Link to={`/any/${id}`}>Some</Link>
      <a href="https://example.org/pricing">Elsewhere</a> <Link to="..">Up</Link>
    </p>
  );
}
```

```tsx path=src/main.tsx with
import { BrowserRouter, Route, Routes } from "react-router";
import Landing from "./pages/Landing";

export const app = (
  <BrowserRouter>
    <Routes>
      <Route path="*" element={<Landing />} />
    </Routes>
  </BrowserRouter>
);
```

```tsx path=src/pages/Landing.tsx
import { Link } from "react-router";

// one route takes every path
export default function Landing() {
  return <Link to="/anything">Go</Link>;
}
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Range, Severity
from vly_nb.policy.classes import attributes, elements, tag_of
from vly_nb.policy.functions import arguments
from vly_nb.policy.routes import routes_of
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, unquoted

_LINKS = ("Link", "NavLink", "Navigate")


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Pages that nothing shows, and links to paths that nothing answers."""
    entry = context.program.entry
    if entry is None:
        return
    reached = context.program.reached_from(entry)
    if source.path.startswith("src/pages/") and source.path not in reached:
        default = next((one for one in source.exports if one.name == "default"), None)
        if default is not None:
            line = source.range(default.node).line
            yield Finding(Range(line, 1, line, 2), f"No route shows this page. {_ADD}")
    if not any(one.module.startswith("react-router") for one in source.imports.values()):
        return
    routes = routes_of(context.program, entry)
    if routes is None:
        return
    for node, path in _linked(source):
        if not any(route.fullmatch(_plain(path)) for route in routes):
            yield Finding(node, f'No route has the path "{path}". {_ADD}')


def _linked(source: Source) -> Iterator[tuple[SgNode, str]]:
    """(node, path) of the literal paths that the file leads to."""
    for element in elements(source):
        if tag_of(element) in _LINKS:
            node = attributes(element).get("to")
            path = unquoted(node)
            if node is not None and path is not None and path.startswith("/"):
                yield node, path
    for call in source.calls_of("navigate"):
        given = arguments(call)
        path = unquoted(given[0]) if given else None
        if path is not None and path.startswith("/"):
            yield given[0], path


def _plain(path: str) -> str:
    return "/" + re.split(r"[?#]", path)[0].strip("/")


_ADD = "Add the route in src/main.tsx."

RULE = Rule(
    id="page-routed",
    area="frontend",
    severity=Severity.ERROR,
    scope=("src/**/*.tsx", "!<fn>/**"),
    needs=("default", "react-router"),
    message=_ADD,
    check=check,
    page=__doc__,
    refuses=False,
    alone=False,
)
