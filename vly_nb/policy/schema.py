"""Schema: the tables of a schema.ts, with their fields and indexes, as they stand in the text.

    for table in tables(source):
        table.name, table.fields, table.indexes

Followed: `defineSchema({ … })`, tables that are consts of the file, fields that are consts,
spreads of consts, `defineTable(v.object({ … }))`. What comes from elsewhere (`...authTables`)
leaves the schema, or the table, `open`. (https://docs.convex.dev/database/schemas)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ast_grep_py import SgNode

from vly_nb.policy.constants import constant, fixed_value, pairs
from vly_nb.policy.functions import arguments
from vly_nb.policy.source import Source, member, remembered, unquoted, unwrapped

_INDEXES = ("index", "searchIndex", "vectorIndex")
_CHAIN = 100


@dataclass(frozen=True)
class Index:
    """An index of a table: `.index("by_a", ["a"])`, or with an object.

    `kind` is "index", "searchIndex" or "vectorIndex". `fields`: what it is over, in order (the
    search field or the vector field first); None where that isn't written here. `filters` are
    its filterFields, `staged` whether it is not in use yet. `node` is the call's name and
    what is passed; `name_node` the string with the name; `field_nodes` the strings of `fields`.
    """

    kind: str
    name: str | None
    fields: tuple[str, ...] | None
    filters: tuple[str, ...]
    staged: bool
    call: SgNode
    at: SgNode
    name_node: SgNode | None
    field_nodes: tuple[SgNode, ...]


@dataclass(frozen=True)
class Table:
    """A table: `fields` by name, with their validators; `open` when it may have more, or other, fields.

    `key` is where the table has its name in defineSchema (None: not in one), `definition` the
    call of defineTable.
    """

    name: str | None
    key: SgNode | None
    definition: SgNode
    fields: dict[str, SgNode]
    field_keys: dict[str, SgNode]
    open: bool
    indexes: tuple[Index, ...] = field(default=())

    @property
    def ordinary(self) -> list[Index]:
        """The indexes that are in use and neither for search nor for vectors."""
        return [index for index in self.indexes if index.kind == "index" and not index.staged]

    def index(self, name: str) -> Index | None:
        """The index by this name."""
        return next((index for index in self.indexes if index.name == name), None)


@remembered
def tables(source: Source) -> list[Table]:
    """The tables of a file, in the order of the text, named where defineSchema names them."""
    named = dict(_named(source))
    found = []
    for definition in _calls_of(source, "defineTable"):
        starts, indexes = _chains(source, definition)
        name, key = next((named[start] for start in starts if start in named), (None, None))
        fields, keys, is_open = _fields(source, definition)
        found.append(Table(name, key, definition, fields, keys, is_open, tuple(indexes)))
    return found


@remembered
def schema_call(source: Source) -> SgNode | None:
    """The call of defineSchema."""
    return next(iter(_calls_of(source, "defineSchema")), None)


@remembered
def is_open(source: Source) -> bool:
    """Whether the schema may have tables that can't be seen in the file."""
    call = schema_call(source)
    if call is None:
        return True
    given = arguments(call)
    held = _object(source, given[0]) if given else None
    return held is None or any(part.kind() == "spread_element" for part, _ in _parts(source, held, 0))


def spreads(source: Source) -> list[str]:
    """The texts of what is spread into defineSchema: "authTables"."""
    call = schema_call(source)
    given = arguments(call) if call is not None else []
    held = _object(source, given[0]) if given else None
    parts = held.named_children() if held is not None else []
    return [
        p.named_children()[0].text() for p in parts if p.kind() == "spread_element" and p.named_children()
    ]


def _calls_of(source: Source, name: str) -> Iterator[SgNode]:
    for local, imported in source.imports.items():
        if imported.name == name and imported.module == "convex/server":
            yield from source.calls_of(local)


def _named(source: Source) -> Iterator[tuple[int, tuple[str, SgNode]]]:
    """Where each table's chain starts, and its name with the key."""
    call = schema_call(source)
    given = arguments(call) if call is not None else []
    held = _object(source, given[0]) if given else None
    if held is None:
        return
    for part, value in _parts(source, held, 0):
        key = part.field("key") or part
        if value is None or part.kind() == "spread_element":
            continue
        name = unquoted(key)
        chain = _followed(source, value)
        yield chain.range().start.index, (key.text() if name is None else name, key)


def _followed(source: Source, node: SgNode) -> SgNode:
    """The expression, through a const of the file."""
    node = unwrapped(node)
    held = fixed_value(source, node) if node.kind() in ("identifier", "member_expression") else None
    if held is not None:
        return held
    if node.kind() == "shorthand_property_identifier":
        return _by_name(source, node) or node
    return node


def _by_name(source: Source, node: SgNode) -> SgNode | None:
    """What the const means that a shorthand `{ tasks }` names."""
    binding = source.scopes.find(node)
    constant_one = binding is not None and binding.constant and binding.key is None
    return unwrapped(binding.value) if constant_one and binding and binding.value is not None else None


def _object(source: Source, node: SgNode) -> SgNode | None:
    held = _followed(source, node)
    return held if held.kind() == "object" else None


