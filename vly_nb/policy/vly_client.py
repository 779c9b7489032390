"""The vly client: where a file has it, and what is called on it.

for call in vly_calls(source):
    call.names, call.node        ("ai", "completion") of vly.ai.completion({ … })

The client is what `createVlyIntegrations` of @vly-ai/integrations makes; a project has it in
src/lib/vly-integrations.ts. (https://www.npmjs.com/package/@vly-ai/integrations)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ast_grep_py import SgNode

from vly_nb.policy.functions import arguments
from vly_nb.policy.scopes import Binding
from vly_nb.policy.source import Source, member, remembered, unwrapped

PACKAGE = "@vly-ai/integrations"
_OWN_FILE = re.compile(r"(?:^|/)vly-integrations(?:\.[jt]s)?$")
_MAKERS = ("createVlyIntegrations", "VlyIntegrations")
_MOST = 100  # names for the client, or a part of it, in one file


@dataclass(frozen=True)
class VlyCall:
    """A call on the client: `names` is the chain from it, `at` the last of them."""

    node: SgNode
    names: tuple[str, ...]
    at: SgNode

    @property
    def arguments(self) -> list[SgNode]:
        """What is passed, in order."""
        return arguments(self.node)


def is_package(module: str) -> bool:
    """Whether a module is the package, or a part of it."""
    return module == PACKAGE or module.startswith(f"{PACKAGE}/")


def is_client_file(module: str) -> bool:
    """Whether a specifier means the project's file with the client, by the name that it always has."""
    return module.startswith((".", "@/", "~/", "/", "src/")) and _OWN_FILE.search(module) is not None


@remembered
def vly_calls(source: Source) -> list[VlyCall]:
    """The calls on the client, in the order of the text.

    Followed: `const ai = vly.ai`, and `const { ai } = vly`.
    """
    found: list[VlyCall] = []
    ahead = list(_clients(source))
    seen: set[int] = set()
    while ahead and len(seen) < _MOST:
        name, before, binding = ahead.pop()
        if binding is not None and id(binding) in seen:
            continue
        if binding is not None:
            seen.add(id(binding))
        for node in source.names.get(name, ()):
            if binding is not None and source.scopes.find(node) is not binding:
                continue
            top, names, at = _up(node)
            above = top.parent()
            if above is None:
                continue
            if above.kind() == "call_expression" and above.field("function") == top and names:
                found.append(VlyCall(above, (*before, *names), at))
            elif above.kind() == "variable_declarator" and above.field("value") == top:
                ahead += _renamed(source, above, (*before, *names))
    return sorted(found, key=lambda call: call.node.range().start.index)


_Name = tuple[str, tuple[str, ...], Binding | None]
"""A name in the file, the chain from the client that it stands for, and its declaration."""


def _clients(source: Source) -> Iterator[_Name]:
    makers = set()
    for local, imported in source.imports.items():
        if imported.type_only:
            continue
        if is_package(imported.module) and imported.name in _MAKERS:
            makers.add(local)
        elif is_client_file(imported.module) and imported.name in ("vly", "default"):
            yield local, (), _imported(source, local)
    if not makers:
        return
    for declarator in source.nodes("variable_declarator"):
        name, value = declarator.field("name"), declarator.field("value")
        made = unwrapped(value) if value is not None else None
        maker = (made.field("function") or made.field("constructor")) if made is not None else None
        if name is not None and maker is not None and maker.text() in makers and name.kind() == "identifier":
            yield name.text(), (), source.scopes.find(name)


def _imported(source: Source, local: str) -> Binding | None:
    """The binding that an import makes."""
    found = (source.scopes.find(node) for node in source.names.get(local, ()))
    return next((binding for binding in found if binding is not None and binding.kind == "import"), None)


def _up(node: SgNode) -> tuple[SgNode, list[str], SgNode]:
    """The whole chain that a name begins, the names in it, and the last one's node."""
    names: list[str] = []
    at, above = node, node.parent()
    while above is not None:
        if above.kind() in ("non_null_expression", "parenthesized_expression"):
            node, above = above, above.parent()
            continue
        step = member(above) if above.field("object") == node else None
        if step is None:
            break
        names.append(step[1])
        at = above.field("property") or above.field("index") or at
        node, above = above, above.parent()
    return node, names, at


def _renamed(source: Source, declarator: SgNode, before: tuple[str, ...]) -> Iterator[_Name]:
    """`const ai = vly.ai`, and `const { ai, email: mail } = vly`."""
    pattern = declarator.field("name")
    if pattern is None:
        return
    if pattern.kind() == "identifier":
        yield pattern.text(), before, source.scopes.find(pattern)
    for part in pattern.named_children() if pattern.kind() == "object_pattern" else ():
        key, value = part.field("key"), part.field("value")
        if part.kind() == "shorthand_property_identifier_pattern":
            yield part.text(), (*before, part.text()), source.scopes.find(part)
        elif key is not None and value is not None and value.kind() == "identifier":
            yield value.text(), (*before, key.text()), source.scopes.find(value)
