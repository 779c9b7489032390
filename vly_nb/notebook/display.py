"""Display: a stream of Events as the outputs of a cell.

One output a step: while it runs it tells what goes on, at most two updates a
second; when it is over it becomes the step's bundle, and only that is saved.
A step that takes a moment shows nothing live at all.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from html import escape
from typing import cast

from vly_nb.agent import events as happened
from vly_nb.agent.events import Event
from vly_nb.agent.turn import Step, Turn
from vly_nb.notebook import pictures
from vly_nb.notebook.bundle import AboutRule, check_data, rules_data, step_data
from vly_nb.notebook.outputs import Bundle, Growing, Outputs
from vly_nb.notebook.render import (
    CARD,
    HEAD,
    card,
    check_html,
    quiet,
    rules_html,
    rules_words,
    step_bundle,
)
from vly_nb.notebook.visible import one_line, visible
from vly_nb.notebook.waiting import beating
from vly_nb.notebook.words import check_words, complaint

SPACING = 0.55  # seconds between two updates: never more than two in a second
PATIENCE = 0.4  # seconds before anything live is shown
TAIL = 2000  # characters of the model's words that are shown live


class Activity:
    """What goes on in a step, in a person's words."""

    def __init__(self, doing: str = "thinking") -> None:
        self.doing = doing
        self.words = ""
        self.line = ""
        self.log: list[str] = []

    def take(self, event: Event) -> None:
        """Note what happened."""
        match event:
            case happened.TextGrew(text):
                self.doing, self.words = "writing", (self.words + text)[-TAIL:]
            case happened.CallGrew(_, size):
                self.doing = f"preparing a change ({size:,} characters)"
            case happened.Waiting(reason, seconds):
                self.doing, self.words = f"{reason} Trying again in {seconds:.0f} s", ""
            case happened.CallStarted(call):
                self.doing, self.line = call.line or call.name, ""
            case happened.Progress(line):
                self.line = line
            case happened.CallEnded(call):
                self.doing, self.line = "thinking", ""
                self.log.append(("failed: " if call.outcome and call.outcome.failed else "") + call.line)
            case happened.Changed(change, version):
                self.log.append(f"wrote {', '.join(change.paths[:6])} (version {version.number})")
            case happened.TurnedAway(diagnostics):
                self.log += [f"turned away: {one.where} {one.message}" for one in diagnostics[:3]]
            case happened.CheckStarted(name):
                self.doing, self.line = f"checking ({name})", ""
            case happened.CheckEnded(result):
                self.doing = "thinking"
                self.log.append(check_words(check_data(result)))


