"""Every command in a piece of bash, wherever it hides: in a loop, in `$(…)`, behind `sudo`, in `sh -c`.

For refusals only: it may be inexact, since what isn't refused isn't run by it either.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from tree_sitter import Node

from vly_nb.tools.commands.found.constants import output, printed
from vly_nb.tools.commands.found.flow import Flow, after_heredoc, directed
from vly_nb.tools.commands.found.inline import started
from vly_nb.tools.commands.found.known import Known
from vly_nb.tools.commands.found.mention import Mention
from vly_nb.tools.commands.found.naming import multiplies, program_names
from vly_nb.tools.commands.found.spelling import Speller
from vly_nb.tools.commands.found.wrappers import RUNS_PROGRAM, carried
from vly_nb.tools.commands.letters import text_of
from vly_nb.tools.commands.reading import parsed

DEEPEST = 16  # wrappers within wrappers
MOST = 600  # commands
WORDS = 1000  # of one command
NODES = 40_000
ROUNDS = 8  # of a loop over known words

SUBSTITUTIONS = frozenset({"command_substitution", "process_substitution"})


class TooMuch(Exception):
    """More than is read; the commands found so far stand."""


def mentions(command: str, scripts: Mapping[str, str]) -> tuple[list[Mention], bool]:
    """Each command in the text, also what wrappers, scripts and `sh -c` would run; and if that is all."""
    reader = Reader(scripts)
    whole = True
    for text in dict.fromkeys((command, command.replace("\\\n", ""))):  # the grammar doesn't join lines
        try:
            reader.read(text, Flow())
        except (TooMuch, RecursionError):
            whole = False
    return reader.found, whole


class Reader:
    """Walks a tree in the order of execution, with the variables, functions and folder that hold there."""

    def __init__(self, scripts: Mapping[str, str]) -> None:
        self.found: list[Mention] = []
        self.scripts = scripts
        self.known = Known()
        self.speller = Speller(self.known, output)
        self.left = NODES
        self.ways: dict[str, Callable[[Node, Flow], None]] = {
            "list": self._list,
            "pipeline": lambda node, flow: self._pipeline(node.named_children, flow),
            "redirected_statement": self._redirected,
            "subshell": self._subshell,
            "command": self._command,
            "unset_command": self._command,
            "declaration_command": self._declaration,
            "variable_assignment": self._assignment,
            "function_definition": self._function,
            "for_statement": self._loop,
            **dict.fromkeys(SUBSTITUTIONS, lambda node, flow: self._within(node, flow, frozenset())),
        }

    def read(self, text: str, flow: Flow) -> None:
        """A piece of shell."""
        if flow.depth <= DEEPEST:
            self.walk(parsed(text).root_node, flow)

    def walk(self, node: Node, flow: Flow) -> None:
        """A node and all below it."""
        self.left -= 1
        if self.left < 0 or len(self.found) > MOST:
            raise TooMuch
        self.ways.get(node.type, self._children)(node, flow)

    def _children(self, node: Node, flow: Flow) -> None:
        for child in node.named_children:
            self.walk(child, flow)

    # -- how commands are put together ------------------------------------------------

    def _subshell(self, node: Node, flow: Flow) -> None:
        folder = self.known.folder
        self._children(node, flow)
        self.known.folder = folder

    def _list(self, node: Node, flow: Flow) -> None:
        """`a && b && c` leans to the left; a redirection belongs to the last one."""
        parts: list[Node] = []
        while node.type == "list" and node.named_children:
            parts += reversed(node.named_children[1:])
            node = node.named_children[0]
        parts.append(node)
        for place, part in enumerate(reversed(parts), 1):
            self.walk(part, flow if place == len(parts) else replace(flow, writes=()))

    def _pipeline(self, stages: Sequence[Node], flow: Flow) -> None:
        """Each stage is told what pipes into it and what it pipes into."""
        given = flow.stdin
        bounds = [len(self.found)]
        for place, stage in enumerate(stages, 1):
            last = place == len(stages)
            self.walk(stage, replace(flow, stdin=given, writes=flow.writes if last else ()))
            given = output(stage, self.speller, given)
            bounds.append(len(self.found))
        names = [frozenset(one.name for one in self.found[a:b]) for a, b in itertools.pairwise(bounds)]
        for place, (begin, end) in enumerate(itertools.pairwise(bounds)):
            before, after = frozenset().union(*names[:place]), frozenset().union(*names[place + 1 :])
            self.found[begin:end] = [
                replace(one, sources=one.sources | before, sinks=one.sinks | after)
                for one in self.found[begin:end]
            ]

    def _redirected(self, node: Node, flow: Flow) -> None:
        redirects = [child for child in node.named_children if child.type.endswith("_redirect")]
        body = node.child_by_field_name("body")
        for redirect in redirects:
            for place in redirect.children_by_field_name("destination"):
                self._within(place, flow)
        inner = directed(node, flow, self.speller)
        stages, others = after_heredoc(redirects)
        if body is None:
            self._run([":"], inner)
        elif stages:
            self._pipeline([body, *stages], inner)
        else:
            said = output(body, self.speller, inner.stdin) if inner.writes else None
            self.walk(body, inner)
            if said is not None:
                self.known.files.update(dict.fromkeys(inner.writes, said))
        for part in others:
            self.walk(part, flow)

    # -- what changes what words mean -------------------------------------------------

    def _assignment(self, node: Node, flow: Flow) -> None:
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if name is None:
            return
        known, index, _ = text_of(name).partition("[")
        parts: list[Node] = []
        if value is not None:
            self._within(value, flow)
            parts = value.named_children if value.type == "array" else [value]
        before = [self.known.variables[known]] if index and known in self.known.variables else []
        self.known.variables[known] = " ".join([*before, *(self.speller.text(part) for part in parts)])
        if known == "NODE_OPTIONS" and not self.known.variables[known]:
            self.found.append(Mention("unset", (known,)))
        if known in RUNS_PROGRAM:
            self.read(self.known.variables[known], replace(flow, depth=flow.depth + 1))

    def _declaration(self, node: Node, flow: Flow) -> None:
        for child in node.named_children:
            if child.type == "variable_assignment":
                self._assignment(child, flow)
            else:
                self._within(child, flow)
        name, *rest = text_of(node).split()
        self.found.append(Mention(name, tuple(rest), self.known.folder, flow.writes))

    def _function(self, node: Node, flow: Flow) -> None:
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if name is None or body is None:
            return
        self.known.functions[text_of(name)] = body
        if multiplies(body, text_of(name)):
            self.found.append(Mention("fork bomb"))
        else:
            self.walk(body, flow)

    def _loop(self, node: Node, flow: Flow) -> None:
        """The body once for each of the first words, once when they aren't known."""
        name, body = node.child_by_field_name("variable"), node.child_by_field_name("body")
        values: list[str] = []
        for child in node.children_by_field_name("value"):
            self._within(child, flow)
            values += self.speller.words(child)
        for value in values[:ROUNDS] or [""]:
            if name is not None and value:
                self.known.variables[text_of(name)] = value
            if body is not None:
                self.walk(body, flow)

    def _within(self, node: Node, flow: Flow, sinks: frozenset[str] = frozenset({"$("})) -> None:
        """What stands in `$(…)` somewhere in a word of a command (and feeds it), or of a test."""
        if node.type in SUBSTITUTIONS:
            begin, folder = len(self.found), self.known.folder
            self._children(node, Flow(depth=flow.depth + 1))
            if any(child.type == "file_redirect" for child in node.named_children):  # $(< file)
                self._run(["cat"], directed(node, Flow(), self.speller))
            self.known.folder = folder
            self.found[begin:] = [replace(one, sinks=one.sinks | sinks) for one in self.found[begin:]]
        elif node.named_children:
            for child in node.named_children:
                self._within(child, flow)

    # -- one command ------------------------------------------------------------------

    def _command(self, node: Node, flow: Flow) -> None:
        begin = len(self.found)
        words: list[str] = []
        for child in node.named_children:
            if child.type == "variable_assignment":
                self._assignment(child, flow)
            elif not child.type.endswith("_redirect"):
                self._within(child, flow)
                words += self.speller.words(child)
        within = frozenset(one.name for one in self.found[begin:])
        inner = directed(node, flow, self.speller)
        words += inner.words
        if node.type == "unset_command":
            words = text_of(node).split()
        self._run(words, replace(inner, words=()), within)

    def _run(self, words: Sequence[str], flow: Flow, within: frozenset[str] = frozenset()) -> None:
        """A command and whatever it runs in turn."""
        if not words or flow.depth > DEEPEST:
            return
        if len(words) > WORDS:
            raise TooMuch
        deeper = replace(flow, depth=flow.depth + 1)
        if body := self.known.functions.get(words[0]):
            self.known.bind(words[1:])
            self.walk(body, deeper)
        words = list(words)
        for name in program_names(words[0]):
            one = Mention(
                name, tuple(words[1:]), self.known.folder, flow.writes, flow.reads, flow.stdin, within=within
            )
            self.found.append(one)
            self.known.remember(one)
            if name == "printf" and words[1:2] == ["-v"] and len(words) > 3:
                self.known.variables[words[2]] = printed("printf", words[3:]) or ""
            for what in carried(one, self.scripts, self.known.files):
                if isinstance(what, str):  # a script that is read from stdin leaves none of it
                    self.read(what, replace(deeper, stdin=None) if what == flow.stdin else deeper)
                else:
                    self._run(what, deeper, within)
            for text in started(one):
                self.read(text, Flow(depth=deeper.depth))
        if words[0] in self.known.files:
            self.read(self.known.files[words[0]], deeper)
