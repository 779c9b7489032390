"""Source: one file, parsed at most once, and the questions that rules ask of it.

The syntax tree is ast-grep's (https://ast-grep.github.io/reference/api.html#python): the
grammar `tsx` for .tsx, `typescript` for .ts (each misreads some of the other's language).
Its positions count characters from 0; `Range` counts from 1.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, wraps
from threading import Lock
from typing import Any, TypeVar

from ast_grep_py import Rule, SgNode, SgRoot

from vly_nb.diagnostics import Range
from vly_nb.policy.endless import endless
from vly_nb.policy.scopes import Scopes

BIGGEST = 1_000_000  # characters; a larger file is not looked at
_SMALL = 5_000  # characters: no tree of so few is slow to search
# Finding a node's parent takes longer the deeper it is and the more siblings it has, and its
# column the longer its line is; nobody writes more than this.
_DEEPEST, _WIDEST_ERROR, _LONGEST_LINE = 1_000, 5_000, 20_000
_GRAMMARS = {
    ".ts": "typescript",
    ".mts": "typescript",
    ".cts": "typescript",
    ".tsx": "tsx",
    ".js": "tsx",  # plain JavaScript is read well by it, JSX included
    ".jsx": "tsx",
    ".mjs": "tsx",
    ".cjs": "tsx",
    ".json": "json",
    ".css": "css",
    ".html": "html",
}
_COMMENTS = {
    "typescript": ("comment",),
    "tsx": ("comment",),
    "css": ("comment",),
    "html": ("comment",),
}
_SCRIPTS = ("typescript", "tsx")
_WALKED = frozenset((
    "identifier", "property_identifier", "string_fragment", "string", "template_string",
    "import_statement", "export_statement", "variable_declarator", "assignment_expression",
    "call_expression", "new_expression", "await_expression", "as_expression", "non_null_expression",
    "arrow_function", "function_expression", "function_declaration", "required_parameter",
    "optional_parameter", "return_statement", "throw_statement", "for_in_statement", "for_statement",
    "while_statement", "do_statement", "catch_clause", "comment", "shorthand_property_identifier",
    "generator_function_declaration", "class_declaration", "enum_declaration", "jsx_opening_element",
    "jsx_self_closing_element", "jsx_attribute",
))  # fmt: skip
_WRAPPERS = {
    "parenthesized_expression",
    "await_expression",
    "as_expression",
    "satisfies_expression",
    "non_null_expression",
    "type_assertion",
}


@dataclass(frozen=True)
class Call:
    """A method call `object.name(…)` or `object["name"](…)`: its nodes."""

    node: SgNode
    object: SgNode
    name: SgNode


@dataclass(frozen=True)
class Imported:
    """What a name in the file stands for: `name` of `module`; "default" and "*" as in the language."""

    module: str
    name: str
    type_only: bool = False


@dataclass(frozen=True)
class Exported:
    """What a file gives out under a name.

    `node` is where it is given out; `value` the expression or the declaration it is, where it
    stands in this file (`key`: which property of it, if it was destructured). For a re-export
    `module` says where it comes from, under the name `origin`; `export * from` has the name "*".
    """

    name: str
    node: SgNode
    value: SgNode | None = None
    key: str | None = None
    module: str | None = None
    origin: str | None = None
    type_only: bool = False


class Source:
    """A file's text with its syntax tree, read when first asked for.

    `path` is relative to the project's root, with `/`.
    """

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.grammar = _GRAMMARS.get(_ending(path), "")
        self.memory: dict[object, Any] = {}

    @cached_property
    def root(self) -> SgNode | None:
        """The tree; None for a file without a grammar here, and for one that no person wrote."""
        if not self._of_a_person or self.endless:
            return None
        root = SgRoot(self.text, self.grammar).root()
        return None if len(self.text) > _SMALL and _is_hostile(root) else root

    @cached_property
    def endless(self) -> bool:
        """Whether it is so broken that the parser would never come to an end."""
        return self.grammar in _SCRIPTS and self._of_a_person and endless(self.text, self.grammar)

    @cached_property
    def _of_a_person(self) -> bool:
        """Whether somebody may have written it, by its size and its longest line."""
        if not self.grammar or len(self.text) > BIGGEST:
            return False
        return len(self.text) <= _LONGEST_LINE or max(map(len, self.text.split("\n"))) <= _LONGEST_LINE

    @property
    def is_script(self) -> bool:
        """TypeScript or JavaScript, and small enough to be parsed."""
        return self.grammar in _SCRIPTS and self.root is not None

    @cached_property
    def lines(self) -> list[str]:
        """The file's lines without their endings."""
        return [line.removesuffix("\r") for line in self.text.split("\n")]

    def nodes(self, *kinds: str, regex: str | None = None) -> list[SgNode]:
        """All nodes of these kinds, in the order of the text; a JSX kind in a .ts file has none.

        `regex` (Rust's dialect) is searched in the node's text.
        """
        if self.grammar == "typescript":  # ast-grep raises for a kind that the grammar lacks
            kinds = tuple(kind for kind in kinds if not kind.startswith("jsx_"))
        if self.root is None or not kinds:
            return []
        if regex is not None:
            matching: Rule = {"any": [{"kind": kind} for kind in kinds], "regex": regex}
            return self.root.find_all({"rule": matching})
        if kinds not in self.memory:
            self.memory[kinds] = self._of(kinds)
        found: list[SgNode] = self.memory[kinds]
        return found

    def _of(self, kinds: tuple[str, ...]) -> list[SgNode]:
        if self.grammar not in _SCRIPTS or not _WALKED.issuperset(kinds):
            return self._found(kinds)
        if len(kinds) == 1:
            return self._walked[kinds[0]][1]
        numbered = [pair for kind in {*kinds} for pair in zip(*self._walked[kind], strict=True)]
        return [node for _, node in sorted(numbered)]

    @cached_property
    def _walked(self) -> dict[str, tuple[list[int], list[SgNode]]]:
        """(which one it is in the text, node) by kind, for all kinds that rules ask for.

        By one walk: one kind costs as much.
        """
        kinds = [kind for kind in _WALKED if self.grammar == "tsx" or not kind.startswith("jsx_")]
        found: dict[str, tuple[list[int], list[SgNode]]] = {kind: ([], []) for kind in kinds}
        for number, node in enumerate(self._found(kinds)):
            numbers, nodes = found[node.kind()]
            numbers.append(number)
            nodes.append(node)
        return found

    def _found(self, kinds: Sequence[str]) -> list[SgNode]:
        try:
            wanted: Rule = {"any": [{"kind": kind} for kind in kinds]}
            return self.root.find_all({"rule": wanted}) if self.root is not None else []
        except RuntimeError:  # a style sheet has no such kind
            return []

    def range(self, start: SgNode, end: SgNode | None = None) -> Range:
        """From the start of one node to the end of another (or the same)."""
        first, last = start.range().start, (end or start).range().end
        return Range(first.line + 1, first.column + 1, last.line + 1, last.column + 1)

    def line(self, number: int) -> str:
        """The text of a line (from 1), without white space around it, at most 200 characters."""
        return self.lines[number - 1].strip()[:200] if 0 < number <= len(self.lines) else ""

    @cached_property
    def comments(self) -> list[SgNode]:
        """All comments; in JSX too, where they stand in braces."""
        return self.nodes(*_COMMENTS.get(self.grammar, ()))

    @cached_property
    def names(self) -> dict[str, list[SgNode]]:
        """The places where a name is used or declared as a variable, by the name."""
        return _by_text(self.nodes("identifier"))

    @cached_property
    def properties(self) -> dict[str, list[SgNode]]:
        """The places where a name stands behind a dot, or as a key, by the name."""
        return _by_text(self.nodes("property_identifier"))

    @cached_property
    def fragments(self) -> dict[str, list[SgNode]]:
        """The plain strings, by what is in them, without the quotes: their fragments."""
        return _by_text(self.nodes("string_fragment")) if self.is_script else {}

    def calls(self, *names: str) -> Iterator[Call]:
        """Calls of methods by these names: `x.name()`, `x?.name()`, `x["name"]()`."""
        for wanted in names:
            for name in self.properties.get(wanted, ()):
                yield from _call(name, name.parent())
            if f'["{wanted}"]' in self.text or f"['{wanted}']" in self.text:
                for text in self.fragments.get(wanted, ()):
                    string = text.parent()
                    yield from _call(text, string.parent() if string else None)

    def calls_of(self, *names: str) -> Iterator[SgNode]:
        """Calls of these names themselves: `name(…)`."""
        for wanted in names:
            for name in self.names.get(wanted, ()):
                call = name.parent()
                if call is not None and call.kind() == "call_expression" and call.field("function") == name:
                    yield call

    @cached_property
    def directives(self) -> list[tuple[str, SgNode]]:
        """The strings that stand as statements at the top, before anything else ("use node")."""
        found = []
        for child in self.root.named_children() if self.root is not None else ():
            if child.kind() == "comment":
                continue
            inner = child.named_children()
            text = unquoted(inner[0]) if child.kind() == "expression_statement" and inner else None
            if text is None or inner[0].kind() != "string":
                break
            found.append((text, child))
        return found

    @property
    def use_node(self) -> bool:
        """Whether the file asks for Convex's Node.js runtime."""
        return any(text == "use node" for text, _ in self.directives)

    @cached_property
    def exports(self) -> list[Exported]:
        """What the file gives out."""
        return [one for node in self.nodes("export_statement") for one in _exported(self, node)]

    @cached_property
    def imports(self) -> dict[str, Imported]:
        """What is imported, by the name it has in this file."""
        found: dict[str, Imported] = {}
        for statement in self.nodes("import_statement"):
            source = statement.field("source") or statement.find(kind="string")  # import a = require("b")
            module = unquoted(source)
            if module is None:
                continue
            type_only = any(child.kind() == "type" for child in statement.children())
            for name, local in _bound(statement):
                found[local] = Imported(module, name, type_only)
        return found

    @cached_property
    def scopes(self) -> Scopes:
        """Which declaration a name means, where."""
        return Scopes(self.nodes, self.imports, len(self.text))


