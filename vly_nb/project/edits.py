"""Edits: find the one place that an edit means, and change nothing else.

    edited = replace(text, old, new)     # Edited(text, tier, line, end_line)
    edited = insert(text, 12, new)       # after line 12; 0 is the top

`old` must be there exactly once. Models copy with small slips, so `replace` goes
through tiers, each a little more forgiving than the one before, and each of
which must find exactly one place: exact; line endings; line numbers copied from
the reader; outer blank lines; trailing space; curly quotes; one uniform indent.
Lines that `old` and `new` have in common are put back as the file has them, and
the file's line endings stay.

Everything else is refused with a sentence the model can act on: a wrong edit
costs more than a second try.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace as changed

from vly_nb.errors import ToolError
from vly_nb.project import matching
from vly_nb.project.matching import split
from vly_nb.project.tiers import Attempt, Place, Tier, attempts

_BOM = "\ufeff"
_CURLY = "‘’“”"
_QUOTES = _CURLY + "'\""
_READ_AGAIN = "Read the file again and copy the lines exactly as they are."


@dataclass(frozen=True, slots=True)
class Edited:
    """A text after an edit: which tier found the place, and what lines (from 1) it now has.

    `line` and `end_line` are the first and the last line that the edit wrote.
    """

    text: str
    tier: Tier
    line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class Text:
    """A file's text with its own line endings, without its byte-order mark."""

    text: str
    bom: bool = False

    def encode(self) -> bytes:
        """The bytes to write: UTF-8, with the mark the file had."""
        return (_BOM if self.bom else "").encode() + self.text.encode()


