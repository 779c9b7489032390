"""Components: which of them an app has, by its convex.config.ts."""

from __future__ import annotations

import re

from ast_grep_py import SgNode

from vly_nb.policy.constants import constant, pairs
from vly_nb.policy.functions import arguments
from vly_nb.policy.rule import Context
from vly_nb.policy.source import Source, unwrapped


def registered(context: Context) -> set[str] | None:
    """The names that `components.…` has; None where they can't all be seen."""
    config = context.program.source(f"{context.functions}/convex.config.ts")
    if config is None:
        return set()
    found: set[str] = set()
    for call in config.calls("use"):
        given = arguments(call.node)
        name = _named(config, given) or (_own_name(config, given[0], context) if given else None)
        if name is None:
            return None
        found.add(name)
    return found


def _named(source: Source, given: list[SgNode]) -> str | None:
    """`app.use(counter, { name: "likes" })`"""
    options = unwrapped(given[1]) if len(given) > 1 else None
    held = pairs(options).get("name") if options is not None and options.kind() == "object" else None
    name = constant(source, held) if held is not None else None
    return name if isinstance(name, str) else None


def _own_name(source: Source, node: SgNode, context: Context) -> str | None:
    """The name that a component gives itself: from its own config, or its package's name in camel case."""
    imported = source.imports.get(node.text())
    if imported is None:
        return None
    if context.program.is_local(imported.module):
        path = context.program.resolve(source.path, imported.module)
        config = context.program.source(path) if path is not None else None
        match = re.search(r"defineComponent\(\s*[\"'](\w+)[\"']", config.text) if config is not None else None
        return match[1] if match else None
    package = re.match(r"(?:@[^/]+/)?([^/]+)", imported.module)
    words = package[1].split("-") if package is not None else []
    return words[0] + "".join(word.capitalize() for word in words[1:]) if words else None
