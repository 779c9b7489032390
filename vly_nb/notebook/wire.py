"""StepData: what `application/vnd.vly.step+json` holds, one bundle a step.

Front ends (the side panel, a diff tool, a script that reads a notebook) may rely
on it: `schema` grows by one when a field changes its meaning or goes away; new
fields may come without. `docs/step-schema.json` is printed from these classes.

All strings are safe to show as text (control and bidirectional characters are
made visible), and everything is capped: `left_out` says how much was left out,
and `%vly diff N` shows it.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

MIME = "application/vnd.vly.step+json"


class Wire(BaseModel):
    """A frozen value of the bundle."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, populate_by_name=True
    )


class LineData(Wire):
    """A line of a diff."""

    tag: Literal[" ", "-", "+"]
    text: str
    """Without its line ending; one that hides a difference is shown as ␍."""


class HunkData(Wire):
    """A run of changed lines with its context. Lines count from 1."""

    number: int
    """Counts from 1 within its file: the number that `%vly apply FILE:1,3` takes."""
    before_start: int
    before_count: int
    after_start: int
    after_count: int
    lines: list[LineData]


class ChangeData(Wire):
    """A file that was created, modified or deleted."""

    path: str
    """Relative to the project, with `/`."""
    kind: Literal["created", "modified", "deleted"]
    binary: bool = False
    """Not text: there are no hunks."""
    added: int = 0
    removed: int = 0
    hunks: list[HunkData] = []
    left_out: int = 0
    """Lines of the diff that are not in `hunks`."""


class DiagnosticData(Wire):
    """A complaint about a place. Lines and columns count from 1."""

    path: str | None = None
    """None when the project as a whole is meant."""
    line: int | None = None
    column: int | None = None
    severity: Literal["error", "warning", "info"] = "error"
    code: str
    message: str
    source: str = ""
    """Who complains: "tsc", "convex", "policy", "gate"."""
    advice: str = ""

    @property
    def where(self) -> str:
        """`src/a.tsx:3:7`, `src/a.tsx`, or "" for the project as a whole."""
        place = "" if self.line is None else f":{self.line}:{self.column or 1}"
        return f"{self.path}{place}" if self.path else ""


class CheckData(Wire):
    """A check's word."""

    name: str
    status: str
    """"green", "red", or why there is no verdict."""
    new: list[DiagnosticData] = []
    new_count: int = 0
    known: int = 0
    """Complaints that were there before the turn."""
    note: str = ""


class RuleData(Wire):
    """A rule that complains, in short; `%vly help ID` shows its whole page."""

    id: str
    title: str
    """What to do, in one line."""
    why: str
    """Markdown."""


class CallData(Wire):
    """A tool call in a person's words."""

    line: str
    failed: bool = False


class UsageData(Wire):
    """Tokens."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    searches: int = 0


class ReplayData(Wire):
    """How a replayed step came out."""

    verified: bool
    drifted: list[str] = []
    """Paths whose files differ from the tape's."""


class SourceData(Wire):
    """A page that was read."""

    url: str
    title: str = ""


class ProposalData(Wire):
    """Changes that wait for `%vly apply` or `%vly reject`; nothing of them is written."""

    id: str = ""
    """Tells it from other proposals."""
    changes: list[ChangeData]
    left_out: int = 0
    """Files that are not listed."""


class QuestionData(Wire):
    """What only the person can answer, with `%vly next ANSWER`."""

    text: str
    choices: list[str] = []
    """Counted from 1: `%vly next 2` takes the second."""


class StepData(Wire):
    """One step of a turn: a reply of the model and all that its calls did."""

    version_of_schema: Literal[1] = Field(default=1, alias="schema")
    turn: int
    step: int
    """Counts from 1 within the turn."""
    title: str
    asked: str = ""
    """The wish that the turn answers, on one line."""
    said: str = ""
    """What the model said, Markdown."""
    state: Literal["done", "waiting", "stopped"] = "done"
    version: int | None = None
    """The version at the step's end; None when nothing was written."""
    tree: str = ""
    """The git tree of that version, which tells it from another project's of the same number."""
    changes: list[ChangeData] = []
    files_left_out: int = 0
    calls: list[CallData] = []
    refusals: list[DiagnosticData] = []
    """What a gate turned away before a byte was written."""
    diagnostics: list[DiagnosticData] = []
    """Complaints that are new with this step."""
    diagnostics_left_out: int = 0
    checks: list[CheckData] = []
    rules: list[RuleData] = []
    """The rules among the codes of refusals, diagnostics and checks."""
    usage: UsageData = UsageData()
    cost: float | None = None
    """US dollars; None when the price isn't known."""
    replay: ReplayData | None = None
    sources: list[SourceData] = []
    proposal: ProposalData | None = None
    question: QuestionData | None = None

    def bundle(self) -> dict[str, Any]:
        """The JSON value of the MIME type."""
        return self.model_dump(mode="json", by_alias=True)
