"""Desk: what the commands of one shell share: the shell, its outputs, the mounted session."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from IPython.core.interactiveshell import InteractiveShell

from vly_nb.agent.events import Events
from vly_nb.agent.turn import Turn
from vly_nb.errors import ProjectError, Stopped
from vly_nb.notebook.closing import closing_bundle
from vly_nb.notebook.display import Show
from vly_nb.notebook.engine import Engine
from vly_nb.notebook.hub import Hub
from vly_nb.notebook.outputs import Outputs
from vly_nb.session import Session


@dataclass
class Desk:
    """One shell's desk. `stepping` says that the turn goes one step a cell, `in_cell` that a cell runs."""

    shell: InteractiveShell
    in_cell: Callable[[], bool] = lambda: False
    outputs: Outputs = field(init=False)
    engine: Engine = field(default_factory=Engine)
    hub: Hub = field(init=False)
    stepping: bool = False
    _session: Session | None = None

    def __post_init__(self) -> None:
        self.outputs = Outputs(self.shell)
        self.hub = Hub(self.engine, self.in_cell)

    @property
    def session(self) -> Session | None:
        """The mounted session; the panels hear of a new one."""
        return self._session

    @session.setter
    def session(self, session: Session | None) -> None:
        self._session = session
        self.hub.soon(lambda: self.hub.attach(session))

    def open(self, session: Session) -> None:
        """This session is the mounted one; what is shown from now on has its secrets taken out."""
        self.session, self.stepping = session, False
        self.outputs.clean = session.keys.clean

    @property
    def mounted(self) -> Session:
        """The session. Raises ProjectError when there is none."""
        if self._session is None:
            raise ProjectError(
                "No project is mounted.", "Use %vly mount PATH, or %vly new NAME for a fresh one."
            )
        return self._session

    @property
    def steps(self) -> int | None:
        """How many steps the turn may take in this cell."""
        return 1 if self.stepping else None

    async def follow(self, stream: Events, *, recall: bool = True) -> None:
        """Show a turn's events and what comes after them. Raises Stopped when it is interrupted."""
        session = self.mounted
        show = Show(self.outputs, recall=recall, about=session.stack.about)
        try:
            await show.follow(self.through(stream), lambda: session.turn)
        except (asyncio.CancelledError, KeyboardInterrupt):
            uncancel()
            note = session.turn.end_note if session.turn else ""
            raise Stopped(note or "Stopped. Nothing was written.", "Ask again when you like.") from None
        if show.over is not None:
            self._close(session, show.over)
        elif (turn := session.turn) is not None and turn.waiting is None and self.stepping:
            self._next_cell(turn)

    def through(self, stream: Events) -> Events:
        """A stream of events that runs on the engine's loop, the panels told of each."""
        return self.engine.through(self.hub.watched(stream))

    async def close(self) -> None:
        """Let go of the project, where its turns ran."""
        session, self.session = self._session, None
        if session is not None:
            await self.engine.call(session.close())

    def _close(self, session: Session, turn: Turn) -> None:
        head = session.project.head.number
        change = session.project.changes_between(turn.start, head)
        self.outputs.show(closing_bundle(turn, change, head, session.usage, session.cost))

    def _next_cell(self, turn: Turn) -> None:
        """Say how the turn goes on, and put it there; a notebook with a tape has its cells already."""
        self.outputs.say("The turn goes on: %vly next")
        if turn.steps and not turn.steps[-1].reply.replayed:
            self.shell.set_next_input("%vly next")


def uncancel() -> None:
    """The cancellation of this task was heard: what follows may await again."""
    if (task := asyncio.current_task()) is not None:
        task.uncancel()
