"""Loads: the modules that a file still asks for when the program runs.

    for load in loads(source):
        load.module, load.names        "nodemailer", ("default",)

What only names types is left out, as the bundler leaves it out: `import type`, and imports of
which no name is used as a value. (https://esbuild.github.io/content-types/#typescript-caveats)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ast_grep_py import SgNode

from vly_nb.policy.functions import arguments
from vly_nb.policy.source import Source, remembered, unquoted

_CALLED = r"^(import|require)\s*\("
_MAY_CALL = re.compile(r"\b(import|require)\s*\(")
_IN_TYPES = ("type_query", "nested_type_identifier")
_STEPS = ("member_expression", "subscript_expression", "nested_identifier")
_OF_TYPES = (
    "type_alias_declaration", "type_annotation", "type_arguments", "type_query", "interface_declaration",
)  # fmt: skip


@dataclass(frozen=True)
class Load:
    """A module that is loaded, and what is taken from it.

    `names` are as the module gives them out ("default", "*" too), () where it is loaded for what
    it does. `node` is the whole statement or call, `at` the string. `called`: by `import("…")`
    or `require("…")`, somewhere in the code.
    """

    module: str
    names: tuple[str, ...]
    node: SgNode
    at: SgNode
    called: bool = False


@remembered
def loads(source: Source) -> list[Load]:
    """What a file loads, in the order of the text."""
    if not source.is_script:
        return []
    found = [*_imported(source), *_passed_on(source)]
    if _MAY_CALL.search(source.text):
        found += _called(source)
    return sorted(found, key=lambda load: load.node.range().start.index)


def _imported(source: Source) -> Iterator[Load]:
    for statement in source.nodes("import_statement"):
        at = statement.field("source") or statement.find(kind="string")
        module = unquoted(at)
        if at is None or module is None or _marked(statement):
            continue
        clauses = ("import_clause", "import_require_clause")
        clause = next((one for one in statement.children() if one.kind() in clauses), None)
        if clause is None:
            yield Load(module, (), statement, at)
            continue
        names = tuple(name for name, local in _bound(clause) if is_used(source, local))
        if names:
            yield Load(module, names, statement, at)


def _marked(node: SgNode) -> bool:
    """Whether it says that it is about types."""
    return any(child.kind() == "type" for child in node.children())


def _bound(clause: SgNode) -> Iterator[tuple[str, str]]:
    """(exported name, local name), names of types left out."""
    if clause.kind() == "import_require_clause":
        yield from (("*", child.text()) for child in clause.named_children() if child.kind() == "identifier")
        return
    for part in clause.named_children():
        if part.kind() == "identifier":
            yield "default", part.text()
        elif part.kind() == "namespace_import":
            yield from (("*", child.text()) for child in part.named_children())
        elif part.kind() == "named_imports":
            for item in part.named_children():
                name = item.field("name")
                if name is not None and not _marked(item):
                    yield name.text().strip("\"'"), (item.field("alias") or name).text()


def is_used(source: Source, local: str) -> bool:
    """Whether an imported name is used as a value anywhere in the file."""
    if any(_is_value(source, node) for node in source.names.get(local, ())):
        return True
    return local in _shorthands(source)


@remembered
def _shorthands(source: Source) -> frozenset[str]:
    """The names in `{ a, b }`."""
    return frozenset(node.text() for node in source.nodes("shorthand_property_identifier"))


def _is_value(source: Source, node: SgNode) -> bool:
    above = node.parent()
    if above is None or above.kind() in ("import_specifier", "import_clause", "namespace_import"):
        return False
    if above.kind() == "import_require_clause":
        return False
    if above.kind() == "export_specifier":
        clause = above.parent()
        statement = clause.parent() if clause is not None else None
        return not _marked(above) and statement is not None and not _marked(statement)
    while above is not None and above.kind() in _STEPS:
        above = above.parent()
    if above is not None and above.kind() in _IN_TYPES:
        return False
    binding = source.scopes.find(node)
    return binding is None or binding.kind == "import"


def _passed_on(source: Source) -> Iterator[Load]:
    """`export { a } from "m"`."""
    for statement in source.nodes("export_statement"):
        at = statement.field("source")
        module = unquoted(at)
        if at is None or module is None or _marked(statement):
            continue
        clause = next((one for one in statement.children() if one.kind() == "export_clause"), None)
        if clause is None:
            yield Load(module, ("*",), statement, at)
            continue
        items = [item for item in clause.named_children() if not _marked(item)]
        fields = [item.field("name") for item in items]
        names = tuple(name.text().strip("\"'") for name in fields if name is not None)
        if names:
            yield Load(module, names, statement, at)


def _called(source: Source) -> Iterator[Load]:
    for call in source.nodes("call_expression", regex=_CALLED):
        called, given = call.field("function"), arguments(call)
        if called is None or called.text() not in ("import", "require") or not given:
            continue
        module = unquoted(given[0])
        if module is not None and not _is_type(call):
            yield Load(module, ("*",), call, given[0], called=True)


def _is_type(call: SgNode) -> bool:
    """`import("m").T` as a type, and behind `as`."""
    at = call.range().start.index
    for above in call.ancestors():
        if above.kind() in _OF_TYPES:
            return True
        if above.kind() in ("as_expression", "satisfies_expression"):
            value = above.named_children()[:1]
            if value and value[0].range().end.index <= at:
                return True
    return False
