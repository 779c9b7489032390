"""Hub: the one place that every turn's events pass through on their way to a panel.

Cells and panels alike run their turns through `watched`; here events become wire data, are put
together to some thirty messages a second (a server drops more than a thousand, without a word),
and are kept in the project's ChatLog. All of it runs on the engine's loop.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any, Protocol

from vly_nb.agent import events as happened
from vly_nb.agent.events import Event, Events
from vly_nb.agent.turn import Step, Turn
from vly_nb.errors import KeyRefused, VlyError
from vly_nb.notebook.answer import answer_html
from vly_nb.notebook.bundle import step_data
from vly_nb.notebook.chatlog import ChatLog
from vly_nb.notebook.closing import closing
from vly_nb.notebook.display import Activity
from vly_nb.notebook.engine import Engine, Running
from vly_nb.notebook.protocol import AnyEntry, Asked, Ended, Fact, Live, Page, Said, State, Stepped, Update
from vly_nb.notebook.render import beyond_title
from vly_nb.notebook.standing import state_of
from vly_nb.notebook.visible import one_line, visible
from vly_nb.project.secrets import cleaned
from vly_nb.session import Session

BEAT = 1 / 30  # seconds between two messages
LOG = 12  # lines of what was done that are shown live
WORDS = 200_000  # characters that a page is given of a step under way


class Listener(Protocol):
    """A panel."""

    def send(self, message: dict[str, Any]) -> None:
        """Give it a message; from the engine's thread."""


