"""Functions: the Convex functions of a file, and what is called on their context.

    functions(source)                 query({ … }), internalMutation({ … }), httpAction(…), in order
    ctx_calls(source, "db.insert")    ctx.db.insert(…), db.insert(…) with a destructured ctx, aliases
    kind_at(source, node)             "query", "mutation", "action", "httpAction": whose code this is

A registrar is known by its import binding (`_generated/server`, `convex/server`'s generic
ones, a builder made with convex-helpers, or one imported from a file of the project that
is called like one), never by its name alone.
(https://docs.convex.dev/functions, https://stack.convex.dev/custom-functions)
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ast_grep_py import SgNode

from vly_nb.policy.constants import pairs
from vly_nb.policy.nesting import Nesting, extent
from vly_nb.policy.scopes import Binding
from vly_nb.policy.source import Source, member, remembered, unwrapped

REGISTRARS = {
    "query": ("query", False),
    "mutation": ("mutation", False),
    "action": ("action", False),
    "internalQuery": ("query", True),
    "internalMutation": ("mutation", True),
    "internalAction": ("action", True),
    "httpAction": ("httpAction", False),
}
"""What each registrar makes: its kind, and whether it is internal."""

WRITES = ("db.insert", "db.patch", "db.replace", "db.delete")
"""The calls that change a document."""

_SERVER = re.compile(r"(^|/)_generated/server(\.js)?$")
_CUSTOM = re.compile(r"z?[cC]ustom(Query|Mutation|Action)")
_NAMED_LIKE_ONE = re.compile(r"(internal)?.*?(query|mutation|action)$", re.I)
_FUNCTIONS = ("arrow_function", "function_expression", "function_declaration", "method_definition")
_ON_CONTEXT = ("db", "scheduler", "storage", "auth", "runQuery", "runMutation", "runAction", "vectorSearch")
_TYPED = re.compile(r"\b(?:Generic)?(Query|Mutation|Action)Ctx\b")
_DATABASE = re.compile(r":\s*(?:Generic)?Database(?:Reader|Writer)\b")
_TYPED_DB = re.compile(r"\bdb\s*[!?]?" + _DATABASE.pattern)
_HOPS = 8


@dataclass(frozen=True)
class Function:
    """One registered function.

    `name` is what the file gives it out as, "" when it doesn't. `kind` is "query", "mutation",
    "action" or "httpAction". `call` is `query({ … })`, `registrar` the name before the
    parenthesis, `definition` the object, `handler` the function that runs; None where they
    can't be seen. `custom`: made by a builder of the project, not by Convex's own.
    """

    name: str
    kind: str
    internal: bool
    custom: bool
    call: SgNode
    registrar: SgNode
    definition: SgNode | None
    handler: SgNode | None

    @property
    def args(self) -> dict[str, SgNode] | None:
        """The argument validators by name; None where there are none, or they can't be seen."""
        held = pairs(self.definition).get("args") if self.definition is not None else None
        held = unwrapped(held) if held is not None else None
        return pairs(held) if held is not None and held.kind() == "object" else None


@dataclass(frozen=True)
class ContextCall:
    """A call on a context: `path` is "db.insert", "runQuery", …; `object` what stands before the name."""

    node: SgNode
    path: str
    name: SgNode

    @property
    def arguments(self) -> list[SgNode]:
        """What is passed, in order."""
        return arguments(self.node)


def arguments(call: SgNode) -> list[SgNode]:
    """The arguments of a call, without comments."""
    held = call.field("arguments")
    return [node for node in held.named_children() if node.kind() != "comment"] if held is not None else []


@remembered
def functions(source: Source) -> list[Function]:
    """The registered functions of a file, in the order of the text."""
    names = {one.value.range().start.index: one.name for one in source.exports if one.value is not None}
    found = []
    for local, (kind, internal, custom) in _registrars(source).items():
        for call in source.calls_of(local):
            function = _function(call, names, kind, internal, custom)
            if function is not None:
                found.append(function)
    return sorted(found, key=lambda function: function.call.range().start.index)


def _function(
    call: SgNode, names: dict[int, str], kind: str, internal: bool, custom: bool
) -> Function | None:
    registrar, given = call.field("function"), arguments(call)
    if registrar is None:
        return None
    first = unwrapped(given[0]) if given else None
    definition = first if first is not None and first.kind() == "object" else None
    if custom and (definition is None or not any(key.text() == "handler" for key in _keys(definition))):
        return None  # a builder made by a project may take anything
    handler = _handler(definition) if definition is not None else first
    if handler is not None and handler.kind() not in _FUNCTIONS:
        handler = None
    name = names.get(call.range().start.index, "")
    return Function(name, kind, internal, custom, call, registrar, definition, handler)


def _keys(definition: SgNode) -> Iterator[SgNode]:
    for part in definition.named_children():
        key = part.field("key") or part.field("name")
        yield key if key is not None else part


def _handler(definition: SgNode) -> SgNode | None:
    for part in definition.named_children():
        name, key, value = part.field("name"), part.field("key"), part.field("value")
        if part.kind() == "method_definition" and name is not None and name.text() == "handler":
            return part
        if part.kind() == "pair" and key is not None and key.text() == "handler" and value is not None:
            return unwrapped(value)
    return None


