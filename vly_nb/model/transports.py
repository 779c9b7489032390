"""Under the SDK: the way out to the network, and a tape in its place.

    Outgoing()                      what every request takes
    Recording(Outgoing(), tape)     the same, and the tape hears it
    Replaying(tape)                 the tape alone; no socket is ever opened

They sit below the SDK so that a replay runs the SDK's own code. A tape's miss is answered with
HTTP 400: an error raised in here would be taken for a broken connection.
"""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from dataclasses import asdict

import anthropic
import httpx2

from vly_nb.model.messages import RequestKey
from vly_nb.model.records import RecordedReply
from vly_nb.model.sse import Assembly, Decoder, Malformed, encode, events
from vly_nb.model.tape import Tape

KEY_HEADER = "x-vly-request"  # between AnthropicModel and a tape's transport; never goes out
REPLAYED_HEADER = "x-vly-replayed"
MISS_HEADER = "x-vly-tape-miss"

LARGEST_ANSWER = 32_000_000
"""Bytes on the wire: some thirty times the longest reply a model can write."""
LONGEST_LINE = 4_000_000
"""Bytes: the SDK's decoder takes quadratic time for a line."""


class TooLong(httpx2.TransportError):
    """An answer went over LARGEST_ANSWER or LONGEST_LINE."""


class _Capped(httpx2.AsyncByteStream):
    """A stream that ends in TooLong when it, or a line of it, does not end."""

    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        total = line = 0
        async for data in self._stream:
            total += len(data)
            newline = data.rfind(b"\n")
            line = len(data) - newline - 1 if newline >= 0 else line + len(data)
            if total > LARGEST_ANSWER or line > LONGEST_LINE:
                raise TooLong("an answer beyond all bounds")
            yield data

    async def aclose(self) -> None:
        await self._stream.aclose()


class Outgoing(httpx2.AsyncBaseTransport):
    """The network, by the SDK's ordinary HTTP client: proxies and certificates are the environment's."""

    def __init__(self) -> None:
        self._client = anthropic.DefaultAsyncHttpxClient(follow_redirects=False)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send it on as it is."""
        response = await self._client.send(request, stream=True)
        assert isinstance(response.stream, httpx2.AsyncByteStream)  # noqa: S101 - for the type checker
        return httpx2.Response(
            response.status_code,
            headers=response.headers.raw,
            stream=_Capped(response.stream),
            extensions=response.extensions,
        )

    async def aclose(self) -> None:
        """Close the connections that are kept."""
        await self._client.aclose()


class _Heard(httpx2.AsyncByteStream):
    """A stream that a tape listens to; bytes go through untouched."""

    def __init__(self, stream: httpx2.AsyncByteStream, tape: Tape, key: str) -> None:
        self._stream = stream
        self._tape = tape
        self._key = key

    async def __aiter__(self) -> AsyncIterator[bytes]:
        decoder, assembly = Decoder(), Assembly()
        whole = True
        async for data in self._stream:
            yield data
            try:
                for event in decoder.feed(data) if whole else ():
                    assembly.add(event)
            except Malformed:
                whole = False  # the model's own reading of it will complain
        if whole and assembly.finished:
            message, broken = assembly.message()
            reply = RecordedReply(
                content=message["content"],
                stop_reason=message["stop_reason"],
                usage=message["usage"],
                model=str(message.get("model") or ""),
                broken=sorted(broken),
            )
            self._tape.hold(from_header(self._key), reply)

    async def aclose(self) -> None:
        await self._stream.aclose()


class Recording(httpx2.AsyncBaseTransport):
    """Passes requests on, without the tape's header, and gives whole replies to the tape."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, tape: Tape) -> None:
        self._inner = inner
        self._tape = tape

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send it on and listen."""
        key = request.headers.pop(KEY_HEADER, None)
        if key is None:
            return await self._inner.handle_async_request(request)
        request.headers["accept-encoding"] = "identity"  # so that the bytes can be read on their way
        response = await self._inner.handle_async_request(request)
        if response.status_code == 200 and isinstance(response.stream, httpx2.AsyncByteStream):
            response.stream = _Heard(response.stream, self._tape, key)
        return response

    async def aclose(self) -> None:
        """Close what is below."""
        await self._inner.aclose()


class Replaying(httpx2.AsyncBaseTransport):
    """Answers from the tape."""

    def __init__(self, tape: Tape, chunk: int = 400) -> None:
        self._tape = tape
        self._chunk = chunk

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """The recorded reply as a stream, or HTTP 400 that isn't to be retried."""
        key = from_header(request.headers[KEY_HEADER])
        found = self._tape.lookup(key)
        if found is None:
            miss = self._tape.miss(key)
            told = {
                "type": "error",
                "error": {"type": "tape_error", "message": miss.message, "hint": miss.hint},
            }
            headers = {"x-should-retry": "false", MISS_HEADER: "1", "content-type": "application/json"}
            return httpx2.Response(400, headers=headers, content=json.dumps(told).encode())
        reply = found.record.reply
        message = {
            "id": f"msg_tape_{key.turn}_{key.position}",
            "type": "message",
            "role": "assistant",
            "model": reply.model,
            "content": reply.content,
            "stop_reason": reply.stop_reason,
            "stop_sequence": None,
            "usage": reply.usage,
        }
        stream = b"".join(encode(event) for event in events(message, self._chunk, frozenset(reply.broken)))
        return httpx2.Response(
            200, headers={"content-type": "text/event-stream", REPLAYED_HEADER: "1"}, content=stream
        )


def to_header(key: RequestKey) -> str:
    """A key as a header's value (ASCII)."""
    return base64.b64encode(json.dumps(asdict(key)).encode()).decode()


def from_header(value: str) -> RequestKey:
    """The inverse of `to_header`."""
    return RequestKey(**json.loads(base64.b64decode(value)))
