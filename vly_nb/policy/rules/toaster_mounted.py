"""Mount Sonner's `<Toaster />` once, in src/main.tsx.

Without it `toast("Saved")` says nothing to anybody.

Given

```json path=tsconfig.json
{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }
```

```tsx path=src/components/ui/sonner.tsx
import { Toaster as Sonner } from "sonner";

export const Toaster = () => <Sonner />;
```

Bad

```tsx path=src/main.tsx with
import Home from "@/pages/Home";

export const app = <Home />;
```

```tsx path=src/pages/Home.tsx severity=error
import { toast } from "sonner";

export default () => <button onClick={() => toast("Saved")}>Save</button>;
```

```tsx path=src/main.tsx with
import Home from "@/pages/Home";
import { Toaster } from "@/components/ui/sonner";

export const app = <Home />;
```

```tsx path=src/pages/Home.tsx severity=error
import { toast } from "sonner";

// imported there, and not shown
export default () => <button onClick={() => toast.error("Failed")}>Save</button>;
```

Good

```tsx path=src/main.tsx with
import Home from "@/pages/Home";
import { Toaster } from "@/components/ui/sonner";

export const app = (
  <>
    <Home />
    <Toaster />
  </>
);
```

```tsx path=src/pages/Home.tsx
import { toast } from "sonner";

export default () => <button onClick={() => toast("Saved")}>Save</button>;
```

```tsx path=src/App.tsx with
import { Toaster as Shown } from "sonner";

export const App = () => <Shown richColors />;
```

```tsx path=src/main.tsx with
import { App } from "./App";

export const app = <App />;
```

```tsx path=src/pages/Home.tsx
import { toast } from "sonner";

export default () => <button onClick={() => toast("Saved")}>Save</button>;
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.classes import elements, tag_of
from vly_nb.policy.program import Program
from vly_nb.policy.questions import question
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, unquoted

_SONNER = re.compile(r"sonner|.*components/ui/sonner")


def check(source: Source, context: Context) -> Iterator[Finding]:
    """A file that toasts, in an app that doesn't show any."""
    imported = source.imports.get("toast")
    if imported is None or imported.module != "sonner" or _is_mounted(context.program):
        return
    for statement in source.nodes("import_statement"):
        if unquoted(statement.field("source")) == "sonner":
            yield Finding(statement)


@question
def _is_mounted(program: Program) -> bool:
    """Whether a file that the page loads shows toasts; true where it can't be seen what it loads."""
    if program.entry is None:
        return True
    for path in sorted(program.reached_from(program.entry)):
        facts = program.facts(path)
        names = [one for one in facts.imports if _SONNER.fullmatch(one.module)] if facts is not None else []
        other = program.source(path) if any("Toaster" in one.names for one in names) else None
        if other is not None and not path.endswith("components/ui/sonner.tsx") and _shows(other):
            return True
    return False


def _shows(source: Source) -> bool:
    """Whether a file has Sonner's Toaster among its elements."""
    local = {
        name
        for name, one in source.imports.items()
        if one.name == "Toaster" and _SONNER.fullmatch(one.module)
    }
    return any(tag_of(element) in local for element in elements(source))


RULE = Rule(
    id="toaster-mounted",
    area="frontend",
    severity=Severity.ERROR,
    scope=("src/**/*.{ts,tsx}", "!<fn>/**"),
    needs=("sonner",),
    message="Mount <Toaster /> once in src/main.tsx, or no toast is seen.",
    check=check,
    page=__doc__,
    refuses=False,
    alone=False,
)
