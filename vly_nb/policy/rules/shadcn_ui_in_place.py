"""Take the building blocks from `@/components/ui`.

Buttons, dialogs and the like are in the project already, in its own theme. A second `Button` looks
and behaves otherwise, and doesn't change when the theme does.

Bad

```tsx path=src/pages/Home.tsx severity=warning
import { Button } from "@shadcn/ui";
import { Dialog } from "@radix-ui/react-dialog";

export const Home = () => <Button>Go {String(Dialog)}</Button>;
```

```tsx path=src/components/Button.tsx severity=warning
export function Button({ children }: { children: React.ReactNode }) {
  return <button className="rounded bg-primary">{children}</button>;
}
```

Good

```tsx path=src/pages/Home.tsx
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";

export const Home = () => <Button>Go {String([Dialog, DialogContent])}</Button>;
```

```tsx path=src/components/ui/dialog.tsx
// the blocks themselves stand on Radix
import * as DialogPrimitive from "@radix-ui/react-dialog";

export const Dialog = DialogPrimitive.Root;
```

```tsx path=src/components/layout/Sidebar.tsx
// an app's own part of the page
export function Sidebar() {
  return <nav>Home</nav>;
}
```

```tsx path=src/instrumentation.tsx
import { Dialog } from "@radix-ui/react-dialog";

export const Shown = Dialog;
```

```tsx path=src/components/TaskTable.tsx
import { Table } from "lucide-react";
import type { Dialog } from "@radix-ui/react-dialog";

export const TaskTable = () => <Table />;
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, unquoted, unwrapped

_OWN = {"Sidebar"}  # what many an app calls its own part of the page
_BLOCKS = frozenset(
    [
        "Accordion",
        "Alert",
        "AlertDialog",
        "Avatar",
        "Badge",
        "Breadcrumb",
        "Button",
        "Calendar",
        "Card",
        "Carousel",
        "Checkbox",
        "Collapsible",
        "Command",
        "ContextMenu",
        "Dialog",
        "Drawer",
        "DropdownMenu",
        "HoverCard",
        "Input",
        "InputOTP",
        "Label",
        "Menubar",
        "NavigationMenu",
        "Pagination",
        "Popover",
        "Progress",
        "RadioGroup",
        "ScrollArea",
        "Select",
        "Separator",
        "Sheet",
        "Sidebar",
        "Skeleton",
        "Slider",
        "Switch",
        "Table",
        "Tabs",
        "Textarea",
        "Toggle",
        "ToggleGroup",
        "Tooltip",
    ]
)
_OTHERS = re.compile(
    r"@?shadcn(/.*)?|@radix-ui/react-.*|radix-ui|@headlessui/react|@mui/.*|antd|@chakra-ui/.*"
)
_PACKAGE = re.compile(r"@?shadcn(/.*)?")


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Imports of blocks from elsewhere, and blocks made anew."""
    for statement in source.nodes("import_statement"):
        module = unquoted(statement.field("source"))
        if module is None or _OTHERS.fullmatch(module) is None:
            continue
        if any(child.kind() == "type" for child in statement.children()):
            continue
        for item in statement.find_all(kind="import_specifier"):
            name = item.field("name")
            if name is not None and (name.text() in _BLOCKS or _PACKAGE.fullmatch(module)):
                yield Finding(item, _from(name.text()), code=statement)
    for one in source.exports:
        value = unwrapped(one.value) if one.value is not None else None
        made = value is not None and value.kind() in (
            "function_declaration",
            "arrow_function",
            "class_declaration",
        )
        if made and one.name in _BLOCKS - _OWN and one.module is None:
            yield Finding(one.node.children()[0], f"{one.name} is in the project already. {_from(one.name)}")


def _from(name: str) -> str:
    file = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()
    return f'Import {name} from "@/components/ui/{file}".' if name in _BLOCKS else RULE.message


RULE = Rule(
    id="shadcn-ui-in-place",
    area="stack",
    severity=Severity.WARNING,
    scope=("src/**/*.{ts,tsx}", "!<fn>/**", "!src/components/ui/**", "!src/instrumentation.tsx"),
    needs=("shadcn", "radix", "@headlessui", "@mui", "antd", "@chakra", "export"),
    message='Import it from "@/components/ui/…".',
    check=check,
    page=__doc__,
)