def _parts(source: Source, held: SgNode, depth: int) -> Iterator[tuple[SgNode, SgNode | None]]:
    """(pair, value) of an object, spreads of consts taken apart; a spread of something else has no value."""
    for part in held.named_children():
        if part.kind() == "pair":
            yield part, part.field("value")
        elif part.kind() == "shorthand_property_identifier":
            yield part, part
        elif part.kind() == "spread_element" and part.named_children():
            inner = unwrapped(part.named_children()[0])
            found = _object(source, inner)
            if found is None and (step := member(inner)) is not None and step[1] == "fields":
                found = _validated(source, step[0])  # ...shape.fields
            if found is None or depth > 4:
                yield part, None
            else:
                yield from _parts(source, found, depth + 1)


def _validated(source: Source, node: SgNode) -> SgNode | None:
    """The object of `v.object({ … })`."""
    held = _followed(source, node)
    called = held.field("function") if held.kind() == "call_expression" else None
    found = member(called) if called is not None else None
    given = arguments(held) if found is not None and found[1] == "object" else []
    return _object(source, given[0]) if given else None


def _fields(source: Source, definition: SgNode) -> tuple[dict[str, SgNode], dict[str, SgNode], bool]:
    given = arguments(definition)
    held = (_object(source, given[0]) or _validated(source, given[0])) if given else None
    if held is None:
        return {}, {}, True
    fields, keys, is_open = {}, {}, False
    for part, value in _parts(source, held, 0):
        if value is None:
            is_open = True
            continue
        key = part.field("key") or part
        if key.kind() == "computed_property_name":
            is_open = True
            continue
        name = unquoted(key)
        name = key.text() if name is None else name
        fields[name], keys[name] = _followed(source, value), key
    return fields, keys, is_open


def _chains(source: Source, definition: SgNode) -> tuple[list[int], list[Index]]:
    """Where the table's expressions begin (itself, the uses of its const), and the indexes put on in them."""
    top, found = _chain(source, definition)
    starts = [top.range().start.index]
    holder = top.parent()
    name = holder.field("name") if holder is not None and holder.kind() == "variable_declarator" else None
    for use in source.names.get(name.text(), ())[:_CHAIN] if name is not None else ():
        if use != name and fixed_value(source, use) == top:
            starts.append(use.range().start.index)
            found += _chain(source, use)[1]
    return starts, found


def _chain(source: Source, start: SgNode) -> tuple[SgNode, list[Index]]:
    """The whole expression that begins with this, and the indexes on its way."""
    top, found = start, []
    for _ in range(_CHAIN):
        above = top.parent()
        while above is not None and above.kind() in ("parenthesized_expression", "as_expression"):
            top, above = above, above.parent()
        call = above.parent() if above is not None and above.kind() == "member_expression" else None
        if above is None or call is None or call.kind() != "call_expression":
            break
        if above.field("object") != top or call.field("function") != above:
            break
        name = above.field("property")
        if name is not None and name.text() in _INDEXES:
            found.append(_index(source, name, call))
        top = call
    return top, found


def _index(source: Source, name: SgNode, call: SgNode) -> Index:
    given = arguments(call)
    label = constant(source, given[0]) if given else None
    options = _object(source, given[1]) if len(given) > 1 else None
    held = pairs(options) if options is not None else {}
    filters = _strings(source, held.get("filterFields"))
    staged = held.get("staged") is not None and held["staged"].text() == "true"
    if name.text() == "index":
        listed = held.get("fields") if options is not None else given[1] if len(given) > 1 else None
        nodes = _items(source, listed)
    else:
        one = held.get("searchField" if name.text() == "searchIndex" else "vectorField")
        nodes = [one] if one is not None else None
    texts = [constant(source, node) for node in nodes] if nodes is not None else [None]
    known = tuple(text for text in texts if isinstance(text, str))
    return Index(
        name.text(),
        label if isinstance(label, str) else None,
        known if len(known) == len(texts) else None,
        tuple(filters),
        staged,
        call,
        name,
        given[0] if given else None,
        tuple(nodes or ()),
    )


def _items(source: Source, node: SgNode | None) -> list[SgNode] | None:
    held = _followed(source, node) if node is not None else None
    if held is None or held.kind() != "array":
        return None
    items = [child for child in held.named_children() if child.kind() != "comment"]
    return None if any(item.kind() == "spread_element" for item in items) else items


def _strings(source: Source, node: SgNode | None) -> list[str]:
    found = [constant(source, item) for item in _items(source, node) or []]
    return [text for text in found if isinstance(text, str)]


def validator(source: Source, node: SgNode) -> tuple[str, list[SgNode]] | None:
    """("id", [arguments]) of `v.id("users")`, where `v` is Convex's; through a const. None for others."""
    held = _followed(source, node)
    called = held.field("function") if held.kind() == "call_expression" else None
    found = member(called) if called is not None else None
    root = unwrapped(found[0]) if found is not None else None
    if found is None or root is None or root.kind() != "identifier":
        return None
    imported = source.imports.get(root.text())
    if imported is None or imported.module != "convex/values" or imported.name != "v":
        return None
    return found[1], arguments(held)


def validators(source: Source, *names: str) -> list[SgNode]:
    """The calls `v.name(…)` of Convex's `v` by these names, in the order of the text."""
    calls = [call for call in source.calls(*names) if validator(source, call.node) is not None]
    return sorted((call.node for call in calls), key=lambda node: node.range().start.index)
