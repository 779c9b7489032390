"""Let sample data be added by an internal mutation that does nothing when there is data already.

A seed that is a public `mutation` can be run by any visitor, as often as they like. One that
doesn't look first adds everything again each time. And a mutation can write only so much at
once: a few dozen rows show what an app looks like, thousands belong in `npx convex import`.

Make it an `internalMutation`, look for a first row, and return when there is one. Run it with
`npx convex run seed:run`.

Bad

```ts path=src/convex/seed.ts severity=warning
import { mutation } from "./_generated/server";

const TASKS = [{ title: "One" }, { title: "Two" }];

export const run = mutation({
  args: {},
  handler: async (ctx) => {
    const first = await ctx.db.query("tasks").first();
    if (first !== null) return;
    for (const task of TASKS) await ctx.db.insert("tasks", task);
  },
});
```

```ts path=src/convex/seedData.ts severity=warning
import { internalAction, internalMutation } from "./_generated/server";

export const again = internalMutation({
  args: {},
  handler: async ({ db }) => {
    await db.insert("tasks", { title: "One" });
  },
});

export const many = internalMutation({
  args: {},
  handler: async (ctx) => {
    if (await ctx.db.query("tasks").first()) return;
    for (let i = 0; i < 1000; i++) await ctx.db.insert("tasks", { title: `Task ${i}` });
    await Promise.all(Array.from({ length: 600 }).map((_, i) => ctx.db.insert("notes", { i })));
  },
});

export const wrong = internalAction({
  args: {},
  handler: async (ctx) => {
    await ctx.db.insert("tasks", { title: "One" });
  },
});
```

Good

```ts path=src/convex/seed.ts
import { internalMutation, mutation, query } from "./_generated/server";
import { requireAdmin } from "./users";

const TASKS = [{ title: "One" }, { title: "Two" }];

export const run = internalMutation({
  args: {},
  handler: async (ctx) => {
    const first = await ctx.db.query("tasks").first();
    if (first !== null) return;
    for (const task of TASKS) await ctx.db.insert("tasks", task);
    for (let i = 0; i < 100; i++) await ctx.db.insert("notes", { i });
  },
});

// an admin may do it from the page
export const runAsAdmin = mutation({
  args: {},
  handler: async (ctx) => {
    await requireAdmin(ctx);
    if ((await ctx.db.query("tasks").first()) === null) await ctx.db.insert("tasks", TASKS[0]);
  },
});

// reading is open to all
export const isSeeded = query({
  args: {},
  handler: async (ctx) => (await ctx.db.query("tasks").first()) !== null,
});
```

```ts path=src/convex/seedAll.ts
import { v } from "convex/values";
import { internal } from "./_generated/api";
import { internalAction, internalMutation } from "./_generated/server";
import { isEmpty } from "./tables";

// an action looks, and a mutation of the same file adds what it is given
export const run = internalAction({
  args: {},
  handler: async (ctx) => {
    if (await ctx.runQuery(internal.tasks.any, {})) return;
    await ctx.runMutation(internal.seedAll.add, { titles: ["One", "Two"] });
  },
});

export const add = internalMutation({
  args: { titles: v.array(v.string()) },
  handler: async (ctx, args) => {
    for (const title of args.titles) await ctx.db.insert("tasks", { title });
  },
});

// a helper looks
export const notes = internalMutation({
  args: {},
  handler: async (ctx) => {
    if (await isEmpty(ctx, "notes")) await ctx.db.insert("notes", { i: 1 });
  },
});
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.auth import checks_who
from vly_nb.policy.bounds import Loop, bound_of, loops_around
from vly_nb.policy.constants import constant, pairs
from vly_nb.policy.functions import (
    ContextCall,
    Function,
    arguments,
    ctx_calls,
    ctx_path,
    function_at,
    functions,
    references,
    within,
)  # fmt: skip
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, member, remembered, unwrapped

_MOST = 500  # rows
_LOOKS = ("db.query", "db.get", "runQuery")
_WRITES = ("db.insert", "runMutation")
_PUBLIC = "Anyone who visits the app can run this, as often as they like: make it {}."
_BLIND = "This adds its rows again each time it runs: look for a first row, and return when there is one."
_MANY = "This adds {:.0f} rows. A few dozen show what the app looks like; use npx convex import for many."
_ACTION = "An action has no ctx.db: make this an internalMutation, or call one with ctx.runMutation."


def check(source: Source, context: Context) -> Iterator[Finding]:
    """The functions of a seed file that write."""
    by_function: dict[int, list[ContextCall]] = {}
    for call in ctx_calls(source, *_WRITES):
        by_function.setdefault(id(function_at(source, call.node)), []).append(call)
    for function in functions(source):
        writes = by_function.get(id(function), [])
        if not writes or function.custom or function.kind not in ("mutation", "action"):
            continue
        if function.name and not function.internal and not checks_who(source, function):
            better = f"an internal{function.kind.capitalize()}"
            yield Finding(function.registrar, _PUBLIC.format(better), code=function.call)
        inserts = [call for call in writes if call.path == "db.insert"]
        if inserts and function.kind == "action":
            yield Finding(inserts[0].node, _ACTION)
        elif inserts and _is_blind(source, function, inserts[0], context):
            yield Finding(inserts[0].node, _BLIND)
        for call in inserts:
            rows = _rows(source, call.node)
            if rows > _MOST:
                yield Finding(call.node, _MANY.format(rows))


def _is_blind(source: Source, function: Function, first: ContextCall, context: Context) -> bool:
    """Whether nobody looks at the database before the first row is added."""
    handler = function.handler
    if handler is None or _is_called_here(source, function, context):
        return False
    if any(within(look.node, handler) for look in ctx_calls(source, *_LOOKS)):
        return False
    place = handler.range()
    return not any(place.start.index <= at < place.end.index for at in _handed(source))


@remembered
def _handed(source: Source) -> list[int]:
    """Where ctx, or its db, is given to a helper, which may look."""
    found = []
    for given in source.nodes("arguments"):
        for node in given.named_children():
            plain = node.kind() in ("identifier", "member_expression")
            if plain and ctx_path(source, node) in ((), ("db",)):
                found.append(node.range().start.index)
    return found


def _is_called_here(source: Source, function: Function, context: Context) -> bool:
    """Whether another function of the file calls it, and may have looked."""
    own = source.path.removeprefix(f"{context.functions}/").rpartition(".")[0].split("/")
    wanted = (*own, function.name)
    return any(reference.names == wanted for reference in references(source))


def _rows(source: Source, insert: SgNode) -> float:
    """How many rows are added here, as far as that can be seen: 0 where it can't."""
    rows = 1.0
    for loop in loops_around(source, insert):
        times = _times(source, loop)
        if times is None or times == float("inf"):
            return 0
        rows *= times
    return rows


