"""Check, CheckResult: a program that judges the whole project, and what it said.

A check is data: a command, the paths whose change calls for it, and a pure
function that reads its output. `subtract` takes away what was known before.
"""

from __future__ import annotations

import functools
import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from vly_nb.diagnostics import Diagnostic, Severity
from vly_nb.project.paths import is_secret, own_folder

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


BIGGEST = 2_000_000  # bytes of a file whose lines are quoted


def lines_of(root: Path) -> Lines:
    """Lines of a project's own files, for quoting.

    () for what is secret, installed, outside (also by a link), or over 2 MB.
    """
    real = Path(os.path.realpath(root))

    @functools.cache
    def lines(path: str) -> Sequence[str]:
        try:
            place = Path(os.path.realpath(real / path))
            if not place.is_relative_to(real) or not place.is_file():
                return ()
            for name in (path, place.relative_to(real).as_posix()):
                if is_secret(name) or own_folder(name):
                    return ()
            with place.open("rb") as file:
                data = file.read(BIGGEST + 1)
        except (OSError, ValueError):  # ValueError: a NUL in a path
            return ()
        return data.decode("utf-8", "replace").split("\n") if len(data) <= BIGGEST else ()

    return lines


def within(root: Path, output: str) -> str:
    """A program's output with the project's own folder taken out of its paths."""
    for folder in sorted({str(root), os.path.realpath(root)}, key=len, reverse=True):
        output = output.replace(f"file://{folder}/", "").replace(f"{folder}/", "")
    return output
