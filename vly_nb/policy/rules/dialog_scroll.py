"""Let a tall dialog scroll: `max-h-[85vh] overflow-y-auto`.

A form in a dialog is higher than a phone, or than a small window: without a limit its buttons are
out of reach. `className="max-h-[85vh] overflow-y-auto"` keeps them in.

Given

```tsx path=src/components/ui/dialog.tsx
export const DialogContent = (props: any) => <div className="fixed" {...props} />;
export const Dialog = (props: any) => <div {...props} />;
```

Bad

```tsx path=src/pages/Home.tsx severity=warning
import { Dialog, DialogContent } from "@/components/ui/dialog";

export const Home = () => (
  <Dialog>
    <DialogContent>
      <form>
        <input />
      </form>
    </DialogContent>
  </Dialog>
);
```

```tsx path=src/components/List.tsx severity=warning
import { Sheet, SheetContent as Content } from "@/components/ui/sheet";

export const List = ({ rows }: { rows: string[] }) => (
  <Sheet>
    <Content className="w-80">
      {rows.map((row) => (
        <p key={row}>{row}</p>
      ))}
    </Content>
  </Sheet>
);
```

Good

```tsx path=src/pages/Home.tsx
import {
  AlertDialogAction,
  AlertDialogCancel,
  AlertDialogContent,
  AlertDialogDescription,
  AlertDialogFooter,
  AlertDialogHeader,
  AlertDialogTitle,
} from "@/components/ui/alert-dialog";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { ScrollArea } from "@/components/ui/scroll-area";
import { Trash } from "lucide-react";

export const Home = ({ rows }: { rows: string[] }) => (
  <Dialog>
    <DialogContent className="max-h-[85vh] overflow-y-auto">
      <form />
    </DialogContent>
    <DialogContent>
      <ScrollArea>{rows.map((row) => row)}</ScrollArea>
    </DialogContent>
    <AlertDialogContent>
      <AlertDialogHeader>
        <AlertDialogTitle>
          <Trash /> Delete it?
        </AlertDialogTitle>
        <AlertDialogDescription>It is gone for good.</AlertDialogDescription>
      </AlertDialogHeader>
      <AlertDialogFooter>
        <AlertDialogCancel>Keep</AlertDialogCancel>
        <AlertDialogAction>Delete</AlertDialogAction>
      </AlertDialogFooter>
    </AlertDialogContent>
  </Dialog>
);
```

```tsx path=src/components/ui/dialog.tsx with
export const DialogContent = (props: any) => <div className="max-h-[90vh] overflow-y-auto" {...props} />;
```

```tsx path=src/components/Form.tsx
import { DialogContent } from "@/components/ui/dialog";

// the project's own block scrolls already
export const Form = () => (
  <DialogContent>
    <form />
  </DialogContent>
);
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.classes import elements, tag_of
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source

_BLOCKS = ("DialogContent", "SheetContent", "AlertDialogContent", "DrawerContent")
_HIGH = re.compile(r"\bmax-h-|(?<!-)\bh-\[|\bh-full\b|\bh-screen\b")
_SCROLLS = re.compile(r"\boverflow-(?:y-)?(?:auto|scroll)\b")
_MANY = 6  # elements, without the dialog's own frame
_FRAME = re.compile(r"(Content|Header|Title|Description|Footer|Close|Cancel|Action)$")


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every such block with much in it that neither scrolls itself nor has something that does."""
    for element in elements(source):
        imported = source.imports.get(tag_of(element))
        whole = element.parent()
        if imported is None or imported.name not in _BLOCKS or whole is None:
            continue
        if element.kind() != "jsx_opening_element" or whole.kind() != "jsx_element":
            continue
        text = whole.text()
        if _SCROLLS.search(text) or "ScrollArea" in text or not _is_tall(whole, text):
            continue
        if not _block_scrolls(source, imported.module, context):
            yield Finding(element)


def _is_tall(whole: SgNode, text: str) -> bool:
    if "<form" in text or "<Form" in text or ".map(" in text:
        return True
    inside = whole.find_all({"rule": {"any": [{"kind": k} for k in _TAGS]}})
    return sum(_FRAME.search(tag_of(element)) is None for element in inside) > _MANY


_TAGS = ("jsx_opening_element", "jsx_self_closing_element")


def _block_scrolls(source: Source, module: str, context: Context) -> bool:
    """Whether the block's own file has a limit and scrolls."""
    path = context.program.resolve(source.path, module)
    text = context.program.read(path) if path is not None else None
    return text is not None and _HIGH.search(text) is not None and _SCROLLS.search(text) is not None


RULE = Rule(
    id="dialog-scroll",
    area="frontend",
    severity=Severity.WARNING,
    scope=("src/**/*.tsx", "!src/components/ui/**"),
    needs=_BLOCKS,
    message='Let it scroll: className="max-h-[85vh] overflow-y-auto".',
    check=check,
    page=__doc__,
    alone=False,
)
