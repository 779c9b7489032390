"""Syntax: whether a text parses, as far as that can be said without its own compiler.

Two questions: `suspects` (anything at all that the grammar stumbles over; some valid modern
TypeScript is among it) and `broken` (what no TypeScript of any year would take). The gate
asks the project's own compiler in between.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import PurePosixPath

from ast_grep_py import SgNode

from vly_nb.diagnostics import Diagnostic, Range
from vly_nb.policy.brackets import Unbalanced, unbalanced
from vly_nb.policy.source import Source, is_script, parsed

_WITH_COMMENTS = re.compile(
    r"(.*/)?([tj]sconfig[^/]*\.json|\.eslintrc\.json|\.babelrc\.json|\.?devcontainer\.json|\.vscode/.*)"
)
_TYPES = frozenset(
    ("any", "bigint", "boolean", "never", "null", "number", "object", "string", "symbol", "undefined", "void")
)
_LOOKED_AT = 100  # errors, and tokens in one
_BRACKET = r"^(?:[\[\](){}`]|\$\{)$"
_BEFORE_STRING = re.compile(r"(^|[=(\[{,:?+&|!;]|\b(return|from|import|case|default))\s*$")

_AFTER_STRING = re.compile(r"[\s)\]}]*[;,][\s)\]}]*")


def judged(path: str) -> str:
    """How a file is judged: "script", "json", "css", or "" for not at all."""
    suffix = PurePosixPath(path).suffix
    if suffix == ".json":
        return "" if _WITH_COMMENTS.fullmatch(path) else "json"
    if suffix == ".css":
        return "css"
    return "script" if is_script(path) else ""


def suspects(source: Source) -> list[SgNode]:
    """What the grammar stumbles over: errors, and tokens that it had to make up."""
    if source.root is None or not source.is_script or not source.text.strip():
        return []
    return [*source.nodes("ERROR"), *source.root.find_all(regex="^$")]


def broken(path: str, text: str) -> Diagnostic | None:
    """The first thing that no compiler would take, or None (which is no promise)."""
    how = judged(path)
    if how == "json":
        return _json(path, text)
    if how == "css":
        return _css(path, text)
    if how != "script":
        return None
    source = parsed(path, text)
    if source.endless:
        return complaint(path, text, 0, "its syntax is too broken to be read")
    stumbles = suspects(source)
    if not stumbles:
        return None
    return _brackets(source) or _string(source, stumbles) or _comment(source, stumbles) or _tags(source)


def complaint(path: str, text: str, at: int, why: str) -> Diagnostic:
    """A diagnostic at an offset, with the line it is on."""
    line = text.count("\n", 0, at) + 1
    column = at - (text.rfind("\n", 0, at) + 1) + 1
    shown = text.split("\n")[line - 1].strip()[:200]
    return Diagnostic(
        code="syntax",
        message=f"It doesn't parse: {why} (line {line}, column {column}: `{shown}`).",
        path=path,
        range=Range(line, column),
        source="gate",
        snippet=shown,
        advice="Put the syntax right and send the whole edit again.",
    )


def _json(path: str, text: str) -> Diagnostic | None:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return complaint(path, text, error.pos, error.msg)
    except RecursionError:
        return None
    return None


def _css(path: str, text: str) -> Diagnostic | None:
    """Braces only: strings and comments taken out, all else is for the tools of the project."""
    blank = re.sub(
        r"/\*.*?(\*/|\Z)|\"(\\.|[^\"\\\n])*\"|'(\\.|[^'\\\n])*'|url\([^)\n]*\)",
        lambda match: " " * len(match[0]),
        text,
        flags=re.S,
    )
    opened = []
    for match in re.finditer(r"[{}]", blank):
        if match[0] == "{":
            opened.append(match.start())
        elif opened:
            opened.pop()
        else:
            return complaint(path, text, match.start(), "this '}' closes nothing")
    return complaint(path, text, opened[-1], "this '{' is never closed") if opened else None


def _brackets(source: Source) -> Diagnostic | None:
    """Brackets that are uneven both to the grammar and to a rough reading of the text."""
    found = unbalanced(source.text)
    if found is None:
        return None
    every = source.root.find_all(regex=_BRACKET) if source.root is not None else []
    tokens = Counter(node.text() for node in every if node.kind() == node.text())
    even = (
        tokens["("] == tokens[")"]
        and tokens["["] == tokens["]"]
        and tokens["{"] + tokens["${"] == tokens["}"]
    )
    return None if even and tokens["`"] % 2 == 0 else _at(source, found)


def _at(source: Source, found: Unbalanced) -> Diagnostic:
    return complaint(source.path, source.text, found.at, found.message)


def _string(source: Source, stumbles: list[SgNode]) -> Diagnostic | None:
    """A string that its line doesn't close: one begins here, or what comes after says that one ended."""
    for node in stumbles[:_LOOKED_AT]:
        for quote in (
            child for child in [node, *node.children()[:_LOOKED_AT]] if child.text()[:1] in ("'", '"')
        ):
            at = quote.range().start.index
            end = source.text.find("\n", at)
            rest = source.text[at + 1 : end if end >= 0 else len(source.text)].rstrip("\r")
            before = source.text[max(0, source.text.rfind("\n", 0, at) + 1) : at]
            open_ended = source.text[at] not in rest and not rest.endswith("\\")
            opens = _BEFORE_STRING.search(before) and before.strip()
            if open_ended and (opens or _AFTER_STRING.fullmatch(rest)):
                return complaint(source.path, source.text, at, "this string is never closed")
    return None


def _comment(source: Source, stumbles: list[SgNode]) -> Diagnostic | None:
    at = source.text.rfind("/*")
    if at < 0 or source.text.find("*/", at + 2) >= 0:
        return None
    if any(node.range().start.index == at for node in stumbles):
        return complaint(source.path, source.text, at, "this comment is never closed")
    return None


def _tags(source: Source) -> Diagnostic | None:
    """JSX elements that are opened and not closed, or the other way round."""
    opening, closing = source.nodes("jsx_opening_element"), source.nodes("jsx_closing_element")
    opened, closed = Counter(map(_tag, opening)), Counter(map(_tag, closing))
    alone = Counter(map(_tag, source.nodes("jsx_self_closing_element")))
    for element in (*opening, *closing):
        name = _tag(element)
        if opened[name] == closed[name] or name in _TYPES or (name[:1].isupper() and not closed[name]):
            continue
        written = len(re.findall(rf"<{re.escape(name)}(?=[\s/>])", source.text)) - alone[name]
        ended = len(re.findall(rf"</\s*{re.escape(name)}\s*>", source.text))
        if written != ended:
            why = f"there are {written} <{name}> and {ended} </{name}>"
            return complaint(source.path, source.text, element.range().start.index, why)
    return None


def _tag(element: SgNode) -> str:
    name = element.field("name")
    return name.text() if name is not None else ""
