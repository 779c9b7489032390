"""Bad input to a session: each ends as one clear sentence, nothing is lost, the next wish works."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from tests.agent.talk import events_of
from tests.fake_model import FakeModel, Fault, closed_port
from vly_nb.agent.turn import End
from vly_nb.errors import ModelError, ProjectError, TapeError, VlyError
from vly_nb.model.anthropic import AnthropicModel, Patience
from vly_nb.model.scripted import Scripted
from vly_nb.project.project import Project
from vly_nb.session import Session


async def test_a_folder_that_is_not_there_names_its_neighbours(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    with pytest.raises(ProjectError) as error:
        await Session.mount(tmp_path / "shpo")
    assert "isn't there" in str(error.value) and "shop" in str(error.value) and "%vly new" in str(error.value)


async def test_a_file_and_a_folder_without_package_json_are_no_project(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ProjectError, match="a file, not a folder"):
        await Session.mount(tmp_path / "file")
    with pytest.raises(ProjectError, match=r"no package\.json"):
        await Session.mount(tmp_path)
    assert not (tmp_path / ".vly").exists()


def hold(root: Path, ready: object, done: object) -> None:
    project = Project.open(root)
    ready.set()  # type: ignore[attr-defined]
    done.wait(30)  # type: ignore[attr-defined]
    project.close()


async def test_a_project_mounted_by_another_process_is_refused_by_name(app: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    other = context.Process(target=hold, args=(app, ready, done))
    other.start()
    try:
        assert ready.wait(30)
        with pytest.raises(ProjectError, match=str(other.pid)):
            await Session.mount(app)
    finally:
        done.set()
        other.join(30)
    await (await Session.mount(app)).close()


async def test_no_key_and_no_tape_says_what_to_set(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    session = await Session.mount(app)
    with pytest.raises(ModelError, match="ANTHROPIC_API_KEY"):
        await events_of(session, "Hello")
    assert session.turn is not None and session.turn.end is End.FAILED


async def test_a_wrong_key_is_named_and_never_shown(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = "sk-ant-planted-000"
    with FakeModel([Fault.status_of(401, "authentication_error", f"invalid x-api-key {key}"), "Hi."]) as fake:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", fake.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", key)
        session = await Session.mount(app)
        with pytest.raises(ModelError) as error:
            await events_of(session, "Hello")
        assert key not in str(error.value) and "ANTHROPIC_API_KEY" in str(error.value)
        await events_of(session, "Again")
        assert session.turn is not None and session.turn.end is End.DONE


async def test_an_endpoint_that_is_down_says_so(app: Path) -> None:
    model = AnthropicModel(patience=Patience(first=0.01), environ={"ANTHROPIC_BASE_URL": closed_port()})
    session = await Session.mount(app, model=model)
    with pytest.raises(ModelError, match="can't be reached"):
        await events_of(session, "Hello")


async def test_an_empty_wish_is_a_sentence(app: Path) -> None:
    session = await Session.mount(app, model=Scripted(["Hi."]))
    with pytest.raises(VlyError, match="empty"):
        await events_of(session, " \n\t")
    assert session.turns == []
    await events_of(session, "Hello")


async def test_unknown_documentation_is_a_sentence(app: Path) -> None:
    session = await Session.mount(app, model=Scripted(["Hi."]))
    with pytest.raises(VlyError, match="convex"):
        await events_of(session, "Hello", docs="convx")
    await events_of(session, "Hello", docs="convex")


async def test_a_tape_that_is_broken_names_its_line(app: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.tape").write_text('{"tape": 1}\nnonsense\n{"turn": 1}\n')
    session = await Session.mount(app)
    with pytest.raises(TapeError, match="2"):
        await session.use_tape(tmp_path / "broken.tape")


async def test_two_turns_at_once_are_refused(app: Path) -> None:
    session = await Session.mount(app, model=Scripted(["One.", "Two."], pause=0.05))
    first = session.ask("One")
    await anext(first)
    await anext(first)
    with pytest.raises(VlyError, match="at work"):
        await events_of(session, "Two")
    await first.aclose()
    await events_of(session, "Three")
