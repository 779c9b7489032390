"""What a command prints when it alone decides that: `echo`, `printf`, `base64 -d` and their like."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Sequence

from tree_sitter import Node

from vly_nb.tools.commands.found.spelling import LONGEST, Speller, escaped
from vly_nb.tools.commands.letters import text_of

Printer = Callable[[Sequence[str], str], str | None]
"""Arguments and stdin, and what is printed; None when that isn't known."""

DEEPEST = 20
GROUPS = frozenset(
    {"program", "command_substitution", "process_substitution", "subshell", "list", "compound_statement"}
    | {"negated_command"}
)
HOLE = re.compile(r"%[sbcdq]")


def output(node: Node, speller: Speller, stdin: str | None = None, depth: int = 0) -> str | None:
    """What is printed, or None when it isn't known beforehand."""
    if depth > DEEPEST:
        return None
    if node.type == "command":
        return _of_command(node, speller, stdin)
    if node.type == "pipeline":
        for stage in node.named_children:
            stdin = output(stage, speller, stdin, depth + 1)
        return stdin
    if node.type == "redirected_statement":
        given = given_text(node, speller)
        stages = [child for part in node.children for child in part.children if child.type == "pipeline"]
        body = output(node.children[0], speller, stdin if given is None else given, depth + 1)
        return body if not stages else output(stages[0], speller, body, depth + 1)
    if node.type not in GROUPS:
        return None
    said = [output(child, speller, stdin, depth + 1) for child in node.named_children]
    known = [text for text in said if text is not None]
    return "".join(known)[:LONGEST] if len(known) == len(said) else None


def given_text(node: Node, speller: Speller) -> str | None:
    """The text that `<<`, `<<<` or `<` of a known file gives to a command."""
    for child in node.named_children:
        if child.type == "heredoc_redirect":
            return _heredoc(child, speller)
        if child.type == "herestring_redirect" and child.named_children:
            return speller.text(child.named_children[-1]) + "\n"
        if child.type == "file_redirect" and any(sign.type == "<" for sign in child.children):
            return speller.known.files.get(speller.text(child.named_children[-1]))
    return None


def _heredoc(node: Node, speller: Speller) -> str | None:
    """From the next line to the end mark: the grammar takes a first line with a backslash for words."""
    start, end = (_first(node, kind) for kind in ("heredoc_start", "heredoc_end"))
    if start is None or end is None:
        return None
    lines = (node.text or b"")[start.end_byte - node.start_byte : end.start_byte - node.start_byte]
    body = lines.partition(b"\n")[2].decode("utf-8", "replace")
    return body if text_of(start)[:1] in "'\"\\" else speller.told(body)


def _first(node: Node, kind: str) -> Node | None:
    return next((child for child in node.children if child.type == kind), None)


def _of_command(node: Node, speller: Speller, stdin: str | None) -> str | None:
    words = [
        word
        for child in node.named_children
        if child.type not in ("variable_assignment", "file_redirect", "herestring_redirect")
        for word in speller.words(child)
    ]
    if not words:
        return None
    given = given_text(node, speller)
    name = words[0].rpartition("/")[2]
    if name == "cat" and len(words) > 1:
        return speller.known.files.get(words[1]) if len(words) == 2 else None
    printer = PRINTERS.get(name) or FILTERS.get(name)
    if printer is None or (name in FILTERS and given is None and stdin is None):
        return None
    printed = printer(words[1:], stdin or "" if given is None else given)
    return printed[:LONGEST] if printed is not None else None


def printed(name: str, arguments: Sequence[str]) -> str | None:
    """What a program prints that reads nothing."""
    return PRINTERS[name](arguments, "") if name in PRINTERS else None


# -- programs ---------------------------------------------------------------------------


def _echo(arguments: Sequence[str], _: str) -> str:
    words = list(arguments)
    flags = ""
    while words and re.fullmatch(r"-[neE]+", words[0]):
        flags += words.pop(0)
    text = " ".join(words)
    return (escaped(text) if "e" in flags else text) + ("" if "n" in flags else "\n")


def _printf(arguments: Sequence[str], _: str) -> str | None:
    words = list(arguments[1:] if arguments[:1] == ["--"] else arguments)
    if not words or words[0].startswith("-"):
        return None
    form, rest = escaped(words[0]), words[1:]
    holes = len(HOLE.findall(form))
    said = _filled(form, rest[:holes])
    while holes and len(rest) > holes and len(said) < LONGEST:
        rest = rest[holes:]
        said += _filled(form, rest[:holes])
    return escaped(said) if "%b" in form else said


def _filled(form: str, words: Sequence[str]) -> str:
    given = iter(words)
    return HOLE.sub(lambda _: next(given, ""), form).replace("%%", "%")


def _base64(arguments: Sequence[str], stdin: str) -> str | None:
    if not any(re.fullmatch(r"-\w*[dD]\w*|--decode", word) for word in arguments):
        return None
    try:
        return base64.b64decode("".join(stdin.split()) + "==").decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return None


def _openssl(arguments: Sequence[str], stdin: str) -> str | None:
    return _base64(arguments, stdin) if "base64" in " ".join(arguments) else None


def _xxd(arguments: Sequence[str], stdin: str) -> str | None:
    digits = "".join(stdin.split())
    if "r" not in "".join(arguments) or not re.fullmatch(r"([0-9a-fA-F]{2})+", digits):
        return None
    return bytes.fromhex(digits).decode("utf-8", "replace")


def _rev(_: Sequence[str], stdin: str) -> str:
    return "".join(line.rstrip("\n")[::-1] + "\n" for line in stdin.splitlines())


def _tr(arguments: Sequence[str], stdin: str) -> str | None:
    words = [_range(escaped(word)) for word in arguments if not re.fullmatch(r"-\w+", word)]
    if "-d" in arguments and len(words) == 1:
        return "".join(letter for letter in stdin if letter not in words[0])
    if len(words) != 2 or not words[1]:
        return None
    into = words[1].ljust(len(words[0]), words[1][-1])
    return stdin.translate(dict(zip(map(ord, words[0]), into, strict=False)))


def _range(text: str) -> str:
    return re.sub(
        r"(.)-(.)", lambda ends: "".join(map(chr, range(ord(ends[1]), min(ord(ends[2]), 0x250) + 1))), text
    )


def _where(arguments: Sequence[str], _: str) -> str | None:
    names = [word for word in arguments if not word.startswith("-")]
    return f"/bin/{names[0]}\n" if len(names) == 1 else None


PRINTERS: dict[str, Printer] = {
    "echo": _echo,
    "printf": _printf,
    "pwd": lambda arguments, stdin: ".\n",
    "which": _where,
    "command": lambda arguments, stdin: _where(arguments, stdin) if arguments[:1] == ["-v"] else None,
    "type": _where,
    "mktemp": lambda arguments, stdin: "/tmp/made\n",  # noqa: S108  (a name)
    ":": lambda arguments, stdin: "",
    "true": lambda arguments, stdin: "",
}
FILTERS: dict[str, Printer] = {
    "cat": lambda arguments, stdin: stdin,
    "tee": lambda arguments, stdin: stdin,
    "base64": _base64,
    "openssl": _openssl,
    "xxd": _xxd,
    "rev": _rev,
    "tr": _tr,
}
