"""Leave VLY_INTEGRATION_KEY to the system that sets it: read it, never write it, with no value in its place.

The key of @vly-ai/integrations is put into the deployment when the project is made. A value that
the code sets, or falls back to, is a key in the code, and hides that the real one is missing.

Bad

```ts path=src/lib/vly-integrations.ts severity=error
import { createVlyIntegrations } from "@vly-ai/integrations";

export const vly = createVlyIntegrations({
  deploymentToken: process.env.VLY_INTEGRATION_KEY ?? "vly_0a1b2c3d",
});
```

```ts path=src/convex/ai.ts severity=error
process.env["VLY_INTEGRATION_KEY"] ||= token;
```

```ts path=src/convex/ai.ts severity=error
const { VLY_INTEGRATION_KEY = "vly_0a1b2c3d" } = process.env;
```

```ts path=vite.config.ts severity=error
export default { test: { env: { VLY_INTEGRATION_KEY: "vly_0a1b2c3d" } } };
```

```ts path=scripts/setup.ts severity=error
writeFileSync(".env.local", `VLY_INTEGRATION_KEY=${token}\\n`);
```

Good

```ts path=src/lib/vly-integrations.ts
import { createVlyIntegrations } from "@vly-ai/integrations";

// VLY_INTEGRATION_KEY is configured automatically
export const vly = createVlyIntegrations({ deploymentToken: process.env.VLY_INTEGRATION_KEY! });
```

```ts path=src/convex/ai.ts
const token = process.env.VLY_INTEGRATION_KEY ?? "";
if (process.env.VLY_INTEGRATION_KEY === undefined) {
  throw new Error("VLY_INTEGRATION_KEY is missing");
}
const other = process.env.OTHER_TOKEN || "none";
```

```ts path=src/env.ts
const schema = z.object({ VLY_INTEGRATION_KEY: z.string() });
type Env = { VLY_INTEGRATION_KEY: string };
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.gates import policy_gate
from vly_nb.policy.policy import Policy
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, unquoted, unwrapped
from vly_nb.project.project import Guard

NAME = "VLY_INTEGRATION_KEY"


def check(source: Source, context: Context) -> Iterator[Finding]:
    """The places that set the key, or have a text for it."""
    named = [*source.properties.get(NAME, ()), *source.names.get(NAME, ()), *source.fragments.get(NAME, ())]
    for node in (*named, *_destructured(source)):
        place = _variable(node)
        above = place.parent()
        if above is not None and (_is_set(above, place) or _has_text(above, place)):
            yield Finding(above)
    for text in source.nodes("string_fragment", regex=rf"^\s*{NAME}\s*=\s*\S?"):
        whole = text.parent()
        if whole is not None and not text.text().rstrip().endswith(NAME):
            yield Finding(whole)


def _destructured(source: Source) -> list[SgNode]:
    """`NAME` in `{ NAME = "…" }`."""
    found = source.nodes("shorthand_property_identifier_pattern")
    return [node for node in found if node.text() == NAME]


def _variable(node: SgNode) -> SgNode:
    """`process.env.NAME` or `process.env["NAME"]`, with what is wrapped around it; else the name itself."""
    above = node.parent()
    if above is not None and above.kind() == "string":
        node, above = above, above.parent()
    if above is not None and above.kind() in ("member_expression", "subscript_expression"):
        node, above = above, above.parent()
    while above is not None and unwrapped(above) == node:
        node, above = above, above.parent()
    return node


def _is_set(above: SgNode, place: SgNode) -> bool:
    if above.kind() in ("assignment_expression", "augmented_assignment_expression"):
        return above.field("left") == place
    return above.kind() == "unary_expression" and above.text().startswith("delete")


def _has_text(above: SgNode, place: SgNode) -> bool:
    """Whether a text that isn't empty is its fallback, its default or its value."""
    sides = {
        "binary_expression": ("left", "right"),
        "object_assignment_pattern": ("left", "right"),
        "variable_declarator": ("name", "value"),
        "pair": ("key", "value"),
    }
    if above.kind() not in sides or (above.kind() == "binary_expression" and not _falls_back(above)):
        return False
    own, other = (above.field(name) for name in sides[above.kind()])
    return own == place and other is not None and bool(unquoted(unwrapped(other)))


def _falls_back(expression: SgNode) -> bool:
    return any(child.kind() in ("??", "||") for child in expression.children())


RULE = Rule(
    id="vly-key-untouched",
    area="integrations",
    severity=Severity.ERROR,
    scope=("**/*.{ts,tsx,js,jsx,mjs,cjs}",),
    needs=(NAME,),
    message=f"{NAME} is configured automatically: read it, and don't set it or give it a value here.",
    check=check,
    page=__doc__,
)


def vly_key_gate(functions: str) -> Guard:
    """Refuses a change that sets the key, or brings in a value for it; `functions` as in Policy."""
    return policy_gate(Policy((RULE,), functions=functions))
