"""Register routes in src/main.tsx.

One place shows which pages there are and under which paths. Routes in a component are found by
nobody, and answer only while that component is shown.

Bad

```tsx path=src/components/Shell.tsx severity=warning
import { Route, Routes } from "react-router";

export const Shell = () => (
  <Routes>
    <Route path="/a" element={<p />} />
  </Routes>
);
```

```tsx path=src/lib/router.tsx severity=warning
import { createBrowserRouter } from "react-router";

export const router = createBrowserRouter([]);
```

Good

```tsx path=src/main.tsx
import { Route, Routes } from "react-router";

export const app = (
  <Routes>
    <Route path="/a" element={<p />} />
  </Routes>
);
```

```tsx path=src/components/Layout.tsx
import { Outlet, useRoutes } from "react-router";
import { Routes } from "./air-lines";

// a layout shows the routes within it
export const Layout = () => (
  <main>
    <Outlet />
    <Routes />
  </main>
);
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.classes import elements, tag_of
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source

_MAKERS = ("createBrowserRouter", "createHashRouter", "createMemoryRouter")


def check(source: Source, context: Context) -> Iterator[Finding]:
    """The first routes of a file, and each router it makes."""
    own = {
        local: imported.name
        for local, imported in source.imports.items()
        if imported.module.startswith("react-router")
    }
    for element in elements(source):
        if own.get(tag_of(element)) in ("Routes", "Route"):
            yield Finding(element)
            break
    for local, name in own.items():
        if name in _MAKERS:
            yield from (Finding(call) for call in source.calls_of(local))


RULE = Rule(
    id="routes-only-in-main",
    area="frontend",
    severity=Severity.WARNING,
    scope=("src/**/*.{ts,tsx}", "!<fn>/**", "!src/main.tsx", "!src/App.tsx", "!**/*.test.tsx"),
    needs=("react-router",),
    message="Register routes in src/main.tsx.",
    check=check,
    page=__doc__,
)
