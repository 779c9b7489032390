"""Store Blobs, and expect that the address of a stored file may be null.

`ctx.storage.store` takes a Blob and nothing else: a text, an ArrayBuffer or an object makes it
fail when it runs. Wrap the bytes: `new Blob([bytes], { type: "image/png" })`.

`ctx.storage.getUrl` gives null when the file has been deleted. A `!` or an `as string` only
silences the compiler: the page then shows a broken picture, or the function fails. Say what
happens without the file, or hand the null on.

Bad

```ts path=src/convex/images.ts severity=error
import { v } from "convex/values";
import { action } from "./_generated/server";

export const keep = action({
  args: { url: v.string() },
  handler: async (ctx, args) => {
    const response = await fetch(args.url);
    const bytes = await response.arrayBuffer();
    await ctx.storage.store(bytes);
    await ctx.storage.store("a text");
    await ctx.storage.store(JSON.stringify({ a: 1 }));
    await ctx.storage.store(new Uint8Array([1, 2, 3]) as any);
    await ctx.storage.store({ type: "image/png", bytes });
    await ctx.storage.store(Buffer.from("text"));
    return await ctx.storage.store(await response.text());
  },
});
```

```ts path=src/convex/files.ts severity=error
import { v } from "convex/values";
import { action, query } from "./_generated/server";

export const show = query({
  args: { id: v.id("_storage") },
  handler: async ({ storage }, args) => ({
    url: (await storage.getUrl(args.id))!,
    name: ((await storage.getUrl(args.id)) as string),
    length: (await storage.getUrl(args.id)).length,
  }),
});

export const load = action({
  args: { id: v.id("_storage") },
  handler: async (ctx, args) => {
    const url = await ctx.storage.getUrl(args.id);
    const other = await ctx.storage.getUrl(args.id);
    const response = await fetch(url);
    return [await response.text(), other!.length];
  },
});
```

Good

```ts path=src/convex/images.ts
import { v } from "convex/values";
import { action, httpAction } from "./_generated/server";
import { picture } from "./picture";

export const keep = action({
  args: { url: v.string() },
  handler: async (ctx, args) => {
    const response = await fetch(args.url);
    const bytes = await response.clone().arrayBuffer();
    await ctx.storage.store(new Blob([bytes], { type: "image/png" }));
    await ctx.storage.store(new File(["a text"], "a.txt"));
    await ctx.storage.store(picture(bytes));
    const blob = await response.blob();
    return await ctx.storage.store(blob);
  },
});

export const upload = httpAction(async (ctx, request) => {
  await ctx.storage.store(await request.blob());
  return new Response();
});
```

```ts path=src/convex/files.ts
import { v } from "convex/values";
import { action, query } from "./_generated/server";
import { cache } from "./cache";

export const show = query({
  args: { id: v.id("_storage") },
  handler: async (ctx, args) => {
    const url = await ctx.storage.getUrl(args.id);
    const other = await ctx.storage.getUrl(args.id);
    if (other !== null) console.log(other.length);
    return { url, other: other!, third: (await ctx.storage.getUrl(args.id)) ?? "", named: cache.getUrl(1)! };
  },
});

export const load = action({
  args: { id: v.id("_storage") },
  handler: async (ctx, args) => {
    const url = await ctx.storage.getUrl(args.id);
    if (!url) throw new Error("The file is gone");
    const again = (await ctx.storage.getUrl(args.id))?.length;
    return [await (await fetch(url)).text(), again, (await ctx.storage.getUrl(args.id)) as string | null];
  },
});
```

```ts path=src/convex/shelf.ts
import { shelf } from "./things";

// other things can be stored elsewhere
export const put = async () => await shelf.store("a text");
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity, TextEdit
from vly_nb.policy.functions import ContextCall, ctx_calls
from vly_nb.policy.nullness import awaited, is_asked_about, taken_for_granted, uses
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, member, unwrapped

_BLOB = "ctx.storage.store takes a Blob: wrap this as new Blob([…])"
_NULL = "getUrl gives null when the file is gone: say what happens then, or hand the null on."
_BYTES = (
    "ArrayBuffer",
    "DataView",
    "Uint8Array",
    "Uint8ClampedArray",
    "Uint16Array",
    "Float32Array",
    "Buffer",
)
_MADE = ("JSON.stringify", "Buffer.from", "Buffer.concat", "Buffer.alloc", "String")
_READ = ("text", "json", "bytes")
_HOPS = 5


def check(source: Source, context: Context) -> Iterator[Finding]:
    """What is stored and is no Blob; and addresses that are taken for granted."""
    for call in ctx_calls(source, "storage.store"):
        given = call.arguments[0] if call.arguments else None
        kind = _kind(source, given, _HOPS) if given is not None else None
        if given is not None and kind is not None:
            fix = (TextEdit(source.range(given), f"new Blob([{given.text()}])"),) if kind == "part" else ()
            yield Finding(given, f"{_BLOB}.", code=call.node, fix=fix)
    for call in ctx_calls(source, "storage.getUrl"):
        yield from _granted(source, call)


def _kind(source: Source, node: SgNode, hops: int) -> str | None:
    """ "part" of what a Blob can be made of, "other" for what it can't; None for Blobs and the unknown."""
    node = unwrapped(node)
    match node.kind():
        case "string" | "template_string":
            return "part"
        case "object" | "array" | "number" | "null" | "undefined":
            return "other"
        case "new_expression":
            made = node.field("constructor")
            return "part" if made is not None and made.text() in _BYTES else None
        case "identifier" if hops > 0:
            binding = source.scopes.find(node)
            if binding is None or binding.value is None or binding.key is not None or binding.assigned:
                return None
            return _kind(source, binding.value, hops - 1) if binding.kind == "variable" else None
        case "call_expression":
            return _called(source, node)
    return None


def _called(source: Source, call: SgNode) -> str | None:
    called = call.field("function")
    if called is None:
        return None
    if called.text() in _MADE:
        return "part"
    found = member(unwrapped(called))
    if found is None:
        return None
    if found[1] == "arrayBuffer":
        return "part"
    if found[1] in _READ and _is_fetched(source, found[0]):
        return "other" if found[1] == "json" else "part"
    return None


def _is_fetched(source: Source, node: SgNode) -> bool:
    node = unwrapped(node)
    if node.kind() == "identifier":
        binding = source.scopes.find(node)
        if binding is None or binding.value is None or binding.key is not None:
            return False
        node = unwrapped(binding.value)
    called = node.field("function") if node.kind() == "call_expression" else None
    return called is not None and called.text() == "fetch"


def _granted(source: Source, call: ContextCall) -> Iterator[Finding]:
    value = awaited(call.node)
    if value is None:
        return
    used = taken_for_granted(value)
    if used is not None:
        yield Finding(used, _NULL, code=call.node)
        return
    above = value.parent()
    name = above.field("name") if above is not None and above.kind() == "variable_declarator" else None
    binding = source.scopes.find(name) if name is not None and name.kind() == "identifier" else None
    if binding is None or binding.assigned:
        return
    found = uses(source, binding)
    if any(is_asked_about(node) for node in found):
        return
    first = next((used for node in found if (used := taken_for_granted(node)) is not None), None)
    if first is not None:
        yield Finding(first, _NULL)


RULE = Rule(
    id="storage-blob-and-null",
    area="convex-storage",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts",),
    needs=("storage",),
    message=f"{_BLOB}, and expect null from getUrl.",
    check=check,
    page=__doc__,
)
