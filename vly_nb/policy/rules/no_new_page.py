"""Add a page only when a page was asked for.

A wish for a form, a list or a setting is a Dialog, or a section of the page that is there. A new
page needs a route, a way to it and a way back, and makes an app harder to find one's way in.

Given

```tsx path=src/pages/Landing.tsx
export default function Landing() {
  return <p>Welcome</p>;
}
```

```tsx path=src/pages/Tasks.tsx
export default function Tasks() {
  return <p>Tasks</p>;
}
```

Bad

```tsx path=src/pages/AddTask.tsx severity=warning new request=let-me-add-a-task
export default function AddTask() {
  return <p>Add</p>;
}
```

```tsx path=src/pages/Settings.tsx severity=warning new request=I-want-to-choose-dark-mode
const Settings = () => <p>Dark</p>;
export default Settings;
```

```tsx path=src/pages/Export.tsx severity=info new request=?
export default function Export() {
  return <p>Export</p>;
}
```

Good

```tsx path=src/pages/Settings.tsx new request=add-a-settings-page
export default function Settings() {
  return <p>Dark</p>;
}
```

```tsx path=src/pages/Shop.tsx new request=build-me-an-app-that-sells-my-mugs
// a first build needs pages
export default function Shop() {
  return <p>Mugs</p>;
}
```

```tsx path=src/pages/parts.tsx new request=let-me-add-a-task
export const Row = () => <p>a part of a page</p>;
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vly_nb.diagnostics import Range, Severity
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source

_ASKED = re.compile(
    r"\b(pages?|routes?|tabs?|screens?|views?|url|navigat\w*|dashboard|website|site|app)\b"
    r"|\bseiten?\b|\bpáginas?\b",
    re.I,
)
_UNKNOWN = "A new page: was one asked for? A Dialog, or a section of a page that is there, may do."
_FEW = 2  # pages that a project has when it is only being built


def check(source: Source, context: Context) -> Iterator[Finding]:
    """A new file of pages with a default, while nobody asked for one."""
    wish = context.request
    if not context.changing or context.before is not None or wish == "" or (wish and _ASKED.search(wish)):
        return
    if not any(one.name == "default" for one in source.exports):
        return
    pages = [path for path in context.program.paths if re.fullmatch(r"src/pages/[^/]+\.tsx", path)]
    if len(set(pages) - {source.path}) >= _FEW:
        unknown = (_UNKNOWN, Severity.INFO) if wish is None else (None, None)
        yield Finding(Range(1, 1, 1, 2), *unknown)


RULE = Rule(
    id="no-new-page",
    area="stack",
    severity=Severity.WARNING,
    scope=("src/pages/**/*.tsx",),
    needs=("default",),
    message="Nobody asked for a page: use a Dialog, or a section of a page that is there.",
    check=check,
    page=__doc__,
    refuses=False,
    alone=False,
)
