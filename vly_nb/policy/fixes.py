"""Fixes: the edits that a diagnostic brings, put into a text.

text, used = fixed(text, diagnostics)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from vly_nb.diagnostics import Diagnostic, Range, TextEdit


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
