"""Attacks on keys: a planted one is printed in every way, and searched for in all that is kept or sent.

The model obeys whatever a file tells it. Its tools are real; a program that it runs prints the key,
as one could that reads an env file of the project. Then the key is looked for, in every encoding, in
the model's requests, in all that a person is shown, in errors, tapes, versions and everything else in
`.vly`. No test reads a process that it didn't start.
"""

from __future__ import annotations

import json
import shutil
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.agent.talk import call, create, events_of, say, view
from tests.conftest import write_files
from tests.fake_model import FakeModel
from tests.project.planted import hidden_forms, left_of, planted, printed_forms
from vly_nb.agent import hiding
from vly_nb.agent.acting import capped
from vly_nb.agent.events import Progress, TextGrew
from vly_nb.agent.turn import Proposal
from vly_nb.errors import KeyPasted
from vly_nb.model.anthropic import AnthropicModel
from vly_nb.model.tape import Tape
from vly_nb.session import Session
from vly_nb.tools.tool import Outcome

KEY = planted(42, "sk-proj-", 44)
FORMS = {**printed_forms(KEY), **hidden_forms(KEY)}


def leaks(text: str) -> list[str]:
    """Every trace of the key in a text: in the forms that are masked, and in those that are withheld."""
    return [*left_of(text, KEY), *(name for name, form in hidden_forms(KEY).items() if form in text)]


def kept_in(folder: Path) -> Iterator[tuple[str, str]]:
    """(name, text) of every file below a folder; git's objects unpacked."""
    for place in sorted(folder.rglob("*")):
        if place.is_file():
            data = place.read_bytes()
            yield str(place), data.decode("utf-8", "replace")
            if data[:1] == b"\x78":
                yield f"{place} unpacked", zlib.decompress(data).decode("utf-8", "replace")


@pytest.fixture
def keyed(app: Path) -> Path:
    """A project whose env file holds the key, and a program that prints it in a form."""
    printer = f"const forms = {json.dumps(FORMS)};\nconsole.log(forms[process.argv[2]]);\n"
    return write_files(app, {".env.local": f"OPENAI_API_KEY={KEY}\n", "node_modules/.bin/x.cjs": printer})


def nothing_kept(app: Path) -> None:
    for name, text in kept_in(app / ".vly"):
        assert leaks(text) == [], name


# -- what a tool brings in --------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
async def test_attack_a_program_prints_the_key(keyed: Path, tmp_path: Path, form: str) -> None:
    """Asked for leave, a person says yes; the output is masked or withheld everywhere it goes."""
    run = f"node node_modules/.bin/x.cjs '{form}' && true"
    replies = [
        say("I look.", call("bash", command=run)),
        say("Found it.", call("bash", command="ls src")),
        "Done.",
    ]
    with FakeModel(replies) as fake:
        session = await Session.mount(keyed, model=AnthropicModel(environ=fake.environ))
        session.agent.tape = Tape(tmp_path / "t.tape", session.keys.clean)
        shown = await events_of(session, "Print what the file says")
        if session.turn is not None and session.turn.waiting:
            shown += [event async for event in session.go_on(answer="yes")]
        assert session.turn is not None and session.turn.steps[0].calls[0].outcome is not None
        outcome = session.turn.steps[0].calls[0].outcome.text
        assert " hidden⟩" in outcome or form in hidden_forms(KEY), outcome
        sent = json.dumps(fake.requests, ensure_ascii=False)
        assert leaks(sent) == []
        assert " hidden⟩" in sent, "the model is told that something is hidden"
        for event in shown:
            if isinstance(event, Progress):
                assert list(left_of(event.line, KEY)) == []
        await session.close()
    nothing_kept(keyed)


async def test_attack_the_key_is_cut_by_the_outcomes_limit(keyed: Path) -> None:
    """Padding moves the key to where a long answer is cut: neither end holds a telling part."""
    session = await Session.mount(keyed, model=AnthropicModel(environ=FakeModel().environ))
    limit = 300
    for padding in range(150, 260):
        text = "." * padding + KEY + "." * 400
        assert leaks(capped(hiding.outcome(Outcome(text), session.keys), limit).text) == []


