"""Import from `react-router`, never from `react-router-dom`.

These projects have React Router 7, whose package is `react-router`. `react-router-dom` is an
older name: installed beside the other it brings a second copy of the router's context, and
links and hooks fail with "must be used in the context of a Router component".

Bad

```tsx path=src/pages/Home.tsx
import { Link, useNavigate } from "react-router-dom";

export default function Home() {
  const navigate = useNavigate();
  return <Link to="/" onClick={() => navigate("/")}>Home</Link>;
}
```

```ts path=src/lib/types.ts
import type { LinkProps } from 'react-router-dom';
export { Outlet } from "react-router-dom/server";
export type Props = LinkProps;
```

```ts path=src/pages/home.test.ts
import { vi } from "vitest";

vi.mock("react-router-dom", () => ({ useNavigate: () => vi.fn() }));
const router = await import("react-router-dom");
const old = require("react-router-dom");
```

```json path=package.json
{
  "name": "app",
  "dependencies": {
    "react": "^19.0.0",
    "react-router-dom": "^6.28.0"
  }
}
```

Good

```tsx path=src/pages/Home.tsx
import { Link } from "react-router";

// react-router-dom is the old name
export default function Home() {
  return <Link to="/">We moved from "react-router-dom"</Link>;
}
```

```ts path=src/lib/docs.ts
export const advice = "Don't import from 'react-router-dom'";
export const names = ["react-router-dom", 'react-router'];
log("react-router-dom");
export default "react-router-dom";
```

```json path=package.json
{
  "name": "app",
  "description": "without react-router-dom",
  "dependencies": { "react-router": "^7.1.0" },
  "keywords": ["react-router-dom"]
}
```
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Range, Severity, TextEdit
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, unquoted

_OLD = "react-router-dom"
_SECTIONS = ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")
_LOADERS = re.compile(r"(import|require(\.resolve)?|(vi|jest)\.\w+)(<.*>)?", re.S)
_STATEMENTS = ("import_statement", "export_statement", "import_require_clause")


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every module specifier that names the old package, and the dependency on it."""
    if source.path.endswith("package.json"):
        yield from _dependencies(source)
        return
    for string in source.nodes("string", "template_string", regex=f"^.{_OLD}(/.*)?.$"):
        if _loads(string):
            yield Finding(string, fix=_fix(source, string))


def _loads(string: SgNode) -> bool:
    above = string.parent()
    if above is None:
        return False
    if above.kind() in _STATEMENTS:
        return above.field("source") is not None
    call = above.parent()
    if above.kind() != "arguments" or call is None or call.kind() != "call_expression":
        return False
    called = call.field("function")
    first = above.named_children()[0]
    return (
        called is not None
        and first.range().start.index == string.range().start.index
        and _LOADERS.fullmatch(called.text()) is not None
    )


def _fix(source: Source, string: SgNode) -> tuple[TextEdit, ...]:
    """The new name; nothing for a subpath, which the new package may not have."""
    if unquoted(string) != _OLD:
        return ()
    quote = string.text()[0]
    return (TextEdit(source.range(string), f"{quote}react-router{quote}"),)


def _dependencies(source: Source) -> Iterator[Finding]:
    try:
        package = json.loads(source.text)
    except (ValueError, RecursionError):
        return
    sections = [package.get(name) for name in _SECTIONS] if isinstance(package, dict) else []
    wanted = sum(_OLD in section for section in sections if isinstance(section, dict))
    keys = re.compile(rf'"{_OLD}"\s*:')
    for number, line in enumerate(source.lines, 1):
        match = keys.search(line)
        if match and wanted:
            wanted -= 1
            yield Finding(
                Range(number, match.start() + 1, number, match.end() + 1),
                'Take "react-router-dom" out of the dependencies; "react-router" is all that is needed.',
            )


RULE = Rule(
    id="no-react-router-dom",
    area="stack",
    severity=Severity.ERROR,
    scope=("**/*.{ts,tsx,js,jsx,mjs,mts}", "package.json"),
    needs=(_OLD,),
    message='Import from "react-router": the package react-router-dom is not used here.',
    check=check,
    page=__doc__,
)
