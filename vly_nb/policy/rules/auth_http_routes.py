"""Keep the sign-in routes in http.ts: auth.addHttpRoutes(http), and export default http.

Convex Auth answers at addresses of the deployment: there it publishes the key by which logins are
checked. The routes are added in http.ts to the router that the file gives out as its default.
When a webhook or another route is added to the file and these lines are lost, nobody can sign in
any more.

Given

```ts path=src/convex/auth.ts
import { convexAuth } from "@convex-dev/auth/server";

export const { auth, signIn, signOut, store } = convexAuth({ providers: [] });
```

Bad

```ts path=src/convex/http.ts severity=error
import { httpRouter } from "convex/server";
import { hook } from "./hooks";

const http = httpRouter();
http.route({ path: "/hook", method: "POST", handler: hook });
export default http;
```

```ts path=src/convex/http.ts severity=error
import { httpRouter } from "convex/server";
import { auth } from "./auth";

const http = httpRouter();
auth.addHttpRoutes(http);
```

```ts path=src/convex/http.ts severity=error
import { httpRouter } from "convex/server";

const http = httpRouter();
auth.addHttpRoutes(http);
export default http;
```

```ts path=src/convex/http.ts severity=error
import { httpRouter } from "convex/server";
import { auth } from "./auth";

const first = httpRouter();
const second = httpRouter();
auth.addHttpRoutes(first);
export default second;
```

Good

```ts path=src/convex/http.ts
import { httpRouter } from "convex/server";
import { auth } from "./auth";

const http = httpRouter();
auth.addHttpRoutes(http);
export default http;
```

```ts path=src/convex/http.ts
import { HttpRouterWithHono } from "convex-helpers/server/hono";
import { Hono } from "hono";
import { auth as login } from "@/convex/auth";

// a router of another make, and other names
const router = new HttpRouterWithHono(new Hono());
login.addHttpRoutes(router);
export { router as default };
```

```ts with path=src/convex/routes.ts
import { auth } from "./auth";

export function addRoutes(http: any) {
  auth.addHttpRoutes(http);
}
```

```ts path=src/convex/http.ts
import { httpRouter } from "convex/server";
import { addRoutes } from "./routes";

// added by a helper of the project
const http = httpRouter();
addRoutes(http);
export default http;
```

```ts with path=src/convex/auth.ts
export const auth = null;
```

```ts path=src/convex/http.ts
import { httpRouter } from "convex/server";

// a project whose sign-in isn't Convex Auth's
const http = httpRouter();
export default http;
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Range, Severity, TextEdit
from vly_nb.policy.functions import arguments
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Call, Source, unwrapped

_ADD = "Nobody can sign in without the sign-in routes: add auth.addHttpRoutes({});"
_OTHER = "The sign-in routes are on {}, but the file gives out {}: both must be the same router."
_EXPORT = "Convex takes the routes from the default export of this file: write export default {};"


def check(source: Source, context: Context) -> Iterator[Finding]:
    """The call that adds the routes, and the router that is given out."""
    if not context.program.uses_convex_auth or not source.is_script:
        return
    router = _router(source)
    calls = list(source.calls("addHttpRoutes"))
    if not calls and router is not None and not _is_added_elsewhere(source, context):
        yield Finding(router, _ADD.format(_name(router) or "http"), fix=_added(source, router))
    for call in calls:
        yield from _unbound(source, call)
    given = _given_out(source)
    if given is None and router is not None and not _exports_unseen(source):
        name = _name(router)
        fix = (TextEdit(_end(source), f"\nexport default {name};\n"),) if name is not None and calls else ()
        yield Finding(router, _EXPORT.format(name or "http"), fix=fix)
    elif calls and given is not None:
        yield from _another(source, calls, given)


def _unbound(source: Source, call: Call) -> Iterator[Finding]:
    """`auth.addHttpRoutes(http)` without the import."""
    if call.object.text() == "auth" and source.scopes.find(call.object) is None:
        yield Finding(call.object, 'Import it: import { auth } from "./auth";', fix=(_import(),))


def _import() -> TextEdit:
    return TextEdit(Range(1, 1, 1, 1), 'import { auth } from "./auth";\n')


def _router(source: Source) -> SgNode | None:
    """The first `httpRouter()`."""
    made = [
        call
        for local, imported in source.imports.items()
        if imported.module == "convex/server" and imported.name == "httpRouter"
        for call in source.calls_of(local)
    ]
    return min(made, key=lambda call: call.range().start.index, default=None)


def _name(router: SgNode) -> str | None:
    """The name it has at the top of the file."""
    above = router.parent()
    name = above.field("name") if above is not None and above.kind() == "variable_declarator" else None
    return name.text() if name is not None and name.kind() == "identifier" else None


def _is_added_elsewhere(source: Source, context: Context) -> bool:
    """Whether a file that this one imports adds the routes, as a helper or with the whole router."""
    for imported in source.imports.values():
        path = context.program.resolve(source.path, imported.module)
        if path is not None and "addHttpRoutes" in (context.program.read(path) or ""):
            return True
    return False


def _exports_unseen(source: Source) -> bool:
    return any(one.name in ("default", "*") for one in source.exports)


def _given_out(source: Source) -> SgNode | None:
    """What the default export is made of: where its value begins."""
    default = next((one for one in source.exports if one.name == "default"), None)
    return _origin(source, default.value) if default is not None and default.value is not None else None


def _origin(source: Source, node: SgNode) -> SgNode | None:
    """The expression that a router starts from; None where that can't be seen."""
    node = unwrapped(node)
    if node.kind() != "identifier":
        return node
    binding = source.scopes.find(node)
    if binding is None or binding.value is None or binding.key is not None or binding.assigned:
        return None
    return unwrapped(binding.value)


