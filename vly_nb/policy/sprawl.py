"""Sprawl: how far a change goes beyond what was asked for (minimal-diff).

A note to the model, never a refusal. New files and deleted ones don't count, so that building an
app is not called large; nor does anything where the wish is about the whole app, or is long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vly_nb.diagnostics import Diagnostic, Range, Severity
from vly_nb.policy.source import Source, is_script, parsed
from vly_nb.project.changes import ChangeSet, FileChange
from vly_nb.project.lines import runs, split_lines

CODE = "minimal-diff"
_FILES, _LINES = 8, 600
_LONG_WISH = 600  # characters
_LARGE = re.compile(
    r"\b(?:app|site|website|platform|shop|store|dashboard|game|clone|mvp|prototype|all|every\w*|whole|entire"
    r"|across|throughout|theme|redesign\w*|restyl\w*|rewrit\w*|refactor\w*|renam\w*|migrat\w*|translat\w*"
    r"|convert\w*|upgrad\w*|format\w*|prettier|lint\w*|clean\w*)\b",
    re.I,
)
_LAYOUT = re.compile(
    r"(?P<text>\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*')|(?P<gap>(?<=[\w$])\s+(?=[\w$]))|\s+|;|,(?=\s*(?:[)\]}]|\Z))"
)


def sprawl(change: ChangeSet, wish: str = "") -> Iterator[Diagnostic]:
    """What of a change is more than the wish needs, as far as that can be counted."""
    large = len(wish) > _LONG_WISH or _LARGE.search(wish) is not None
    kept = [one for one in change.changes if one.before is not None and one.after is not None]
    lines = sum(one.added + one.removed for one in kept)
    new = sum(one.added for one in change.changes if one.kind == "created")
    if not large and new < lines and (len(kept) > _FILES or lines > _LINES):
        yield _note(
            None, f"This changes {len(kept)} files that were there, in {lines} lines. Is all of it asked for?"
        )
    for one in kept if not large else ():
        if (place := next(_only_formatted(one), None)) is not None:
            yield _note(one.path, "Only the formatting differs here; put it back.", place)


def _note(path: str | None, said: str, place: Range | None = None) -> Diagnostic:
    more = "Keep the edit to what the wish needs."
    return Diagnostic(CODE, f"{said} {more}", path, place, severity=Severity.INFO, source="gate")


def _only_formatted(change: FileChange) -> Iterator[Range]:
    """Changes that are only formatting, in statements where nothing else changed."""
    if change.before is None or change.after is None or change.binary or not is_script(change.path):
        return
    old, new = split_lines(change.before.decode()), split_lines(change.after.decode())
    differ = runs(old, new)
    same = [
        _bare(old[run.before : run.before_end]) == _bare(new[run.after : run.after_end]) for run in differ
    ]
    if not any(same):
        return
    spans = _statements(parsed(change.path, change.after.decode("utf-8-sig")))
    around = [{span for span in spans if span[0] <= run.after_end and span[1] > run.after} for run in differ]
    touched = {span for spans, formatted in zip(around, same, strict=True) if not formatted for span in spans}
    for run, spans_of_it, formatted in zip(differ, around, same, strict=True):
        if formatted and run.after < run.after_end and spans_of_it and not spans_of_it & touched:
            yield Range(run.after + 1, 1, run.after_end + 1, 1)


def _statements(source: Source) -> list[tuple[int, int]]:
    """The lines, from 1, of the statements at the top of a file."""
    found = source.root.named_children() if source.root is not None else []
    return [(node.range().start.line + 1, node.range().end.line + 1) for node in found]


def _bare(lines: list[str]) -> str:
    """A text without what formatting changes: white space, semicolons, last commas, the kind of quotes."""
    return _LAYOUT.sub(_plain, "".join(lines))


def _plain(match: re.Match[str]) -> str:
    if match["gap"]:
        return " "
    text = match["text"] or ""
    return f'"{text[1:-1]}"' if text and not set("\"'\\") & set(text[1:-1]) else text
