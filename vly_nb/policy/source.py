"""Source: one file, parsed at most once, and the questions that rules ask of it.

The syntax tree is ast-grep's (https://ast-grep.github.io/reference/api.html#python): the
grammar `tsx` for .tsx, `typescript` for .ts (each misreads some of the other's language).
Its positions count characters from 0; `Range` counts from 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import PurePosixPath

from ast_grep_py import Rule, SgNode, SgRoot

from vly_nb.diagnostics import Range
from vly_nb.policy.scopes import Scopes

BIGGEST = 1_000_000  # characters; a larger file is not looked at
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


class Source:
    """A file's text with its syntax tree, read when first asked for.

    `path` is relative to the project's root, with `/`.
    """

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.grammar = _GRAMMARS.get(PurePosixPath(path).suffix, "")

    @cached_property
    def root(self) -> SgNode | None:
        """The tree; None for a file without a grammar here, and for one that no person wrote."""
        if not self.grammar or len(self.text) > BIGGEST:
            return None
        if max(map(len, self.text.split("\n"))) > _LONGEST_LINE:
            return None  # made by a program
        root = SgRoot(self.text, self.grammar).root()
        return None if _is_hostile(root) else root

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
        wanted: Rule = {"any": [{"kind": kind} for kind in kinds]}
        if regex is not None:
            wanted["regex"] = regex
        return self.root.find_all({"rule": wanted})

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

    def calls(self, *names: str) -> Iterator[Call]:
        """Calls of methods by these names: `x.name()`, `x?.name()`, `x["name"]()`."""
        wanted = "|".join(names)
        for name in self.nodes("property_identifier", regex=f"^({wanted})$"):
            yield from _call(name, name.parent())
        for text in self.nodes("string_fragment", regex=f"^({wanted})$"):
            string = text.parent()
            yield from _call(text, string.parent() if string else None)

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


def is_script(path: str) -> bool:
    """Whether a file by this name is TypeScript or JavaScript."""
    return _GRAMMARS.get(PurePosixPath(path).suffix) in _SCRIPTS


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
        target, name = node.field("object"), node.field("property")
        return (target, name.text()) if target and name else None
    if node.kind() == "subscript_expression":
        target, text = node.field("object"), unquoted(node.field("index"))
        return (target, text) if target and text is not None else None
    return None


def unquoted(node: SgNode | None) -> str | None:
    """The text of a string, or of a template without substitutions; None for anything else."""
    if node is None or node.kind() not in ("string", "template_string"):
        return None
    if any(child.kind() in ("template_substitution", "ERROR") for child in node.children()):
        return None
    text = node.text()
    return text[1:-1] if len(text) > 1 else None


@lru_cache(maxsize=64)
def parsed(path: str, text: str) -> Source:
    """The file as a Source; gates and rules that look at the same text share one tree."""
    return Source(path, text)
