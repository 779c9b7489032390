"""Event: something that happened in a turn, as a frozen value.

The one shape through the house: cells, panels, the command line and exports all
read these, in the order they happened. A turn's stream is

    TurnStarted Notice* (StepStarted (TextGrew | ThoughtGrew | CallGrew | Waiting)*
    (CallStarted Progress* CallEnded | Changed | TurnedAway | CheckStarted CheckEnded)*
    (Paused | StepEnded))* TurnEnded
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from vly_nb.agent.turn import Call, Proposal, Step, Turn
from vly_nb.checks.check import CheckResult
from vly_nb.diagnostics import Diagnostic
from vly_nb.project.changes import ChangeSet
from vly_nb.project.versions import Version
from vly_nb.tools.tool import Question


@dataclass(frozen=True, slots=True)
class TurnStarted:
    """A wish was taken up."""

    turn: Turn


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the person should know about this turn, once."""

    text: str


@dataclass(frozen=True, slots=True)
class StepStarted:
    """The model is asked. `number` counts from 1 in the turn."""

    number: int


@dataclass(frozen=True, slots=True)
class TextGrew:
    """More of the model's words."""

    text: str


@dataclass(frozen=True, slots=True)
class ThoughtGrew:
    """More of what the model says of its thinking."""

    text: str


@dataclass(frozen=True, slots=True)
class CallGrew:
    """The model is writing a call; `size` counts the characters so far."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """The reply so far is void; it is asked for again in `seconds`."""

    reason: str
    seconds: float


@dataclass(frozen=True, slots=True)
class CallStarted:
    """A tool call runs; `call.line` says it in plain words ("editing src/App.tsx")."""

    call: Call


@dataclass(frozen=True, slots=True)
class Progress:
    """A line of what a running program says."""

    line: str


@dataclass(frozen=True, slots=True)
class CallEnded:
    """A tool call has its outcome."""

    call: Call


@dataclass(frozen=True, slots=True)
class Changed:
    """Files were written, by a change set or by a program."""

    change: ChangeSet
    version: Version


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """A change set was refused before a byte was written."""

    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class CheckStarted:
    """A check runs."""

    name: str


@dataclass(frozen=True, slots=True)
class CheckEnded:
    """A check's word."""

    result: CheckResult


@dataclass(frozen=True, slots=True)
class Paused:
    """The step stands still until the person decides on `waiting`."""

    step: Step
    waiting: Proposal | Question


@dataclass(frozen=True, slots=True)
class StepEnded:
    """A step is complete: its calls are answered, its version made, its checks run."""

    step: Step


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """The turn is over; `turn.end` says why, `turn.end_note` in a sentence."""

    turn: Turn


Event = (
    TurnStarted
    | Notice
    | StepStarted
    | TextGrew
    | ThoughtGrew
    | CallGrew
    | Waiting
    | CallStarted
    | Progress
    | CallEnded
    | Changed
    | TurnedAway
    | CheckStarted
    | CheckEnded
    | Paused
    | StepEnded
    | TurnEnded
)

Events = AsyncGenerator[Event, None]
"""A stream of events; closing it stops what it tells of."""
