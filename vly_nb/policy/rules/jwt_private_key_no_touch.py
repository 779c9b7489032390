"""Leave the keys that log people in to the system that makes them.

JWT_PRIVATE_KEY and JWKS belong together and to one deployment: made anew, changed or deleted
by code, they log everyone out and nobody in. A person makes a new pair with `%vly keys jwt`.
Only the auth files may read them, to validate.

Bad

```ts path=src/convex/setup.ts severity=error
"use node";
import { exportPKCS8, generateKeyPair } from "jose";

export async function renew() {
  const pair = await generateKeyPair("RS256");
  process.env.JWT_PRIVATE_KEY = await exportPKCS8(pair.privateKey);
}
```

```ts path=src/convex/users.ts severity=error
export function sign() {
  const key = process.env.JWT_PRIVATE_KEY;
  delete process.env.JWKS;
  return key === undefined;
}
```

```ts path=src/convex/pem.ts severity=error
export const pem = `-----BEGIN PRIVATE KEY-----
MIIEvQIBADANBg
-----END PRIVATE KEY-----`;
```

```ts path=src/convex/jwtKeys.ts severity=error
export const made = true;
```

Good

```ts path=src/convex/auth.ts
// the auth files may read them for validation
const ready = process.env.JWT_PRIVATE_KEY !== undefined && process.env.JWKS !== undefined;
export default ready;
```

```ts path=src/convex/notes.ts
// JWT_PRIVATE_KEY in a comment or a string is no touch
export const hint = "Ask for JWT_PRIVATE_KEY and JWKS with %vly keys jwt";
```

```sh path=set-convex-jwt-env.sh
# the template ships this one
npx convex env set JWT_PRIVATE_KEY "$KEY"
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from ast_grep_py import SgNode

from vly_nb.diagnostics import Range, Severity
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.secrets import JWT_KEYS, environment
from vly_nb.policy.source import Source

_MAKERS = ("generateKeyPair", "generateKeyPairSync", "exportPKCS8", "exportJWK", "importPKCS8")
_LIBRARIES = re.compile(r"(node:)?crypto|jose(/.*)?|node-forge|node-jose|jsonwebtoken")
_SHIPPED = "set-convex-jwt-env.sh"
_TEXTS = re.compile(
    r"(?:JWT_PRIVATE_KEY|JWKS)\s*=(?!=)|env\s+(?:set|unset|remove)\s+(?:JWT_PRIVATE_KEY|JWKS)\b|generateKeyPair"
)


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Makers, writes and reads of the two keys, private keys in the text, and files named after them."""
    name = PurePosixPath(source.path)
    if not source.is_script:
        yield from _lines(source)
        return
    if re.search(r"jwt.*key|key.*jwt", name.stem, re.I):
        yield Finding(Range(1, 1, 1, 2), f"No file of this project makes or holds JWT keys. {_INSTEAD}")
    for local, imported in source.imports.items():
        if imported.name in _MAKERS and _LIBRARIES.fullmatch(imported.module):
            uses = source.names.get(local, ())
            yield from (Finding(use, f"{local} makes or reads private keys. {_INSTEAD}") for use in uses[:1])
    keys = "-----BEGIN [A-Z ]*PRIVATE KEY-----" if "PRIVATE KEY" in source.text else None
    for text in source.nodes("string", "template_string", regex=keys) if keys else ():
        yield Finding(text, f"A private key stands in the code. {_INSTEAD}")
    may_read = _is_auth(source.path, context.functions)
    for read in environment(source):
        if read.name not in JWT_KEYS:
            continue
        if _is_changed(read.node):
            yield Finding(read.node, f"Code must not change {read.name}. {_INSTEAD}")
        elif not may_read:
            yield Finding(read.node, f"Only the auth files may read {read.name}. {_INSTEAD}")


def _is_auth(path: str, functions: str) -> bool:
    inner = path.removeprefix(f"{functions}/")
    return inner in ("auth.ts", "auth.config.ts", "http.ts") or inner.startswith("auth/")


def _is_changed(node: SgNode) -> bool:
    above = node.parent()
    if above is None:
        return False
    if above.kind() == "unary_expression":
        return above.text().startswith("delete")
    assigns = above.kind() in ("assignment_expression", "augmented_assignment_expression")
    return assigns and above.field("left") == node


def _lines(source: Source) -> Iterator[Finding]:
    """Shell scripts, and the scripts of package.json."""
    if source.path.rsplit("/", 1)[-1] == _SHIPPED:
        return
    for number, line in enumerate(source.lines, 1):
        match = None if line.lstrip().startswith("#") else _TEXTS.search(line)
        if match is not None:
            place = Range(number, match.start() + 1, number, match.end() + 1)
            yield Finding(place, f"Scripts must not set or make the JWT keys. {_INSTEAD}")


_INSTEAD = "They are the system's: a person makes a new pair with `%vly keys jwt`."

RULE = Rule(
    id="jwt-private-key-no-touch",
    area="env-secrets",
    severity=Severity.ERROR,
    scope=("<fn>/**/*.ts", "**/*.sh", "package.json"),
    needs=(*JWT_KEYS, *_MAKERS, "PRIVATE KEY", ""),
    message=f"Leave JWT_PRIVATE_KEY and JWKS alone. {_INSTEAD}",
    check=check,
    page=__doc__,
)
