"""Server-sent events: a whole message ⇄ its stream events ⇄ the bytes on the wire.

`events` takes a message apart as the Messages API streams it, `Assembly` (and
`assemble`, its fold) puts one together again, `encode` and `Decoder` are the
bytes. Tapes, the doubles and the real model all use this one pair.
Event shapes: https://docs.claude.com/en/docs/build-with-claude/streaming
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from vly_nb.model.messages import TextDelta, ThoughtDelta, ToolDelta

Event = dict[str, Any]

_SURROGATE = re.compile("[\ud800-\udfff]")
_PIECE = {"text_delta": "text", "thinking_delta": "thinking", "input_json_delta": "partial_json"}


class Malformed(ValueError):
    """Events that are no message: an unknown order, a wrong type, JSON that isn't."""


def events(message: dict[str, Any], chunk: int = 40, broken: frozenset[str] = frozenset()) -> Iterator[Event]:
    """Take a whole message apart; texts and arguments come in pieces of `chunk` characters.

    The arguments of calls whose id is in `broken` are cut off.
    """
    usage = message.get("usage") or {}
    ended = {k: v for k, v in message.items() if k.startswith("stop_")}
    ended = {"stop_reason": None, "stop_sequence": None, **ended}
    opening = {**message, "content": [], **dict.fromkeys(ended), "usage": {**usage, "output_tokens": 0}}
    yield {"type": "message_start", "message": opening}
    yield {"type": "ping"}
    for index, block in enumerate(message["content"]):
        start, deltas = _take_apart(block, chunk)
        if block.get("id") in broken:
            deltas = [{"type": "input_json_delta", "partial_json": "{"}]
        yield {"type": "content_block_start", "index": index, "content_block": start}
        for delta in deltas:
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    yield {"type": "message_delta", "delta": ended, "usage": {"output_tokens": 0, **usage}}
    yield {"type": "message_stop"}


def _take_apart(block: dict[str, Any], chunk: int) -> tuple[dict[str, Any], Iterable[dict[str, Any]]]:
    """A content block's opening and the deltas that fill it."""
    kind = block["type"]
    if kind == "text":
        cited = block.get("citations")
        start = {**block, "text": "", **({"citations": []} if cited else {})}
        deltas = [{"type": "text_delta", "text": piece} for piece in _pieces(block["text"], chunk)]
        deltas += [{"type": "citations_delta", "citation": citation} for citation in cited or ()]
        return start, deltas
    if kind == "thinking":
        signature = block.get("signature")
        start = {**block, "thinking": "", **({"signature": ""} if signature else {})}
        deltas = [
            {"type": "thinking_delta", "thinking": piece} for piece in _pieces(block["thinking"], chunk)
        ]
        deltas += [{"type": "signature_delta", "signature": signature}] if signature else []
        return start, deltas
    if isinstance(block.get("input"), dict):  # tool_use, server_tool_use, mcp_tool_use
        written = json.dumps(block["input"], ensure_ascii=False) if block["input"] else ""
        pieces = ["", *_pieces(written, chunk)]
        return {**block, "input": {}}, [{"type": "input_json_delta", "partial_json": p} for p in pieces]
    return block, ()


