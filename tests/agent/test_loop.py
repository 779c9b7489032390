"""A turn from wish to end, on a real project, with a scripted model."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.agent.talk import EDITOR, answers, call, create, events_of, mounted, replace, say, valid, view
from vly_nb.agent.events import Changed, Paused, StepEnded, TurnedAway
from vly_nb.agent.turn import End, Proposal
from vly_nb.errors import ModelError, VlyError
from vly_nb.model.scripted import Scripted


async def test_a_wish_becomes_an_edit_a_version_and_an_answer(app: Path) -> None:
    session = await mounted(
        app,
        say("I look at the page.", view("src/App.tsx")),
        say("The headline says hi.", replace("src/App.tsx", "Hello", "Hi")),
        "The headline now says hi.",
    )
    events = await events_of(session, "Say hi")
    turn = session.turn
    assert turn is not None and turn.end is End.DONE
    assert "Hi" in (app / "src/App.tsx").read_text()
    assert [type(e).__name__ for e in events if isinstance(e, Changed | StepEnded)] == [
        "StepEnded",
        "Changed",
        "StepEnded",
        "StepEnded",
    ]
    assert turn.steps[1].title == "The headline says hi."
    assert session.project.head.label == "The headline says hi."
    assert [v.number for v in turn.steps[1].versions] == [2]
    valid(
        [*session.agent.conversation.messages, {"role": "user", "content": [{"type": "text", "text": "x"}]}]
    )


async def test_consecutive_edits_are_one_change_set_and_another_tool_writes_them_first(app: Path) -> None:
    session = await mounted(
        app,
        say(
            "Two and one.",
            replace("src/App.tsx", "Hello", "One"),
            create("src/New.tsx", "export const two = 2;\n"),
            view("src/New.tsx"),
            replace("src/App.tsx", "One", "Three"),
        ),
        "Done.",
    )
    events = await events_of(session, "Go")
    changed = [event.change.paths for event in events if isinstance(event, Changed)]
    assert changed == [("src/App.tsx", "src/New.tsx"), ("src/App.tsx",)]
    assert "export const two" in answers(session)[2]
    assert "Three" in (app / "src/App.tsx").read_text()


async def test_one_bad_edit_of_several_writes_none(app: Path) -> None:
    before = (app / "src/App.tsx").read_bytes()
    session = await mounted(
        app,
        say("Both.", replace("src/App.tsx", "Hello", "Hi"), replace("src/lib/sum.ts", "nowhere", "x")),
        "I could not.",
    )
    await events_of(session, "Go")
    assert (app / "src/App.tsx").read_bytes() == before
    first, second = answers(session)
    assert "Not written" in first
    assert "nowhere" in second or "not" in second.lower()
    assert len(session.project.versions) == 1


async def test_bad_arguments_and_unknown_tools_are_answered_in_a_sentence(app: Path) -> None:
    session = await mounted(
        app,
        say(
            "Hm.",
            call("search_code", patern="x"),
            call("serch_code", pattern="x"),
            call("read_versions", number="a"),
        ),
        say(
            "Hm.",
            call(EDITOR, command="fly", path="x"),
            call(EDITOR),
            call(EDITOR, command="str_replace", path="x"),
        ),
        "Sorry.",
    )
    await events_of(session, "Go")
    said = answers(session)
    assert "`patern`" in said[0] and "`pattern`" in said[0]
    assert "search_code" in said[1]
    assert "number" in said[2]
    assert all(len(text) < 600 for text in said)
    assert session.turn is not None and session.turn.end is End.DONE


async def test_a_refusal_reaches_the_model_and_the_next_edit_is_written(app: Path) -> None:
    bad = 'import { Link } from "react-router-dom";\nexport const a = Link;\n'
    session = await mounted(
        app,
        say("A link.", create("src/Nav.tsx", bad)),
        say("Mended.", create("src/Nav.tsx", bad.replace("-dom", ""))),
        "Done.",
    )
    events = await events_of(session, "A link")
    refused = [event for event in events if isinstance(event, TurnedAway)]
    assert [d.code for d in refused[0].diagnostics] == ["no-react-router-dom"]
    assert "no-react-router-dom" in answers(session)[0] and "react-router" in answers(session)[0]
    assert (app / "src/Nav.tsx").read_text() == bad.replace("-dom", "")


async def test_an_identical_command_is_not_run_twice(app: Path) -> None:
    session = await mounted(
        app,
        say("Look.", call("bash", command="ls src")),
        say("Again.", call("bash", command="ls src")),
        "Done.",
    )
    await events_of(session, "Go")
    first, second = answers(session)
    assert "App.tsx" in first
    assert "App.tsx" not in second and "before" in second


async def test_an_edit_of_a_file_changed_by_someone_else_is_refused(app: Path) -> None:
    def meanwhile(_: object) -> object:
        (app / "src/App.tsx").write_text("export default 1; // Hello\n")
        return say("Edit.", replace("src/App.tsx", "Hello", "Hi"))

    session = await mounted(app, say("Look.", view("src/App.tsx")), meanwhile, "Done.")
    await events_of(session, "Go")
    assert "changed since you read it" in answers(session)[1]
    assert "Hello" in (app / "src/App.tsx").read_text()


async def test_only_keeps_writes_inside_what_the_person_named(app: Path) -> None:
    session = await mounted(app, say("Edit.", replace("src/App.tsx", "Hello", "Hi")), "I may not.")
    await events_of(session, "Go", only=["src/lib/**"])
    assert "outside" in answers(session)[0]
    assert "Hello" in (app / "src/App.tsx").read_text()


async def test_review_writes_nothing_until_accepted_and_tells_what_was_left_out(app: Path) -> None:
    session = await mounted(
        app,
        say("Two files.", replace("src/App.tsx", "Hello", "Hi"), create("src/a.ts", "export const a = 1;\n")),
        "Done.",
    )
    events = await events_of(session, "Go", review=True)
    assert isinstance(events[-1], Paused)
    turn = session.turn
    assert turn is not None and isinstance(turn.waiting, Proposal)
    assert not (app / "src/a.ts").exists() and len(session.project.versions) == 1
    async for _ in session.accept({"src/a.ts": None}):
        pass
    assert (app / "src/a.ts").exists()
    assert "Hello" in (app / "src/App.tsx").read_text()
    assert "Left out" in answers(session)[0] and '+  return <h1 className="text-xl">Hi' in answers(session)[0]
    assert turn.end is End.DONE


async def test_a_rejection_reaches_the_model(app: Path) -> None:
    session = await mounted(app, say("Edit.", replace("src/App.tsx", "Hello", "Hi")), "Understood.")
    await events_of(session, "Go", review=True)
    async for _ in session.reject("too short"):
        pass
    assert "rejected" in answers(session)[0] and "too short" in answers(session)[0]
    assert "Hello" in (app / "src/App.tsx").read_text()


async def test_a_question_ends_the_step_and_its_answer_goes_on(app: Path) -> None:
    session = await mounted(
        app,
        say("One thing.", call("ask_person", question="Which colour?", choices=["red", "blue"])),
        "Blue it is.",
    )
    events = await events_of(session, "Paint")
    assert isinstance(events[-1], Paused)
    async for _ in session.go_on(answer="2"):
        pass
    assert answers(session) == ["The person answers: blue"]
    assert session.turn is not None and session.turn.end is End.DONE


async def test_a_new_wish_while_something_waits_leaves_a_valid_history(app: Path) -> None:
    session = await mounted(
        app,
        say("Edit.", view("src/App.tsx"), replace("src/App.tsx", "Hello", "Hi")),
        say("One thing.", call("ask_person", question="Which?")),
        "Done.",
    )
    await events_of(session, "Go", review=True)
    await events_of(session, "Something else")
    await events_of(session, "And now this")
    model = session.agent.model
    assert isinstance(model, Scripted)
    for request in model.requests:
        valid(request.messages)
    assert [turn.end for turn in session.turns] == [End.STOPPED, End.STOPPED, End.DONE]


async def test_step_by_step_stands_still_after_each_step(app: Path) -> None:
    session = await mounted(
        app,
        say("One.", replace("src/App.tsx", "Hello", "A")),
        say("Two.", replace("src/App.tsx", ">A", ">B")),
        "Done.",
    )
    await events_of(session, "Go", steps=1)
    assert session.turn is not None and session.turn.end is None and len(session.turn.steps) == 1
    async for _ in session.go_on(steps=1):
        pass
    assert len(session.turn.steps) == 2
    async for _ in session.go_on(steps=1):
        pass
    assert session.turn.end is End.DONE
    with pytest.raises(VlyError, match="nothing to go on with"):
        async for _ in session.go_on():
            pass


async def test_a_failure_of_the_model_keeps_the_history_and_the_next_wish_goes_on(app: Path) -> None:
    session = await mounted(app, ModelError("The endpoint is down.", "Wait."), "Hello.")
    with pytest.raises(ModelError):
        await events_of(session, "Go")
    assert session.turn is not None and session.turn.end is End.FAILED
    await events_of(session, "Again")
    assert session.turn.end is End.DONE
    model = session.agent.model
    assert isinstance(model, Scripted)
    for request in model.requests:
        valid(request.messages)


@pytest.mark.parametrize(
    ("reply", "end"),
    [
        ({"content": [], "stop_reason": "end_turn"}, End.EMPTY),
        ({"content": [{"type": "text", "text": "No."}], "stop_reason": "refusal"}, End.REFUSAL),
        (
            {"content": [{"type": "text", "text": "…"}], "stop_reason": "model_context_window_exceeded"},
            End.TOO_LONG,
        ),
    ],
)
async def test_odd_replies_end_the_turn_with_a_sentence(app: Path, reply: object, end: End) -> None:
    session = await mounted(app, reply, "Fine.")
    await events_of(session, "Go")
    assert session.turn is not None and session.turn.end is end and session.turn.end_note
    await events_of(session, "Again")
    assert session.turn.end is End.DONE


async def test_a_call_cut_off_by_the_length_limit_is_not_run(app: Path) -> None:
    cut = {
        "content": say("Long.", create("src/a.ts", "x"), create("src/b.ts", "y")),
        "stop_reason": "max_tokens",
    }
    cut["broken"] = [cut["content"][2]["id"]]  # type: ignore[index]
    session = await mounted(app, cut, "Done.")
    await events_of(session, "Go")
    assert "cut off" in answers(session)[1]
    assert not (app / "src/a.ts").exists() and not (app / "src/b.ts").exists()


async def test_the_step_limit_ends_a_turn_that_goes_round_in_circles(app: Path) -> None:
    session = await mounted(app, *[say("Look.", view("src/App.tsx"))] * 100)
    await events_of(session, "Go")
    assert session.turn is not None and session.turn.end is End.LIMIT
    assert len(session.turn.steps) == session.agent.limits.steps
