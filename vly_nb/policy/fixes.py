"""Fixes: the edits that a diagnostic brings, put into a text, and texts into a change set.

text, used = fixed(text, diagnostics)
project.apply(writable(project, change_of(project, {"src/a.ts": text})), label="…")
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Mapping, Sequence

from vly_nb.diagnostics import Diagnostic, Range, Severity, TextEdit
from vly_nb.project.changes import ChangeSet, FileChange
from vly_nb.project.project import Project


def fixed(text: str, diagnostics: Iterable[Diagnostic]) -> tuple[str, list[Diagnostic]]:
    """The text with every fix in it that doesn't touch an earlier one's, and whose fixes those were."""
    taken: list[tuple[int, int]] = []
    edits: list[TextEdit] = []
    used = []
    starts = _starts(text)
    for diagnostic in diagnostics:
        spans = [_span(starts, edit.range) for edit in diagnostic.fix]
        if not spans or any(a < end and start < b for a, b in spans for start, end in taken):
            continue
        if any(span in taken for span in spans):
            continue  # two insertions at one place
        taken += spans
        edits += diagnostic.fix
        used.append(diagnostic)
    return edited(text, edits), used


def edited(text: str, edits: Sequence[TextEdit]) -> str:
    """The text with edits in it that don't overlap; the same edit twice counts once."""
    starts = _starts(text)
    for start, end, new in sorted({(*_span(starts, edit.range), edit.text) for edit in edits}, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _starts(text: str) -> list[int]:
    """The offset at which each line begins."""
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts


def _span(starts: list[int], place: Range) -> tuple[int, int]:
    last = place.end_line if place.end_line is not None else place.line
    column = place.end_column if place.end_column is not None else place.column
    return starts[place.line - 1] + place.column - 1, starts[last - 1] + column - 1


def change_of(project: Project, texts: Mapping[str, str]) -> ChangeSet:
    """Files in other words; their byte-order marks stay. Raises ToolError for one that can't be read."""
    old = {path: project.read(path).data for path in texts}
    mark = codecs.BOM_UTF8
    return ChangeSet(
        tuple(
            FileChange(path, old[path], mark * old[path].startswith(mark) + text.encode())
            for path, text in texts.items()
        )
    )


def writable(project: Project, change: ChangeSet) -> ChangeSet:
    """The change without the files that the project's own gates protect."""
    shut = {d.path for d in project.judge(change) if d.severity is Severity.ERROR}
    return ChangeSet(tuple(one for one in change.changes if one.path not in shut))
