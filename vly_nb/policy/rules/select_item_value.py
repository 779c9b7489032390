"""Give every item of a Select a value that isn't empty.

A `SelectItem` whose value is the empty string throws as soon as it is shown, and the page goes
blank: Radix keeps `""` for "nothing is chosen" ("A <Select.Item /> must have a value prop that
is not an empty string"). Use a word of your own, such as `"all"`, and treat it as such in the
code. A value with an empty fallback (`x ?? ""`) does the same one day: that is a warning.

Bad

```tsx path=src/components/Filter.tsx severity=error
import { Select, SelectContent, SelectItem } from "@/components/ui/select";

export const Filter = () => (
  <Select>
    <SelectContent>
      <SelectItem value="">All</SelectItem>
      <SelectItem value={""}>Any</SelectItem>
      <SelectItem value={``}>Each</SelectItem>
      <SelectItem>None</SelectItem>
    </SelectContent>
  </Select>
);
```

```tsx path=src/components/Statuses.tsx severity=error
import * as Radix from "@radix-ui/react-select";
import { SelectItem as Item } from "@/components/ui/select";

const options = [
  { value: "", label: "All" },
  { value: "open", label: "Open" },
] as const;

export const Statuses = () => (
  <>
    {options.map((option) => (
      <Item key={option.value} value={option.value}>{option.label}</Item>
    ))}
    <Radix.Item value="">All</Radix.Item>
  </>
);
```

```tsx path=src/components/People.tsx severity=warning
import { SelectItem } from "@/components/ui/select";

export const Person = ({ id, name }: { id?: string; name: string }) => (
  <SelectItem value={id ?? ""}>{name || ""}</SelectItem>
);
```

Good

```tsx path=src/components/Filter.tsx
import { CommandItem } from "@/components/ui/command";
import { RadioGroupItem } from "@/components/ui/radio-group";
import { SelectItem } from "@/components/ui/select";
import { ToggleGroupItem } from "@/components/ui/toggle-group";

// An empty value is fine anywhere else.
export const Filter = () => (
  <>
    <SelectItem value="all">All</SelectItem>
    <select><option value="">All</option></select>
    <RadioGroupItem value="" />
    <ToggleGroupItem value="">x</ToggleGroupItem>
    <CommandItem value="">x</CommandItem>
  </>
);
```

```tsx path=src/components/Statuses.tsx
import { SelectItem } from "@/components/ui/select";

const options = [{ value: "all", label: "" }, { value: "open", label: "Open" }];
const other = [{ value: "" }];

export const Statuses = ({ rows, ...props }: { rows: { _id: string; value: string }[] }) => (
  <>
    {options.map((option) => <SelectItem key={option.value} value={option.value}>{option.label}</SelectItem>)}
    {rows.map((row) => <SelectItem key={row._id} value={row.value}>{row._id}</SelectItem>)}
    {rows.map((row) => <SelectItem key={row._id} value={row._id || "none"}>{row._id}</SelectItem>)}
    <SelectItem {...props}>As it comes</SelectItem>
  </>
);
```

```tsx path=src/components/menu.tsx
import { SelectItem } from "./menu-items";

export const Menu = () => <SelectItem value="">Another component of that name</SelectItem>;
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.constants import constant, fixed_value, pairs
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, member, unwrapped

_MODULES = re.compile(r"(.*/components/ui/select|@radix-ui/react-select|radix-ui)")
_NONE = 'A SelectItem needs a value that is not empty: give it a word such as "all" and treat that as such.'
_EMPTY = 'The value of a SelectItem must not be empty: give it a word such as "all" and treat that as such.'
_MAYBE = (
    "This value can become the empty string, and a SelectItem with an empty value blanks the page: "
    'use a fallback such as "none".'
)


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every item of a Select with no value, an empty one, or one that can become empty."""
    for element in source.nodes("jsx_opening_element", "jsx_self_closing_element"):
        tag = element.field("name")
        if tag is None or not _is_item(source, tag):
            continue
        value, spread = _value_of(element)
        if value is None:
            if not spread:
                yield Finding(element, _NONE)
        elif _is_empty(source, value):
            yield Finding(element)
        elif _may_be_empty(source, value):
            yield Finding(element, _MAYBE, Severity.WARNING)


