"""Keep one lock file: pnpm's.

Two lock files say different things of which versions belong together, and which one counts
depends on who installs. Where a project says that it is pnpm's (a pnpm-workspace.yaml, or
`"packageManager": "pnpm@…"`) that is an error; elsewhere it is only told, since a project that
came with npm may mean it. Nothing is deleted by itself.

Bad

```yaml path=pnpm-lock.yaml with
lockfileVersion: "9.0"
```

```json path=package-lock.json with
{}
```

```json path=package.json severity=warning
{ "name": "app" }
```

```yaml path=pnpm-lock.yaml with
lockfileVersion: "9.0"
```

```text path=bun.lock with
```

```text path=yarn.lock with
```

```json path=package.json severity=warning
{ "name": "app", "private": true }
```

```yaml path=pnpm-lock.yaml with
lockfileVersion: "9.0"
```

```json path=package-lock.json with
{}
```

```json path=package.json severity=error
{ "name": "app", "packageManager": "pnpm@10.20.0" }
```

Good

```yaml path=pnpm-lock.yaml with
lockfileVersion: "9.0"
```

```json path=package.json
{ "name": "app" }
```

```json path=package-lock.json with
{}
```

```json path=package.json
{ "name": "a project that has npm only" }
```
"""

from __future__ import annotations

from collections.abc import Iterator

from vly_nb.diagnostics import Range, Severity
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source

_FOREIGN = ("package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "bun.lock", "bun.lockb")


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Other lock files beside pnpm's; an error where the project says that pnpm is its own."""
    paths = context.program.paths
    if "pnpm-lock.yaml" not in paths:
        return
    found = [name for name in _FOREIGN if name in paths]
    if found:
        names = " and ".join(found)
        said = str(context.program.package.get("packageManager", "")).startswith("pnpm@")
        weight = Severity.ERROR if said or "pnpm-workspace.yaml" in paths else Severity.WARNING
        yield Finding(Range(1, 1, 1, 2), f"There is {names} beside pnpm-lock.yaml. {_DELETE}", weight)


_DELETE = "Delete it and use pnpm."

RULE = Rule(
    id="foreign-lockfile",
    area="stack",
    severity=Severity.ERROR,
    scope=("package.json",),
    needs=(),
    message=f"There is another lock file beside pnpm-lock.yaml. {_DELETE}",
    check=check,
    page=__doc__,
    refuses=False,
    alone=False,
)