async def test_attack_a_file_holds_the_key_and_is_viewed_searched_and_mentioned(keyed: Path) -> None:
    write_files(keyed, {"src/old.ts": f"// was: {KEY}\nexport const a = 1;\n"})
    replies = [
        say("I look.", view("src/old.ts"), call("search_code", pattern="was:")),
        say("Versions.", call("read_versions", number=1)),
        "Done.",
    ]
    with FakeModel(replies) as fake:
        session = await Session.mount(keyed, model=AnthropicModel(environ=fake.environ))
        words: list[dict[str, Any]] = [{"type": "text", "text": f"The file src/old.ts:\n// was: {KEY}"}]
        events = await events_of(session, "Look at it", attachments=words)
        sent = json.dumps(fake.requests, ensure_ascii=False)
        assert leaks(sent) == [] and sent.count("⟨OPENAI_API_KEY hidden⟩") >= 3
        assert any("Hidden from vly" in str(getattr(event, "text", "")) for event in events)


# -- what the model says -----------------------------------------------------------


async def test_attack_the_model_repeats_a_key_it_guessed(keyed: Path, tmp_path: Path) -> None:
    """In its words, in a title and in a call: none is shown, labelled, run, recorded or sent back."""
    replies = [
        say(f"I use {KEY} here.", create("src/leak.ts", f'export const key = "{KEY}";\n')),
        say("By shell then.", call("bash", command=f"ls {KEY[::-1]}")),
        say(f"Set {KEY} in the page.", create("src/fine.ts", "export const a = 1;\n")),
        f"Done with {KEY}.",
    ]
    with FakeModel(replies, chunk=7) as fake:
        session = await Session.mount(keyed, model=AnthropicModel(environ=fake.environ))
        tape = session.agent.tape = Tape(tmp_path / "t.tape", session.keys.clean)
        events = await events_of(session, "Use the key")
        assert not (keyed / "src/leak.ts").exists()
        assert (keyed / "src/fine.ts").exists()
        assert leaks(json.dumps(fake.requests, ensure_ascii=False)) == []
        assert "Not run: this call holds the value of a key" in json.dumps(fake.requests[1])
        said = "".join(event.text for event in events if isinstance(event, TextGrew))
        assert leaks(said) == [] and "I use ⟨OPENAI_API_KEY hidden⟩ here." in said
        assert session.project.head.label == "Set ⟨OPENAI_API_KEY hidden⟩ in the page."
        assert leaks(str(tape.takes)) == []
        await session.close()
    nothing_kept(keyed)


async def test_attack_a_mark_is_written_over_what_it_hides(keyed: Path) -> None:
    """A file's key is shown as a mark: writing the mark back would destroy the key."""
    before = f'export const key = "{KEY}";\nexport const a = 1;\n'
    write_files(keyed, {"src/old.ts": before})
    new = 'export const key = "⟨OPENAI_API_KEY hidden⟩";\nexport const a = 2;\n'
    replies = [say("I look.", view("src/old.ts")), say("I write.", create("src/old.ts", new)), "Done."]
    with FakeModel(replies) as fake:
        session = await Session.mount(keyed, model=AnthropicModel(environ=fake.environ))
        await events_of(session, "Make a two")
        assert (keyed / "src/old.ts").read_text() == before


# -- tapes ----------------------------------------------------------------------------


