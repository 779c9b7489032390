"""Connection: one client of the SDK, one attempt at a reply, and what its errors mean.

The reply is put together from the SDK's raw events as plain dicts, for the SDK's own objects
cost more than all the rest of a step (docs/design.md has the figures).
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import anthropic
import httpx2

from vly_nb.errors import ModelError, TapeError
from vly_nb.model.failures import Failure, of_status
from vly_nb.model.messages import Reply, Request, TextDelta, ThoughtDelta, ToolDelta
from vly_nb.model.sse import Assembly, Malformed, mended
from vly_nb.model.tape import Tape
from vly_nb.model.transports import (
    KEY_HEADER,
    MISS_HEADER,
    REPLAYED_HEADER,
    Outgoing,
    Recording,
    Replaying,
    TooLong,
    to_header,
)

_LATER = "Ask again in a minute; nothing is lost."


class _ErrorEvent(Exception):
    """An error in the stream that isn't named as one, or the SDK had raised it; holds the event."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to ask and with what; "" where nothing is set."""

    url: str = ""
    key: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    def __str__(self) -> str:
        """As a person knows it, without a name and password that the address may carry."""
        try:
            host = urlsplit(self.url).hostname
        except ValueError:
            host = None
        return f"The model's endpoint {host}" if host else "The model's endpoint"


