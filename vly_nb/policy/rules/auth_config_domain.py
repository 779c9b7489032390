"""Leave the sign-in issuer in auth.config.ts as it is: process.env.CONVEX_SITE_URL and "convex".

Convex Auth signs each login with the deployment's own site address. auth.config.ts says whose
signatures count, and the two must be the same to the letter: with any other `domain`, or another
`applicationID`, people go through the whole sign-in and are then not signed in, without an error.
CONVEX_SITE_URL is always set in a deployment, so there is nothing to fall back to.

Given

```ts path=src/convex/auth.ts
import { convexAuth } from "@convex-dev/auth/server";

export const { auth, signIn, signOut, store } = convexAuth({ providers: [] });
```

Bad

```ts path=src/convex/auth.config.ts severity=error
export default {
  providers: [
    {
      domain: process.env.CONVEX_SITE_URL || process.env.VITE_CONVEX_SITE_URL || "http://localhost:3000",
      applicationID: "convex",
    },
  ],
};
```

```ts path=src/convex/auth.config.ts severity=error
import type { AuthConfig } from "convex/server";

const issuer = "https://happy-animal-123.convex.site";

export default {
  providers: [{ domain: issuer, applicationID: "convex" }],
} satisfies AuthConfig;
```

```ts path=src/convex/auth.config.ts severity=error
const config = {
  providers: [{ domain: process.env.CONVEX_SITE_URL, applicationID: "my-app" }],
};
export default config;
```

```ts path=src/convex/auth.config.ts severity=error
export default { providers: [] };
```

Good

```ts path=src/convex/auth.config.ts
export default {
  providers: [{ domain: process.env.CONVEX_SITE_URL, applicationID: "convex" }],
};
```

```ts path=src/convex/auth.config.ts
import type { AuthConfig } from "convex/server";

const issuer = process.env.OTHER_ISSUER ?? "https://example.org";

export default {
  providers: [
    // the ! of TypeScript
    { domain: process.env.CONVEX_SITE_URL!, applicationID: "convex" },
    // a second issuer is allowed
    { type: "customJwt", issuer, jwks: `${issuer}/jwks.json`, applicationID: "other", algorithm: "RS256" },
  ],
} satisfies AuthConfig;
```

```ts with path=src/convex/auth.ts
import { ClerkProvider } from "@clerk/clerk-react";
```

```ts path=src/convex/auth.config.ts
// a project whose sign-in isn't Convex Auth's
export default { providers: [{ domain: "https://example.clerk.accounts.dev", applicationID: "convex" }] };
```

```ts path=src/convex/auth.config.ts
import { providers, site } from "./issuers";

// what can't be seen from here
const all = { providers: [{ domain: site, applicationID: "convex" }, ...providers] };
export default all;
```
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity, TextEdit
from vly_nb.policy.constants import constant, fixed_value, open_ended, pairs
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, member, unwrapped

_ISSUER = "CONVEX_SITE_URL"
_WANTED = f'domain: process.env.{_ISSUER}, applicationID: "convex"'
_DOMAIN = f"Logins are signed by process.env.{_ISSUER}; with another domain nobody is signed in. Restore it."
_SETTLED = ("binary_expression", "template_string", "string", "ternary_expression")


@dataclass(frozen=True)
class _Provider:
    """An entry of `providers`; what can't be seen is None."""

    node: SgNode
    type: SgNode | None
    domain: SgNode | None
    application: SgNode | None


def check(source: Source, context: Context) -> Iterator[Finding]:
    """The entry that stands for the deployment itself."""
    held = _held(source) if context.program.uses_convex_auth else None
    found = _providers(source, held) if held is not None else None
    if held is None or found is None:
        return
    own = [one for one in found if one.type is None or constant(source, one.type) != "customJwt"]
    if not own:
        yield Finding(held, f"The deployment's own sign-in is missing here: add {{ {_WANTED} }}.")
    elif not any(_is_right(source, one) for one in own):
        yield from _wrong(source, own[0])


def _held(source: Source) -> SgNode | None:
    """The value of `providers` in the default export."""
    default = next((one for one in source.exports if one.name == "default"), None)
    config = _followed(source, default.value) if default is not None and default.value is not None else None
    if config is None or config.kind() != "object":
        return None
    held = pairs(config).get("providers")
    array = _followed(source, held) if held is not None else None
    return array if array is not None and array.kind() == "array" else None


def _followed(source: Source, node: SgNode) -> SgNode:
    held = fixed_value(source, node)
    return held if held is not None else unwrapped(node)


def _providers(source: Source, array: SgNode) -> list[_Provider] | None:
    """The entries; None when one of them can't be seen."""
    found = []
    for item in array.named_children():
        if item.kind() == "comment":
            continue
        entry = _followed(source, item)
        if entry.kind() != "object" or open_ended(entry):
            return None
        held = pairs(entry)
        found.append(_Provider(entry, held.get("type"), held.get("domain"), held.get("applicationID")))
    return found


def _is_right(source: Source, one: _Provider) -> bool:
    """Whether it is as it should be, or can't be judged."""
    right_domain = one.domain is not None and (
        _is_issuer(source, one.domain) or _is_hidden(source, one.domain)
    )
    application = constant(source, one.application) if one.application is not None else ""
    return right_domain and application in ("convex", None)


def _is_issuer(source: Source, node: SgNode) -> bool:
    value = _followed(source, node)
    if value.text() == f"`${{process.env.{_ISSUER}}}`":
        return True
    found = member(value)
    return found is not None and found[1] == _ISSUER and unwrapped(found[0]).text() == "process.env"


def _is_hidden(source: Source, node: SgNode) -> bool:
    """Whether its value comes from elsewhere: neither written here nor the environment's."""
    value = _followed(source, node)
    found = member(value)
    from_env = found is not None and unwrapped(found[0]).text() in ("process.env", "import.meta.env")
    return not from_env and value.kind() not in _SETTLED


def _wrong(source: Source, one: _Provider) -> Iterator[Finding]:
    if one.domain is None or one.application is None:
        yield Finding(one.node, f"This must be {{ {_WANTED} }}.")
        return
    if not _is_issuer(source, one.domain) and not _is_hidden(source, one.domain):
        value = unwrapped(one.domain)
        sure = value.kind() == "binary_expression" and f"process.env.{_ISSUER}" in value.text()
        text = f"process.env.{_ISSUER}{'!' if 'AuthConfig' in source.text else ''}"
        fix = (TextEdit(source.range(one.domain), text),) if sure else ()
        yield Finding(one.domain, _DOMAIN, fix=fix)
    if constant(source, one.application) not in ("convex", None):
        fix = (TextEdit(source.range(one.application), '"convex"'),)
        yield Finding(one.application, 'Logins are made for the applicationID "convex". Restore it.', fix=fix)


RULE = Rule(
    id="auth-config-domain",
    area="auth-health",
    severity=Severity.ERROR,
    scope=("<fn>/auth.config.ts",),
    needs=("providers",),
    message=_DOMAIN,
    check=check,
    page=__doc__,
    refuses=False,
    alone=False,
)