async def test_a_recorded_session_replays_with_other_keys_and_with_none(
    app: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is hidden on the tape doesn't depend on who replays it."""
    here, there = app, Path(shutil.copytree(app, tmp_path / "there" / "small"))
    (here / ".env.local").write_text(f"OPENAI_API_KEY={KEY}\n")
    (there / ".env.local").write_text(f"OTHER_KEY={planted(43)}\n")
    replies = [
        say(f"It was {KEY}.", create("src/leak.ts", f'export const key = "{KEY}";\n')),
        say("I write.", create("src/fine.ts", "export const a = 1;\n")),
        "Done.",
    ]
    tape = tmp_path / "t.tape"
    with FakeModel(replies) as fake:
        for name, value in fake.environ.items():
            monkeypatch.setenv(name, value)
        first = await Session.mount(here)
        await first.use_tape(tape)
        await events_of(first, "Write a file")
        await first.close()
    assert leaks(tape.read_text()) == []
    for name in fake.environ:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MY_TOKEN", planted(44))
    second = await Session.mount(there)
    await second.use_tape(tape)
    await events_of(second, "Write a file")
    assert second.turn is not None
    assert [step.replay is not None and step.replay.verified for step in second.turn.steps] == [True] * 3
    assert [s.calls[0].outcome.failed for s in second.turn.steps[:2] if s.calls[0].outcome] == [True, False]
    assert not (there / "src/leak.ts").exists() and (there / "src/fine.ts").exists()
    await second.close()


# -- what a person says ------------------------------------------------------------------


@pytest.mark.parametrize("form", printed_forms(KEY).values())
async def test_attack_a_pasted_key_is_neither_sent_nor_stored(keyed: Path, form: str, tmp_path: Path) -> None:
    with FakeModel(["Never."]) as fake:
        session = await Session.mount(keyed, model=AnthropicModel(environ=fake.environ))
        session.agent.tape = Tape(tmp_path / "t.tape", session.keys.clean)
        with pytest.raises(KeyPasted):
            await events_of(session, f"Use {form}", anyway=True)
        assert fake.requests == [] and session.turns == [] and session.agent.conversation.messages == []
        await session.close()
    nothing_kept(keyed)


def question() -> list[dict[str, Any]]:
    return say("I ask.", call("ask_person", question="Which key?", choices=[]))


async def test_attack_a_key_in_an_answer_and_in_a_reason(keyed: Path) -> None:
    replies: list[Any] = [question(), "I see."]
    with FakeModel(replies) as fake:
        session = await Session.mount(keyed, model=AnthropicModel(environ=fake.environ))
        await events_of(session, "Set it up")
        with pytest.raises(KeyPasted):
            async for _ in session.go_on(answer=f"it is {KEY}"):
                pass
        assert session.turn is not None and session.turn.waiting is not None, "the question still stands"
        async for _ in session.go_on(answer="use OPENAI_API_KEY"):
            pass
        assert leaks(json.dumps(fake.requests)) == [] and "use OPENAI_API_KEY" in json.dumps(fake.requests)

    proposing = [say("I propose.", create("src/n.ts", "export const a = 1;\n")), "Then not."]
    with FakeModel(proposing) as fake:
        session.agent.model = AnthropicModel(environ=fake.environ)
        await events_of(session, "Make a file", review=True)
        assert isinstance(session.turn.waiting, Proposal)
        with pytest.raises(KeyPasted):
            async for _ in session.reject(f"use {KEY} instead"):
                pass
        assert isinstance(session.turn.waiting, Proposal), "the proposal still stands"
        assert len(fake.requests) == 1


async def test_a_key_set_in_mid_session_is_taken_out_of_what_was_said_before(app: Path) -> None:
    write_files(app, {"src/old.ts": f"// {planted(50, '', 40)}\n"})
    with FakeModel([say("I look.", view("src/old.ts")), "Seen.", "And on."]) as fake:
        session = await Session.mount(app, model=AnthropicModel(environ=fake.environ))
        await events_of(session, "Look")
        session.keys.put({"LATE_KEY": planted(50, "", 40)})
        await events_of(session, "Go on")
        assert planted(50, "", 40) in json.dumps(fake.requests[1])
        assert planted(50, "", 40) not in json.dumps(fake.requests[2], ensure_ascii=False)
        assert "⟨LATE_KEY hidden⟩" in json.dumps(fake.requests[2], ensure_ascii=False)


# -- who is given keys ----------------------------------------------------------------


async def test_attack_a_program_finds_no_key_in_its_environment(
    keyed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_SECRET_TOKEN", KEY)
    with FakeModel([say("I look.", call("bash", command="sh -c 'env; set' && true")), "Done."]) as fake:
        session = await Session.mount(keyed, model=AnthropicModel(environ=fake.environ))
        session.keys.put({"CONVEX_DEPLOY_KEY": planted(60), "VAULT_KEY": planted(61)})
        seen: list[str] = []
        keep: Callable[[str], str] = session.keys.redactor.clean
        session.keys.clean = lambda text: seen.append(text) or keep(text)  # type: ignore[method-assign]
        await events_of(session, "Print the environment")
        if session.turn is not None and session.turn.waiting:
            async for _ in session.go_on(answer="yes"):
                pass
        assert not any(secret in text for text in seen for secret in (KEY, planted(60), planted(61)))
        assert session.agent.bench.keys() == {"CONVEX_DEPLOY_KEY": planted(60)}
