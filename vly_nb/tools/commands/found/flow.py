"""Flow: where a command's input comes from and its output goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tree_sitter import Node

from vly_nb.tools.commands.found.constants import given_text
from vly_nb.tools.commands.found.spelling import Speller

SIGNS = frozenset({">", ">>", "&>", "&>>", ">|", "<>", ">&"})


@dataclass(frozen=True, slots=True)
class Flow:
    """What a command stands in: files it is redirected to and from, what it is given, words of it
    that follow a redirection, how deep it is."""

    writes: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    stdin: str | None = None
    words: tuple[str, ...] = ()
    depth: int = 0


def directed(node: Node, flow: Flow, speller: Speller) -> Flow:
    """The flow within a node's redirections. What follows one's file are words of the command."""
    writes, reads, words = list(flow.writes), list(flow.reads), list(flow.words)
    redirects = [child for child in node.named_children if child.type.endswith("_redirect")]
    for one in (part for redirect in redirects for part in (redirect, *redirect.named_children)):
        places = one.children_by_field_name("destination")
        if one.type == "file_redirect" and places:
            place = speller.text(places[0])
            signs = {child.type for child in one.children}
            if signs & SIGNS:
                writes += [] if place.isdigit() or place in ("-", "/dev/null") else [place]
            elif "<" in signs:
                reads.append(place)
            words += [word for more in places[1:] for word in speller.words(more)]
        elif one.type == "heredoc_redirect":
            line = one.start_byte + (one.text or b"").find(b"\n")  # where the here-document begins
            arguments = [more for more in one.children_by_field_name("argument") if more.start_byte < line]
            words += [word for more in arguments for word in speller.words(more)]
    given = given_text(node, speller)
    stdin = flow.stdin if given is None else given
    return Flow(tuple(writes), tuple(reads), stdin, tuple(words), flow.depth)


def after_heredoc(redirects: Sequence[Node]) -> tuple[list[Node], list[Node]]:
    """What follows a here-document on its line: stages it is piped into, and other commands."""
    parts = [part for one in redirects if one.type == "heredoc_redirect" for part in one.named_children]
    piped = [stage for part in parts if part.type == "pipeline" for stage in part.named_children]
    return piped, [part for part in parts if part.type != "pipeline"]
