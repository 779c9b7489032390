"""Keep keys out of the code.

What is in the code is in every version, in every copy of the project, and, for the front end,
in every visitor's browser. Put the key where keys are kept and read it in an action:
`process.env.NAME`. A key that stood in the code is known; have a new one made.

Bad

```ts path=src/convex/ai.ts severity=error
const OPENAI_API_KEY = "sk-proj-T4kq9ZbWm2RxV7nYc1LpQ8sDf3Gh6JtE";
export const headers = { Authorization: `Bearer ${OPENAI_API_KEY}` };
```

```tsx path=src/pages/Map.tsx severity=error
export const Map = () => <Viewer apiKey="a81Kd93mfLq02Zxc7TyU" />;
```

```json path=src/config.json severity=error
{ "clientSecret": "9f8a7b6c5d4e3f2a1b0c9d8e" }
```

Good

```tsx path=src/pages/Settings.tsx
type Secret = { apiKey: string; token: "bearer-or-basic-1" };

// words where a key goes, fixtures, classes, pictures and ids are none
export const Settings = ({ secret }: { secret: Secret }) => (
  <form>
    <input name="apiKey" placeholder="sk-..." />
    <input name="password" type="password" autoComplete="current-password" />
    <img src="https://images.example.org/photo-1518770660439-4636190af475" alt="" />
    <p className="text-red-500 hover:text-red-600 md:w-[320px]">{secret.token}</p>
  </form>
);
export const fixture = "sk_test_xxxxxxxxxxxxxxxxxxxxxxxx";
export const tableToken = "a-name-with-1-dash";
```

```ts path=src/convex/ai.ts
export const key = () => process.env.OPENAI_API_KEY;
export const options = { token: process.env.TOKEN ?? "", password: "" };
```

Bad

```ts path=src/convex/auth/emailOtp.ts severity=info
// a read-only file of the template: told once, never edited
export const headers = { "x-api-key": "vlytothemoon2025abc" };
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Range, Severity
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.secrets import looks_like_a_secret
from vly_nb.policy.source import Source, unquoted, unwrapped
from vly_nb.project.chance import is_random

_NAMED = re.compile(r"(?:api[-_]?key|secret|token|password|authorization)$", re.I)
_VALUE = re.compile(r"(?=[^\s]*\d)[^\s<>{}$/]{16,}")
_PLAIN = re.compile(r"[a-z]+(?:[-_.][a-z0-9]+)*|(?:var|rgb|url)\(.*|\w+://.*|[A-Z][A-Z0-9_]*", re.S)
_TEXT_FILES = (".json", ".html", ".md")
_LINE = re.compile(r"""["']?([\w-]+)["']?\s*[:=]\s*["']([^"'\s]{16,200})["']""")


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Strings with a provider's mark, and random ones under a name that says so."""
    found = list(_texts(source) if source.path.endswith(_TEXT_FILES) else _strings(source))
    if _is_shipped(source.path, context.functions):
        yield from (Finding(one.at, one.message, Severity.INFO) for one in found[:1])
        return
    yield from found


def _is_shipped(path: str, functions: str) -> bool:
    return path.startswith(f"{functions}/auth/") or path == f"{functions}/auth.ts"


def _strings(source: Source) -> Iterator[Finding]:
    for string in source.nodes("string", "template_string"):
        text = string.text()
        if len(text) < 18:
            continue
        if looks_like_a_secret(text) or (_is_value(text[1:-1]) and _NAMED.search(_name_of(string) or "")):
            yield Finding(string)


def _is_value(text: str) -> bool:
    return _VALUE.fullmatch(text) is not None and _PLAIN.fullmatch(text) is None and is_random(text)


def _name_of(string: SgNode) -> str | None:
    """The key, the attribute or the name that holds a string; `x || "…"` counts as the string."""
    node, above = string, string.parent()
    while above is not None and (above.kind() == "binary_expression" or unwrapped(above) == string):
        node, above = above, above.parent()
    if above is None:
        return None
    if above.kind() == "jsx_expression":
        node, above = above, above.parent()
    if above is None:
        return None
    if above.kind() == "pair":
        key = above.field("key") if above.field("value") == node else None
        return unquoted(key) or (key.text() if key is not None else None)
    if above.kind() == "variable_declarator":
        name = above.field("name") if above.field("value") == node else None
        return name.text() if name is not None else None
    if above.kind() == "jsx_attribute":
        return above.named_children()[0].text()
    return None


def _texts(source: Source) -> Iterator[Finding]:
    """Lines of files that are no code."""
    for number, line in enumerate(source.lines, 1):
        if len(line) > 5000:
            continue
        match = _LINE.search(line)
        named = match is not None and _NAMED.search(match[1]) and _is_value(match[2])
        if named or looks_like_a_secret(line):
            yield Finding(Range(number, 1, number, len(line) + 1))


RULE = Rule(
    id="no-hardcoded-secret",
    area="env-secrets",
    severity=Severity.ERROR,
    scope=("**/*.{ts,tsx,js,jsx}", "**/*.{json,html,md}", "!pnpm-lock.yaml", "!package-lock.json"),
    needs=(),
    message="A key stands in the code. Put it where keys are kept, and read process.env.NAME in an action.",
    check=check,
    page=__doc__,
)
