"""Check, CheckResult: a program that judges the whole project, and what it said.

A check is data: a command, the paths whose change calls for it, and a pure
function that reads its output. `subtract` takes away what was known before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from vly_nb.diagnostics import Diagnostic, Severity

Status = Literal["green", "red", "could not run", "skipped"]

Lines = Callable[[str], Sequence[str]]
"""Path within the project → the file's lines; () for one that can't be read."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one run of a check came to.

    `command` is what a person would type. `new` are the complaints that the
    baseline doesn't have, `known` counts those it has. "could not run" says
    nothing about the code; `note` then says what to do. `seconds` are wall time.
    """

    name: str
    command: str
    status: Status
    new: tuple[Diagnostic, ...] = ()
    known: int = 0
    seconds: float = 0.0
    note: str = ""

    def less(self, baseline: Iterable[Diagnostic]) -> CheckResult:
        """The same run with what was known before taken away; green when no error is left."""
        new = subtract(self.new, baseline)
        status: Status = self.status
        if status == "red" and not any(d.severity is Severity.ERROR for d in new):
            status = "green"
        return replace(self, status=status, new=new, known=self.known + len(self.new) - len(new))


@dataclass(frozen=True, slots=True)
class Check:
    """A check by name: its command, when it is called for, and how its output is read."""

    name: str
    argv: tuple[str, ...]
    applies: Callable[[Iterable[str]], bool]
    parse: Callable[[str, Lines], tuple[Diagnostic, ...]]


def subtract(found: Iterable[Diagnostic], baseline: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """What is in `found` and not in `baseline`, by identity and as often as it is there more."""
    known = Counter(diagnostic.identity for diagnostic in baseline)
    new = []
    for diagnostic in found:
        if known[diagnostic.identity] > 0:
            known[diagnostic.identity] -= 1
        else:
            new.append(diagnostic)
    return tuple(new)
