"""Every command in a piece of bash, wherever it hides: in a loop, in `$(…)`, behind `sudo`, in `sh -c`.

For refusals only: it may be inexact, since what isn't refused isn't run by it either.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tree_sitter import Node, Tree

from vly_nb.tools.commands.command import Unlisted
from vly_nb.tools.commands.reading import letters_of, parsed, text_of

WRAPPERS = frozenset(
    {"sudo", "env", "time", "nohup", "command", "exec", "xargs", "timeout", "nice", "stdbuf", "builtin"}
)
SHELLS = frozenset({"sh", "bash", "zsh", "dash", "eval"})
WRITING = frozenset({">", ">>", "&>", "&>>", ">|", "<>"})


@dataclass(frozen=True, slots=True)
class Mention:
    """A command as found somewhere: its name without folders, its arguments as written."""

    name: str
    arguments: tuple[str, ...]
    writes: tuple[str, ...] = ()  # files it is redirected to


def mentions(tree: Tree, depth: int = 0) -> Iterator[Mention]:
    """Each command in the tree, also what wrappers and `sh -c` would run."""
    waiting: list[tuple[Node, tuple[str, ...]]] = [(tree.root_node, ())]
    while waiting:
        node, writes = waiting.pop()
        children = node.children
        heirs: list[tuple[str, ...]] = [()] * len(children)  # which child the output goes to a file of
        if node.type == "redirected_statement":
            heirs[0] = (*writes, *(_rough(place) for child in children for place in _written_under(child)))
        elif node.type in ("list", "pipeline") and children:
            heirs[-1] = writes
        elif node.type == "declaration_command":  # export, declare
            name, *rest = text_of(node).split()
            yield Mention(name, tuple(rest))
        elif node.type == "command":
            words = [
                _rough(child)
                for child in node.named_children
                if child.type not in ("variable_assignment", "file_redirect")
            ]
            own = (_rough(place) for child in children for place in _written_under(child))
            yield from _unwrapped(words, (*writes, *own), depth)
        waiting.extend(zip(children, heirs, strict=True))


def _unwrapped(words: Sequence[str], writes: tuple[str, ...], depth: int) -> Iterator[Mention]:
    if not words:
        return
    name = words[0].rpartition("/")[2]
    yield Mention(name, tuple(words[1:]), writes)
    if depth > 3:
        return
    if name in SHELLS:
        for text in words[1:]:
            if " " in text:
                yield from mentions(parsed(text), depth + 1)
        if name == "eval":
            yield from mentions(parsed(" ".join(words[1:])), depth + 1)
    elif name in WRAPPERS:
        for place, word in enumerate(words[1:], 1):
            if not word.startswith("-") and "=" not in word and not word[:1].isdigit():
                yield from _unwrapped(words[place:], writes, depth + 1)
                break


def written_files(tree: Tree) -> list[str]:
    """Every file that something in the tree is redirected to."""
    return [_rough(place) for node in _all(tree.root_node) if (place := _written(node))]


def _written_under(node: Node) -> Iterator[Node]:
    """The files of a redirection; one may stand within a heredoc's."""
    if node.type in ("file_redirect", "heredoc_redirect"):
        for child in (node, *node.children):
            if place := _written(child):
                yield place


def _written(node: Node) -> Node | None:
    if node.type != "file_redirect" or not any(child.type in WRITING for child in node.children):
        return None
    place = node.named_children[-1] if node.named_children else None
    return place if place is not None and _rough(place) != "/dev/null" else None


def _all(node: Node) -> Iterator[Node]:
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(node.children))


def _rough(node: Node) -> str:
    """A word's text without its quotes, whatever it holds."""
    try:
        return "".join(letter for letter, _ in letters_of(node))
    except Unlisted:
        return text_of(node)