T = TypeVar("T")


def remembered(reader: Callable[[Source], T]) -> Callable[[Source], T]:
    """A reader of one source, asked by many rules, that reads it once."""

    @wraps(reader)
    def once(source: Source) -> T:
        if reader not in source.memory:
            source.memory[reader] = reader(source)
        found: T = source.memory[reader]
        return found

    return once


def _by_text(nodes: list[SgNode]) -> dict[str, list[SgNode]]:
    found: dict[str, list[SgNode]] = defaultdict(list)
    for node in nodes:
        found[node.text()].append(node)
    return dict(found)


def _exported(source: Source, node: SgNode) -> Iterator[Exported]:
    """The names of one export statement."""
    children = node.children()
    words = {child.kind() for child in children}
    module, type_only = unquoted(node.field("source")), "type" in words
    if "*" in words or "namespace_export" in words:
        alias = next((child for child in children if child.kind() == "namespace_export"), None)
        name = alias.named_children()[0].text() if alias is not None else "*"
        yield Exported(name, node, module=module, origin="*", type_only=type_only)
    if "default" in words:
        value = node.field("value") or node.field("declaration")
        yield Exported("default", node, value)
    elif (declaration := node.field("declaration")) is not None:
        yield from _declared(node, declaration)
    for clause in children:
        for item in clause.named_children() if clause.kind() == "export_clause" else ():
            local, alias = item.field("name"), item.field("alias")
            if local is None:
                continue
            own = module is None and local.kind() == "identifier"
            bound = source.scopes.find(local) if own else None
            held = bound.value if bound is not None else None
            imported = source.imports.get(local.text()) if own else None
            yield Exported(
                (alias or local).text().strip("\"'"),
                item,
                held,
                bound.key if bound is not None else None,
                imported.module if imported is not None else module,
                imported.name if imported is not None else local.text() if module is not None else None,
                type_only or any(child.kind() == "type" for child in item.children()),
            )


