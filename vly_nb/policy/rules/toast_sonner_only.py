"""Show toasts with Sonner: `import { toast } from "sonner"`.

Two kinds of toasts stack in two corners, and one of them needs a provider that isn't mounted:
its messages are never seen.

Bad

```tsx path=src/pages/Home.tsx severity=error
import { useToast } from "@/hooks/use-toast";
import { Toaster } from "@/components/ui/toaster";

export const Home = () => {
  const { toast } = useToast();
  return <Toaster {...{ toast }} />;
};
```

```ts path=src/lib/notify.ts severity=error
import toast from "react-hot-toast";
import { toast as other } from "react-toastify";

export const all = [toast, other];
```

```json path=package.json severity=error
{ "name": "app", "dependencies": { "react-hot-toast": "^2.4.0" } }
```

Good

```tsx path=src/pages/Home.tsx
import { toast } from "sonner";

export const Home = () => <button onClick={() => toast("Saved")}>Save</button>;
```

```tsx path=src/main.tsx
import { Toaster } from "@/components/ui/sonner";

// the project's own Toaster is Sonner's
export const app = <Toaster />;
```

```json path=package.json
{ "name": "app", "dependencies": { "sonner": "^2.0.0" }, "keywords": ["react-hot-toast"] }
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vly_nb.diagnostics import Range, Severity
from vly_nb.policy.program import json_object
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, unquoted

_OTHERS = re.compile(
    r".*/use-toast|.*components/ui/(toast|toaster)|react-hot-toast|react-toastify(/.*)?|@radix-ui/react-toast"
    r"|notistack|react-simple-toasts"
)
_PACKAGES = ("react-hot-toast", "react-toastify", "@radix-ui/react-toast", "notistack")


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Imports of other toasts, and their packages."""
    if source.path == "package.json":
        yield from _packages(source)
        return
    for statement in source.nodes("import_statement", "export_statement"):
        string = statement.field("source")
        module = unquoted(string)
        if string is not None and module is not None and _OTHERS.fullmatch(module):
            yield Finding(string, code=statement)


def _packages(source: Source) -> Iterator[Finding]:
    data = json_object(source.text)
    parts = [data.get(part) for part in ("dependencies", "devDependencies")]
    named = {name for part in parts if isinstance(part, dict) for name in part}
    for number, line in enumerate(source.lines, 1):
        for name in _PACKAGES:
            at = line.find(f'"{name}"')
            if name in named and at >= 0 and re.match(r"\s*:", line[at + len(name) + 2 :]):
                place = Range(number, at + 1, number, at + len(name) + 3)
                yield Finding(place, f"Take {name} out: sonner is all that is needed.")


RULE = Rule(
    id="toast-sonner-only",
    area="frontend",
    severity=Severity.ERROR,
    scope=("src/**/*.{ts,tsx}", "!<fn>/**", "package.json"),
    needs=("toast", "notistack"),
    message='import { toast } from "sonner".',
    check=check,
    page=__doc__,
)
