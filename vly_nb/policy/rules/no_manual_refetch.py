"""Let `useQuery` keep the page up to date; it is live.

Asking again by a timer, in an effect, or after each mutation does by hand, and late, what Convex
does by itself.

Bad

```tsx path=src/pages/Tasks.tsx severity=warning
import { useConvex } from "convex/react";
import { useEffect, useState } from "react";
import { api } from "@/convex/_generated/api";

export default function Tasks() {
  const convex = useConvex();
  const [rows, setRows] = useState<any>([]);
  useEffect(() => {
    const timer = setInterval(async () => setRows(await convex.query(api.tasks.list, {})), 5000);
    return () => clearInterval(timer);
  }, [convex]);
  return <p>{rows.length}</p>;
}
```

```tsx path=src/pages/List.tsx severity=warning
import { useQuery } from "@tanstack/react-query";
import { api } from "@/convex/_generated/api";
import { convex } from "@/lib/convex";

export default function List() {
  const { data } = useQuery({ queryKey: ["tasks"], queryFn: () => convex.query(api.tasks.list, {}) });
  return <p>{String(data)}</p>;
}
```

Good

```tsx path=src/pages/Tasks.tsx
import { useConvex, useQuery } from "convex/react";
import { api } from "@/convex/_generated/api";

export default function Tasks() {
  const convex = useConvex();
  const rows = useQuery(api.tasks.list, {});
  // one look, when somebody asks for it
  const save = async () => console.log(await convex.query(api.tasks.all, {}));
  return <button onClick={save}>{rows?.length}</button>;
}
```

```tsx path=src/pages/List.tsx
import { convexQuery } from "@convex-dev/react-query";
import { useQuery } from "@tanstack/react-query";
import { api } from "@/convex/_generated/api";

// with this package TanStack's are live, too
export default function List() {
  const { data } = useQuery(convexQuery(api.tasks.list, {}));
  return <p>{String(data)}</p>;
}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.functions import arguments, references, within
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source

_AGAIN = ("useEffect", "useLayoutEffect", "setInterval")


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Queries in effects and timers, and in another library's useQuery."""
    known = references(source, ("api",))
    if not known:
        return
    around = [call for name in _AGAIN for call in source.calls_of(name)]
    around += [call.node for call in source.calls("setInterval")]
    if "@convex-dev/react-query" not in source.text:
        around += _tanstack(source)
    for call in source.calls("query"):
        given = arguments(call.node)
        asks = bool(given) and any(within(one.node, given[0]) for one in known)
        if asks and any(within(call.node, outer) for outer in around):
            yield Finding(call.name, code=call.node)


def _tanstack(source: Source) -> list[SgNode]:
    names = ("useQuery", "useSuspenseQuery", "useInfiniteQuery")
    local = [
        name
        for name, imported in source.imports.items()
        if imported.module == "@tanstack/react-query" and imported.name in names
    ]
    return [call for name in local for call in source.calls_of(name)]


RULE = Rule(
    id="no-manual-refetch",
    area="convex-client",
    severity=Severity.WARNING,
    scope=("src/**/*.{ts,tsx}", "!<fn>/**"),
    needs=(".query(",),
    message="useQuery from convex/react is live already: it needs no asking again.",
    check=check,
    page=__doc__,
)
