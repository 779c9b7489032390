"""What words come to as far as it can be told without running anything: known variables, `$'…'`, `$(echo …)`.

What can't be told stays as it is written. For refusals only.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tree_sitter import Node

from vly_nb.tools.commands.command import Unlisted
from vly_nb.tools.commands.found.known import Known
from vly_nb.tools.commands.letters import Letters, braced, letters_of, quoted, text_of

LONGEST = 20_000  # characters of a word

PARAMETER = re.compile(r"\$\{(!?)(\w+|[@*])(?:\[[^\]]*\])?(.*)\}", re.DOTALL)
SLICE = re.compile(r":\s*(-?\d+)(?::(\d+))?")
REPLACE = re.compile(r"//?(.+?)(?:/(.*))?", re.DOTALL)
ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{1,2}|u[0-9A-Fa-f]{1,4}|U[0-9A-Fa-f]{1,8}|[0-7]{1,3}|c.|.)", re.DOTALL)
LETTERS = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "a": "\a",
    "b": "\b",
    "e": "\x1b",
    "E": "\x1b",
    "f": "\f",
    "v": "\v",
}


class Speller:
    """Spells out words with what is known; `output` answers what a substitution prints, or None."""

    def __init__(self, known: Known, output: Callable[[Node, Speller], str | None]) -> None:
        self.known = known
        self._output = output

    def words(self, node: Node) -> list[str]:
        """What a word comes to: several with braces or a list in a variable, none with an empty one."""
        letters = letters_of(node, self._expanded)
        if not letters:
            return [""] if node.type in ("raw_string", "string") else []
        try:
            variants = braced(letters)
        except Unlisted:
            variants = [letters]
        return [word for variant in variants for word in _split(variant)]

    def text(self, node: Node) -> str:
        """What a word comes to, as one."""
        return "".join(letter for letter, _ in letters_of(node, self._expanded))[:LONGEST]

    def told(self, text: str) -> str:
        """A here-document with the variables put in that are known."""
        return re.sub(
            r"\$\{?(\w+)\}?", lambda found: self.known.variables.get(found[1], found[0]), text[:LONGEST]
        )[:LONGEST]

    def _expanded(self, node: Node) -> Letters:
        text = text_of(node).strip()
        match node.type:
            case "simple_expansion":
                value = self.known.variables.get(text[1:])
            case "expansion":
                value = self._parameter(text)
            case "ansi_c_string":
                return quoted(escaped(text[2:-1]))
            case "translated_string":
                return [
                    letter for child in node.named_children for letter in letters_of(child, self._expanded)
                ]
            case "command_substitution":
                value = self._output(node, self)
                value = value.rstrip("\n") if value is not None else None
            case "process_substitution":
                return quoted(self._as_file(node, text))
            case _:
                value = None
        if value is None:
            return quoted(text)
        return [(letter, False) for letter in value[:LONGEST]]

    def _as_file(self, node: Node, text: str) -> str:
        output = self._output(node, self)
        if output is None:
            return text
        name = f"/dev/fd/{len(self.known.files)}"
        self.known.files[name] = output
        return name

    def _parameter(self, text: str) -> str | None:
        """`${…}` in the forms that are used to hide a word."""
        found = PARAMETER.fullmatch(text)
        if found is None:
            return None
        indirect, name, rest = found.groups()
        value = self.known.variables.get(name)
        if indirect:
            value = self.known.variables.get(value or "")
        if default := re.fullmatch(r":?([-=+?])(.*)", rest, re.DOTALL):
            return _otherwise(value, *default.groups())
        if value is None or not rest:
            return value
        if part := SLICE.fullmatch(rest):
            begin = int(part[1])
            return value[begin:][: int(part[2])] if part[2] else value[begin:]
        if rest in ("^^", "^", ",,", ","):
            return value.upper() if "^" in rest else value.lower()
        if swap := REPLACE.fullmatch(rest):
            return value.replace(swap[1], swap[2] or "")
        if rest[0] in "#%":
            cut = rest.strip("#%")
            return value.removeprefix(cut) if rest[0] == "#" else value.removesuffix(cut)
        return None


def _otherwise(value: str | None, kind: str, word: str) -> str | None:
    if kind == "+":
        return word if value else ""
    return value if value else word if kind in "-=" else None


def _split(letters: Letters) -> list[str]:
    """At blanks that an unquoted variable brought in."""
    words: list[str] = []
    word = ""
    for letter, was_quoted in letters:
        if letter in " \n\t" and not was_quoted:
            words += [word] if word else []
            word = ""
        else:
            word += letter
    return [*words, word[:LONGEST]] if word or not words else words


def escaped(text: str) -> str:
    """`\\x70\\162` as `pr`: what `$'…'`, `echo -e` and `printf` make of it."""
    return ESCAPE.sub(lambda found: _escape(found[1]), text)


def _escape(code: str) -> str:
    if code[0] in "xuU" and len(code) > 1:
        number = int(code[1:], 16)
        return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else ""
    if code[0] in "01234567":
        return chr(int(code, 8) & 0xFF)
    return LETTERS.get(code, code)
