"""A pure reader of what `tsc` prints.

Plain, `--pretty false` (TypeScript 5.6 to 7.0, measured):

    src/a.ts(9,20): error TS2322: Type 'A' is not assignable to type 'B'.
      Types of parameters 'id' and 'id' are incompatible.
    error TS5083: Cannot read file 'tsconfig.app.json'.

and pretty, which Convex's own type check prints even when told not to, with the
place as `src/a.ts:9:20 - error TS2322: …`, the source line, and related places
indented below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from vly_nb.checks.check import Lines
from vly_nb.diagnostics import Diagnostic, Range, Severity
from vly_nb.process_output import plain

LINE = re.compile(
    r"""(?x)
    (?: (?P<path> \S .*? ) (?: \( (?P<line> \d{1,9} ) , (?P<column> \d{1,9} ) \) :
                             | : (?P<pretty_line> \d{1,9} ) : (?P<pretty_column> \d{1,9} ) \s - ) \s )?
    (?P<severity> error | warning ) \s (?P<code> TS\d+ ) : \s (?P<message> .* )
    """
)
FRAME = re.compile(r"\s*\d+\s|\s*~+\s*$|\s*$")  # pretty: the source line, its underline, an empty line
RELATED = re.compile(r"\s{2,}\S.*:\d+:\d+(?: - .*)?$")
SUMMARY = re.compile(r"Found \d+ errors?\b|Errors\s+Files")
TRACED = 12  # continuation lines kept of one message
LONGEST = 1500  # characters of one message
LONGEST_LINE = 8000  # characters of one line that is read
MOST = 2000  # complaints kept: many, since one that is cut off here can't be told from a known one

ADVICE = {
    "TS2307": "Check the path for typos; if it is a package, add it to the project first.",
    "TS2688": "Add the package with these types, or take its name out of `types` in the tsconfig.",
    "TS5083": "Bring the file back, or take it out of the tsconfig that names it.",
    "TS5094": "This needs TypeScript 5.6 or newer: add typescript@~5.9 as a development dependency.",
    "TS18003": "Mend `include` in the tsconfig: it finds no file.",
}


def parse(output: str, lines: Lines) -> tuple[Diagnostic, ...]:
    """The first 2,000 complaints in order, once each: a file of two projects is checked twice.

    `lines` gives a file's lines; what it doesn't have leaves `snippet` empty.
    """
    return tuple(dict.fromkeys(islice(_read(output, lines), MOST)))


def _read(output: str, lines: Lines) -> Iterator[Diagnostic]:
    current: re.Match[str] | None = None
    more: list[str] = []
    whole = False  # in pretty output the message ends where the source line is shown
    for raw in output.split("\n"):
        text = plain(raw[:LONGEST_LINE])
        found = LINE.fullmatch(text)
        if found or SUMMARY.match(text):
            if current:
                yield _diagnostic(current, more, lines)
            current, more, whole = found, [], False
        elif current and not whole:
            whole = current["pretty_line"] is not None and bool(FRAME.match(text) or RELATED.match(text))
            if not whole and text.startswith("  ") and len(more) < TRACED:
                more.append(text)
    if current:
        yield _diagnostic(current, more, lines)


def _diagnostic(found: re.Match[str], more: list[str], lines: Lines) -> Diagnostic:
    path = found["path"].replace("\\", "/") if found["path"] else None
    place = None
    snippet = ""
    if path is not None:
        line = int(found["line"] or found["pretty_line"])
        place = Range(line, int(found["column"] or found["pretty_column"]))
        text = lines(path)
        snippet = text[line - 1].strip() if 0 < line <= len(text) else ""
    return Diagnostic(
        code=found["code"],
        message="\n".join([found["message"].rstrip(), *(f"  {text.strip()}" for text in more)])[:LONGEST],
        path=path,
        range=place,
        severity=Severity(found["severity"]),
        source="tsc",
        snippet=snippet[:200],
        advice=ADVICE.get(found["code"], ""),
    )
