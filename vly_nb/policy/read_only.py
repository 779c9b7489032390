"""Read-only by its own word: files and blocks that are marked, and what a stack manages.

    // THIS FILE IS READ ONLY        in a comment above all code, in the first five lines: the file
    /* DO NOT CHANGE */              above a block: that block, up to its end

A mark is in capitals and in a comment: prose such as "do not modify the list" is none. Where a
block is marked "begin" and another comment "end", it is all between them.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ast_grep_py import SgNode

from vly_nb.diagnostics import Diagnostic, Range
from vly_nb.policy.gates import before_of
from vly_nb.policy.source import Source, parsed
from vly_nb.project.changes import ChangeSet
from vly_nb.project.files import matcher
from vly_nb.project.project import Guard, Project

MARK = re.compile(r"\b(?:THIS FILE IS READ[ -]ONLY|DO NOT (?:MODIFY|CHANGE))\b")
_OF_FILE = re.compile(r"\b(?:THIS|WHOLE|ENTIRE) FILE\b", re.I)
_BEGIN, _END = re.compile(r"\b(?:BEGIN|START)", re.I), re.compile(r"\bEND\b", re.I)
_HEAD = 5  # lines
_COMMENT = re.compile(r"\s*(?://|/\*|\*|\{/\*|<!--|#|--|;)")
_DIRECTIVE = re.compile(r"""\s*(["'])use \w+\1;?\s*$|#!""")
_GROUPED = {"import_statement", "at_rule", "declaration", "charset_statement"}
_NOT_CODE = (".md", ".mdx", ".txt", ".json")

_FILE = "This file says that it is read-only. Only the person can unlock it; say what you would change in it."
_BLOCK = "This block says that it is not to be changed. Leave it, and its mark, as they are."
_MANAGED = "{} is managed and stays as it is. Say what you would change in it."


@dataclass(frozen=True)
class Managed:
    """What is not to be changed once it is there, marked or not.

    `files` are globs as in .gitignore; `exports` names declarations, by the file's path. The files
    in `free` stay open whatever their first lines say; blocks in them don't.
    """

    files: tuple[str, ...] = ()
    exports: Mapping[str, Sequence[str]] = field(default_factory=dict)
    free: tuple[str, ...] = ()


def read_only_gate(managed: Callable[[Project], Managed]) -> Guard:
    """Refuses a change of what is marked, or managed, and that no person has unlocked."""

    def guard(project: Project, change: ChangeSet) -> Iterator[Diagnostic]:
        held = managed(project)
        is_held = matcher(*held.files)
        after = before_of(change.inverse())
        for path, before in before_of(change).items():
            if before is None or before == after[path] or project.is_unlocked(path):
                continue
            if is_held(path):
                yield _refused(_MANAGED.format("This file"), path)
            elif path not in held.free and file_is_marked(path, before):
                yield _refused(_FILE, path)
            else:
                yield from _blocks_gone(path, before, after[path])
                yield from _exports_gone(path, before, after[path], held.exports.get(path, ()))

    return guard


def file_is_marked(path: str, text: str) -> bool:
    """Whether the comment that a file begins with says that it is read-only.

    In a style sheet a mark without "this file" is the first block's.
    """
    inside = False
    for line in text.split("\n", _HEAD)[:_HEAD]:
        if not inside and line.strip() and not _DIRECTIVE.match(line) and not _COMMENT.match(line):
            return False
        if MARK.search(line) and (not path.endswith(".css") or _OF_FILE.search(line)):
            return not path.endswith(_NOT_CODE)
        opened, closed = max(line.rfind("/*"), line.rfind("<!--")), max(line.rfind("*/"), line.rfind("-->"))
        inside = opened > closed or (inside and closed < 0)
    return False


def blocks(path: str, text: str) -> list[tuple[int, str]]:
    """(line, digest) of each marked block, its mark included."""
    if MARK.search(text) is None or path.endswith(_NOT_CODE):
        return []
    source = parsed(path, text)
    spans = _by_tree(source) if source.comments else _by_lines(source)
    return [(first, _digest("\n".join(source.lines[first - 1 : last]))) for first, last in spans]


def _by_tree(source: Source) -> Iterator[tuple[int, int]]:
    """The lines, from 1, of the blocks of a file with a grammar."""
    marks = [comment for comment in source.comments if MARK.search(comment.text())]
    ends = [source.range(comment).line for comment in marks if _END.search(comment.text())]
    for comment in marks:
        place = source.range(comment)
        if _END.search(comment.text()):
            continue
        closing = next((line for line in ends if line > place.line), None)
        if closing is not None and _BEGIN.search(comment.text()):
            yield place.line, closing
        elif source.lines[place.line - 1][: place.column - 1].strip(" \t{"):
            yield place.line, place.end_line or place.line  # it stands behind the code it is about
        else:
            yield place.line, _last_line(source, comment)


def _last_line(source: Source, comment: SgNode) -> int:
    """Where ends what a comment stands above: one node, or lines of imports and the like without a gap."""
    above = comment.parent()
    mark = above if above is not None and above.kind() == "jsx_expression" else comment
    after = [node for node in mark.next_all() if node.is_named() and node.kind() != "comment"]
    after = [node for node in after if node.kind() != "jsx_text" or node.text().strip()]
    last = source.range(after[0] if after else comment).end_line or 0
    for node, following in pairwise(after):
        place = source.range(following)
        if not {node.kind(), following.kind()} <= _GROUPED or place.line != last + 1:
            break
        last = place.end_line or last
    return last


def _by_lines(source: Source) -> Iterator[tuple[int, int]]:
    """The same for a file without a grammar: a block ends before an empty line."""
    for number, line in enumerate(source.lines, 1):
        if MARK.search(line) and _COMMENT.match(line) and not _END.search(line):
            rest = source.lines[number:]
            empty = next((n for n, one in enumerate(rest) if not one.strip()), len(rest))
            yield number, number + empty


def _blocks_gone(path: str, before: str, after: str | None) -> Iterator[Diagnostic]:
    left = Counter(digest for _, digest in blocks(path, after)) if after is not None else Counter()
    for line, digest in blocks(path, before):
        left[digest] -= 1
        if left[digest] < 0:
            yield _refused(_BLOCK, path, line)


def _exports_gone(path: str, before: str, after: str | None, names: Sequence[str]) -> Iterator[Diagnostic]:
    for name in names:
        was = _declared(path, before, name)
        if was and was != (_declared(path, after, name) if after is not None else ""):
            yield _refused(_MANAGED.format(name), path)


def _declared(path: str, text: str, name: str) -> str:
    """The export statement by this name; "" when there is none."""
    source = parsed(path, text)
    found = source.exports if name in text and source.is_script else ()
    return next((one.node.text() for one in found if one.name == name), "")


def _digest(block: str) -> str:
    return hashlib.sha256("\n".join(line.rstrip() for line in block.split("\n")).encode()).hexdigest()


def _refused(message: str, path: str, line: int | None = None) -> Diagnostic:
    place = Range(line) if line is not None else None
    return Diagnostic("auth-files-read-only", message, path, place, source="gate")
