"""The fault matrix, through a whole turn against the loopback server.

Each fault comes while an edit is being written by the model: the turn ends
well or says why, no text is kept twice, no edit is made twice, and the next
prompt goes on from a valid history.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.agent.talk import events_of, valid
from tests.fake_model import FakeModel, Fault, call, edit, message, text
from vly_nb.agent.events import StepEnded, StepStarted, TextGrew, Waiting
from vly_nb.agent.turn import End
from vly_nb.errors import ModelError
from vly_nb.model.anthropic import AnthropicModel, Patience
from vly_nb.session import Session

SOON = Patience(first=0.01, silence=30, connect=30)
IMPATIENT = Patience(first=0.01, silence=2, connect=30)  # for the endpoint that stalls
EDIT = [text("The headline says hi, in one word."), edit("src/App.tsx", "Hello", "Hi")]

PASSING = {
    "cut": Fault.cut(6, EDIT),
    "early end": Fault.early_end(6, EDIT),
    "stall": Fault.stall(5, EDIT),
    "overloaded in the stream": Fault.error_event("overloaded_error"),
    "broken JSON": Fault.broken_json(),
    "429": Fault.status_of(429, "rate_limit_error", retry_after="0.01"),
    "500": Fault.status_of(500),
    "502 page": Fault.html(502),
    "529": Fault.status_of(529, "overloaded_error"),
    "reset": Fault.reset(),
}


def healthy(fake: FakeModel) -> None:
    for request in fake.requests:
        valid(request["messages"])


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
async def test_a_passing_fault_leaves_no_trace_but_a_word_to_the_person(app: Path, fault: Fault) -> None:
    with FakeModel([fault, EDIT, "Done: it says hi.", "And on."]) as fake:
        patience = IMPATIENT if fault.kind == "stall" else SOON
        session = await Session.mount(app, model=AnthropicModel(patience=patience, environ=fake.environ))
        events = await events_of(session, "Say hi")
        assert session.turn is not None and session.turn.end is End.DONE
        assert any(isinstance(event, Waiting) and event.reason for event in events)
        said: list[str] = []
        shown: list[str] = []
        for event in events:
            match event:
                case StepStarted() | Waiting():
                    said.clear()
                case TextGrew(words):
                    said.append(words)
                case StepEnded(step):
                    shown.append("".join(said))
                    assert shown[-1] == step.reply.text
        assert shown == ["The headline says hi, in one word.", "Done: it says hi."]
        assert [v.kind for v in session.project.versions] == ["start", "step"]
        await events_of(session, "Go on")
        assert session.turn.end is End.DONE
        healthy(fake)


@pytest.mark.parametrize(
    "fault", [Fault.status_of(401), Fault.status_of(404), Fault.status_of(400)], ids=["401", "404", "400"]
)
async def test_a_lasting_fault_in_mid_turn_says_why_and_keeps_what_was_done(app: Path, fault: Fault) -> None:
    with FakeModel([EDIT, fault, "And on."]) as fake:
        session = await Session.mount(app, model=AnthropicModel(patience=SOON, environ=fake.environ))
        with pytest.raises(ModelError) as error:
            await events_of(session, "Say hi")
        assert session.turn is not None and session.turn.end is End.FAILED
        assert error.value.message and error.value.hint
        assert ">Hi<" in (app / "src/App.tsx").read_text()
        assert session.project.head.number == 2
        await events_of(session, "Go on")
        assert session.turn.end is End.DONE
        healthy(fake)


ODD = {
    "wrong arguments": [call("search_code", patern=1)],
    "arguments that are no object": [call("bash", command=["ls"])],
    "an unknown tool": [call("rm_rf", path="/")],
    "a path outside": [edit("../../etc/passwd", "a", "b")],
    "an empty edit": [edit("src/App.tsx", "", "x")],
    "an empty command": [call("bash")],
    "a call without a name of ours and text": [text("Hm."), call("", x=1)],
}


@pytest.mark.parametrize("reply", ODD.values(), ids=ODD)
async def test_an_odd_call_is_answered_and_the_turn_goes_on(
    app: Path, reply: list[dict[str, object]]
) -> None:
    with FakeModel([reply, EDIT, "Done.", "And on."]) as fake:
        session = await Session.mount(app, model=AnthropicModel(patience=SOON, environ=fake.environ))
        await events_of(session, "Say hi")
        if session.turn is not None and session.turn.waiting:
            pytest.fail("an odd call must not wait for the person")
        assert session.turn is not None and session.turn.end is End.DONE
        await events_of(session, "Go on")
        healthy(fake)


async def test_the_length_limit_in_the_middle_of_a_call(app: Path) -> None:
    cut = message(*EDIT, stop_reason="max_tokens", broken=[EDIT[1]["id"]])
    again = [text("Again."), edit("src/App.tsx", "Hello", "Hi")]
    with FakeModel([cut, again, "Done.", "And on."]) as fake:
        session = await Session.mount(app, model=AnthropicModel(patience=SOON, environ=fake.environ))
        await events_of(session, "Say hi")
        assert session.turn is not None and session.turn.end is End.DONE
        assert len(session.project.versions) == 2
        await events_of(session, "Go on")
        healthy(fake)


async def test_an_empty_reply_and_a_pause(app: Path) -> None:
    pause = message(text("I search."), stop_reason="pause_turn")
    with FakeModel([message(stop_reason="end_turn"), pause, "Found it.", "And on."], lenient=True) as fake:
        session = await Session.mount(app, model=AnthropicModel(patience=SOON, environ=fake.environ))
        await events_of(session, "Say hi")
        assert session.turn is not None and session.turn.end is End.EMPTY
        await events_of(session, "Search")
        assert session.turn.end is End.DONE and len(session.turn.steps) == 2
        await events_of(session, "Go on")
        assert session.turn.end is End.DONE
