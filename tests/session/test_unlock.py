"""`%vly unlock auth`: the person opens the sign-in files for one turn; nothing else opens."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.agent.talk import call, events_of, replace, say, view
from vly_nb.agent.events import TurnedAway
from vly_nb.errors import VlyError
from vly_nb.model.scripted import Scripted
from vly_nb.session import Session
from vly_nb.stacks.convex_react.stack import HERE

AUTH = "src/convex/auth.ts"


@pytest.fixture
async def session(tmp_path: Path) -> AsyncIterator[Session]:
    shutil.copytree(HERE / "template", tmp_path / "app")
    session = await Session.mount(tmp_path / "app", model=Scripted([]))
    yield session
    await session.close()


def edit(path: str, old: str, new: str) -> list[object]:
    return [say("I look.", view(path)), say("I edit.", replace(path, old, new)), "Done."]


async def refusals(session: Session, *replies: object, wish: str = "Add Google") -> list[str]:
    model = session.agent.model = Scripted(list(replies))
    events = await events_of(session, wish)
    assert model.requests
    return [d.code for one in events if isinstance(one, TurnedAway) for d in one.diagnostics]


async def test_a_turn_may_change_what_was_unlocked_and_the_next_may_not(session: Session) -> None:
    google = edit(AUTH, "providers: [emailOtp]", "providers: [emailOtp, google]")
    assert await refusals(session, *google) == ["protected-file"]
    session.unlock("auth")
    assert await refusals(session, *google) == []
    assert "google" in (session.project.root / AUTH).read_text()
    told = json.dumps(session.agent.model.requests[0].messages)  # type: ignore[attr-defined]
    assert "The person unlocked auth for this turn" in told
    assert await refusals(session, *edit(AUTH, ", google", "")) == ["protected-file"]


async def test_managed_declarations_open_too(session: Session) -> None:
    users = edit("src/convex/users.ts", "getCurrentUser(ctx);\n  },", "getCurrentUser(ctx);\n    //\n  },")
    assert await refusals(session, *users) == ["auth-files-read-only"]
    session.unlock("auth")
    assert await refusals(session, *users) == []


async def test_nothing_else_opens(session: Session) -> None:
    session.unlock("auth")
    (session.project.root / "vly-policy.json").write_text('{"allowed": []}\n')
    locked = edit("vly-policy.json", "[]", "[1]")
    assert await refusals(session, *locked) == ["protected-file"]


async def test_a_turn_that_waited_goes_on_unlocked(session: Session) -> None:
    asking = say("May I?", call("ask_person", question="May I change sign-in?"))
    google = edit(AUTH, "providers: [emailOtp]", "providers: [emailOtp, google]")
    assert await refusals(session, asking, *google) == []
    session.unlock("auth")
    assert [event async for event in session.go_on(answer="yes")]
    assert "google" in (session.project.root / AUTH).read_text()
    assert await refusals(session, *edit(AUTH, ", google", "")) == ["protected-file"]


async def test_an_unknown_word_is_answered_with_those_there_are(session: Session) -> None:
    with pytest.raises(VlyError, match="There is: auth"):
        session.unlock("everything")