def decode(data: bytes, path: str = "the file") -> Text:
    """Bytes as text. Raises ToolError when they are not UTF-8, or hold a NUL."""
    if b"\0" in data:
        raise ToolError(f"{path} is a binary file; it can't be edited as text.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ToolError(f"{path} is not UTF-8 (byte {error.start}); it can't be edited as text.") from None
    return Text(text.removeprefix(_BOM), text.startswith(_BOM))


def replace(text: str, old: str, new: str) -> Edited:
    """Put `new` where `old` stands. Raises ToolError: empty, nothing to change, not found, not unique,
    already applied."""
    if not old:
        raise ToolError("`old` is empty: quote the text to replace, or use insert with a line number.")
    if old == new:
        raise ToolError("`old` and `new` are the same: there is nothing to change.")
    mark = _BOM if text.startswith(_BOM) else ""
    body = text.removeprefix(_BOM)
    old, new = old.removeprefix(_BOM), new.removeprefix(_BOM)
    for attempt in attempts(old, new):
        found = attempt.find(body)
        if len(found) > 1:
            raise ToolError(_not_unique(body, found))
        if found:
            return _put(mark, body, attempt, found[0])
    raise ToolError(_not_found(body, old, new))


def insert(text: str, after_line: int, new: str) -> Edited:
    """Put `new` after line `after_line` (from 1; 0 is the top of the file).

    Raises ToolError: empty, no such line, the very lines stand there already.
    """
    if not new:
        raise ToolError("`new` is empty: there is nothing to insert.")
    mark = _BOM if text.startswith(_BOM) else ""
    lines, endings = split(text.removeprefix(_BOM))
    ending = _ending_near(endings, after_line)
    if lines[-1]:
        endings.append("")  # the last line has no ending: it gets one only if something follows
    else:
        lines.pop()
    if not 0 <= after_line <= len(lines):
        raise ToolError(f"There is no line {after_line}: the file has {len(lines)} lines.")
    added = split(new.removeprefix(_BOM))[0]
    if len(added) > 1 and not added[-1]:
        added.pop()
    if any(line.strip() for line in added) and lines[after_line : after_line + len(added)] == added:
        raise ToolError(f"Already applied: these lines stand after line {after_line}. Nothing was changed.")
    head = [line + end for line, end in zip(lines[:after_line], endings, strict=False)]
    if head and not endings[after_line - 1]:
        head[-1] += ending
    tail = [line + end for line, end in zip(lines[after_line:], endings[after_line:], strict=True)]
    middle = [line + ending for line in added]
    if not tail and lines and not endings[-1]:
        middle[-1] = added[-1] + (ending if new.endswith("\n") else "")
    result = mark + "".join(head + middle + tail)
    return Edited(result, "exact", after_line + 1, after_line + len(added))


def _put(mark: str, body: str, attempt: Attempt, place: Place) -> Edited:
    """Write the new lines, kept ones as the file has them, into the one place."""
    _refuse_if_applied(body, attempt, place)
    exact = attempt.tier == "exact"
    old = split(attempt.old[0])[0] if exact else list(attempt.old)
    new = split(attempt.new[0])[0] if exact else list(attempt.new)
    there, endings = split(body[place.start : place.end])
    ending = _ending_near(split(body)[1], body.count("\n", 0, place.start))
    curled = _curled(old, there)
    parts: list[str] = []
    for tag, a, b, c, d in matching.alignment(attempt.compare(old), attempt.compare(new)):
        if tag == "equal":
            lines = there[a:b]
        else:
            lines = _written(attempt, place, new[c:d], old[a:b], there[a:b], curled=curled)
        for n, line in enumerate(lines):
            parts += [line, endings[a + n] if a + n < min(b, len(endings)) else ending]
    result = "".join(parts[:-1])  # what follows the last line is the file's already
    end = place.end
    if attempt.drop_line:
        end += next((len(e) for e in ("\r\n", "\n") if body.startswith(e, end)), 0)
    first = body.count("\n", 0, place.start) + 1
    whole = mark + body[: place.start] + result + body[end:]
    last = first + result.count("\n") - result.endswith("\n")
    return Edited(whole, attempt.tier, first, max(first, last))


def _written(
    attempt: Attempt,
    place: Place,
    new: Sequence[str],
    old: Sequence[str],
    there: Sequence[str],
    *,
    curled: bool,
) -> list[str]:
    """A run of lines that only `new` has, in the file's indent and quotes."""
    if attempt.tier == "indent":
        new, old = [_moved(line, place) for line in new], [_moved(line, place) for line in old]
    if not attempt.quotes or not new:
        return list(new)
    before = "\n".join(line.rstrip(" \t") for line in old)
    its = "\n".join(line.rstrip(" \t") for line in there)
    return _with_quotes("\n".join(new), before, its, curled=curled).split("\n")


def _moved(line: str, place: Place) -> str:
    """A line of the edit at the file's indent."""
    if not line.strip():
        return line
    if place.add:
        return place.indent + line
    if not line.startswith(place.indent):
        raise ToolError(f"The file indents these lines less than `old`, and `new` more so. {_READ_AGAIN}")
    return line[len(place.indent) :]


def _with_quotes(new: str, old: str, there: str, *, curled: bool) -> str:
    """Keep the file's quotes in what changed lines have in common with the old ones at both ends.

    `curled`: it is `old` that has curly quotes where the file has plain ones, so those in
    `new` are slips too. The other way round (typographic text in the file), plain quotes in
    the changed middle may be text or code, and nobody can tell: refused.
    """
    a, b = matching.straight(old), matching.straight(new)
    shorter = min(len(a), len(b))
    head = next((n for n in range(shorter) if a[n] != b[n]), shorter)
    tail = next((n for n in range(shorter - head) if a[-1 - n] != b[-1 - n]), shorter - head)
    middle, cut = new[head : len(new) - tail], len(old) - tail
    if curled:
        middle = matching.straight(middle)
    elif there[head:cut] != old[head:cut] and any(quote in middle for quote in _QUOTES):
        raise ToolError(f"`old` has other quotes than the file (‘ ’ “ ” or plain ones). {_READ_AGAIN}")
    return there[:head] + middle + there[cut:]


def _curled(old: Sequence[str], there: Sequence[str]) -> bool:
    """Whether the quotes in which they differ are all curly in `old` and plain in the file."""
    pairs = (
        (x, y)
        for mine, its in zip(old, there, strict=False)
        for x, y in zip(mine.lstrip(), its.lstrip(), strict=False)
        if x != y and matching.straight(x) == matching.straight(y)
    )
    directions = {x in _CURLY for x, _ in pairs}
    return directions == {True}


def _refuse_if_applied(body: str, attempt: Attempt, place: Place) -> None:
    """A second sending of the same edit must not do it twice, nor hit a look-alike.

    Twice: the place already reads `new` (which holds `old`). A look-alike: `old` isn't
    there to the letter, and `new` stands elsewhere: that may be where `old` was.
    """
    if not any(line.strip() for line in attempt.new):
        return
    loose = attempt.tier in ("trailing space", "curly quotes", "indent") and _tells(attempt)
    for hit in changed(attempt, old=attempt.new).find(body):
        covers = hit.start <= place.start and hit.end >= place.end
        inside = hit.start >= place.start and hit.end <= place.end
        if covers or (loose and not inside):
            raise ToolError(_applied(body, hit))


def _tells(attempt: Attempt) -> bool:
    """Whether `new` has something of its own by which to know it again."""
    known = {line.strip() for line in attempt.old}
    own = [line.strip() for line in attempt.new if line.strip() and line.strip() not in known]
    return len(own) > 1 or any(len(line) >= 12 for line in own)


def _ending_near(endings: Sequence[str], line: int) -> str:
    """The line ending that new lines get around here (index from 0): the file's own."""
    return endings[min(max(line, 0), len(endings) - 1)] if endings else "\n"


def _applied(body: str, hit: Place) -> str:
    line = body.count("\n", 0, hit.start) + 1
    return (
        f"Already applied: `new` stands at line {line}. Nothing was changed; read the file before going on."
    )


def _not_unique(body: str, found: Sequence[Place]) -> str:
    lines = [str(body.count("\n", 0, place.start) + 1) for place in found]
    shown = ", ".join(lines[:10]) + (" and more" if len(lines) > 10 else "")
    return f"`old` is there {len(lines)} times, at lines {shown}. Quote more lines around the one you mean."


def _not_found(body: str, old: str, new: str) -> str:
    """Why, as far as one can tell, and the place that comes nearest."""
    loosest = next(a for a in reversed(attempts(old, new)) if a.tier != "indent")
    if new.strip() and (hits := changed(loosest, old=loosest.new).find(body)):
        return f"`old` is not in the file. {_applied(body, hits[0])}"
    lines = split(body)[0]
    start = matching.nearest(lines, loosest.old)
    if start is None:
        return f"`old` is not in the file, nor anything like it. {_READ_AGAIN}"
    return f"`old` is not in the file. The nearest place:\n{matching.excerpt(lines, loosest.old, start)}"
