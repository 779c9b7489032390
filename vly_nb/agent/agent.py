"""Agent: what the loop works with, put together once a session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vly_nb.agent.context import Conversation
from vly_nb.agent.secrecy import Secrecy
from vly_nb.checks.check import CheckResult
from vly_nb.checks.lane import Lane
from vly_nb.model.messages import Block, Model
from vly_nb.model.prices import Price, price_list
from vly_nb.model.tape import Tape
from vly_nb.preview.preview import Preview
from vly_nb.project.keys import Keys
from vly_nb.project.project import Guard, Project
from vly_nb.stacks.stack import Stack
from vly_nb.tools.workbench import Workbench


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a turn ends by itself. `rounds` counts mends after a red check (SPEC 2.6)."""

    steps: int = 60
    rounds: int = 3
    reply_tokens: int = 32_000
    outcome_characters: int = 60_000


@dataclass
class Agent:
    """A model at work on a project.

    `results` keeps what checks said of a tree, so that none runs twice on the
    same files; `green` is the last version that passed at a turn's end. `lane` judges steps in
    between, where the stack has one.
    """

    model: Model
    project: Project
    keys: Keys
    stack: Stack
    bench: Workbench
    conversation: Conversation
    system: Sequence[Block]
    secrecy: Secrecy
    web: Sequence[Mapping[str, Any]] = ()
    guards: Sequence[Guard] = ()
    tape: Tape | None = None
    limits: Limits = field(default_factory=Limits)
    prices: Mapping[str, Price] = field(default_factory=price_list)
    results: dict[tuple[str, str, int], CheckResult] = field(default_factory=dict)
    green: int | None = None
    lane: Lane | None = None

    @property
    def preview(self) -> Preview | None:
        """The running app, when the session has one."""
        return self.bench.preview