@remembered
def _registrars(source: Source) -> dict[str, tuple[str, bool, bool]]:
    """(kind, internal, custom) by the name that a registrar has in this file."""
    found: dict[str, tuple[str, bool, bool]] = {}
    if not source.is_script:
        return found
    for local, imported in source.imports.items():
        if _SERVER.search(imported.module) and imported.name in REGISTRARS:
            found[local] = (*REGISTRARS[imported.name], False)
        elif imported.module == "convex/server" and imported.name.removesuffix("Generic") in REGISTRARS:
            found[local] = (*REGISTRARS[imported.name.removesuffix("Generic")], False)
        elif imported.module.startswith((".", "@/", "~/")) and not _SERVER.search(imported.module):
            found |= _like_one(local, imported.name)
    for declarator in source.nodes("variable_declarator"):
        found |= _made(source, declarator, found)
    return found


def _like_one(local: str, name: str) -> dict[str, tuple[str, bool, bool]]:
    """A builder that another file of the project gives out, by its name: authedQuery, adminMutation."""
    match = _NAMED_LIKE_ONE.fullmatch(name)
    return {local: (match[2].lower(), bool(match[1]), True)} if match else {}


def _made(
    source: Source, declarator: SgNode, known: dict[str, tuple[str, bool, bool]]
) -> dict[str, tuple[str, bool, bool]]:
    """`const authedQuery = customQuery(query, …)`, and `const q = query`."""
    name, value = declarator.field("name"), declarator.field("value")
    if name is None or value is None or name.kind() != "identifier":
        return {}
    if value.kind() == "identifier" and value.text() in known:
        return {name.text(): known[value.text()]}
    called = value.field("function") if value.kind() == "call_expression" else None
    imported = source.imports.get(called.text()) if called is not None else None
    if imported is None or _CUSTOM.fullmatch(imported.name) is None:
        return {}
    given = arguments(value)
    if not given or given[0].text() not in known:
        return {}
    kind, internal, _ = known[given[0].text()]
    return {name.text(): (kind, internal, True)}


@dataclass(frozen=True)
class _Region:
    kind: str
    function: Function | None


@remembered
def _regions(source: Source) -> Nesting[_Region]:
    """The stretches of text that run as a query, a mutation or an action."""
    found = []
    for function in functions(source):
        if function.handler is not None:
            found.append((function.handler, _Region(function.kind, function)))
    for parameter in source.nodes("required_parameter", "optional_parameter"):
        typed = parameter.field("type")
        match = _TYPED.search(typed.text()) if typed is not None else None
        outer = _function_around(parameter) if match else None
        if outer is not None and match is not None:
            found.append((outer, _Region(match[1].lower(), None)))
    return Nesting(found)


def _function_around(node: SgNode) -> SgNode | None:
    above = node.parent()
    while above is not None and above.kind() not in _FUNCTIONS:
        above = above.parent()
    return above


def _region_at(source: Source, node: SgNode) -> _Region | None:
    at = node.range().start.index
    return next(_regions(source).around(at, at + 1), None)


def kind_at(source: Source, node: SgNode) -> str | None:
    """What the code here runs as; None for a helper whose context has no type that says so."""
    region = _region_at(source, node)
    return region.kind if region is not None else None


def function_at(source: Source, node: SgNode) -> Function | None:
    """The registered function in whose handler this stands."""
    region = _region_at(source, node)
    return region.function if region is not None else None


def within(node: SgNode, outer: SgNode) -> bool:
    """Whether a node stands inside another, or is it."""
    start, end = extent(node)
    first, last = extent(outer)
    return first <= start and end <= last


def returned(source: Source, function: SgNode) -> list[SgNode]:
    """The expressions that a function itself returns, those of functions within it left out."""
    body = function.field("body")
    if body is not None and body.kind() != "statement_block":
        return [body]
    return _returns(source).get(extent(function), [])


@remembered
def _returns(source: Source) -> dict[tuple[int, int], list[SgNode]]:
    """What functions return, by where they stand."""
    found: dict[tuple[int, int], list[SgNode]] = {}
    for node in source.nodes("return_statement"):
        function, inner = _function_around(node), node.named_children()
        if function is not None and inner:
            found.setdefault(extent(function), []).append(inner[0])
    return found


def ctx_path(source: Source, node: SgNode) -> tuple[str, ...] | None:
    """`("db", "insert")` for `ctx.db.insert`, or `db.insert` with `{ db }`; () for ctx itself; None else."""
    return _path(source, node, _HOPS)


def _path(source: Source, node: SgNode, hops: int) -> tuple[str, ...] | None:
    if hops == 0:
        return None
    names: list[str] = []
    node = unwrapped(node)
    while (found := member(node)) is not None:
        names.append(found[1])
        node = unwrapped(found[0])
    if node.kind() == "this" and names:
        return _of_class(source, tuple(reversed(names)))
    if node.kind() != "identifier":
        return None
    binding = source.scopes.find(node)
    base = _base(source, binding, hops) if binding is not None else None
    return None if base is None else (*base, *reversed(names))


