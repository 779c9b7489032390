"""Short ways to write what a model says, and to run a turn to its end."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from vly_nb.agent.events import Event
from vly_nb.model.scripted import Scripted
from vly_nb.session import Session

EDITOR = "str_replace_based_edit_tool"
ids = itertools.count(1)


def call(name: str, **arguments: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": f"toolu_{next(ids):06}", "name": name, "input": arguments}


def view(path: str) -> dict[str, Any]:
    return call(EDITOR, command="view", path=path)


def create(path: str, text: str) -> dict[str, Any]:
    return call(EDITOR, command="create", path=path, file_text=text)


def replace(path: str, old: str, new: str) -> dict[str, Any]:
    return call(EDITOR, command="str_replace", path=path, old_str=old, new_str=new)


def say(words: str, *calls: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"type": "text", "text": words}, *calls]


async def mounted(app: Path, *replies: object) -> Session:
    return await Session.mount(app, model=Scripted(replies))


def answers(session: Session) -> list[str]:
    """All tool results in the history, in order."""
    return [
        block["content"]
        for message in session.agent.conversation.messages
        if message["role"] == "user"
        for block in message["content"]
        if block["type"] == "tool_result"
    ]


async def events_of(session: Session, prompt: str, **options: Any) -> list[Event]:
    return [event async for event in session.ask(prompt, **options)]


def valid(messages: Iterable[dict[str, Any]]) -> None:
    """Fail unless the Messages API would take this history."""
    previous = "assistant"
    asked: list[str] = []
    for message in messages:
        assert message["role"] != previous, "roles must alternate"
        previous = message["role"]
        blocks = message["content"]
        assert blocks, "an empty message"
        answered = [b["tool_use_id"] for b in blocks if b["type"] == "tool_result"]
        if message["role"] == "user":
            assert answered == asked, "each call is answered, in order, at once"
            assert all(b["type"] == "tool_result" for b in blocks[: len(asked)]), "answers come first"
            asked = []
        else:
            asked = [b["id"] for b in blocks if b["type"] == "tool_use"]
            assert not any(b["type"] == "text" and not b["text"].strip() for b in blocks)
    assert not asked, "calls are left open"
    assert previous == "user", "the last word is the person's"
