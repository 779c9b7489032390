"""Steps as the engine makes them, for tests of what is shown."""

from __future__ import annotations

from typing import Any

from vly_nb.agent.turn import Call, Step
from vly_nb.checks.check import CheckResult
from vly_nb.diagnostics import Diagnostic, Range
from vly_nb.model.messages import Reply, Usage
from vly_nb.project.changes import ChangeSet, FileChange
from vly_nb.tools.tool import Outcome


def reply(words: str = "I make the headline blue.", **rest: Any) -> Reply:
    return Reply([{"type": "text", "text": words}], "tool_use", **rest)


def change(
    path: str = "src/App.tsx", before: str | None = "one\ntwo\n", after: str | None = "one\n2\n"
) -> FileChange:
    def data(text: str | None) -> bytes | None:
        return None if text is None else text.encode()

    return FileChange(path, data(before), data(after))


def step(words: str = "I make the headline blue.", *changes: FileChange, **rest: Any) -> Step:
    made = Step(1, reply(words, usage=Usage(1200, 34)), changes=[ChangeSet(changes)] if changes else [])
    made.closed = True
    for name, value in rest.items():
        setattr(made, name, value)
    return made


def complaint(**rest: Any) -> Diagnostic:
    given = {
        "code": "TS2322",
        "message": "Type 'string' is not number.",
        "path": "src/a.tsx",
        "range": Range(3, 7),
    }
    return Diagnostic(**{**given, **rest})


def red(*many: Diagnostic, known: int = 3) -> CheckResult:
    return CheckResult("tsc", "tsc -b", "red", many, known)


def called(line: str, outcome: Outcome | None = None) -> Call:
    return Call("a", "bash", {}, line, outcome=outcome)