def _pieces(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


class Assembly:
    """A message growing out of its events, as plain dicts.

    `add` answers what a person watching should see of an event. Raises
    Malformed for an event that doesn't fit.
    """

    def __init__(self) -> None:
        self._message: dict[str, Any] | None = None
        self._blocks: list[dict[str, Any]] = []
        self._parts: list[list[str]] = []
        self._sizes: list[int] = []
        self._open = False

    def add(self, event: Event) -> TextDelta | ThoughtDelta | ToolDelta | None:
        """Take in one event, in the order they came."""
        try:
            return self._add(event)
        except Malformed:
            raise
        except (KeyError, TypeError, IndexError, AttributeError, ValueError) as error:
            raise Malformed(f"a stream event of the wrong shape ({type(error).__name__})") from None

    def _add(self, event: Event) -> TextDelta | ThoughtDelta | ToolDelta | None:
        kind = event["type"]
        if kind == "content_block_delta":
            return self._fill(event["index"], event["delta"])
        if kind == "content_block_start":
            self._begin(event["index"], event["content_block"])
        elif kind == "message_start":
            self._message = dict(event["message"])
            # Endpoints other than Anthropic's may leave these out.
            self._message["usage"] = dict(self._message.get("usage") or {})
            self._message["content"] = self._blocks
        elif kind == "message_delta":
            self._end(event["delta"], event.get("usage") or {})
        elif kind == "content_block_stop":
            self._open = False
        return None  # message_stop, ping, and kinds to come, which the API asks clients to ignore

    def _begin(self, index: int, block: dict[str, Any]) -> None:
        if self._message is None or index != len(self._blocks) or not isinstance(block["type"], str):
            raise Malformed("a content block out of order")
        if block["type"] == "tool_use":
            if not (block["id"] and isinstance(block["id"], str) and isinstance(block["name"], str)):
                raise Malformed("a tool call without an id or a name")
            block.setdefault("input", {})
        self._blocks.append(dict(block))
        self._parts.append([])
        self._sizes.append(0)
        self._open = True

    def _fill(self, index: int, delta: dict[str, Any]) -> TextDelta | ThoughtDelta | ToolDelta | None:
        block = self._blocks[index]
        kind = delta["type"]
        if kind in _PIECE:
            piece = delta[_PIECE[kind]]
            self._parts[index].append(piece)
            self._sizes[index] += len(piece)
            if kind == "input_json_delta":
                return ToolDelta(str(block["name"]), self._sizes[index])
            if piece and _PIECE[kind] == block["type"]:
                return (TextDelta if kind == "text_delta" else ThoughtDelta)(mended(piece))
            return None
        if kind == "signature_delta":
            block["signature"] = delta["signature"]
        elif kind == "citations_delta":
            block["citations"] = [*(block.get("citations") or ()), delta["citation"]]
        return None

    def _end(self, delta: dict[str, Any], usage: dict[str, Any]) -> None:
        if self._message is None:
            raise Malformed("the end of a message that never began")
        self._message.update({k: v for k, v in delta.items() if v is not None or k not in self._message})
        # Counts in a message_delta are totals; what it leaves out stands as message_start said.
        self._message["usage"].update({k: v for k, v in usage.items() if v is not None})

    @property
    def finished(self) -> bool:
        """The model came to an end of its own; False after a stream that merely stopped."""
        return self._message is not None and bool(self._message.get("stop_reason")) and not self._open

    def message(self) -> tuple[dict[str, Any], frozenset[str]]:
        """The message so far, and the ids of calls whose arguments are no JSON object."""
        if self._message is None:
            raise Malformed("a stream without a message")
        broken = []
        for block, parts in zip(self._blocks, self._parts, strict=True):
            if "input" in block and not self._give_input(block, "".join(parts)):
                broken.append(str(block.get("id")))
            elif block["type"] in ("text", "thinking"):
                block[block["type"]] = str(block.get(block["type"]) or "") + "".join(parts)
        return _sendable(self._message), frozenset(broken)

    @staticmethod
    def _give_input(block: dict[str, Any], written: str) -> bool:
        """Read a call's arguments; False, and none, when they are no JSON object of sane depth."""
        if not written:
            return isinstance(block["input"], dict)
        try:
            given = json.loads(written, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            given = None
        whole = isinstance(given, dict) and _shallow(given)
        block["input"] = given if whole else {}
        return whole


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _shallow(value: Any, left: int = 100) -> bool:
    """Not nested so deep that it can't be written as JSON again, from wherever that may be."""
    if not isinstance(value, dict | list):
        return True
    inner = value.values() if isinstance(value, dict) else value
    return left > 0 and all(_shallow(each, left - 1) for each in inner)


def assemble(stream: Iterable[Event]) -> dict[str, Any]:
    """Put a message together from its events. Raises Malformed."""
    assembly = Assembly()
    for event in stream:
        assembly.add(event)
    return assembly.message()[0]


def mended(text: str) -> str:
    """Half a UTF-16 pair can't be sent or stored as UTF-8: U+FFFD stands for it."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def _sendable(value: Any) -> Any:
    """The same value, its texts mended where that is needed (hardly ever)."""
    try:
        written = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (ValueError, RecursionError):
        raise Malformed("a reply with numbers or nesting that can't be sent back") from None
    return value if written.isascii() or not _SURROGATE.search(written) else json.loads(mended(written))


def encode(event: Event) -> bytes:
    """One event as the bytes of a `text/event-stream`."""
    return f"event: {event['type']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n".encode()


class Decoder:
    """Bytes in, as they come from a socket; events out, as soon as they are whole.

    An event may hold at most `limit` bytes. Raises Malformed.
    """

    def __init__(self, limit: int = 8_000_000) -> None:
        self._rest = b""
        self._limit = limit

    def feed(self, data: bytes) -> list[Event]:
        """The events that these bytes complete; lines that are no data are passed over."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > self._limit:
            raise Malformed("a stream event too long")
        found = []
        for line in lines:
            if line.startswith(b"data:"):
                try:
                    event = json.loads(line[5:])
                except (ValueError, RecursionError):
                    raise Malformed("a stream event that is no JSON") from None
                if not isinstance(event, dict):
                    raise Malformed("a stream event that is no object")
                found.append(event)
        return found
