"""Hiding: secrets taken out of what goes to the model and of what comes from it.

What a person or a tool says is looked at twice, and withheld where a secret is hidden in it. What the
model says is looked at once: it can only repeat what it was told. A call that holds a secret, or the
mark that stands for one, is never run: neither live nor from a tape, so both come out the same.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from vly_nb.model.messages import Block, Delta, Reply, TextDelta, ThoughtDelta
from vly_nb.project.keys import Keys
from vly_nb.project.secrets import MARK, cleaned
from vly_nb.tools.tool import Outcome

Clean = Callable[[str], str]

HIDDEN_CALL = (
    "Not run: this call holds the value of a key, or a mark like ⟨NAME hidden⟩ that stands for one. You "
    "work with keys by their names: code reads process.env.NAME in an action. Edit around what is hidden."
)


def told(blocks: Iterable[Block], inspect: Clean) -> list[Block]:
    """Blocks for the model with every text in them inspected; pictures and ids stay."""
    return [_told(block, inspect) for block in blocks]


def _told(block: Block, inspect: Clean) -> Block:
    found = dict(block)
    for name in ("text", "content", "title", "context"):
        value = found.get(name)
        if isinstance(value, str):
            found[name] = inspect(value)
        elif isinstance(value, list):
            found[name] = [_told(one, inspect) if isinstance(one, dict) else one for one in value]
    return found


def said(blocks: Iterable[Block], keys: Keys) -> list[Block]:
    """The model's blocks with secrets marked. Thinking that holds one is left out, since it may not be
    changed; what the provider's own tools found stays, since it may not either."""
    found: list[Block] = []
    for block in blocks:
        match block["type"]:
            case "text":
                found.append({**block, "text": keys.clean(block["text"])})
            case "tool_use":
                found.append({**block, "input": cleaned(block["input"], keys.clean)})
            case "thinking" if keys.clean(block["thinking"]) != block["thinking"]:
                continue
            case _:
                found.append(block)
    return found


async def heard(deltas: AsyncGenerator[Delta, None], keys: Keys) -> AsyncGenerator[Delta, None]:
    """A model's stream with secrets marked: what may be the beginning of one waits for more."""
    stream, kind = keys.stream(), None
    async with aclosing(deltas) as source:
        async for delta in source:
            if kind is not None and type(delta) is not kind:  # that text is at its end
                if rest := stream.end():
                    yield kind(rest)
                stream, kind = keys.stream(), None
            match delta:
                case TextDelta(text) | ThoughtDelta(text):
                    kind = type(delta)
                    if shown := stream.feed(text):
                        yield kind(shown)
                case Reply():
                    yield replace(delta, content=said(delta.content, keys))
                case _:
                    yield delta


def outcome(came: Outcome, keys: Keys) -> Outcome:
    """What came of a call with secrets marked, its line and its question too."""
    asks = came.asks
    if asks is not None:
        choices = tuple(map(keys.clean, asks.choices))
        asks = replace(asks, text=keys.clean(asks.text), choices=choices)
    return replace(came, text=keys.clean(came.text), line=keys.clean(came.line), asks=asks)


def holds_mark(arguments: Mapping[str, Any]) -> bool:
    """Whether a call's arguments hold what stands for a secret."""
    return any(MARK.search(text) for text in _texts(arguments))


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield from _texts(name)
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
