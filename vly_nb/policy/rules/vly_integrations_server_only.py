"""Use @vly-ai/integrations on the server only: in a Convex action, never in the page.

The client works with VLY_INTEGRATION_KEY. Code of the page runs in every visitor's browser, so
the key would either be missing there or be readable by all. Put the call into an action of the
functions folder, and call that from the page with `useAction(api.ai.answer)`.

Given

```ts path=src/lib/vly-integrations.ts
import { createVlyIntegrations } from "@vly-ai/integrations";

export const vly = createVlyIntegrations({ deploymentToken: process.env.VLY_INTEGRATION_KEY! });
```

```json path=tsconfig.json
{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }
```

```html path=index.html
<script type="module" src="/src/main.tsx"></script>
```

Bad

```tsx path=src/pages/Chat.tsx severity=error
import { vly } from "@/lib/vly-integrations";

export default function Chat() {
  return <button onClick={() => void vly.ai.completion({ messages: [] })}>Ask</button>;
}
```

```tsx with path=src/main.tsx
import { ask } from "./lib/ask";

void ask();
```

```ts path=src/lib/ask.ts severity=error
import { createVlyIntegrations } from "@vly-ai/integrations";

const client = createVlyIntegrations({ deploymentToken: "" });
export const ask = () => client.ai.completion({ messages: [] });
```

```tsx path=src/components/Mail.tsx severity=error
import "@vly-ai/integrations";

export const Mail = () => <p>Mail</p>;
export { vly } from "../lib/vly-integrations";
export const later = () => import("../lib/vly-integrations");
```

Good

```tsx path=src/main.tsx
import "@vly-ai/integrations"; // vly's own template has this line
import { createRoot } from "react-dom/client";

createRoot(document.getElementById("root")!).render(<p>Hello</p>);
```

```ts path=vite.config.ts
import { vlyPlugin } from "@vly-ai/integrations"; // and this one, in Vite's configuration

export default { plugins: [vlyPlugin()] };
```

```ts path=src/lib/vly-integrations.ts
import { createVlyIntegrations } from "@vly-ai/integrations";

// the file with the client itself
export const vly = createVlyIntegrations({ deploymentToken: process.env.VLY_INTEGRATION_KEY! });
```

```tsx path=src/pages/Chat.tsx
import { api } from "@/convex/_generated/api";
import type { ApiResponse } from "@vly-ai/integrations"; // a type only
import { type EmailRequest } from "@vly-ai/integrations";
import { useAction } from "convex/react";

export default function Chat(props: { mail: EmailRequest; answer: ApiResponse }) {
  const answer = useAction(api.ai.answer);
  return <button onClick={() => void answer({})}>Ask</button>;
}
```

```tsx path=src/components/Thumbnail.tsx
import { initScreenshotListener } from "@vly-ai/integrations/project-thumbnail";
import { initVly } from "@vly-ai/integrations";

// the parts that are made for the page
initVly();
initScreenshotListener();
export const Thumbnail = () => <p>Thumbnail</p>;
```

```ts path=src/lib/prompts.ts
import { vly } from "./vly-integrations";

// a helper that no page loads: the functions folder does
export const ask = () => vly.ai.completion({ messages: [] });
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.loads import Load, loads
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source
from vly_nb.policy.vly_client import PACKAGE, is_client_file, is_package

_FOR_PAGES = ("initVly", "initScreenshotListener", "ScreenshotMessage")
_OWN_FILE = "src/lib/vly-integrations.ts"
_ENTRY = "src/main.tsx"
_PAGES = ("src/pages/", "src/components/", "src/hooks/")
_INSTEAD = (
    "This runs in the visitor's browser, where the vly key must not be: put the call into a Convex action "
    "and call that with useAction."
)


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every load of the package, or of the project's client, in a file of the page."""
    if source.path == _OWN_FILE or not _is_page(source, context):
        return
    for load in loads(source):
        own = is_client_file(load.module) and context.program.resolve(source.path, load.module) is not None
        if (own or is_package(load.module)) and not _is_fine(source, load, context):
            yield Finding(load.at, code=load.node)


def _is_fine(source: Source, load: Load, context: Context) -> bool:
    """The line that vly's template has, and what is made for pages."""
    if load.module == f"{PACKAGE}/project-thumbnail":
        return True
    if load.module != PACKAGE:
        return False
    if not load.names:
        return source.path in (_ENTRY, context.program.entry)
    return all(name in _FOR_PAGES for name in load.names)


def _is_page(source: Source, context: Context) -> bool:
    """Whether the browser gets this file."""
    if source.grammar == "tsx" or source.path.startswith(_PAGES):
        return True
    entry = context.program.entry
    if any(imported.module == "react" and not imported.type_only for imported in source.imports.values()):
        return True
    return entry is not None and source.path in context.program.reached_from(entry)


RULE = Rule(
    id="vly-integrations-server-only",
    area="integrations",
    severity=Severity.ERROR,
    scope=("src/**/*.{ts,tsx}", "!<fn>/**"),
    needs=("vly-integrations", PACKAGE),
    message=_INSTEAD,
    check=check,
    page=__doc__,
    refuses=False,
    alone=False,
)
