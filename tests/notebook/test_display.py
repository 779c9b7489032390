"""Live outputs: paced, told in words, and only the final state is left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Any

import pytest

from tests.notebook.steps import called, change, reply, step
from tests.waiting import soon
from vly_nb.agent import events as happened
from vly_nb.agent.turn import Step, Turn
from vly_nb.notebook.display import TAIL, Live, Show
from vly_nb.notebook.outputs import Outputs
from vly_nb.notebook.waiting import beating


class Screen:
    """A front end that keeps what it is sent."""

    def __init__(self, kernel: bool = True) -> None:
        self.display_pub = self
        self.sent: list[tuple[dict[str, Any], bool]] = []
        if kernel:
            self.kernel = True

    def publish(self, data: Any, metadata: Any, transient: Any = None, update: bool = False) -> None:
        self.sent.append((data, update))


def live(screen: Screen, clock: Any) -> Live:
    return Live(Outputs(screen).growing(), "Step 1", clock=clock)  # type: ignore[arg-type]


def test_at_most_two_updates_a_second() -> None:
    now = [0.0]
    screen = Screen()
    growing = live(screen, lambda: now[0])
    for _ in range(1000):
        now[0] += 0.01
        growing.take(happened.TextGrew("word "))
        growing.beat()
    assert 15 <= len(screen.sent) <= 20
    assert [update for _, update in screen.sent[:3]] == [False, True, True]


def test_what_is_live_is_capped_and_safe() -> None:
    now = [0.0]
    screen = Screen()
    growing = live(screen, lambda: now[0])
    growing.take(happened.TextGrew("<script>" + "x" * 100_000 + "\x1b[31m<b>end"))
    growing.take(happened.Progress("<i>" + "y" * 10_000))
    now[0] = 10
    growing.beat()
    html = screen.sent[-1][0]["text/html"]
    assert len(html) < TAIL + 2000
    assert "<b>end" not in html
    assert "␛[31m&lt;b&gt;end" in html
    assert "10 s" in html


def test_a_reply_that_is_void_takes_its_words_along() -> None:
    growing = live(Screen(), lambda: 0.0)
    growing.take(happened.TextGrew("half a thought"))
    growing.take(happened.Waiting("The model is overloaded.", 4))
    bundle = growing.bundle(1)
    assert "half a thought" not in bundle["text/html"]
    assert "The model is overloaded. Trying again in 4 s" in bundle["text/plain"]


def test_what_goes_on_is_told_in_words() -> None:
    growing = live(Screen(), lambda: 0.0)
    growing.take(happened.CallStarted(called("adding lodash")))
    growing.take(happened.Progress("Progress: resolved 12"))
    text = growing.bundle(3)["text/plain"]
    assert text == "Step 1: adding lodash … 3 s\nProgress: resolved 12"
    growing.take(happened.CallEnded(called("adding lodash")))
    growing.take(happened.CheckStarted("tsc"))
    assert growing.bundle(4)["text/plain"] == "Step 1: checking (tsc) … 4 s\nadding lodash"


async def stream(events: Iterable[happened.Event]) -> AsyncIterator[happened.Event]:
    for event in events:
        yield event


async def follow(screen: Screen, events: Iterable[happened.Event], turn: Turn) -> Show:
    show = Show(Outputs(screen))  # type: ignore[arg-type]
    await show.follow(stream(events), lambda: turn)
    return show


def test_a_quick_step_is_one_message() -> None:
    screen, done = Screen(), step("I change it.", change())
    turn = Turn(1, "Change it", 1, steps=[done])
    asyncio.run(
        follow(screen, [happened.TurnStarted(turn), happened.StepStarted(1), happened.StepEnded(done)], turn)
    )
    assert len(screen.sent) == 1
    assert "I change it." in screen.sent[0][0]["text/plain"]


def test_a_stream_that_breaks_leaves_what_is_true() -> None:
    screen, half = Screen(), Step(1, reply("I begin."))
    turn = Turn(1, "Change it", 1, steps=[half])

    async def broken() -> AsyncIterator[happened.Event]:
        yield happened.StepStarted(1)
        yield happened.CallStarted(called("editing a.tsx"))
        raise RuntimeError("honest")

    show = Show(Outputs(screen))  # type: ignore[arg-type]
    with pytest.raises(RuntimeError, match="honest"):
        asyncio.run(show.follow(broken(), lambda: turn))
    assert len(screen.sent) == 1
    assert "stopped here" in screen.sent[-1][0]["text/plain"]


def test_a_terminal_gets_final_states_only() -> None:
    screen = Screen(kernel=False)
    now = [0.0]
    growing = live(screen, lambda: now[0])
    now[0] = 100
    growing.beat()
    assert screen.sent == []


def test_beats_come_while_a_cell_waits() -> None:
    beats: list[int] = []

    async def cell() -> None:
        async with beating(lambda: beats.append(1)):
            assert await soon(lambda: len(beats) >= 2)
        there = len(beats)
        await asyncio.sleep(0.3)
        assert len(beats) == there

    asyncio.run(cell())
