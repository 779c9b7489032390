"""Say whether it worked: `toast.success`, `toast.error`.

Who presses a button wants to know that something happened, and above all when it didn't. A
mutation in an event handler ends in a toast, and an error in another one.

Bad

```tsx path=src/pages/Home.tsx severity=info
import { useMutation } from "convex/react";
import { api } from "@/convex/_generated/api";

export default function Home() {
  const add = useMutation(api.tasks.add);
  return <button onClick={() => add({ title: "a" })}>Add</button>;
}
```

```tsx path=src/components/Form.tsx severity=info
import { useAction } from "convex/react";
import { api } from "@/convex/_generated/api";

export const Form = () => {
  const send = useAction(api.mail.send);
  const submit = async () => {
    await send({});
  };
  return <form onSubmit={submit} />;
};
```

Good

```tsx path=src/pages/Home.tsx
import { useMutation } from "convex/react";
import { toast } from "sonner";
import { api } from "@/convex/_generated/api";

export default function Home() {
  const add = useMutation(api.tasks.add);
  const go = async () => {
    try {
      await add({ title: "a" });
      toast.success("Added");
    } catch {
      toast.error("That did not work");
    }
  };
  return <button onClick={go}>Add</button>;
}
```

```tsx path=src/components/Presence.tsx
import { useMutation } from "convex/react";
import { useEffect } from "react";
import { api } from "@/convex/_generated/api";

// nobody pressed anything: presence, and what saves itself
export const Presence = () => {
  const beat = useMutation(api.presence.beat);
  useEffect(() => void beat({}), [beat]);
  return null;
};
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source

_TELLS = re.compile(r"\btoast\b|\.catch\(|\bcatch\b|setError|setStatus|setMessage|onError")
_QUIET = re.compile(r"auto_?save|draft|presence|heartbeat|typing|cursor|withOptimisticUpdate", re.I)
_HANDLER = re.compile(r"\bon(Click|Submit|Press|Change|Select|CheckedChange|ValueChange|KeyDown)=")


def check(source: Source, context: Context) -> Iterator[Finding]:
    """The first mutation, or action, of a file with handlers that never tells how it went."""
    if _TELLS.search(source.text) or _HANDLER.search(source.text) is None:
        return
    for hook in ("useMutation", "useAction"):
        imported = source.imports.get(hook)
        if imported is None or not imported.module.startswith("convex/react"):
            continue
        for call in source.calls_of(hook):
            if _QUIET.search(_statement(call)) is None:
                yield Finding(call)
                return


def _statement(call: SgNode) -> str:
    """`const save = useMutation(…)`, as it stands in the text."""
    declared = next((node for node in call.ancestors() if node.kind() == "variable_declarator"), call)
    return declared.text()[:500]


RULE = Rule(
    id="toast-on-action",
    area="frontend",
    severity=Severity.INFO,
    scope=("src/**/*.tsx", "!<fn>/**"),
    needs=("useMutation", "useAction"),
    message="Say whether it worked: toast.success and toast.error from sonner.",
    check=check,
    page=__doc__,
)
