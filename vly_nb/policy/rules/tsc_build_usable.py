"""Keep the project such that `tsc -b --noEmit` judges all of it, strictly.

The type check is what finds most mistakes before anybody sees them. It needs TypeScript 5.6 or
newer, references that are there, `strict` on, and the functions folder among the files.

Bad

```json path=package.json severity=error
{ "name": "app", "devDependencies": { "typescript": "~5.4.2" } }
```

```json path=tsconfig.json severity=error
{ "files": [], "references": [{ "path": "./tsconfig.app.json" }] }
```

```json path=tsconfig.json with
{ "files": [], "references": [{ "path": "./tsconfig.app.json" }] }
```

```ts path=convex/tasks.ts with
export const a = 1;
```

```json path=tsconfig.app.json severity=error
{ "compilerOptions": { "strict": false, "noEmit": true }, "include": ["app"] }
```

Good

```json path=tsconfig.app.json with
{ "compilerOptions": { "strict": true, "noEmit": true }, "include": ["src"] }
```

```json path=tsconfig.json
{
  // comments are fine here
  "files": [],
  "references": [{ "path": "./tsconfig.app.json" }],
}
```

```ts path=src/convex/tasks.ts with
export const a = 1;
```

```json path=tsconfig.app.json
{ "compilerOptions": { "strict": true, "noEmit": true }, "include": ["src"] }
```

```json path=package.json
{ "name": "app", "devDependencies": { "typescript": "^5.9.2" } }
```

```json path=src/convex/tsconfig.json
{ "compilerOptions": { "strict": true } }
```
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from vly_nb.diagnostics import Range, Severity
from vly_nb.policy.program import json_object
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source

_OLDEST = (5, 6)


def check(source: Source, context: Context) -> Iterator[Finding]:
    """TypeScript's version, the references of tsconfig.json, and the options of those they name."""
    data = json_object(source.text)
    if source.path == "package.json":
        yield from _version(source, context)
        return
    for reference in _list(data, "references"):
        path = reference.get("path") if isinstance(reference, dict) else None
        if isinstance(path, str) and not _is_there(path, context):
            yield _at(source, path, f"{path} isn't there. {_RESTORE}")
    options = data.get("compilerOptions")
    options = options if isinstance(options, dict) else {}
    leaf = not _list(data, "references") and not (data.get("files") == [] and "include" not in data)
    inherits = "extends" in data
    if not leaf:
        return
    if options.get("strict") is not True and not (inherits and "strict" not in options):
        yield _at(source, "strict", f"Switch `strict` on. {_RESTORE}")
    if source.path in _referenced(context) or source.path == "tsconfig.json":
        yield from _covers(source, data, options, context)


def _version(source: Source, context: Context) -> Iterator[Finding]:
    wanted = context.program.packages.get("typescript", "")
    match = re.match(r"[~^>=v\s]*(\d+)\.(\d+)", wanted)
    if match is not None and (int(match[1]), int(match[2])) < _OLDEST:
        yield _at(source, '"typescript"', "tsc -b --noEmit needs TypeScript 5.6 or newer.")


def _covers(
    source: Source, data: dict[str, Any], options: dict[str, Any], context: Context
) -> Iterator[Finding]:
    """Whether some tsconfig takes the functions folder in; told at the app's own."""
    if options.get("noEmit") is not True and "extends" not in data and source.path == "tsconfig.app.json":
        yield _at(source, "compilerOptions", f"Set `noEmit` to true. {_RESTORE}")
    folder = context.functions
    has = any(path.startswith(f"{folder}/") and path.endswith(".ts") for path in context.program.paths)
    if not has or source.path.endswith("tsconfig.node.json"):
        return
    known = [
        json_object(context.program.read(name) or "") for name in (*_referenced(context), "tsconfig.json")
    ]
    own = f"{folder}/tsconfig.json" in _referenced(context)
    if not own and not any(_includes(one, folder) for one in known):
        yield _at(source, '"include"', f"The type check leaves {folder} out: add it to `include`.")


def _includes(data: dict[str, Any], folder: str) -> bool:
    if data.get("files") == [] and "include" not in data:
        return False
    if "include" not in data:
        return "files" not in data and bool(data)
    globs = [one.removeprefix("./") for one in _list(data, "include") if isinstance(one, str)]
    firsts = [re.split(r"[*?]", one)[0].rstrip("/") for one in globs]
    return any(first in ("", ".") or folder == first or folder.startswith(f"{first}/") for first in firsts)


def _referenced(context: Context) -> list[str]:
    data = json_object(context.program.read("tsconfig.json") or "")
    paths = [r.get("path") for r in _list(data, "references") if isinstance(r, dict)]
    names = [posixpath.normpath(path) for path in paths if isinstance(path, str)]
    return [name if name.endswith(".json") else f"{name}/tsconfig.json" for name in names]


def _is_there(path: str, context: Context) -> bool:
    name = posixpath.normpath(path)
    return bool({name, f"{name}/tsconfig.json"} & context.program.paths)


def _list(data: dict[str, Any], name: str) -> list[Any]:
    found = data.get(name)
    return found if isinstance(found, list) else []


def _at(source: Source, text: str, message: str) -> Finding:
    """A complaint at the line that has the text."""
    for number, line in enumerate(source.lines, 1):
        if text in line:
            return Finding(Range(number, 1, number, len(line) + 1), message)
    return Finding(Range(1, 1, 1, 2), message)


_RESTORE = "Take it as it is in the template."

RULE = Rule(
    id="tsc-build-usable",
    area="checks",
    severity=Severity.ERROR,
    scope=("package.json", "tsconfig.json", "tsconfig.app.json"),
    needs=(),
    message="Keep the project such that tsc -b --noEmit judges all of it.",
    check=check,
    page=__doc__,
    refuses=False,
    alone=False,
)
