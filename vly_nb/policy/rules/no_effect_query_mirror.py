"""Use what a query returns as it is; don't copy it into state.

`useQuery` is live: whenever the data changes, it returns the new one. A copy in `useState`, kept
up by an effect, is a render behind, and stays behind when the effect is forgotten. What is
computed from it goes into `useMemo`, or straight into the page.

Bad

```tsx path=src/pages/Tasks.tsx severity=warning
import { useQuery } from "convex/react";
import { useEffect, useState } from "react";
import { api } from "@/convex/_generated/api";

export default function Tasks() {
  const tasks = useQuery(api.tasks.list, {});
  const [rows, setRows] = useState<any[]>([]);
  useEffect(() => {
    if (tasks) setRows(tasks);
  }, [tasks]);
  return <p>{rows.length}</p>;
}
```

```tsx path=src/pages/Counts.tsx severity=warning
import { useQuery } from "convex/react";
import { useState } from "react";
import { api } from "@/convex/_generated/api";

export default function Counts() {
  const count = useQuery(api.tasks.count, {});
  const [shown, setShown] = useState(count);
  return <button onClick={() => setShown(0)}>{shown}</button>;
}
```

Good

```tsx path=src/pages/Tasks.tsx
import { useQuery } from "convex/react";
import { useEffect, useMemo, useState } from "react";
import { toast } from "sonner";
import { api } from "@/convex/_generated/api";

export default function Tasks() {
  const tasks = useQuery(api.tasks.list, {});
  const open = useMemo(() => tasks?.filter((task: any) => !task.done), [tasks]);
  // a side effect is what effects are for
  useEffect(() => {
    if (tasks?.length === 0) toast("All done");
  }, [tasks]);
  return <p>{open?.length}</p>;
}
```

```tsx path=src/pages/Profile.tsx
import { useQuery } from "convex/react";
import { useEffect, useState } from "react";
import { api } from "@/convex/_generated/api";

export default function Profile() {
  const user = useQuery(api.users.currentUser);
  const [form, setForm] = useState({ name: "" });
  const [dirty, setDirty] = useState(false);
  // a form is filled once, as long as nobody has typed
  useEffect(() => {
    if (user && !dirty) setForm({ name: user.name });
  }, [user, dirty]);
  return <input value={form.name} onChange={() => setDirty(true)} />;
}
```

```tsx path=src/components/RuleForm.tsx
import { useQuery } from "convex/react";
import { useEffect, useState } from "react";
import { api } from "@/convex/_generated/api";

export default function RuleForm() {
  const rule = useQuery(api.rules.get, {});
  const [name, setName] = useState("");
  const [kind, setKind] = useState("");
  const [options, setOptions] = useState<Record<string, string>>({});
  // the fields of what is being edited
  useEffect(() => {
    if (rule) {
      setName(rule.name);
      setKind(rule.kind);
    }
  }, [rule]);
  useEffect(() => {
    if (rule) setOptions((before) => ({ ...rule.options, ...before }));
  }, [rule]);
  return <p>{[name, kind, options.a]}</p>;
}
```

```tsx path=src/components/Picker.tsx
import { useQuery } from "convex/react";
import { useEffect, useState } from "react";
import { api } from "@/convex/_generated/api";

export default function Picker() {
  const names = useQuery(api.names.list, {});
  const [ticked, setTicked] = useState<boolean[]>([]);
  // the page's own state, begun anew when there are more or fewer
  useEffect(() => {
    setTicked(names?.map(() => false) || []);
  }, [names?.length]);
  // what is chosen until someone has chosen
  const [chosen, setChosen] = useState<string>();
  useEffect(() => {
    if (names && names.length === 1 && !chosen) setChosen(names[0]);
  }, [names, chosen]);
  return <p>{[ticked.length, chosen]}</p>;
}
```

```ts path=src/hooks/use-auth.ts
import { useConvexAuth, useQuery } from "convex/react";
import { useEffect, useState } from "react";
import { api } from "@/convex/_generated/api";

// the template's own
export function useAuth() {
  const { isLoading } = useConvexAuth();
  const user = useQuery(api.users.currentUser);
  const [loading, setLoading] = useState(true);
  useEffect(() => {
    if (!isLoading && user !== undefined) setLoading(false);
  }, [isLoading, user]);
  return { loading, user };
}
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.functions import arguments, parameters, within
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, unwrapped

_LIVE = ("useQuery", "usePaginatedQuery", "useConvexAuth")
_SETS = re.compile(r"set[A-Z]\w*")
_BLANK = re.compile(r"\.map\(\s*\(\)")  # as many as there are, but nothing of them
_GUARDED = re.compile(r"draft|dirty|touched|edited|initiali[sz]ed|loaded|edit|open|form", re.I)


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Effects that only copy a query's result, and states that begin with one."""
    live = _live(source)
    if not live:
        return
    for call in source.calls_of("useEffect"):
        given = arguments(call)
        if len(given) < 2 or not any(name in live for name in _identifiers(given[1])):
            continue
        if _only_copies(given[0], live):
            yield Finding(call.field("function") or call, code=call)
    for call in source.calls_of("useState"):
        given = arguments(call)
        first = unwrapped(given[0]) if given else None
        if first is not None and first.kind() == "identifier" and first.text() in live:
            yield Finding(
                given[0], f"{first.text()} is live; a state that begins with it stays behind. {_USE}"
            )


def _live(source: Source) -> set[str]:
    """The names that hold what Convex's hooks return."""
    found: set[str] = set()
    for hook in _LIVE:
        imported = source.imports.get(hook)
        if imported is None or not imported.module.startswith("convex/react"):
            continue
        for call in source.calls_of(hook):
            holder = call.parent()
            name = (
                holder.field("name")
                if holder is not None and holder.kind() == "variable_declarator"
                else None
            )
            if name is not None:
                found |= {name.text()} if name.kind() == "identifier" else _identifiers(name)
    return found


def _identifiers(node: SgNode) -> set[str]:
    kinds = ("identifier", "shorthand_property_identifier_pattern")
    return {one.text() for kind in kinds for one in node.find_all(kind=kind)}


def _only_copies(effect: SgNode, live: set[str]) -> bool:
    """Whether all that an effect does is setX(something of the query), with no sign of a form."""
    calls = effect.find_all(kind="call_expression")
    outer = [call for call in calls if not any(within(call, other) and call != other for other in calls)]
    if len(outer) != 1 or _GUARDED.search(effect.text()):
        return False  # several: the fields of a form
    asked = [_identifiers(branch.named_children()[0]) for branch in effect.find_all(kind="if_statement")]
    if any(names - live for names in asked):
        return False  # only where the page's own state lets it
    called, given = outer[0].field("function"), arguments(outer[0])
    if called is None or _SETS.fullmatch(called.text()) is None or not given:
        return False
    if given[0].kind() == "arrow_function" and parameters(given[0]):
        return False  # put together with what was there
    text = given[0].text()
    return bool((_identifiers(given[0]) | {text}) & live) and _BLANK.search(text) is None


_USE = "Use the query's result itself; derive with useMemo."

RULE = Rule(
    id="no-effect-query-mirror",
    area="convex-client",
    severity=Severity.WARNING,
    scope=("src/**/*.{ts,tsx}", "!<fn>/**"),
    needs=("useQuery", "usePaginatedQuery", "useConvexAuth"),
    message=f"This only copies a live query into a state. {_USE}",
    check=check,
    page=__doc__,
)