class Hub:
    """What the panels of one kernel share."""

    def __init__(self, engine: Engine, in_cell: Callable[[], bool] = lambda: False) -> None:
        self.engine = engine
        self.session: Session | None = None
        self._in_cell = in_cell
        self.log = ChatLog()
        self.queue: list[str] = []
        self.driving = False
        self.running = False
        self.refused = False
        """The endpoint didn't accept the key when it was last asked."""
        self._run = ""
        self._seen = 0
        self._listeners: list[Listener] = []
        self._activity: Activity | None = None
        self._step, self._since, self._words, self._size = 0, 0.0, "", 0
        self._entries: list[AnyEntry] = []
        self._grew = ""
        self._news: set[str] = set()
        self._due: asyncio.TimerHandle | None = None
        self._last = 0.0
        self._told = 0

    # -- who listens --------------------------------------------------------------
    def join(self, listener: Listener) -> None:
        """From now on it hears everything."""
        if listener not in self._listeners:
            self._listeners.append(listener)

    def leave(self, listener: Listener) -> None:
        """It hears no more."""
        if listener in self._listeners:
            self._listeners.remove(listener)

    def soon(self, work: Callable[[], None]) -> None:
        """Do something on the engine's loop; from any thread."""
        self.engine.loop.call_soon_threadsafe(work)

    # -- the project ----------------------------------------------------------------
    def attach(self, session: Session | None) -> None:
        """Another project is mounted, or none."""
        self.session = session
        self._run = f"{time.time_ns() // 1_000_000:x}"
        self._seen = session.project.head.number if session else 0
        self.log = ChatLog(session.project.root if session else None)
        self.queue, self.driving, self._activity = [], False, None
        self.refused = False
        self._tell("state", "live")

    def touch(self) -> None:
        """Something may have changed that no turn told of: a command, an undo."""
        session = self.session
        if session is not None and not self.running:
            head = session.project.head
            if head.number > self._seen:
                self.say(f"{one_line(head.label)}. This is version {head.number}.")
            self._seen = head.number
        self._tell("state")

    # -- turns ------------------------------------------------------------------------
    def follow(self, stream: Events) -> Running[None]:
        """Run a turn that no cell shows."""
        if self.running:
            raise VlyError("vly is at work.", "Wait, or stop it.")
        self.running = True
        return self.engine.start(self._drain(stream))

    async def watched(self, stream: Events) -> Events:
        """The same events, every listener told of each first."""
        self.running = True
        self._tell("state")
        try:
            async with aclosing(stream) as events:
                async for event in events:
                    self.take(event)
                    yield event
        except VlyError as error:
            self.refused |= isinstance(error, KeyRefused)
            self.say(error.message, hint=error.hint, bad=True)
            raise
        except (asyncio.CancelledError, GeneratorExit):
            self._stopped()
            raise
        finally:
            self._rest()

    async def _drain(self, stream: Events) -> None:
        try:
            async with aclosing(self.watched(stream)) as events:
                async for _ in events:
                    pass
        except VlyError:
            pass  # it was said

    def take(self, event: Event) -> None:
        """Note an event: the one place where events become wire data."""
        turn = self.session.turn if self.session else None
        match event:
            case happened.TurnStarted(started):
                self._add(_asked(started, self._key(f"{started.number}")))
            case happened.Notice(text):
                self.say(text)
            case happened.StepStarted(number):
                self._open(number)
            case happened.StepEnded(step) | happened.Paused(step):
                self._activity, self._words, self._grew = None, "", ""
                self.refused = False
                self._add(self._stepped(step, turn))
                self._tell("state", "live")
            case happened.TurnEnded(ended):
                self._add(self._ended(ended))
            case _:
                self._grow(event)

    def page(self) -> Page:
        """The newest entries, and the step under way."""
        return self.log.page().model_copy(update={"live": self._live(), "words": self._words[-WORDS:]})

    def state(self) -> State:
        """Where things stand."""
        state = state_of(self.session, self._run, self.running, self._in_cell(), self.driving, self.queue)
        refused: dict[str, Any] = {"key": "refused"} if self.refused else {}
        return state.model_copy(update={"told": self._told, **refused})

    # -- within ------------------------------------------------------------------------
    def _open(self, number: int) -> Activity:
        self._activity, self._step, self._since = Activity(), number, time.monotonic()
        self._words, self._grew, self._size = "", "", 0
        self._tell("live")
        return self._activity

    def _grow(self, event: Event) -> None:
        turn = self.session.turn if self.session else None
        activity = self._activity or self._open(len(turn.steps) if turn else 0)
        activity.take(event)
        if isinstance(event, happened.TextGrew):
            more = visible(event.text)
            self._words += more
            self._grew += more
            self._size += len(more.encode("utf-16-le")) // 2
        elif isinstance(event, happened.Waiting):
            self._words, self._grew, self._size = "", "", 0
        self._tell("live")

    def _live(self) -> Live | None:
        if self._activity is None:
            return None
        return Live(
            step=self._step,
            doing=one_line(self._activity.doing, 160),
            line=one_line(self._activity.line, 160),
            log=[one_line(entry, 160) for entry in self._activity.log[-LOG:]],
            seconds=time.monotonic() - self._since,
            size=self._size,
        )

    def _stepped(self, step: Step, turn: Turn | None) -> Stepped:
        number, asked = (turn.number, turn.prompt) if turn else (0, "")
        data = step_data(step, turn=number, asked=asked, waiting=turn.waiting if turn else None)
        html = answer_html(rest) if (rest := beyond_title(data)) and step.calls else ""
        return Stepped(key=self._key(f"{number}.{step.number}"), run=self._run, data=data, html=html)

    def _ended(self, turn: Turn) -> Ended:
        assert self.session is not None  # noqa: S101 - a turn is a session's
        project = self.session.project
        head = project.head.number
        change = project.changes_between(turn.start, head)
        end = closing(turn, change, head, self.session.usage, self.session.cost)
        self._seen = head
        return Ended(
            key=self._key(f"{turn.number}.end"),
            run=self._run,
            turn=turn.number,
            good=end.good,
            title=end.title,
            notes=end.sentences,
            html=answer_html(end.said) if end.said.strip() else "",
            facts=[Fact(label=label, words=words) for label, words in end.facts],
            start=turn.start,
            head=head,
            spent=end.spent,
        )

    def _stopped(self) -> None:
        """The stream was cut: what the turn came to is told all the same."""
        turn = self.session.turn if self.session else None
        if turn is None or turn.end is None:
            return
        if self._activity is not None and turn.steps and turn.steps[-1].number == self._step:
            self._add(self._stepped(turn.steps[-1], turn))
        self._add(self._ended(turn))

    def _rest(self) -> None:
        self.running, self._activity = False, None
        self._words = self._grew = ""
        turn = self.session.turn if self.session else None
        if turn is None or turn.end is not None:
            self.driving = False
        if self.session is not None:
            self._seen = self.session.project.head.number
        self._tell("state", "live")

    def left(self) -> None:
        """The turn that stood open was ended."""
        self._stopped()
        self._rest()

    def say(self, text: str, *, hint: str = "", bad: bool = False) -> None:
        """Something to know, in the conversation."""
        self._add(Said(run=self._run, text=visible(text)[:2000], hint=visible(hint)[:2000], bad=bad))

    def _key(self, name: str) -> str:
        return f"{self._run}.{name}"

    def _add(self, entry: AnyEntry) -> None:
        """A whole entry, its secrets taken out, to the log and to the panels."""
        safe = type(entry).model_validate(cleaned(entry.model_dump(by_alias=True), self._clean))
        self._entries.append(self.log.add(safe))
        self._tell()

    def _clean(self, text: str) -> str:
        return self.session.keys.clean(text) if self.session is not None else text

    # -- telling -------------------------------------------------------------------------
    def _tell(self, *news: str) -> None:
        """Send what is new, soon; thirty times a second at most."""
        self._news.update(news)
        if self._due is None:
            wait = max(0.0, self._last + BEAT - time.monotonic())
            self._due = self.engine.loop.call_later(wait, self._flush)

    def _flush(self) -> None:
        self._due, self._last = None, time.monotonic()
        entries, grew, news = self._entries, self._grew, self._news
        self._entries, self._grew, self._news = [], "", set()
        if not self._listeners:
            return
        self._told += 1
        update = Update(
            number=self._told,
            entries=entries,
            grew=grew,
            live=self._live(),
            state=self.state() if "state" in news else None,
        ).model_dump(mode="json", by_alias=True)
        update = cleaned(update, self._clean)
        for listener in tuple(self._listeners):
            listener.send(update)


def _asked(turn: Turn, key: str) -> Asked:
    when = datetime.now(UTC).isoformat(timespec="seconds")
    return Asked(key=key, run=key.partition(".")[0], turn=turn.number, prompt=visible(turn.prompt), when=when)