def _another(source: Source, calls: list[Call], given: SgNode) -> Iterator[Finding]:
    """The routes of a router that isn't given out."""
    routers = [(call, arguments(call.node)[:1]) for call in calls]
    origins = [_origin(source, first[0]) if first else None for _, first in routers]
    if None in origins or any(origin == given for origin in origins):
        return
    if given.kind() not in ("call_expression", "new_expression") or arguments(given):
        return  # it may be made from the router: withCors(http)
    call, first = routers[0]
    default = next((one for one in source.exports if one.name == "default"), None)
    shown = default.value.text()[:40] if default is not None and default.value is not None else "another"
    yield Finding(call.node, _OTHER.format(first[0].text()[:40], shown))


def _added(source: Source, router: SgNode) -> tuple[TextEdit, ...]:
    """The call after the router's declaration, and the import where there is none."""
    name, above = _name(router), router.parent()
    statement = above.parent() if above is not None else None
    if name is None or statement is None or statement.kind() != "lexical_declaration":
        return ()
    around = statement.parent()
    if around is None or around.kind() != "program" or len(statement.named_children()) != 1:
        return ()
    known = source.imports.get("auth")
    if known is None and "auth" in source.names:
        return ()
    if known is not None and (known.name != "auth" or not known.module.endswith("/auth") or known.type_only):
        return ()
    place = source.range(statement)
    line, column = place.end_line or place.line, place.end_column or 1
    edits = [TextEdit(Range(line, column, line, column), f"\n\nauth.addHttpRoutes({name});")]
    if known is None:
        edits.append(_import())
    return tuple(edits)


def _end(source: Source) -> Range:
    last = len(source.lines)
    column = len(source.lines[-1]) + 1
    return Range(last, column, last, column)


RULE = Rule(
    id="auth-http-routes",
    area="auth-health",
    severity=Severity.ERROR,
    scope=("<fn>/http.ts",),
    needs=("httpRouter", "addHttpRoutes"),
    message=_ADD.format("http"),
    check=check,
    page=__doc__,
    refuses=False,
    alone=False,
)
