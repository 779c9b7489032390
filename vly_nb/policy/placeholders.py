"""Placeholders: comments and bodies that stand for code which nobody has written.

Found by the syntax tree: words in strings, JSX text and prose documents are no comments. What
an ordinary comment may say ("the rest of the list is sorted", "passes ...rest on") is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ast_grep_py import SgNode

from vly_nb.policy.source import Source

_WORK = r"(?:code|component|file|function|implementation|imports|logic|markup|jsx)"
_PART = (
    rf"(?:{_WORK}|functions|methods?|handlers?|contents?|styles?|page|rules|body|return|fields|props"
    r"|routes?|hooks?|state|exports?|types?)"
)
_SAME = r"(?:unchanged|the same|same|as (?:it )?(?:is|was)|as before|intact|untouched|omitted)"
_DOTS = r"(?:\.{3,}|…)"
_ENDING = rf"(?:\W*(?:(?:remains?|stays?|goes|go|comes?|is|are) )?(?:{_SAME}|here)|\s*{_DOTS})"
_FULL = [
    # "...", "…" alone; "... existing imports"; "... rest of the code", but not "...rest goes to the button"
    _DOTS,
    rf"{_DOTS}\s*\(?(?:the |all |your )?(?:existing|others?|remaining|previous|same|keep|unchanged|original"
    r"|omitted)\b.*",
    rf"{_DOTS}\s+\(?(?:the )?rest\b.*|{_DOTS}\s*rest(?: of .*)?",
    # "existing code", "other routes go here", but not "other routes"
    rf"(?:the |your |all )?existing (?:\w+ )?(?:code|imports|logic|implementation)(?:{_ENDING})?\W*",
    rf"(?:the |your |all )?(?:existing|previous|original|other|remaining) (?:\w+ ){{0,2}}?{_PART}{_ENDING}"
    r"\W*",
    # "the rest of the component", "rest of the page stays the same", but not "the rest of the page"
    rf"(?:the |and )?(?:rest|remainder) of (?:the |your |this )?(?:\w+ ){{0,2}}?(?:{_WORK}|{_PART}{_ENDING})"
    rf"(?:{_ENDING})?\W*",
    rf"(?:the |all |your )*(?:{_WORK}|rest|others|everything else) (?:remains?|stays?) {_SAME}\W*",
    r"(?:remains?|stays?) (?:the same|unchanged|as (?:is|before))\W*",
    rf"keep (?:the |your |all )*(?:rest|everything else)(?: of (?:the |your |this )?(?:\w+ )?{_WORK})?"
    rf"(?:\W*{_SAME})?\W*",
    rf"keep (?:the |your |all )*(?:existing|remaining|other|original) (?:\w+ )?{_WORK}(?:\W*{_SAME})?\W*",
    r"(?:same as before|unchanged|no changes? here)\W*",
    r"(?:this (?:is|function is) )?(?:not (?:yet )?implemented(?: yet)?|to be implemented|unimplemented)\W*",
    r".{0,40}\b(?:omitted|truncated|shortened|skipped) for brevity\b.*",
    r"<?-* ?leave (?:the |your )?(?:original|existing|rest of the) (?:\w+ )?code.*",
    r"(?:(?:add|insert|put|write|implement|place) )?(?:the |your )?(?:\w+ ){0,2}?"
    r"(?:code|logic|implementation)(?: goes| comes)? here\W*",
    r"(?:@?todo|fixme)\b\s*(?:\([^)]*\))?\s*[:\-]?\s*(?:please )?implement\b.*",
]
_PLACEHOLDER = re.compile("|".join(f"(?:{full})" for full in _FULL), re.I)
# Said about the line that they end, these are ordinary remarks: `return text; // unchanged`.
_REMARK = re.compile(rf"{_DOTS}|(?:same as before|unchanged|(?:remains?|stays?) the same)\W*", re.I)
_HINT = re.compile(
    r"\.{3}|…|existing|rest of|remain|stays?|keep|implement|\bhere\b|previous|original|unchanged|brevity"
    r"|same as|other|leave|todo|no change",
    re.I,
)
_STUB = re.compile(r"not (?:yet )?implemented|unimplemented|implement me|[\"'`]\s*todo\s*[:!.\"'`]", re.I)
_FUNCTIONS = {
    "function_declaration",
    "function_expression",
    "arrow_function",
    "method_definition",
    "generator_function",
    "generator_function_declaration",
}
_LONGEST = 300


@dataclass(frozen=True)
class Placeholder:
    """One of them."""

    node: SgNode


def placeholders(source: Source) -> list[Placeholder]:
    """All placeholders of a file."""
    return [*_comments(source), *_stubs(source)]


def _comments(source: Source) -> Iterator[Placeholder]:
    for comment in source.comments:
        text = comment.text()
        lines = _said(text)
        if len(lines) > 1 and text.startswith("/**"):
            continue  # documentation, with examples perhaps
        for line in lines:
            if len(line) > _LONGEST or not (_HINT.search(line) and _PLACEHOLDER.fullmatch(line)):
                continue
            alone = len(lines) == 1
            if _REMARK.fullmatch(line) and not (alone and _on_its_own(source, comment)):
                continue
            yield Placeholder(comment)
            break


def _said(comment: str) -> list[str]:
    """What a comment says, line by line, without its marks."""
    inner = re.sub(r"^(?://+|/\*+|<!--+)|(?:\*+/|--+>)$", "", comment.strip())
    lines = (line.strip().lstrip("*").strip(" \t-=#").strip() for line in inner.split("\n"))
    return [line for line in lines if line]


def _on_its_own(source: Source, comment: SgNode) -> bool:
    place = source.range(comment)
    first, last = source.lines[place.line - 1], source.lines[(place.end_line or place.line) - 1]
    around = first[: place.column - 1] + last[(place.end_column or 1) - 1 :]
    beside = (source.line(place.line - 1), source.line((place.end_line or place.line) + 1))
    in_comment = any(line.startswith("//") for line in beside)  # code that was commented out, say
    return not in_comment and not around.strip(" \t{}(),;")


def _stubs(source: Source) -> Iterator[Placeholder]:
    """Functions whose whole body throws "not implemented", or is a bare TODO."""
    if not source.is_script:
        return
    for throw in source.nodes("throw_statement"):
        block = throw.parent()
        if block is not None and _STUB.search(throw.text()[:_LONGEST]) and _whole_body(block, throw):
            yield Placeholder(block)
    if "todo" not in source.text.lower():
        return
    for comment in source.comments:
        block = comment.parent()
        said = _said(comment.text())
        if block is None or not said or not re.match(r"@?todo\b(?!\s+\w+ (?:page|list|app))", said[0], re.I):
            continue
        if not _PLACEHOLDER.fullmatch(said[0][:_LONGEST]) and _whole_body(block, None):
            yield Placeholder(block)


def _whole_body(block: SgNode, only: SgNode | None) -> bool:
    function = block.parent()
    if block.kind() != "statement_block" or function is None or function.kind() not in _FUNCTIONS:
        return False
    statements = [child for child in block.named_children() if child.kind() != "comment"]
    return len(statements) == (1 if only is not None else 0)
