"""What a 100-step run sends: each request extends the one before, and the cache pays off."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.agent.talk import events_of, say, valid, view
from tests.model.test_cache import Provider, bare, flat, marks_of
from vly_nb.agent.agent import Limits
from vly_nb.model.messages import Request
from vly_nb.model.scripted import Scripted
from vly_nb.session import Session

STEPS = 100


def unmarked(messages: Any) -> list[dict[str, Any]]:
    return [
        {**m, "content": [{k: v for k, v in b.items() if k != "cache_control"} for b in m["content"]]}
        for m in messages
    ]


async def run_of(app: Path, calls: int) -> list[Request]:
    """A turn of 100 steps, each with so many parallel reads of different files."""
    for number in range(20):
        (app / f"src/part{number}.ts").write_text(f"export const part{number} = '{'x' * 700}';\n")
    replies = [
        say(f"Step {step}.", *(view(f"src/part{(step + n) % 20}.ts") for n in range(calls)))
        for step in range(STEPS - 1)
    ]
    model = Scripted([*replies, "Done."])
    session = await Session.mount(app, model=model)
    session.agent.limits = Limits(steps=STEPS + 1)
    await events_of(session, "Read it all")
    await session.close()
    return model.requests


@pytest.mark.slow
@pytest.mark.parametrize("calls", [1, 4, 12, 20])
async def test_each_request_extends_the_one_before_and_is_read_from_cache(app: Path, calls: int) -> None:
    requests = await run_of(app, calls)
    assert len(requests) == STEPS
    provider, paid, ideal, seen, before = Provider(), 0.0, 0.0, 0, ""
    for request in requests:
        valid(request.messages)
        assert json.dumps(request.tools) == json.dumps(requests[0].tools)
        now = json.dumps(unmarked(request.messages))
        assert now.startswith(before), "a request must extend the one before byte for byte"
        before = now.removesuffix("]")
        blocks = flat(list(request.system), list(request.messages))
        texts = [bare(block) for block in blocks]
        paid += provider.cost(texts, marks_of(blocks))
        ideal += Provider.ideal(texts, seen)
        seen = len(blocks)
    assert ideal / paid >= 0.99
