"""Diffs: changed files as HTML that needs no CSS, and as a unified diff.

Every line begins with its own `+`, `-` or blank in both, so that a diff can be
read (and copied) where styles are stripped: GitHub, nbviewer, a text browser.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from vly_nb.notebook.wire import ChangeData, HunkData

FOLD = 30  # lines of a diff that are shown without a click

PRE = (
    "margin:4px 0 10px;padding:6px 0;border:1px solid rgba(127,127,127,.3);border-radius:4px;"
    "overflow-x:auto;font-family:ui-monospace,Menlo,Consolas,monospace;font-size:.92em;"
    "line-height:1.45;white-space:pre"
)
_LINE = "display:inline-block;min-width:100%;box-sizing:border-box;padding:0 10px"
_TINT = {"+": ";background-color:rgba(46,160,67,.15)", "-": ";background-color:rgba(248,81,73,.15)", " ": ""}
_WORDS = {"created": "new file", "modified": "changed", "deleted": "deleted"}
_PROPOSED = {"created": "would be new", "modified": "would change", "deleted": "would be deleted"}


def changes_html(changes: Sequence[ChangeData], *, version: int | None = None, numbered: bool = False) -> str:
    """All files, each with its counts and its diff; hunks show their number when `numbered`."""
    return "".join(_file(change, version, numbered) for change in changes)


def changes_text(changes: Sequence[ChangeData], *, version: int | None = None, numbered: bool = False) -> str:
    """The same as a unified diff; remarks stand in lines that begin with `#`."""
    return "\n".join(line for change in changes for line in _unified(change, version, numbered))


def counts(change: ChangeData) -> str:
    """`changed, +12 −3`"""
    return _counts(change, _WORDS)


def _counts(change: ChangeData, words: dict[str, str]) -> str:
    if change.binary:
        return f"{words[change.kind]}, not text"
    sums = line_counts(change.added, change.removed)
    return ", ".join(part for part in (words[change.kind], sums) if part)


def line_counts(added: int, removed: int) -> str:
    """`+12 −3`, what is none left out."""
    return " ".join([f"+{added:,}"] * bool(added) + [f"−{removed:,}"] * bool(removed))


def _file(change: ChangeData, version: int | None, numbered: bool) -> str:
    head = f"<b><code>{escape(change.path)}</code></b> {_counts(change, _PROPOSED if numbered else _WORDS)}"
    lines = [line for hunk in change.hunks for line in _hunk(hunk, numbered)]
    if not lines:
        return f"<div>{head}</div>\n"
    if change.left_out:
        lines.append(_line(_left_out(change, version), ";opacity:.75"))
    diff = f'<pre style="{PRE}">{"".join(lines)}</pre>'
    if len(lines) <= FOLD or numbered:
        return f"<div>{head}</div>{diff}\n"
    return f"<details><summary>{head} (show the diff)</summary>{diff}</details>\n"


def _hunk(hunk: HunkData, numbered: bool) -> list[str]:
    head = f"[{hunk.number}] {_place(hunk)}" if numbered else _place(hunk)
    return [
        _line(head, ";opacity:.75"),
        *(_line(line.tag + line.text, _TINT[line.tag]) for line in hunk.lines),
    ]


def _line(text: str, style: str) -> str:
    # The newline ends the line where there is no CSS; inline-block keeps it from adding one where there is.
    return f'<span style="{_LINE}{style}">{escape(text)}</span>\n'


def _place(hunk: HunkData) -> str:
    return f"@@ -{hunk.before_start},{hunk.before_count} +{hunk.after_start},{hunk.after_count} @@"


def _left_out(change: ChangeData, version: int | None) -> str:
    where = f"see %vly diff {version} {change.path}" if version else "too long to show here"
    return f"… {change.left_out:,} more lines of this diff: {where}"


def _unified(change: ChangeData, version: int | None, numbered: bool) -> list[str]:
    if not change.hunks:
        return [f"# {change.path}: {_counts(change, _PROPOSED if numbered else _WORDS)}"]
    before = "/dev/null" if change.kind == "created" else f"a/{change.path}"
    after = "/dev/null" if change.kind == "deleted" else f"b/{change.path}"
    lines = [f"--- {before}", f"+++ {after}"]
    for hunk in change.hunks:
        # A unified diff allows words after the second @@.
        lines.append(f"{_place(hunk)} [{hunk.number}]" if numbered else _place(hunk))
        lines += [line.tag + line.text for line in hunk.lines]
    return [*lines, f"# {_left_out(change, version)}"] if change.left_out else lines
