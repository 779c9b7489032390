"""Cache marks: three of them, so that all but the newest part of a request is read from the cache.

The provider stores a prefix at every mark and, coming from a mark, looks back over at most 20
content blocks for one that it has
(https://docs.claude.com/en/docs/build-with-claude/prompt-caching). Hence the marks are:
the system prompt's end, the end of the previous request, which is surely stored, and the end of
this one, for the next. With two, a step of ten parallel calls is out of the look-back's reach.
"""

from __future__ import annotations

from collections.abc import Sequence

from vly_nb.model.messages import Block, Message

_MARK = {"type": "ephemeral"}
_UNMARKABLE = frozenset({"thinking", "redacted_thinking"})


def marked_system(system: Sequence[Block]) -> list[Block]:
    """The system prompt, its last block marked; the blocks given stay as they are."""
    return [*system[:-1], {**system[-1], "cache_control": _MARK}] if system else []


def marked(messages: Sequence[Message], previous_end: int | None) -> list[Message]:
    """The messages, with a mark at the end of the previous request and at the end of this one.

    `previous_end` is the index of the message that ended the previous request; None when there
    was none, or when history was compacted since. Only what is marked is copied, and a plain
    string becomes the text block that it stands for, marked or not: a request must not differ
    from the next one's beginning.
    """
    sent = [m if isinstance(m["content"], list) else _in_blocks(m) for m in messages]
    _mark(sent, len(sent) - 1)
    if previous_end is not None:
        _mark(sent, previous_end)
    return sent


def _in_blocks(message: Message) -> Message:
    return {**message, "content": [{"type": "text", "text": message["content"]}]}


def _mark(messages: list[Message], end: int) -> None:
    """Mark the last block at or before the end of message `end` that can carry a mark."""
    for index in range(min(end, len(messages) - 1), -1, -1):
        content = messages[index]["content"]
        for place in range(len(content) - 1, -1, -1):
            block = content[place]
            if block["type"] in _UNMARKABLE or block.get("text") == "":
                continue
            content = [*content[:place], {**block, "cache_control": _MARK}, *content[place + 1 :]]
            messages[index] = {**messages[index], "content": content}
            return
