"""Bash read with tree-sitter, exactly, and little of it.

Commands, pipes, `&&`, `||`, `;`, and the redirections that write nothing. All
else raises Unlisted, with the reason to ask the person.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import tree_sitter_bash
from tree_sitter import Language, Node, Parser, Tree

from vly_nb.tools.commands.command import Program, Unlisted, Word
from vly_nb.tools.commands.letters import Letters, braced, letters_of, text_of, word_of

Joint = Literal["&&", "||", ";"]

ODD = {
    "command_substitution": "It puts one command's output into another, which isn't known beforehand.",
    "simple_expansion": "It uses a variable, whose value isn't known beforehand.",
    "expansion": "It uses a variable, whose value isn't known beforehand.",
    "arithmetic_expansion": "It computes a word, which isn't known beforehand.",
    "process_substitution": "It reads another command as a file.",
    "brace_expression": "It spells out a range (`{1..9}`).",
    "ansi_c_string": "It has a word in $'…', which can hide anything.",
    "subshell": "It opens a shell within the shell.",
    "variable_assignment": "It sets a variable for the command.",
    "heredoc_redirect": "It feeds a text to the command.",
    "herestring_redirect": "It feeds a text to the command.",
}


@dataclass(frozen=True, slots=True)
class Statement:
    """One pipeline with how it is joined to what came before."""

    programs: tuple[Program, ...]
    after: Joint


@functools.cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_bash.language()))


def parsed(command: str) -> Tree:
    """The syntax tree; with errors marked in it where it isn't bash."""
    return _parser().parse(command.encode("utf-8", "replace"))


def statements(tree: Tree) -> list[Statement]:
    """The pipelines in order. Raises Unlisted for what isn't plain."""
    if tree.root_node.has_error:
        raise Unlisted("It can't be read as a shell command for sure.")
    found: list[Statement] = []
    for child in tree.root_node.children:
        if child.type == "&":
            raise Unlisted("It leaves a program running in the background.")
        if child.is_named and child.type != "comment":
            found.extend(_statement(child, ";"))
    return found


def _statement(node: Node, after: Joint) -> list[Statement]:
    if node.type == "list":
        left, joint, right = node.children
        if joint.type not in ("&&", "||"):
            raise Unlisted("It joins commands in an unusual way.")
        return [*_statement(left, after), *_statement(right, "&&" if joint.type == "&&" else "||")]
    if node.type == "pipeline":
        return [Statement(tuple(_pipeline(node)), after)]
    if node.type == "command":
        return [Statement((_program(node),), after)]
    if node.type == "redirected_statement":
        body, *redirects = node.named_children
        found = _statement(body, after)
        last = found[-1]
        program = functools.reduce(_redirected, redirects, last.programs[-1])
        return [*found[:-1], replace(last, programs=(*last.programs[:-1], program))]
    raise Unlisted(ODD.get(node.type, "It is more than a plain command (a loop, a condition, a function)."))


def _pipeline(node: Node) -> Iterator[Program]:
    for child in node.children:
        if child.type == "|&":
            raise Unlisted("It joins commands in an unusual way.")
        if child.is_named:
            for statement in _statement(child, ";"):
                yield from statement.programs


def _program(node: Node) -> Program:
    if any(child.type == "$" for child in node.children):
        raise Unlisted(ODD["ansi_c_string"])
    words: list[Word] = []
    program = Program("")
    for child in node.named_children:
        if child.type in ("file_redirect", "herestring_redirect", "heredoc_redirect"):
            program = _redirected(program, child)
        else:
            words.extend(_words(child.named_children[0] if child.type == "command_name" else child))
    if not words or words[0].pattern is not None:
        raise Unlisted("It doesn't name the program plainly.")
    return replace(program, name=words[0].text, words=tuple(words[1:]))


def _redirected(program: Program, node: Node) -> Program:
    """The few redirections that write nothing: `2>&1`, `2>/dev/null`, `>/dev/null`, `&>/dev/null`."""
    match "".join(text_of(child) for child in node.children):
        case "2>&1":
            return replace(program, errors="dropped" if program.silent else "piped")
        case "2>/dev/null":
            return replace(program, errors="dropped")
        case ">/dev/null" | "1>/dev/null":
            return replace(program, silent=True)
        case "&>/dev/null" | ">&/dev/null":
            return replace(program, silent=True, errors="dropped")
    raise Unlisted(ODD.get(node.type, "It redirects to or from a file."))


def _words(node: Node) -> list[Word]:
    letters = letters_of(node, _unlisted)
    if letters and letters[0] == ("~", False):
        raise Unlisted("It names a place in the home folder.")
    return [word_of(variant) for variant in braced(letters)]


def _unlisted(node: Node) -> Letters:
    raise Unlisted(ODD.get(node.type, "It has a word that isn't plain."))
