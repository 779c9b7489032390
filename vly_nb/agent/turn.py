"""Turn and Step: one wish of the person, and the steps that answered it.

A turn is data: it can stand still (for a review, a question, the next
`%vly next`) and be taken up again, because a step knows which of its calls have
an outcome and carrying it out skips those.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from vly_nb.agent.context import as_data, image, text
from vly_nb.checks.check import CheckResult
from vly_nb.diagnostics import Diagnostic
from vly_nb.model.messages import Block, Reply, Usage
from vly_nb.preview.preview import Picture
from vly_nb.project.changes import ChangeSet
from vly_nb.project.versions import Version
from vly_nb.tools.tool import Outcome, Question


class End(StrEnum):
    """Why a turn ended."""

    DONE = "done"  # the model says so and the checks agree
    RED = "red"  # the checks still complain
    STOPPED = "stopped"  # by the person
    LIMIT = "limit"  # too many steps
    REFUSAL = "refusal"  # the model declined
    EMPTY = "empty"  # the model said nothing
    TOO_LONG = "too long"  # the conversation no longer fits the model
    FAILED = "failed"  # no reply was to be had


@dataclass
class Call:
    """One tool call of a reply; `outcome` is None until it has run.

    `line` says it in plain words ("editing src/App.tsx"); `cut` tells that the
    reply ended in the middle of its arguments, so that it must not run.
    """

    id: str
    name: str
    arguments: dict[str, Any]
    line: str = ""
    cut: bool = False
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Replay:
    """How a replayed step came out: `drifted` holds the paths that differ from the tape's."""

    drifted: tuple[str, ...] = ()

    @property
    def verified(self) -> bool:
        """The files came out the same to the byte."""
        return not self.drifted


@dataclass(frozen=True, slots=True)
class Source:
    """A page that the model's web search or fetch brought up."""

    url: str
    title: str = ""


@dataclass
class Step:
    """One reply of the model and what its calls did; valid at every moment.

    `tree` is the project's tree id when the model was asked. `refusals` are
    what gates turned away, `diagnostics` what they only remarked. `pictures` show the pages that look
    different since. `verdict` is
    what the model is told of checks and remarks with the outcomes.
    """

    number: int
    reply: Reply
    tree: str = ""
    calls: list[Call] = field(default_factory=list)
    changes: list[ChangeSet] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)
    refusals: list[Diagnostic] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    checks: list[CheckResult] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    cost: float | None = None
    replay: Replay | None = None
    verdict: str = ""
    closed: bool = False

    @classmethod
    def blank(cls) -> Step:
        """A step without a reply, for checks that a person asks for."""
        return cls(0, Reply([], "end_turn"))

    @property
    def usage(self) -> Usage:
        """The reply's tokens."""
        return self.reply.usage

    @property
    def answers(self) -> dict[str, tuple[str | list[Block], bool]]:
        """Call id → its answer (text, or blocks with a picture) and whether it failed, for those that have
        one."""
        return {call.id: (_answer(call.outcome), call.outcome.failed) for call in self.calls if call.outcome}

    @property
    def title(self) -> str:
        """The step in plain words: the first sentence the model said, or what it did."""
        return title_of(self)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change set that waits for the person, and the ids of the calls that made it."""

    change: ChangeSet
    calls: tuple[str, ...]


@dataclass
class Turn:
    """One wish and its steps. `number` counts from 1 in a session.

    `start` is the version the turn began from. `waiting` is what only the person
    can decide; `answer` is their answer to a question, until its call has run.
    `rounds` and `complaints` are the fix loop's: what each red check said. `asked`
    holds the answers to calls already made.
    """

    number: int
    prompt: str
    start: int
    review: bool = False
    only: tuple[str, ...] = ()
    steps: list[Step] = field(default_factory=list)
    waiting: Proposal | Question | None = None
    answer: str | None = None
    end: End | None = None
    end_note: str = ""
    rounds: int = 0
    complaints: list[frozenset[tuple[str, ...]]] = field(default_factory=list)
    asked: dict[str, str] = field(default_factory=dict)

    @property
    def usage(self) -> Usage:
        """Tokens of all steps."""
        return sum((step.usage for step in self.steps), Usage())

    @property
    def cost(self) -> float | None:
        """US dollars, or None when a price isn't known."""
        costs = [step.cost for step in self.steps]
        return None if any(c is None for c in costs) else sum(c for c in costs if c is not None)


def _answer(outcome: Outcome) -> str | list[Block]:
    words = as_data(outcome.text) if outcome.foreign else outcome.text
    return words if outcome.picture is None else [text(words), image(outcome.picture)]


TITLE = 90
SENTENCE = re.compile(r"[^\n]+?(?:[.!?:](?=\s|$)|$)", re.MULTILINE)


def title_of(step: Step) -> str:
    """The first sentence the model said if it is short, else what the calls did."""
    if not step.calls and not step.changes:
        return "The answer"
    said = SENTENCE.search(step.reply.text.strip() or step.reply.thoughts.strip())
    words = " ".join(said[0].split()).strip("#*` :") if said else ""
    if 0 < len(words) <= TITLE:
        return words
    doing = list(dict.fromkeys(call.line for call in step.calls))
    more = f" and {len(doing) - 1} more" if len(doing) > 1 else ""
    return (doing[0][:1].upper() + doing[0][1:])[:TITLE] + more if doing else "The answer"