def _is_item(source: Source, tag: SgNode) -> bool:
    """Whether a tag is shadcn's SelectItem or Radix's Select.Item, under whatever name."""
    names = tag.text().split(".")
    target = source.scopes.find(tag) if len(names) == 1 else None
    if target is not None and target.kind == "variable" and target.value is not None:
        names = target.value.text().split(".")  # const Item = SelectItem
    imported = source.imports.get(names[0])
    if imported is None or not _MODULES.fullmatch(imported.module):
        return False
    if imported.name in ("*", "default"):
        return names[-1] in ("Item", "SelectItem")
    if imported.module == "radix-ui":
        return [imported.name, *names[1:]] == ["Select", "Item"]
    return [imported.name, *names[1:]] in (["SelectItem"], ["Item"])


def _value_of(element: SgNode) -> tuple[SgNode | None, bool]:
    """The attribute's expression, and whether a spread may bring one."""
    value, spread = None, False
    for part in element.children():
        if part.kind() == "jsx_expression":
            spread = True
        if part.kind() != "jsx_attribute":
            continue
        name, *rest = [child for child in part.children() if child.kind() != "="]
        if name.text() == "value" and rest:
            value = rest[-1]
    if value is not None and value.kind() == "jsx_expression":
        inner = [child for child in value.named_children() if child.kind() != "comment"]
        value = inner[0] if inner else None
    return value, spread


def _is_empty(source: Source, value: SgNode) -> bool:
    node = unwrapped(value)
    if node.kind() in ("undefined", "null") or constant(source, node) == "":
        return True
    return any(constant(source, item) == "" for item in _mapped(source, node))


def _may_be_empty(source: Source, value: SgNode) -> bool:
    node = unwrapped(value)
    if node.kind() == "binary_expression":
        sign, right = node.field("operator"), node.field("right")
        falls_back = sign is not None and sign.text() in ("??", "||")
        return falls_back and right is not None and constant(source, right) == ""
    if node.kind() == "ternary_expression":
        sides = (node.field("consequence"), node.field("alternative"))
        return any(side is not None and constant(source, side) == "" for side in sides)
    return False


def _mapped(source: Source, node: SgNode) -> Iterator[SgNode]:
    """What `o.value` (or `o`, or `value` of `({ value })`) is for each `o` of an array in this file."""
    found = member(node)
    name, key = (unwrapped(found[0]), found[1]) if found else (node, None)
    if name.kind() != "identifier":
        return
    binding = source.scopes.find(name)
    if binding is None or binding.kind != "parameter" or binding.function is None:
        return
    first = binding.function.field("parameter") or next(iter(_parameters(binding.function)), None)
    if first is None or not re.search(rf"\b{re.escape(binding.name)}\b", first.text()):
        return  # the index, say
    key = key or binding.key
    for item in _array_mapped_by(source, binding.function):
        item = unwrapped(item)
        if key is None:
            yield item
        elif item.kind() == "object" and (held := pairs(item).get(key)) is not None:
            yield held


def _parameters(function: SgNode) -> list[SgNode]:
    held = function.field("parameters")
    return held.named_children() if held is not None else []


def _array_mapped_by(source: Source, function: SgNode) -> list[SgNode]:
    """The elements of `[…]` in `[…].map(function)`, or in `name.map(function)`."""
    arguments = function.parent()
    call = arguments.parent() if arguments is not None else None
    called = call.field("function") if call is not None and call.kind() == "call_expression" else None
    found = member(unwrapped(called)) if called is not None else None
    if found is None or found[1] not in ("map", "flatMap"):
        return []
    array = unwrapped(found[0])
    if array.kind() != "array":
        fixed = fixed_value(source, array)
        array = unwrapped(fixed) if fixed is not None else array
    return array.named_children() if array.kind() == "array" else []


RULE = Rule(
    id="select-item-value",
    area="frontend",
    severity=Severity.ERROR,
    scope=("src/**/*.tsx",),
    needs=("Item",),
    message=_EMPTY,
    check=check,
    page=__doc__,
)
