"""Brackets: a rough reading of TypeScript that only knows what is text and what is a bracket.

A second witness beside the grammar, which misreads some valid modern TypeScript. It is not
always right either (a smiley in JSX text is a bracket to it), so it decides nothing alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_PAIRS = {")": "(", "]": "[", "}": "{"}
# After these a slash begins a regular expression; after anything else it divides.
_BEFORE_REGEX = set("=([{,:;!&|?+-*%^~<>}") | {""}
_WORDS_BEFORE_REGEX = re.compile(r"\b(return|typeof|case|in|of|do|else|void|delete|throw|await|yield)$")
_REGEX = re.compile(r"/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/[a-z]*")
_STRING = {quote: re.compile(rf"{quote}(?:\\[\s\S]|[^{quote}\\\n])*{quote}") for quote in "\"'"}
_PLAIN = re.compile(r"[^\"'`/(){}\[\]]+")


@dataclass(frozen=True, slots=True)
class Unbalanced:
    """What doesn't close, or closes nothing: its offset in the text, and a phrase for a person."""

    at: int
    message: str


def unbalanced(text: str) -> Unbalanced | None:
    """The first bracket, template or comment that is left open or closes nothing; None: all is even."""
    stack: list[tuple[str, int]] = []
    at = 0
    while at < len(text):
        if stack and stack[-1][0] == "`":
            at = _template(text, at, stack)
            continue
        plain = _PLAIN.match(text, at)
        if plain:
            at = plain.end()
            continue
        char = text[at]
        if char in "\"'":
            string = _STRING[char].match(text, at)
            at = string.end() if string else at + 1  # an apostrophe in JSX text
        elif char == "/":
            past = _slash(text, at)
            if past is None:
                return Unbalanced(at, "this comment is never closed")
            at = past
        elif char in "([{`":
            stack.append((char, at))
            at += 1
        else:
            if not stack or stack[-1][0] not in (_PAIRS[char], "${" if char == "}" else ""):
                return _stray(text, char, at, stack)
            stack.pop()
            at += 1
    if not stack:
        return None
    char, opened = stack[-1]
    what = "this template string" if char == "`" else f"this {char!r}"
    return Unbalanced(opened, f"{what} is never closed")


def _stray(text: str, char: str, at: int, stack: list[tuple[str, int]]) -> Unbalanced:
    if not stack:
        return Unbalanced(at, f"this {char!r} closes nothing")
    opener, opened = stack[-1]
    line = text.count("\n", 0, opened) + 1
    return Unbalanced(at, f"this {char!r} comes where the {opener!r} of line {line} is still open")


def _template(text: str, at: int, stack: list[tuple[str, int]]) -> int:
    """Go on in a template string to its end, or into its next `${`."""
    if text[at] == "\\":
        return at + 2
    if text[at] == "`":
        stack.pop()
        return at + 1
    if text.startswith("${", at):
        stack.append(("${", at))
        return at + 2
    ends = [found for mark in "`\\$" if (found := text.find(mark, at + 1)) >= 0]
    return min(ends, default=len(text))


def _slash(text: str, at: int) -> int | None:
    """Past a comment, a regular expression or a division; None for a comment without an end."""
    if text.startswith("//", at):
        end = text.find("\n", at)
        return end if end >= 0 else len(text)
    if text.startswith("/*", at):
        end = text.find("*/", at + 2)
        return end + 2 if end >= 0 else None
    before = text[max(0, at - 20) : at].rstrip()
    closes_tag = before.endswith("<") or text.startswith("/>", at)
    if not closes_tag and (before[-1:] in _BEFORE_REGEX or _WORDS_BEFORE_REGEX.search(before)):
        regex = _REGEX.match(text, at)
        if regex:
            return regex.end()
    return at + 1
