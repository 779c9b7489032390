"""AnthropicModel: any endpoint that speaks the Messages API, through the `anthropic` SDK.

    model = AnthropicModel()                                  # the environment says which and where
    async for delta in model.stream(request): ...

Environment: ANTHROPIC_API_KEY or ANTHROPIC_AUTH_TOKEN, ANTHROPIC_BASE_URL, VLY_NB_MODEL.

Retries are ours and not the SDK's: a person should see them, and the SDK knows nothing of a
stream that breaks in the middle. The SDK takes more than a second to import, so all that needs
it is in `connection`, which is imported when first asked, or in `preload`.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vly_nb.errors import KeyRefused, ModelError, VlyError
from vly_nb.model.failures import LONGEST_WAIT
from vly_nb.model.messages import Delta, Request, RequestKey, Retrying
from vly_nb.model.tape import Tape

if TYPE_CHECKING:
    import httpx2
    from anthropic import AsyncAnthropic

    from vly_nb.model.connection import Connection

DEFAULT_MODEL = "claude-sonnet-5-5"

# From Claude 5 on, thinking comes back as empty blocks unless a summary is asked for, and from 5.5
# on the notes between calls are in there: without this a person sees nothing of a long turn.
# https://platform.claude.com/docs/en/models/sonnet-5-5/whats-new-sonnet-5-5
_THINKS = re.compile(r"claude-[a-z]+-5\b")
_SUMMARIZED = {"thinking": {"type": "adaptive", "display": "summarized"}}


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait and how often to try; all in seconds.

    `silence` is the longest time without a byte (the API sends pings while the model thinks).
    Pauses between attempts grow from `first` by `factor`, give or take a quarter, unless the
    endpoint says how long.
    """

    attempts: int = 4
    connect: float = 10.0
    silence: float = 90.0
    first: float = 1.0
    factor: float = 2.0

    def pause(self, attempt: int, asked: float | None = None) -> float:
        """Seconds to wait after attempt number `attempt` (from 1) failed."""
        if asked is not None:
            return asked
        jitter = random.uniform(0.75, 1.25)  # noqa: S311 - spreads retries, guards nothing
        return min(self.first * self.factor ** (attempt - 1) * jitter, LONGEST_WAIT)


def preload() -> None:
    """Import what the first request needs; meant for a background thread."""
    import vly_nb.model.connection  # noqa: F401, PLC0415 - a listed lazy import


class AnthropicModel:
    """A Model behind the Messages API.

    `record` or `replay` name a tape; a replay needs no key and opens no socket. `client` makes
    another client of the SDK (Bedrock, Vertex) around the HTTP client it is given; else the
    environment decides, read anew when it changes; `keys` gives those that are kept elsewhere, and they
    go before the environment's. `options` are further fields of the request (`thinking`,
    `output_config`); None chooses by the model's name.
    """

    def __init__(
        self,
        name: str | None = None,
        *,
        record: Tape | None = None,
        replay: Tape | None = None,
        options: Mapping[str, Any] | None = None,
        patience: Patience = Patience(),
        client: Callable[[httpx2.AsyncClient], AsyncAnthropic] | None = None,
        environ: Mapping[str, str] = os.environ,
        keys: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        self.name = name or environ.get("VLY_NB_MODEL") or DEFAULT_MODEL
        self._options = options if options is not None else _SUMMARIZED if _THINKS.search(self.name) else {}
        self._record = record
        self._replay = replay
        self._patience = patience
        self._client = client
        self._environ = environ
        self._keys = keys
        self._connection: Connection | None = None
        self._made_for: object = None

    async def stream(self, request: Request) -> AsyncGenerator[Delta, None]:
        """Ask until there is a whole reply, or raise ModelError (TapeError in a replay)."""
        if self._connection is None:
            await asyncio.to_thread(preload)  # the loop, and so an interrupt, is alive meanwhile
        connection = self._connected()
        for attempt in range(1, self._patience.attempts + 1):
            try:
                async with aclosing(connection.attempt(request)) as deltas:
                    async for delta in deltas:
                        yield delta
                return
            except VlyError:
                raise
            except Exception as error:
                failure = connection.failure(error)
                if failure is None:
                    raise
            if not failure.passing:
                raise (KeyRefused if failure.refused else ModelError)(failure.sentence, failure.hint)
            if attempt == self._patience.attempts:
                tries = f" That was attempt {attempt}." if attempt > 1 else ""
                raise ModelError(f"{failure.sentence}{tries}", failure.hint)
            pause = self._patience.pause(attempt, failure.wait)
            yield Retrying(failure.sentence, pause)
            await asyncio.sleep(pause)

    async def check(self) -> None:
        """Ask for a single token: whether the endpoint answers with this key. Raises ModelError."""
        hello = {"role": "user", "content": "Hello"}
        request = Request((), (), (hello,), max_tokens=1, key=RequestKey(0, 0, "", ""))
        async with aclosing(self.stream(request)) as deltas:
            async for _ in deltas:
                pass

    async def close(self) -> None:
        """Close the connections that are kept for the next request."""
        connection, self._connection, self._made_for = self._connection, None, None
        if connection is not None:
            await connection.close()

    def _connected(self) -> Connection:
        """The connection for this event loop and this environment; a loop's sockets die with it."""
        from vly_nb.model.connection import Connection, Endpoint  # noqa: PLC0415 - a listed lazy import

        keys = self._keys() or self._environ
        endpoint = Endpoint(
            url=self._environ.get("ANTHROPIC_BASE_URL", "").strip(),
            key=keys.get("ANTHROPIC_API_KEY", "").strip(),
            token=keys.get("ANTHROPIC_AUTH_TOKEN", "").strip(),
        )
        made_for = asyncio.get_running_loop(), endpoint
        if self._connection is None or made_for != self._made_for:
            self._connection = Connection(
                self.name,
                endpoint,
                options=self._options,
                record=self._record,
                replay=self._replay,
                client=self._client,
                timeout=(self._patience.connect, self._patience.silence),
            )
            self._made_for = made_for
        return self._connection