class Live(Activity):
    """What one output tells while its step, or its program, runs."""

    def __init__(
        self,
        output: Growing,
        title: str,
        doing: str = "thinking",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(doing)
        self._output, self._title, self._clock = output, title, clock
        self._started = clock()
        self._next = self._started + PATIENCE

    def report(self, line: str) -> None:
        """A line of what a program says."""
        self.line = line

    def ended(self, word: str) -> Bundle:
        """What is left when it went well."""
        words = one_line(f"{self._title}: {word}")
        return {"text/html": card(escape(words)), "text/plain": words}

    def beat(self) -> None:
        """Show the state of things, if an update is due."""
        now = self._clock()
        if now >= self._next:
            self._next = now + SPACING
            self._output.put(self.bundle(now - self._started))

    def bundle(self, seconds: float) -> Bundle:
        """What is shown after that many seconds."""
        doing, line = one_line(self.doing, 160), one_line(self.line, 160)
        log = [one_line(entry, 160) for entry in self.log[-8:]]
        head = f"{self._title}: {doing} … {seconds:.0f} s"
        parts = [f'<p style="{HEAD}"><b>{escape(self._title)}</b> · {escape(doing)} … {seconds:.0f} s</p>']
        if self.words.strip():
            words = escape(visible(self.words.strip()))
            parts.append(f'<div style="white-space:pre-wrap">{words}</div>')
        parts += [quiet(escape(entry)) for entry in log]
        parts += [quiet(f"<code>{escape(line)}</code>")] if line else []
        return {
            "text/html": card("".join(parts)),
            "text/plain": "\n".join([head, *log, *([line] if line else [])]),
        }


class Show:
    """Follows a turn's events and shows them.

    `recall` repeats the wish, in a cell that doesn't hold it; `about` knows the rules.
    """

    def __init__(
        self, outputs: Outputs, *, recall: bool = False, about: AboutRule = lambda rule: None
    ) -> None:
        self.outputs = outputs
        self.recall = recall
        self._about = about
        self.over: Turn | None = None
        """The turn, once it has ended."""
        self.last: Step | None = None
        """The last step that was shown complete."""
        self._live: Live | None = None
        self._output: Growing | None = None

    async def follow(self, stream: AsyncIterator[Event], turn: Callable[[], Turn | None]) -> None:
        """Show a stream to its end. When it breaks, what the step came to is shown all the same."""
        try:
            async with beating(self.beat), aclosing(cast(AsyncGenerator[Event, None], stream)) as events:
                async for event in events:
                    self.take(event, turn())
        finally:
            self._break_off(turn())

    def beat(self) -> None:
        """A moment went by."""
        if self._live is not None:
            self._live.beat()

    def take(self, event: Event, turn: Turn | None) -> None:
        """Show one event."""
        match event:
            case happened.TurnStarted():
                pass
            case happened.Notice(text):
                self.outputs.say(text)
            case happened.StepStarted(number):
                self._open(number)
            case happened.StepEnded(step) | happened.Paused(step):
                self._close(step, turn)
            case happened.TurnEnded(ended):
                self.over = ended
            case _:
                self._open(len(turn.steps) if turn else 1).take(event)
                self.beat()

    def _open(self, number: int) -> Live:
        """The live output of the step; a step that is taken up again gets one of its own."""
        if self._live is None:
            self._output = self.outputs.growing()
            self._live = Live(self._output, f"Step {number}")
        return self._live

    def _close(self, step: Step, turn: Turn | None) -> None:
        output = self._output or self.outputs.growing()
        self._live = self._output = None
        self.last = step
        data = step_data(
            step,
            turn=turn.number if turn else 0,
            asked=turn.prompt if turn else "",
            waiting=turn.waiting if turn else None,
            about=self._about,
        )
        answered = turn is not None and turn.end is not None and not step.calls
        output.put(step_bundle(data, recall=self.recall, brief=answered), final=True)
        for picture in step.pictures:
            self.outputs.say(picture.words)
            pictures.show(self.outputs, picture)
        self.recall = False  # once in a cell is enough

    def _break_off(self, turn: Turn | None) -> None:
        """The stream ended while a step was under way: leave what is true of it."""
        if self._live is None or self._output is None:
            return
        step = turn.steps[-1] if turn and turn.steps else None
        if step is not None and step is not self.last:
            self._close(step, turn)
            return
        words = "The answer was not complete; nothing of it was used."
        self._output.put({"text/html": card(escape(words)), "text/plain": words}, final=True)
        self._live = self._output = None


class ShowChecks:
    """Follows `Session.check` and shows each check's word in one output."""

    def __init__(self, outputs: Outputs, about: AboutRule = lambda rule: None) -> None:
        self._about = about
        self._output = outputs.growing()
        self._live = Live(self._output, "Checks", "starting")
        self.results: list[str] = []

    async def follow(self, stream: AsyncIterator[Event]) -> bool:
        """Show a stream to its end; True when nothing new is wrong."""
        html: list[str] = []
        good = True
        async with beating(self._live.beat), aclosing(cast(AsyncGenerator[Event, None], stream)) as events:
            async for event in events:
                self._live.take(event)
                if isinstance(event, happened.CheckEnded):
                    data = check_data(event.result)
                    good = good and data.status != "red"
                    rules = rules_data(event.result.new, self._about)
                    html += [check_html(data), rules_html(rules)]
                    self.results += [check_words(data), *(f"  {complaint(one)}" for one in data.new)]
                    self.results += [rules_words(rules)] if rules else []
        if not html:
            html, self.results = ["No check is called for here."], ["No check is called for here."]
        self._output.put(
            {
                "text/html": f'<div style="{CARD}">{"".join(html)}</div>',
                "text/plain": "\n".join(self.results),
            },
            final=True,
        )
        return good