_TYPES_ONLY = ("interface_declaration", "type_alias_declaration")


def _declared(node: SgNode, declaration: SgNode) -> Iterator[Exported]:
    kind = declaration.kind()
    name = declaration.field("name")
    if name is not None:
        yield Exported(name.text(), node, declaration, type_only=kind in _TYPES_ONLY)
        return
    for part in declaration.named_children():
        pattern, value = part.field("name"), part.field("value")
        if part.kind() != "variable_declarator" or pattern is None:
            continue
        if pattern.kind() == "identifier":
            yield Exported(pattern.text(), node, value)
            continue
        for local, key in _destructured(pattern):
            yield Exported(local, node, value, key)


def _destructured(pattern: SgNode) -> Iterator[tuple[str, str]]:
    """(name, key) of `{ a, b: c }`, one level deep; names deeper have the key ""."""
    for part in pattern.named_children():
        key, value = part.field("key"), part.field("value")
        if part.kind() == "shorthand_property_identifier_pattern":
            yield part.text(), part.text()
        elif key is not None and value is not None and value.kind() == "identifier":
            yield value.text(), key.text()
        else:
            names = part.find_all({"rule": {"any": [{"kind": k} for k in _BOUND_KINDS]}})
            yield from ((name.text(), "") for name in names)