class Connection:
    """One client of the SDK. Raises ModelError when there is nothing to connect with."""

    def __init__(
        self,
        model: str,
        endpoint: Endpoint,
        *,
        options: Mapping[str, Any],
        record: Tape | None,
        replay: Tape | None,
        client: Callable[[httpx2.AsyncClient], anthropic.AsyncAnthropic] | None,
        timeout: tuple[float, float],
    ) -> None:
        self._model = model
        self._options = options
        self._endpoint = endpoint
        self._taped = record is not None or replay is not None
        # Bedrock and Vertex put parts of the body elsewhere, so they need to see it as a dict.
        self._foreign = client is not None and replay is None
        waits = httpx2.Timeout(timeout[1], connect=timeout[0])
        transport: httpx2.AsyncBaseTransport = Outgoing() if replay is None else Replaying(replay)
        if record is not None and replay is None:
            transport = Recording(transport, record)
        http = httpx2.AsyncClient(transport=transport, timeout=waits)
        if replay is not None:
            self._client = _client(Endpoint("http://tape.invalid"), http)
        elif client is not None:
            self._client = client(http).with_options(max_retries=0, timeout=waits)
        else:
            self._client = _client(endpoint, http)

    async def close(self) -> None:
        """Close all sockets."""
        await self._client.close()

    async def attempt(
        self, request: Request
    ) -> AsyncGenerator[TextDelta | ThoughtDelta | ToolDelta | Reply, None]:
        """One request, one stream. Raises whatever the SDK and its HTTP library raise, and
        Malformed; `failure` tells what it means."""
        # `post` and not `messages.create`: with cast_to=object the SDK hands its events over as dicts.
        stream = await self._client.post(
            "/v1/messages",
            **self._payload(request),
            cast_to=object,
            stream=True,
            stream_cls=anthropic.AsyncStream[object],
        )
        assembly = Assembly()
        async with stream, aclosing(stream.__aiter__()) as events:
            async for event in events:
                if not isinstance(event, dict):
                    raise Malformed("a stream event that is no object")
                if event.get("type") == "error":
                    raise _ErrorEvent(event)
                delta = assembly.add(event)
                if delta is not None:
                    yield delta
        if not assembly.finished:
            raise Malformed("an answer without an end")
        yield Reply.of(*assembly.message(), replayed=REPLAYED_HEADER in stream.response.headers)

    def _payload(self, request: Request) -> dict[str, Any]:
        """The body and the headers, as the SDK's `post` takes them."""
        body: dict[str, Any] = {
            "model": self._model,
            "max_tokens": request.max_tokens,
            "system": list(request.system),
            "tools": list(request.tools),
            "messages": list(request.messages),
            "stream": True,
            **self._options,
        }
        body = {name: value for name, value in body.items() if value != []}
        headers = {KEY_HEADER: to_header(request.key)} if self._taped else {}
        if self._foreign:
            return {"body": body, "options": {"headers": headers}}
        # Written here: the SDK would first copy the whole history, block by block.
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        try:
            content = text.encode()
        except UnicodeEncodeError:
            content = mended(text).encode()
        return {"content": content, "options": {"headers": {"content-type": "application/json", **headers}}}

    def failure(self, error: Exception) -> Failure | None:
        """What an error of the SDK, of HTTP or of the stream means; None for any other error.

        Raises TapeError when it is a tape that had no reply, ModelError when the address is none.
        """
        if isinstance(error, anthropic.APIConnectionError) and isinstance(error.__cause__, Exception):
            error = error.__cause__
        match error:
            case anthropic.APIStatusError():
                return self._of_status(error.status_code, error.response.headers, error.body)
            case _ErrorEvent():
                return self._of_status(200, httpx2.Headers(), error.args[0])
            case Malformed():
                return Failure(f"{self._endpoint} sent {error}.", _LATER, passing=True)
            case TooLong():
                return Failure(f"{self._endpoint} sent an answer beyond all bounds.", "Ask for less at once.")
            case httpx2.UnsupportedProtocol() | httpx2.InvalidURL():
                raise _no_address()
            case httpx2.ConnectTimeout() | httpx2.ConnectError() | httpx2.ProxyError():
                hint = "Check the network, and ANTHROPIC_BASE_URL if it is set."
                return Failure(f"{self._endpoint} can't be reached.", hint, passing=True)
            case httpx2.TimeoutException():
                return Failure(f"{self._endpoint} was silent for too long.", _LATER, passing=True)
            case httpx2.TransportError() | httpx2.StreamError() | httpx2.DecodingError():
                return Failure(f"{self._endpoint} broke off.", _LATER, passing=True)
            case ValueError():  # from the SDK's decoder: bytes that are no UTF-8, or no JSON
                return Failure(f"{self._endpoint} sent an event that can't be read.", _LATER, passing=True)
            case anthropic.AnthropicError():
                return Failure("The request can't be made with these settings.", "Look at `%vly status`.")
        return None

    def _of_status(self, status: int, headers: httpx2.Headers, body: object) -> Failure:
        if MISS_HEADER in headers and isinstance(body, dict):
            raise TapeError(body["error"]["message"], body["error"]["hint"])
        secrets = self._endpoint.key, self._endpoint.token
        return of_status(status, headers, body, model=self._model, secrets=secrets)


def _client(endpoint: Endpoint, http: httpx2.AsyncClient) -> anthropic.AsyncAnthropic:
    if not (endpoint.key or endpoint.token or endpoint.url):
        raise ModelError(
            "No model key is set.",
            "Set one with `%vly keys set ANTHROPIC_API_KEY`, replay a tape with `%vly tape PATH`, or name a "
            "local endpoint in ANTHROPIC_BASE_URL.",
        )
    key = endpoint.key or endpoint.token or "none"  # a local endpoint asks for no key, but the SDK does
    if not (key.isascii() and key.isprintable()):
        raise ModelError("The key holds characters that no key has.", "Set ANTHROPIC_API_KEY again.")
    by_token = bool(endpoint.token) and not endpoint.key
    try:
        return anthropic.AsyncAnthropic(
            api_key=None if by_token else key,
            auth_token=key if by_token else None,
            base_url=endpoint.url or None,
            max_retries=0,
            timeout=http.timeout,
            http_client=http,
        )
    except httpx2.InvalidURL:
        raise _no_address() from None


def _no_address() -> ModelError:
    return ModelError("ANTHROPIC_BASE_URL is no address.", "Write it like http://localhost:11434.")
