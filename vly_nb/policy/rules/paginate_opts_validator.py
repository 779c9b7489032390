"""Validate paging options with `paginationOptsValidator`, and pass them on unchanged.

What `usePaginatedQuery` sends has more in it than a number and a cursor; rebuilt by hand, pages
overlap or skip when documents come and go.

Bad

```ts path=src/convex/tasks.ts severity=error
import { v } from "convex/values";
import { query } from "./_generated/server";

export const page = query({
  args: { opts: v.object({ numItems: v.number(), cursor: v.union(v.string(), v.null()) }) },
  handler: async (ctx, args) => await ctx.db.query("tasks").paginate(args.opts),
});
```

```ts path=src/convex/tasks.ts severity=error
import { paginationOptsValidator } from "convex/server";
import { query } from "./_generated/server";

export const page = query({
  args: { paginationOpts: paginationOptsValidator },
  handler: async (ctx, { paginationOpts }) =>
    await ctx.db.query("tasks").paginate({
      numItems: paginationOpts.numItems,
      cursor: paginationOpts.cursor,
    }),
});
```

Good

```ts path=src/convex/tasks.ts
import { paginationOptsValidator } from "convex/server";
import { query } from "./_generated/server";

export const page = query({
  args: { paginationOpts: paginationOptsValidator },
  handler: async (ctx, args) => await ctx.db.query("tasks").paginate(args.paginationOpts),
});
```

```ts path=src/convex/migrate.ts
import { v } from "convex/values";
import { internalMutation } from "./_generated/server";

// the server's own paging makes its own
export const step = internalMutation({
  args: { cursor: v.union(v.string(), v.null()) },
  handler: async (ctx, args) =>
    await ctx.db.query("tasks").paginate({ numItems: 100, cursor: args.cursor }),
});
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Range, Severity, TextEdit
from vly_nb.policy.constants import open_ended, pairs
from vly_nb.policy.functions import Function, arguments, function_at
from vly_nb.policy.resolver import query_of
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.schema import validator
from vly_nb.policy.source import Source, member, unwrapped

_VALIDATOR = "paginationOptsValidator"


def check(source: Source, context: Context) -> Iterator[Finding]:
    """What public functions pass to .paginate of a query."""
    for call in source.calls("paginate"):
        given = arguments(call.node)
        function = function_at(source, call.node)
        if not given or function is None or function.internal or query_of(source, call.object) is None:
            continue
        if _is_wrong(source, function, unwrapped(given[0])):
            yield Finding(given[0], code=call.node, fix=_fix(source, function, unwrapped(given[0])))


def _is_wrong(source: Source, function: Function, node: SgNode) -> bool:
    validated = function.args
    if validated is None:
        return False
    if node.kind() == "object":  # rebuilt field by field
        parts = pairs(node)
        both = [_source_of(source, parts[name]) for name in ("numItems", "cursor") if name in parts]
        return len(both) == 2 and both[0] is not None and both[0] == both[1]
    name = _argument(source, node)
    held = validated.get(name) if name is not None else None
    return held is not None and not _is_the_validator(source, held)


def _fix(source: Source, function: Function, node: SgNode) -> tuple[TextEdit, ...]:
    """The real validator for `v.object({ numItems: …, cursor: … })`, and its import."""
    name = _argument(source, node)
    held = (function.args or {}).get(name) if name is not None else None
    found = validator(source, held) if held is not None else None
    if held is None or found is None or found[0] != "object" or len(found[1]) != 1:
        return ()
    fields = unwrapped(found[1][0])
    if fields.kind() != "object" or open_ended(fields) or pairs(fields).keys() != {"numItems", "cursor"}:
        return ()
    edit = TextEdit(source.range(held), _VALIDATOR)
    if _VALIDATOR in source.imports:
        return (edit,)
    return (TextEdit(Range(1, 1, 1, 1), f'import {{ {_VALIDATOR} }} from "convex/server";\n'), edit)


def _argument(source: Source, node: SgNode) -> str | None:
    """The argument's name of `args.name`, or of `name` from `{ name }`."""
    found = member(node)
    if found is not None:
        binding = source.scopes.find(unwrapped(found[0])) if found[0].kind() == "identifier" else None
        return found[1] if binding is not None and binding.kind == "parameter" else None
    binding = source.scopes.find(node) if node.kind() == "identifier" else None
    return binding.key if binding is not None and binding.kind == "parameter" else None


def _source_of(source: Source, node: SgNode) -> str | None:
    """`paginationOpts` of `paginationOpts.cursor`, in words; None for `args.cursor`."""
    found = member(unwrapped(node))
    if found is None or found[1] not in ("numItems", "cursor"):
        return None
    binding = source.scopes.find(found[0]) if found[0].kind() == "identifier" else None
    if binding is not None and binding.kind == "parameter" and binding.key is None:
        return None  # arguments of its own, not the options
    return found[0].text()


def _is_the_validator(source: Source, node: SgNode) -> bool:
    node = unwrapped(node)
    imported = source.imports.get(node.text())
    if imported is not None:
        return True  # Convex's own, or one that another file makes
    return node.kind() != "call_expression"


RULE = Rule(
    id="paginate-opts-validator",
    area="convex-queries",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("paginate",),
    message="Use paginationOpts: paginationOptsValidator, and pass it on unchanged.",
    check=check,
    page=__doc__,
)
