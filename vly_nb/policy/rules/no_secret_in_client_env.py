"""Keep secrets out of what the browser gets.

Everything under `src` but the Convex functions is sent to every visitor, and so is each variable
whose name begins with `VITE_`. A key that must stay secret is used in a Convex action.

Bad

```ts path=src/lib/ai.ts severity=error
export const key = import.meta.env.VITE_OPENAI_API_KEY;
export const secret = import.meta.env["VITE_STRIPE_SECRET"];
```

```tsx path=src/pages/Home.tsx severity=error
export const Home = () => <p>{process.env.API_TOKEN}</p>;
```

```ts path=vite.config.ts severity=error
import { defineConfig } from "vite";

export default defineConfig({
  define: { __KEY__: JSON.stringify(process.env.OPENAI_API_KEY) },
});
```

Good

```ts path=src/lib/keys.ts
// Supabase's anon key, Stripe's pk_ and Google Maps' browser key are public by design
export const anon = import.meta.env.VITE_SUPABASE_ANON_KEY;
export const stripe = import.meta.env.VITE_STRIPE_PUBLISHABLE_KEY;
export const maps = import.meta.env.VITE_GOOGLE_MAPS_API_KEY;
export const url = import.meta.env.VITE_CONVEX_URL;
```

```ts path=src/lib/mode.ts
export const mode = process.env.NODE_ENV;
export const address = process.env.VITE_CONVEX_URL;
export const dev = import.meta.env.DEV;
```

```ts path=vite.config.ts
import { defineConfig } from "vite";

export default defineConfig({
  server: { port: Number(process.env.PORT ?? 5173) },
  define: { __MODE__: JSON.stringify(process.env.NODE_ENV) },
});
```

```ts path=src/lib/vly-integrations.ts
// the template's own file, for the server only
export const deploymentToken = process.env.VLY_INTEGRATION_KEY!;
```

```ts path=src/convex/ai.ts
export const key = () => process.env.OPENAI_API_KEY;
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.constants import pairs
from vly_nb.policy.functions import within
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.secrets import environment
from vly_nb.policy.source import Source, member, unwrapped

_SECRET = re.compile(r"SECRET|PRIVATE|TOKEN|PASSWORD|API_?KEY|INTEGRATION_KEY", re.I)
_PUBLIC = re.compile(r"PUBLISHABLE|PUBLIC|ANON|MAPS|CONVEX_URL|SITE_URL", re.I)
_FREE = ("NODE_ENV", "MODE", "PORT", "BASE_URL")


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Secret names of import.meta.env, any process.env in client code, and what vite.config.ts inlines."""
    config = source.path.startswith("vite.config")
    for node in source.properties.get("env", ()):
        read = _meta(node)
        if read is not None and _is_secret(read[1]):
            yield Finding(read[0], f"{read[1]} is sent to every visitor. {_INSTEAD}")
    inlined = _inlined(source) if config else []
    for one in environment(source):
        if config and not any(within(one.node, part) for part in inlined):
            continue
        public = one.name.startswith(("VITE_", "NEXT_PUBLIC_")) or _PUBLIC.search(one.name)
        if one.name not in _FREE and not (public and not _is_secret(one.name)):
            yield Finding(one.node, f"{one.name} would be sent to every visitor. {_INSTEAD}")


def _is_secret(name: str) -> bool:
    return name.startswith("VITE_") and _SECRET.search(name) is not None and _PUBLIC.search(name) is None


def _meta(env: SgNode) -> tuple[SgNode, str] | None:
    """`import.meta.env.NAME`: the whole, and the name."""
    whole = env.parent()
    if whole is None or not whole.text().startswith("import.meta"):
        return None
    above = whole.parent()
    step = member(above) if above is not None and above.field("object") == whole else None
    return (above, step[1]) if above is not None and step is not None else None


def _inlined(source: Source) -> list[SgNode]:
    """The values of `define`."""
    keys = source.properties.get("define", ())
    holders = [key.parent() for key in keys]
    values = [holder.field("value") for holder in holders if holder is not None and holder.kind() == "pair"]
    objects = [unwrapped(value) for value in values if value is not None]
    return [part for held in objects if held.kind() == "object" for part in pairs(held).values()]


_INSTEAD = "Use it in a Convex action, and give the page the result."

RULE = Rule(
    id="no-secret-in-client-env",
    area="env-secrets",
    severity=Severity.ERROR,
    scope=("src/**/*.{ts,tsx}", "!<fn>/**", "!src/lib/vly-integrations.ts", "vite.config.{ts,js,mts}"),
    needs=("import.meta", "process.env"),
    message=f"Client code ships to every visitor. {_INSTEAD}",
    check=check,
    page=__doc__,
)