def _of_class(source: Source, names: tuple[str, ...]) -> tuple[str, ...] | None:
    """`this.ctx.db`, and `this.db` in a file where a `db` is typed as Convex's."""
    if names[0] == "ctx":
        return names[1:]
    return names if names[0] == "db" and _TYPED_DB.search(source.text) else None


def _base(source: Source, binding: Binding, hops: int) -> tuple[str, ...] | None:
    if binding.kind == "parameter":
        if binding.key is None and binding.type is not None and _DATABASE.match(binding.type.text()):
            return ("db",)
        if binding.key is None:
            return () if _is_context(source, binding) else None
        return (binding.key,) if binding.key in _ON_CONTEXT else None
    if binding.kind != "variable" or binding.value is None or binding.assigned:
        return None
    path = _path(source, binding.value, hops - 1)
    if path is None or binding.key is None:
        return path
    return (*path, binding.key)


def _is_context(source: Source, binding: Binding) -> bool:
    if binding.name in ("ctx", "_ctx"):
        return True
    if binding.type is not None:
        return _TYPED.search(binding.type.text()) is not None
    handlers = [function.handler for function in functions(source)]
    if binding.function is None or binding.function not in handlers:
        return False
    first = parameters(binding.function)[:1]
    return bool(first) and re.match(rf"{re.escape(binding.name)}\b", first[0].text()) is not None


def parameters(function: SgNode) -> list[SgNode]:
    """The parameters of a function, in order."""
    single = function.field("parameter")
    held = function.field("parameters")
    if single is not None:
        return [single]
    return [node for node in held.named_children() if node.kind() != "comment"] if held is not None else []


@remembered
def _all_ctx_calls(source: Source) -> dict[str, list[ContextCall]]:
    return {}


def ctx_calls(source: Source, *paths: str) -> list[ContextCall]:
    """The calls on a context by these paths ("db.insert", "runQuery"), in the order of the text."""
    known = _all_ctx_calls(source)
    for path in paths:
        if path not in known:
            known[path] = list(_calls_by(source, path))
    found = [call for path in paths for call in known[path]]
    return sorted(found, key=lambda call: call.node.range().start.index) if len(paths) > 1 else found


def _calls_by(source: Source, path: str) -> Iterator[ContextCall]:
    *before, last = path.split(".")
    for call in source.calls(last):
        if ctx_path(source, call.object) == tuple(before):
            yield ContextCall(call.node, path, call.name)
    if before:
        return
    for node in source.calls_of(last):  # const { runQuery } = ctx
        called = node.field("function")
        if called is not None and ctx_path(source, called) == (last,):
            yield ContextCall(node, path, called)


@dataclass(frozen=True)
class Reference:
    """`api.a.b.f`: `root` is "api", `names` are ("a", "b", "f"). `open`: the chain goes on with `[…]`."""

    node: SgNode
    root: str
    names: tuple[str, ...]
    open: bool = False

    @property
    def module(self) -> str:
        """The file, from the functions folder, without its ending: "a/b"."""
        return "/".join(self.names[:-1])


@remembered
def home(source: Source) -> str | None:
    """The functions folder whose `_generated` a file imports by a relative path; None where it names none."""
    for imported in source.imports.values():
        before, found, _ = imported.module.partition("_generated/")
        if found and before.startswith(".") and not imported.type_only:
            return posixpath.normpath(posixpath.join(posixpath.dirname(source.path), before))
    return None


def is_elsewhere(source: Source, functions: str) -> bool:
    """Whether a file is about other functions than the app's own: a component's, or another app's."""
    return home(source) not in (None, functions)


def references(source: Source, roots: Sequence[str] = ("api", "internal")) -> list[Reference]:
    """The chains `api.tasks.list`, `internal.mail.send` of a file; its `components.…` too, when asked."""
    return [one for one in _references(source) if one.root in roots]


@remembered
def _references(source: Source) -> list[Reference]:
    found = []
    for local, imported in source.imports.items():
        if imported.name not in ("api", "internal", "components") or imported.type_only:
            continue
        if re.search(r"(^|/)_generated/api(\.js)?$", imported.module) is None:
            continue
        for node in source.names.get(local, ()):
            reference = _reference(source, node, imported.name)
            if reference is not None:
                found.append(reference)
    return sorted(found, key=lambda one: one.node.range().start.index)


def _reference(source: Source, root: SgNode, name: str) -> Reference | None:
    above = root.parent()
    if above is None or above.kind() in ("import_specifier", "export_specifier"):
        return None
    binding = source.scopes.find(root)
    if binding is not None and binding.kind != "import":
        return None
    names: list[str] = []
    node = root
    while above is not None:
        if above.kind() in ("non_null_expression", "parenthesized_expression"):
            node, above = above, above.parent()
            continue
        if above.kind() not in ("member_expression", "subscript_expression") or above.field("object") != node:
            break
        step = member(above)
        if step is None:
            return Reference(above, name, tuple(names), open=True)
        names.append(step[1])
        node, above = above, above.parent()
    return Reference(node, name, tuple(names))
