"""Small requests, and what comes of streaming one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.fake_model import FakeModel, text
from vly_nb.errors import VlyError
from vly_nb.model.anthropic import AnthropicModel, Patience
from vly_nb.model.messages import Delta, Model, Reply, Request, RequestKey, Retrying, TextDelta

LONG = "A reply of some length, so that it can break in the middle of it."

QUICK = Patience(first=0.002, silence=30, connect=30)
IMPATIENT = Patience(first=0.002, silence=2, connect=30)  # for endpoints that stall


def request(prompt: str = "Hello", turn: int = 1, position: int = 1, files: str = "t0") -> Request:
    return Request(
        system=[text("You are a test.")],
        tools=[{"type": "bash_20250124", "name": "bash"}],
        messages=[{"role": "user", "content": [text(prompt)]}],
        max_tokens=1000,
        key=RequestKey(turn, position, prompt, files),
    )


def model_of(fake: FakeModel, **rest: Any) -> AnthropicModel:
    return AnthropicModel(**{"environ": fake.environ, "patience": QUICK, **rest})


@dataclass
class Heard:
    """All deltas of one request, and how it ended."""

    deltas: list[Delta] = field(default_factory=list)
    error: VlyError | None = None

    @property
    def reply(self) -> Reply:
        assert isinstance(self.deltas[-1], Reply), self.error or self.deltas
        return self.deltas[-1]

    @property
    def retries(self) -> list[str]:
        return [d.reason for d in self.deltas if isinstance(d, Retrying)]

    @property
    def text(self) -> str:
        """What a person sees: the text since the reply was begun anew."""
        shown = ""
        for delta in self.deltas:
            if isinstance(delta, Retrying):
                shown = ""
            elif isinstance(delta, TextDelta):
                shown += delta.text
        return shown


async def ask(model: Model, asked: Request | None = None) -> Heard:
    heard = Heard()
    try:
        async for delta in model.stream(asked or request()):
            heard.deltas.append(delta)
    except VlyError as error:
        heard.error = error
    return heard