_BOUND_KINDS = ("identifier", "shorthand_property_identifier_pattern")


def _is_hostile(root: SgNode) -> bool:
    """Whether some name stands deeper than any person nests, or an error has swallowed thousands of tokens.

    Many names at a great depth are what makes a search slow, and a sample of sixteen finds those.
    """
    if any(len(error.children()) > _WIDEST_ERROR for error in root.find_all(kind="ERROR")[:50]):
        return True
    names = root.find_all(kind="identifier") if root.kind() == "program" else []
    sample = {*names[:: max(1, len(names) // 16)], *names[-1:]}
    return any(len(name.ancestors()) > _DEEPEST for name in sample)


def _call(name: SgNode, member: SgNode | None) -> Iterator[Call]:
    if member is None or member.kind() not in ("member_expression", "subscript_expression"):
        return
    inner, outer = member, member.parent()
    while outer is not None and outer.kind() in ("non_null_expression", "parenthesized_expression"):
        inner, outer = outer, outer.parent()
    target = member.field("object")
    if outer is None or target is None or outer.kind() != "call_expression":
        return
    called = outer.field("function")
    if called is not None and called.range().end.index == inner.range().end.index:
        yield Call(outer, target, name)


def _bound(statement: SgNode) -> Iterator[tuple[str, str]]:
    """(exported name, local name) of an import statement."""
    for clause in statement.children():
        if clause.kind() == "import_require_clause":
            yield from (("*", child.text()) for child in clause.children() if child.kind() == "identifier")
        if clause.kind() != "import_clause":
            continue
        for part in clause.children():
            if part.kind() == "identifier":
                yield "default", part.text()
            elif part.kind() == "namespace_import":
                yield from (("*", child.text()) for child in part.children() if child.kind() == "identifier")
            elif part.kind() == "named_imports":
                for item in part.named_children():
                    name, alias = item.field("name"), item.field("alias")
                    if name is not None:
                        yield name.text().strip("\"'"), (alias or name).text()


def _ending(path: str) -> str:
    """`.ts`; quicker than a Path, and asked for every file of a project."""
    return f".{path.rpartition('.')[2]}"


def is_script(path: str) -> bool:
    """Whether a file by this name is TypeScript or JavaScript."""
    return _GRAMMARS.get(_ending(path)) in _SCRIPTS


def unwrapped(node: SgNode) -> SgNode:
    """The expression inside parentheses, `await`, `as`, `satisfies`, `!` and `<T>`."""
    while node.kind() in _WRAPPERS:
        inner = [child for child in node.named_children() if child.kind() != "comment"]
        if not inner:
            return node
        node = inner[-1] if node.kind() == "type_assertion" else inner[0]
    return node


def member(node: SgNode) -> tuple[SgNode, str] | None:
    """(object, name) of `object.name` and `object["name"]`; None for anything else."""
    if node.kind() == "member_expression":
        # in a type query the field "property" is that of the chain's first step
        parts = node.children()
        return (parts[0], parts[-1].text()) if len(parts) > 2 else None
    if node.kind() == "subscript_expression":
        target, text = node.field("object"), unquoted(node.field("index"))
        return (target, text) if target and text is not None else None
    return None


def unquoted(node: SgNode | None) -> str | None:
    """The text of a string, or of a template without substitutions; None for anything else."""
    if node is None or node.kind() not in ("string", "template_string"):
        return None
    for child in node.children():  # a plain loop: no other question is asked so often
        if child.kind() in ("template_substitution", "ERROR"):
            return None
    text = node.text()
    return text[1:-1] if len(text) > 1 else None


class _Lately:
    """The sources asked for last, as many as their texts have characters: a tree is 60 times its text."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 0
        self._kept: dict[tuple[str, str], Source] = {}
        self._lock = Lock()

    def source(self, path: str, text: str) -> Source:
        with self._lock:
            found = self._kept.pop((path, text), None)
            if found is None:
                found = Source(path, text)
                self._size += len(text)
            self._kept[path, text] = found
            while self._size > self._most and len(self._kept) > 1:
                oldest = next(iter(self._kept))
                self._size -= len(oldest[1])
                del self._kept[oldest]
            return found


_LATELY = _Lately(1_000_000)


def parsed(path: str, text: str) -> Source:
    """The file as a Source; gates and rules that look at the same text share one tree."""
    return _LATELY.source(path, text)
