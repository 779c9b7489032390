"""Scripted: a Model that says what it is told to, for tests, tutorials and trying things out.

    model = Scripted([
        [{"type": "text", "text": "I look."}, {"type": "tool_use", "id": "a", "name": "bash", "input": {…}}],
        "Done: the headline is blue.",
    ])

It runs in the process, but through the same events as the real one, so deltas have real sizes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from typing import Any

from vly_nb.errors import ModelError
from vly_nb.model.messages import Block, Delta, Reply, Request
from vly_nb.model.sse import Assembly, events

Answer = str | Block | list[Block] | dict[str, Any]
"""A text; one content block; several; or a whole message: {"content": …, "stop_reason": …, "usage": …}."""

Script = Answer | Exception | Callable[[Request], "Script"]
"""An answer, an error to raise, or a function of the request that gives one."""


class Scripted:
    """A Model that gives the `replies` one after another, and keeps the `requests` it got.

    `pause` seconds lie between two deltas. Raises ModelError when it has nothing left to say.
    """

    def __init__(self, replies: Iterable[Script], *, name: str = "scripted", pause: float = 0.0) -> None:
        self.name = name
        self.requests: list[Request] = []
        self._replies: Iterator[Script] = iter(replies)
        self._pause = pause

    async def stream(self, request: Request) -> AsyncGenerator[Delta, None]:
        """The next reply, in pieces."""
        self.requests.append(request)
        script = next(self._replies, None)
        while callable(script):
            script = script(request)
        if script is None:
            raise ModelError("The script has no reply left.", "Give Scripted one more.")
        if isinstance(script, Exception):
            raise script
        message = message_of(script, self.name)
        broken = frozenset(message.pop("broken", ()))
        assembly = Assembly()
        for event in events(message, broken=broken):
            delta = assembly.add(event)
            if delta is not None:
                await asyncio.sleep(self._pause)  # lets others run, as a socket would
                yield delta
        yield Reply.of(*assembly.message())


def message_of(answer: Answer, model: str = "scripted") -> dict[str, Any]:
    """A whole Messages API message from the short forms of one."""
    given: dict[str, Any]
    if isinstance(answer, str):
        given = {"content": [{"type": "text", "text": answer}]}
    elif isinstance(answer, list):
        given = {"content": answer}
    else:
        given = answer if answer.get("type", "message") == "message" else {"content": [answer]}
    called = any(block["type"] == "tool_use" for block in given["content"])
    return {
        "id": "msg_scripted",
        "type": "message",
        "role": "assistant",
        "model": model,
        "stop_reason": "tool_use" if called else "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 0, "output_tokens": 0},
        **given,
    }
