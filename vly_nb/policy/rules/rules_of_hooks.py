"""Call hooks at the top of a component, always and in the same order.

React knows a hook by its place in the order of calls. In a condition, a loop, a callback or after
an early return that order changes, and the page breaks. `useQuery` takes `"skip"` for its
arguments when there is nothing to ask yet.

Bad

```tsx path=src/pages/Task.tsx severity=error
import { useQuery } from "convex/react";
import { useEffect, useState } from "react";
import { api } from "@/convex/_generated/api";

export default function Task({ id }: { id?: string }) {
  if (!id) {
    return null;
  }
  const task = useQuery(api.tasks.get, { id });
  return <p>{task?.title}</p>;
}
export function List({ open }: { open: boolean }) {
  if (open) useEffect(() => {});
  const [rows] = open ? useState([]) : [[]];
  return <ul>{rows.map((row) => <li key={row}>{useState(row)[0]}</li>)}</ul>;
}
```

```tsx path=src/hooks/use-rows.tsx severity=error
import { useMemo } from "react";

export function useRows(names: string[]) {
  const found = [];
  for (const name of names) found.push(useMemo(() => name, [name]));
  return names.length && useMemo(() => found, [found]);
}
```

Good

```tsx path=src/pages/Task.tsx
import { useQuery } from "convex/react";
import { use, useState } from "react";
import { api } from "@/convex/_generated/api";

export default function Task({ id, later }: { id?: string; later: Promise<string> }) {
  const task = useQuery(api.tasks.get, id ? { id } : "skip");
  const [open, setOpen] = useState(false);
  if (!task) return null;
  // React's use may be conditional
  const words = open ? use(later) : "";
  return <p onClick={() => setOpen(true)}>{task.title + words}</p>;
}
```

```tsx path=src/hooks/use-open.tsx
import { useCallback, useState } from "react";
import { forwardRef } from "react";

// a hook of one's own, a component in a wrapper
export const useOpen = (first: boolean) => {
  const [open, setOpen] = useState(first);
  return { open, toggle: useCallback(() => setOpen((was) => !was), []) };
};
export const Box = forwardRef<HTMLDivElement>((props, ref) => {
  const { open } = useOpen(true);
  return <div ref={ref}>{String(open)}</div>;
});
const useless = (user: { useCount: () => number }) => user.useCount();
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source

_HOOK = re.compile(r"use[A-Z0-9]\w*")
_OWNER = re.compile(r"(?:use)?[A-Z]\w*")
_FUNCTIONS = ("arrow_function", "function_expression", "function_declaration", "method_definition")
_BRANCHES = {
    "if_statement": "in a condition", "ternary_expression": "in a condition",
    "switch_statement": "in a condition",
    "for_statement": "in a loop", "for_in_statement": "in a loop", "while_statement": "in a loop",
    "do_statement": "in a loop", "try_statement": "",
}  # fmt: skip
_WRAPPERS = ("forwardRef", "memo", "React.forwardRef", "React.memo", "observer")


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Calls of hooks that don't always run, in components and hooks."""
    for name in source.names:
        if _HOOK.fullmatch(name) is None:
            continue
        for call in source.calls_of(name):
            wrong = _wrong(call)
            if wrong:
                yield Finding(
                    call.field("function") or call, f"{name} is called {wrong}. {_ALWAYS}", code=call
                )


def _wrong(call: SgNode) -> str:
    """In what kind of place a hook is called where it mustn't be, in words; "" where it may be."""
    node, above = call, call.parent()
    said = ""
    while above is not None and above.kind() not in _FUNCTIONS:
        kind = above.kind()
        if kind in _BRANCHES and not _is_condition(above, node):
            said = said or _BRANCHES[kind]
        if kind == "binary_expression" and _is_short_cut(above, node):
            said = said or "in a condition"
        node, above = above, above.parent()
    if above is None:
        return ""
    owner = _owner(above)
    if owner is None:
        return "in a callback" if _inside_component(above) else ""
    return said or ("after an early return" if _after_return(above, call) else "")


def _is_condition(above: SgNode, node: SgNode) -> bool:
    """What is looked at before the branch always runs."""
    held = above.field("condition") or above.field("value") or above.field("right")
    return held == node


def _is_short_cut(above: SgNode, node: SgNode) -> bool:
    sign = above.field("operator")
    return sign is not None and sign.text() in ("&&", "||", "??") and above.field("right") == node


def _owner(function: SgNode) -> str | None:
    """The name of the component or hook that a function is; None for another function."""
    name = function.field("name")
    if name is None:
        holder = function.parent()
        called = holder.parent() if holder is not None and holder.kind() == "arguments" else None
        maker = called.field("function") if called is not None else None
        if maker is not None and maker.text().split("<")[0] in _WRAPPERS:
            return "Component"
        name = holder.field("name") if holder is not None and holder.kind() == "variable_declarator" else None
        if name is None:
            default = holder is not None and holder.kind() == "export_statement"
            return "default" if default else None
    return name.text() if _OWNER.fullmatch(name.text()) else None


def _inside_component(function: SgNode) -> bool:
    """Whether a function that is none itself stands in a component or a hook."""
    above = function.parent()
    while above is not None:
        if above.kind() in _FUNCTIONS and _owner(above) is not None:
            return True
        above = above.parent()
    return False


def _after_return(function: SgNode, call: SgNode) -> bool:
    """Whether a return stands before the call, in the function itself."""
    body = function.field("body")
    at = call.range().start.index
    for statement in body.named_children() if body is not None else ():
        if statement.range().start.index > at or statement.range().end.index > at:
            return False
        if statement.kind() in ("if_statement", "return_statement", "switch_statement") and _returns(
            statement
        ):
            return True
    return False


def _returns(statement: SgNode) -> bool:
    if statement.kind() == "return_statement":
        return True
    for found in statement.find_all(kind="return_statement"):
        above = found.parent()
        while above is not None and above != statement and above.kind() not in _FUNCTIONS:
            above = above.parent()
        if above == statement:
            return True
    return False


_ALWAYS = 'Call hooks at the top, always; give useQuery "skip" when there is nothing to ask.'

RULE = Rule(
    id="rules-of-hooks",
    area="checks",
    severity=Severity.ERROR,
    scope=("src/**/*.{ts,tsx}", "!<fn>/**"),
    needs=("use",),
    message=_ALWAYS,
    check=check,
    page=__doc__,
)