def _times(source: Source, loop: Loop) -> float | None:
    if loop.over is not None:
        return _length(source, loop.over) or bound_of(source, loop)
    condition = loop.node.field("condition") if loop.how == "for" else None
    if condition is not None and condition.kind() == "expression_statement":
        condition = next(iter(condition.named_children()), None)
    sign = condition.field("operator") if condition is not None else None
    right = condition.field("right") if condition is not None else None
    if sign is None or right is None or sign.text() not in ("<", "<="):
        return None
    most = constant(source, right)
    return most if isinstance(most, float) else None


def _length(source: Source, over: SgNode) -> float | None:
    """1000 of `Array.from({ length: 1000 })`."""
    over = unwrapped(over)
    called, given = over.field("function"), arguments(over)
    found = member(called) if called is not None else None
    if found is None or not given or (found[0].text(), found[1]) != ("Array", "from"):
        return None
    options = unwrapped(given[0])
    held = pairs(options).get("length") if options.kind() == "object" else None
    most = constant(source, held) if held is not None else None
    return most if isinstance(most, float) else None


RULE = Rule(
    id="seed-idempotent-internal",
    area="test-data",
    severity=Severity.WARNING,
    scope=("<fn>/seed*.ts",),
    needs=("insert", "runMutation"),
    message="Use an internalMutation that returns early when there is data already.",
    check=check,
    page=__doc__,
)
