"""Resolver: whether an expression is a Convex query that nothing has ended yet.

    ctx.db.query("tasks").withIndex("by_owner").order("desc")      a query
    (await ctx.db.query("tasks").take(5))                          none: `take` ended it

Followed without types: parentheses, `await`, `as` and `!`; chains; names, through what was
assigned to them (`q = q.filter(…)`); either side of `? :`, `??`, `||`, `&&`; a destructured
ctx; parameters typed Query, OrderedQuery or QueryInitializer. An expression that isn't
known is no query: rules that ask never report what they can't see.
(https://docs.convex.dev/database/reading-data, https://docs.convex.dev/api/interfaces/server.Query)
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ast_grep_py import SgNode

from vly_nb.policy.scopes import Binding
from vly_nb.policy.source import Source, member, remembered, unquoted, unwrapped

_INDEXES = ("withIndex", "withSearchIndex")
_STEPS = (*_INDEXES, "order", "filter", "fullTableScan")
_TYPES = {"Query": None, "OrderedQuery": None, "QueryInitializer": False}
_DATABASES = ("DatabaseReader", "DatabaseWriter", "GenericDatabaseReader", "GenericDatabaseWriter")
_CHAIN, _HOPS = 200, 30  # how long a chain, and how far through names, it is followed
_BRANCHES = ("ternary_expression", "binary_expression", "assignment_expression")
_EITHER = ("??", "||", "&&")


@dataclass(frozen=True)
class Query:
    """A query under way. `indexed` is None when that can't be seen here (a parameter).

    `itself` marks the name that is being assigned to: `q = q.filter(…)` says nothing of q.
    """

    table: str | None = None
    indexed: bool | None = False
    itself: bool = False


def query_of(source: Source, node: SgNode) -> Query | None:
    """The query that an expression is, or None."""
    found = _Walk(source).expression(node, _HOPS)
    return None if found is None or found.itself else found


Known = dict[tuple[int, int], Query | None]
"""By a binding's id, and how far it may be followed."""


@remembered
def _known(source: Source) -> Known:
    """What names are, found out when nothing else was being looked at."""
    return {}


class _Walk:
    """One look at one expression; remembers the names it is in the middle of."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.open: list[Binding] = []
        self.known: Known = {}

    def expression(self, node: SgNode, hops: int) -> Query | None:
        node, steps = _down(node)
        if hops == 0 or steps is None:
            return None
        base = self._base(node, hops)
        if base is None or not any(step in _INDEXES for step in steps):
            return base
        return replace(base, indexed=True)

    def _base(self, node: SgNode, hops: int) -> Query | None:
        kind = node.kind()
        if kind == "call_expression":
            return self._start(node, hops)
        if kind == "identifier":
            binding = self.source.scopes.find(node)
            return self._name(binding, hops - 1) if binding is not None else None
        if kind not in _BRANCHES:
            return None
        if kind == "assignment_expression":
            right = node.field("right")
            return self.expression(right, hops - 1) if right is not None else None
        sides = [node.field(name) for name in ("consequence", "alternative", "left", "right")]
        sign = node.field("operator")
        if sign is not None and sign.text() not in _EITHER:
            return None
        found = [self.expression(side, hops - 1) for side in sides if side is not None]
        known = [query for query in found if query is not None]
        return _merged(known) if known else None

    def _start(self, call: SgNode, hops: int) -> Query | None:
        """`<db>.query("table")`."""
        called = call.field("function")
        found = member(unwrapped(called)) if called is not None else None
        if found is None or found[1] != "query" or not self.is_database(found[0], hops):
            return None
        arguments = call.field("arguments")
        first = next(iter(arguments.named_children()), None) if arguments is not None else None
        return Query(unquoted(first))

    def _name(self, binding: Binding, hops: int) -> Query | None:
        if any(binding is other for other in self.open):
            return Query(itself=True)
        known = self.known if self.open else _known(self.source)
        key = (id(binding), hops)
        if key not in known:
            known[key] = self._value(binding, hops)
        return known[key]

    def _value(self, binding: Binding, hops: int) -> Query | None:
        """What all the values of a name make it: a query only if none of them is something else."""
        typed = self._typed(binding)
        if binding.kind != "variable":
            return typed
        if binding.key is not None:
            return None
        values = [value for value in (binding.value, *binding.assigned) if not _nothing(value)]
        self.open.append(binding)
        try:
            found = [self.expression(value, hops) for value in values if value is not None]
        finally:
            self.open.pop()
        queries = [query for query in found if query is not None]
        if not queries or len(queries) < len(found):
            return typed
        merged = _merged(queries)
        return typed if merged.itself else merged

    def _typed(self, binding: Binding) -> Query | None:
        if binding.type is None:
            return None
        name = _type_name(binding.type)
        imported = self.source.imports.get(name)
        if imported is None or imported.module != "convex/server" or imported.name not in _TYPES:
            return None
        return Query(indexed=_TYPES[imported.name])

    def is_database(self, node: SgNode, hops: int) -> bool:
        """`ctx.db`, `ctx.db.system`, or a name for one of them."""
        node = unwrapped(node)
        found = member(node)
        if hops == 0:
            return False
        if found is not None:
            return found[1] == "db" or (found[1] == "system" and self.is_database(found[0], hops - 1))
        if node.kind() != "identifier":
            return False
        binding = self.source.scopes.find(node)
        if binding is None:
            return node.text() == "db"
        if binding.type is not None and _type_name(binding.type) in _DATABASES:
            return True
        if binding.key is not None:  # ({ db }) => …, or const { db } = ctx
            return binding.key == "db"
        if binding.kind == "variable" and binding.value is not None:
            return self.is_database(binding.value, hops - 1)
        return binding.kind == "parameter" and binding.name == "db" and binding.type is None


def _down(node: SgNode) -> tuple[SgNode, list[str] | None]:
    """The expression that a chain of query steps starts from, and the steps; None: too long."""
    steps: list[str] = []
    for _ in range(_CHAIN):
        node = unwrapped(node)
        called = node.field("function") if node.kind() == "call_expression" else None
        found = member(unwrapped(called)) if called is not None else None
        if found is None or found[1] not in _STEPS:
            return node, steps
        steps.append(found[1])
        node = found[0]
    return node, None


def _merged(queries: list[Query]) -> Query:
    """Several values of one thing: as good as the worst of those that start a query."""
    starts = [query for query in queries if not query.itself]
    if not starts:
        return queries[0]
    tables = {query.table for query in starts}
    later = any(query.indexed for query in queries if query.itself)  # q = q.withIndex(…)
    states = {True if later else query.indexed for query in starts}
    indexed = False if False in states else None if None in states else True
    return Query(tables.pop() if len(tables) == 1 else None, indexed)


def _nothing(node: SgNode | None) -> bool:
    return node is None or unwrapped(node).kind() in ("null", "undefined")


def _type_name(annotation: SgNode) -> str:
    """`Query` of `: Query<DataModel["tasks"]>`, `server.Query` as it stands."""
    text = annotation.text().removeprefix(":").strip()
    return text.split("<", 1)[0].strip()
