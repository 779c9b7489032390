"""Keep one lock file: pnpm's.

Two lock files say different things of which versions belong together, and which one counts
depends on who installs. It is told, not deleted: a project that came with npm may mean it.

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
    """Other lock files beside pnpm's; an error when a change brings one."""
    paths = context.program.paths
    if "pnpm-lock.yaml" not in paths:
        return
    found = [name for name in _FOREIGN if name in paths]
    if found:
        names = " and ".join(found)
        yield Finding(
            Range(1, 1, 1, 2), f"There is {names} beside pnpm-lock.yaml. {_DELETE}", Severity.WARNING
        )


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
