"""Answer a route with an httpAction, at a path of its own.

A route's handler is an `httpAction`; a plain function has no `ctx` and is refused at the push.
The path begins with `/`, and leaves alone what Convex and the login use: `/.files`, `/api/auth`,
`/.well-known`.

Bad

```ts path=src/convex/http.ts severity=error
import { httpRouter } from "convex/server";

const http = httpRouter();
http.route({ path: "/hook", method: "POST", handler: async (ctx, request) => new Response("ok") });
export default http;
```

```ts path=src/convex/http.ts severity=error
import { httpRouter } from "convex/server";
import { httpAction } from "./_generated/server";

const http = httpRouter();
const answer = httpAction(async () => new Response("ok"));
http.route({ path: "hook", method: "GET", handler: answer });
http.route({ path: "/api/auth/signin", method: "GET", handler: answer });
http.route({ pathPrefix: "/.files/", method: "GET", handler: answer });
export default http;
```

Good

```ts path=src/convex/http.ts
import { httpRouter } from "convex/server";
import { httpAction } from "./_generated/server";
import { stripe } from "./stripe";

const http = httpRouter();
http.route({ path: "/hook", method: "POST", handler: httpAction(async () => new Response("ok")) });
http.route({ path: "/stripe", method: "POST", handler: stripe });
http.route({ pathPrefix: "/shop/", method: "GET", handler: httpAction(async () => new Response("ok")) });
export default http;
```

```ts path=src/convex/http.ts
import { httpRouter } from "convex/server";
import { httpAction } from "./_generated/server";

const http = httpRouter();
const wrapped = (run: () => Response) => httpAction(async () => run());
http.route({ path: "/made", method: "GET", handler: wrapped(() => new Response("ok")) });
export default http;
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.constants import constant, pairs
from vly_nb.policy.functions import arguments
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, unwrapped

_PLAIN = ("arrow_function", "function_expression", "function_declaration")
_TAKEN = ("/.files", "/api/auth", "/.well-known")


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every route of a router."""
    for call in source.calls("route"):
        given = arguments(call.node)
        held = unwrapped(given[0]) if given else None
        if held is None or held.kind() != "object":
            continue
        parts = pairs(held)
        if not parts.keys() & {"path", "pathPrefix"} or "method" not in parts:
            continue
        if (handler := parts.get("handler")) is not None and _is_plain(source, handler):
            yield Finding(handler, code=call.node)
        for name in ("path", "pathPrefix"):
            yield from _path(source, parts.get(name))


def _is_plain(source: Source, node: SgNode) -> bool:
    node = unwrapped(node)
    if node.kind() == "identifier":
        binding = source.scopes.find(node)
        value = binding.value if binding is not None and binding.key is None else None
        return value is not None and value.kind() in _PLAIN
    return node.kind() in _PLAIN


def _path(source: Source, node: SgNode | None) -> Iterator[Finding]:
    text = constant(source, node) if node is not None else None
    if node is None or not isinstance(text, str):
        return
    if not text.startswith("/"):
        yield Finding(node, f'A path begins with a slash: "/{text}".')
    for taken in _TAKEN:
        if text == taken or text.startswith(f"{taken}/"):
            yield Finding(node, f"\"{taken}\" is Convex's own, or the login's: choose another path.")


RULE = Rule(
    id="http-handler-httpaction",
    area="convex-functions",
    severity=Severity.ERROR,
    scope=("<fn>/http.ts", "<fn>/router.ts"),
    needs=(".route(",),
    message="Wrap the handler in httpAction().",
    check=check,
    page=__doc__,
)
