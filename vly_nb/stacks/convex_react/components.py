"""Which Convex components an app uses, read off its convex.config.ts without running it.

A deployment finds this out by evaluating the file; the offline backend check has
none, and without the components' names `_generated/api.d.ts` would lose them.
What isn't written plainly isn't guessed: the answer is then None.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vly_nb.stacks.convex_react.push_stand_in import Component

OPTIONS = re.compile(r"\bdefineApp\(\s*[^)\s]")
COMMENT = re.compile(r"/\*.*?\*/|(?<!:)//[^\n]*", re.DOTALL)
IMPORT = re.compile(r"""import\s+(\w+)\s+from\s+["']([^"'\n]+)["']""")
USE = re.compile(r"\.use\(\s*(?:(\w+)\s*(?:,\s*(\{[^()]*\})\s*)?,?\s*\))?")
NAMED = re.compile(r"""\bname\s*:\s*(?:["'](\w+)["'])?""")
DEFINED = re.compile(r"""defineComponent(?:<[^>]*>)?\(\s*["'](\w+)["']""")
CONDITIONS = ("convex", "module", "import", "default")  # those under which the CLI's bundler resolves
BIGGEST = 200_000  # characters of a config


def used_components(root: Path, functions: str) -> tuple[Component, ...] | None:
    """The components in the order of their `app.use(…)`; None when that can't be told for sure.

    A component whose code is in the project itself counts as not sure, since it has
    generated code of its own; so does an app with options, such as typed variables.
    """
    folder = Path(os.path.realpath(root / functions))
    text = _text(folder / "convex.config.ts")
    if text is None:
        return ()
    text = COMMENT.sub("", text)
    if OPTIONS.search(text):
        return None
    origins = dict(IMPORT.findall(text))
    found = []
    for use in USE.finditer(text):
        component = use[1] in origins and _component(root, folder, origins[use[1]], use[2] or "")
        if not component:
            return None
        found.append(component)
    return tuple(found)


def _component(root: Path, folder: Path, origin: str, options: str) -> Component | None:
    definition = _definition(root, origin)
    if definition is None:
        return None
    said = NAMED.search(options) or DEFINED.search(_text(definition) or "")
    if said is None or said[1] is None:
        return None
    place = os.path.relpath(os.path.realpath(definition.parent), folder)
    return Component(said[1], Path(place).as_posix())


def _definition(root: Path, origin: str) -> Path | None:
    """The file of an installed package that `import … from origin` leads to."""
    if origin.startswith((".", "/", "@/")):
        return None
    parts = origin.split("/")
    name, rest = (
        parts[:2] if origin.startswith("@") else parts[:1],
        parts[2 if origin.startswith("@") else 1 :],
    )
    package = root / "node_modules" / "/".join(name)
    try:
        exports = json.loads((package / "package.json").read_text(encoding="utf-8")).get("exports", {})
    except (OSError, ValueError, AttributeError):
        return None
    told = exports.get("./" + "/".join(rest)) if isinstance(exports, dict) else None
    return next((place for file in _targets(told) if (place := package / file).is_file()), None)


def _targets(told: Any) -> Iterator[str]:
    if isinstance(told, str):
        yield told
    elif isinstance(told, dict):
        for condition, target in told.items():
            if condition in CONDITIONS:
                yield from _targets(target)


def _text(file: Path) -> str | None:
    try:
        with file.open(encoding="utf-8", errors="replace") as opened:
            return opened.read(BIGGEST)
    except OSError:
        return None
