"""Diagnostic: one complaint about one place, whoever makes it.

The shape is LSP's (https://microsoft.github.io/language-server-protocol/): a
path, a range, a severity, a code and a message. Checks, policy rules and gates
all speak it, so that a person, the model and an editor read the same thing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much it matters: only an ERROR can refuse a write or hold a turn red."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Range:
    """A place in a text: lines and columns count from 1, the end is exclusive."""

    line: int
    column: int = 1
    end_line: int | None = None
    end_column: int | None = None

    def __str__(self) -> str:
        return f"{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class TextEdit:
    """Replace the text of `range` by `text`; what a mechanical fix is made of."""

    range: Range
    text: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One complaint.

    `path` is relative to the project's root, with `/`; None when the complaint
    is about the project as a whole (a broken tsconfig, say). `source` names who
    complains: "tsc", "convex", "policy", "gate". `snippet` is the text of the
    line complained about: with it a complaint is known again after lines moved.
    `advice` says in a person's words what to do.
    """

    code: str
    message: str
    path: str | None = None
    range: Range | None = None
    severity: Severity = Severity.ERROR
    source: str = ""
    snippet: str = ""
    advice: str = ""
    fix: tuple[TextEdit, ...] = ()

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """What stays the same when unrelated lines move: for baselines and the ratchet.

        Message texts are left out where there is a snippet: TypeScript's wording
        (order in unions) differs between versions and runs.
        """
        place = " ".join(self.snippet.split()) or self.message
        return (self.source, self.code, self.path or "", place)

    @property
    def where(self) -> str:
        """`src/a.tsx:3:7`, `src/a.tsx`, or "" for the project as a whole."""
        if self.path is None:
            return ""
        return f"{self.path}:{self.range}" if self.range else self.path

    def __str__(self) -> str:
        head = f"{self.where}: " if self.path else ""
        return f"{head}{self.severity} {self.code}: {self.message}"
