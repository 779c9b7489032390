"""Facts: what other files need to know of a file. Plain values, so that they can be kept.

facts_of("src/convex/tasks.ts", text).exports["list"].kind     "query"
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from ast_grep_py import SgNode

from vly_nb.policy import schema
from vly_nb.policy.functions import arguments, functions, home, references
from vly_nb.policy.schema import Table
from vly_nb.policy.source import Source, is_script, parsed, unquoted, unwrapped

_KEPT = 4096  # files; their facts, not their trees


@dataclass(frozen=True, slots=True)
class Import:
    """A module that a file loads: `names` are those it takes ("default", "*" too), () for none.

    `type_only`: nothing is left of it when the program runs; `lazy`: by `import("…")`.
    """

    module: str
    names: tuple[str, ...] = ()
    type_only: bool = False
    lazy: bool = False


@dataclass(frozen=True, slots=True)
class Export:
    """What a file gives out under a name.

    `kind` is a Convex function's ("query", "mutation", "action", "httpAction"), "type", or
    "value". `made`: by a call or by taking something apart, so it may be a function nobody
    sees. A re-export has `module` and `origin`.
    """

    name: str
    kind: str
    internal: bool = False
    made: bool = False
    module: str | None = None
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class TableFacts:
    """A table of the schema; see `schema.Table` and `schema.Index`. `indexes` are of all kinds."""

    fields: tuple[str, ...]
    open: bool
    indexes: tuple[IndexFacts, ...]

    def index(self, name: str) -> IndexFacts | None:
        """The index by this name."""
        return next((one for one in self.indexes if one.name == name), None)


@dataclass(frozen=True, slots=True)
class IndexFacts:
    """An index: `fields` is None where they can't be seen."""

    kind: str
    name: str | None
    fields: tuple[str, ...] | None
    filters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Schema:
    """The tables by name. `open`: there may be more of them; `spreads` says what brings them."""

    tables: dict[str, TableFacts]
    open: bool
    spreads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """One file. `references` are (root, names) of its `api.…`, `internal.…` and `components.…`.

    `home` is the functions folder that they are of, None where that can't be seen.
    """

    imports: tuple[Import, ...] = ()
    exports: tuple[Export, ...] = ()
    use_node: bool = False
    references: tuple[tuple[str, tuple[str, ...]], ...] = ()
    schema: Schema | None = None
    home: str | None = None

    def export(self, name: str) -> Export | None:
        """What it gives out under a name itself, not through `export *`."""
        return next((one for one in self.exports if one.name == name), None)


@lru_cache(maxsize=_KEPT)
def facts_of(path: str, text: str) -> Facts:
    """The facts of a file, by its text."""
    if not is_script(path):
        return Facts()
    source = parsed(path, text)
    if not source.is_script:
        return Facts()
    return Facts(
        tuple(_imports(source)),
        tuple(_exports(source)),
        source.use_node,
        tuple((r.root, r.names) for r in references(source, ("api", "internal", "components"))),
        _schema(source) if "defineSchema" in text else None,
        home(source),
    )


def _imports(source: Source) -> list[Import]:
    found = []
    for statement in source.nodes("import_statement"):
        module = unquoted(statement.field("source") or statement.find(kind="string"))
        if module is None:
            continue
        children = statement.children()
        clause = next((c for c in children if c.kind() in ("import_clause", "import_require_clause")), None)
        type_only = any(child.kind() == "type" for child in children) or _only_types(clause)
        found.append(Import(module, tuple(_names(clause)), type_only))
    for node in source.nodes("export_statement"):
        module = unquoted(node.field("source"))
        if module is not None:
            type_only = any(child.kind() == "type" for child in node.children())
            found.append(Import(module, ("*",), type_only))
    if "import(" in source.text or "require(" in source.text:
        found += _lazy(source)
    return found


def _names(clause: SgNode | None) -> list[str]:
    names = []
    for part in clause.named_children() if clause is not None else ():
        if part.kind() == "identifier":
            names.append("default")
        elif part.kind() == "namespace_import":
            names.append("*")
        elif part.kind() == "named_imports":
            fields = (item.field("name") for item in part.named_children())
            names += [name.text() for name in fields if name is not None]
    return names


def _only_types(clause: SgNode | None) -> bool:
    """`import { type A, type B } from "m"`."""
    parts = clause.named_children() if clause is not None else []
    if len(parts) != 1 or parts[0].kind() != "named_imports":
        return False
    items = [item for item in parts[0].named_children() if item.kind() == "import_specifier"]
    return bool(items) and all(any(c.kind() == "type" for c in item.children()) for item in items)


def _lazy(source: Source) -> list[Import]:
    found = []
    for call in source.nodes("call_expression"):
        called, given = call.field("function"), arguments(call)
        if called is None or not given or called.kind() not in ("import", "identifier"):
            continue
        module = unquoted(given[0]) if called.text() in ("import", "require") else None
        if module is not None:
            found.append(Import(module, ("*",), lazy=called.text() == "import"))
    return found


def _exports(source: Source) -> list[Export]:
    made = {function.call.range().start.index: function for function in functions(source)}
    found = []
    for one in source.exports:
        value = unwrapped(one.value) if one.value is not None else None
        function = made.get(value.range().start.index) if value is not None else None
        if one.type_only:
            found.append(Export(one.name, "type", module=one.module, origin=one.origin))
        elif function is not None and one.key is None:
            found.append(Export(one.name, function.kind, function.internal))
        else:
            unseen = one.key is not None or (value is not None and value.kind() not in _PLAIN)
            found.append(Export(one.name, "value", made=unseen, module=one.module, origin=one.origin))
    return found


_PLAIN = (
    "function_declaration", "class_declaration", "enum_declaration", "arrow_function", "function_expression",
    "string", "number", "template_string", "object", "array", "true", "false", "null", "regex",
)  # fmt: skip


def _schema(source: Source) -> Schema | None:
    if schema.schema_call(source) is None:
        return None
    found = {table.name: _table(table) for table in schema.tables(source) if table.name is not None}
    return Schema(found, schema.is_open(source), tuple(schema.spreads(source)))


def _table(table: Table) -> TableFacts:
    indexes = tuple(IndexFacts(i.kind, i.name, i.fields, i.filters) for i in table.indexes)
    return TableFacts(tuple(table.fields), table.open, indexes)
