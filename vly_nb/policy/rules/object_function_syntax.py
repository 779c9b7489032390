"""Register functions with an object: arguments, then the handler.

`query({ args: { … }, handler: async (ctx, args) => … })` says what may come in, and Convex turns
everything else away. A bare function takes whatever a stranger sends.

Bad

```ts path=src/convex/tasks.ts severity=error
import { query } from "./_generated/server";

export const list = query(async (ctx) => {
  return await ctx.db.query("tasks").take(50);
});
```

```ts path=src/convex/tasks.ts severity=error
import { internalMutation as im, mutation } from "./_generated/server";

async function remove(ctx: any, args: { id: string }) {}

export const one = mutation(async (ctx, args: { title: string }) => {
  await ctx.db.insert("tasks", args);
});
export const two = im(remove);
```

Good

```ts path=src/convex/tasks.ts
import { v } from "convex/values";
import { query } from "./_generated/server";

export const list = query({
  args: { done: v.boolean() },
  handler: async (ctx, args) => await ctx.db.query("tasks").take(50),
});
```

```ts path=src/convex/http.ts
import { customQuery } from "convex-helpers/server/customFunctions";
import { httpAction, query } from "./_generated/server";

// an httpAction takes a function, and a custom builder what it likes
export const hook = httpAction(async (ctx, request) => new Response("ok"));
const authedQuery = customQuery(query, { args: {}, input: async () => ({ ctx: {}, args: {} }) });
export const mine = authedQuery(async (ctx: any) => null);
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Severity, TextEdit
from vly_nb.policy.functions import Function, arguments, functions, parameters
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, unwrapped

_FUNCTIONS = ("arrow_function", "function_expression")


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every registrar that is given a function."""
    for function in functions(source):
        if function.custom or function.kind == "httpAction" or function.definition is not None:
            continue
        given = arguments(function.call)
        if given and _is_function(source, function):
            yield Finding(function.registrar, code=function.call, fix=_fix(source, function))


def _is_function(source: Source, function: Function) -> bool:
    first = unwrapped(arguments(function.call)[0])
    if first.kind() != "identifier":
        return first.kind() in _FUNCTIONS
    binding = source.scopes.find(first)
    value = binding.value if binding is not None and binding.key is None else None
    return value is not None and value.kind() in (*_FUNCTIONS, "function_declaration")


def _fix(source: Source, function: Function) -> tuple[TextEdit, ...]:
    """With no second parameter there is nothing to say about arguments."""
    first = arguments(function.call)[0]
    if first.kind() not in _FUNCTIONS or len(parameters(first)) > 1 or len(arguments(function.call)) > 1:
        return ()
    return (TextEdit(source.range(first), f"{{ args: {{}}, handler: {first.text()} }}"),)


RULE = Rule(
    id="object-function-syntax",
    area="convex-functions",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("server",),
    message="Register it with an object: { args: { … }, handler: async (ctx, args) => … }.",
    check=check,
    page=__doc__,
)
