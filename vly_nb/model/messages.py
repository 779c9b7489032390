"""What goes to a model and what comes back, as plain values.

Messages and content blocks are the Messages API's own shapes as plain dicts
(https://docs.claude.com/en/api/messages): the SDK's objects would double the
cost of a late step.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

Block = dict[str, Any]
Message = dict[str, Any]

MAX_TOKENS = 32_000
"""A reply's bound where nobody asks for another: room for a long file, still far from a window."""


@dataclass(frozen=True, slots=True)
class RequestKey:
    """How a tape knows a request again: turn and position count from 1.

    `prompt` is the person's words of the turn; `files` the project's tree id
    when the request was made.
    """

    turn: int
    position: int
    prompt: str
    files: str


@dataclass(frozen=True, slots=True)
class Request:
    """One request: ready to send, cache marks and all."""

    system: Sequence[Block]
    tools: Sequence[Mapping[str, Any]]
    messages: Sequence[Message]
    max_tokens: int
    key: RequestKey


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one or more requests; `+` adds them up."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    searches: int = 0

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Usage:
        """The API's `usage` in our words; what an endpoint leaves out or garbles counts as 0."""
        tools = told.get("server_tool_use")
        names = ("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
        counts = [told.get(name) for name in names]
        counts.append(tools.get("web_search_requests") if isinstance(tools, dict) else 0)
        return cls(*(count if isinstance(count, int) and count > 0 else 0 for count in counts))

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input + other.input,
            self.output + other.output,
            self.cache_read + other.cache_read,
            self.cache_write + other.cache_write,
            self.searches + other.searches,
        )


@dataclass(frozen=True, slots=True)
class TextDelta:
    """More of the answer's text."""

    text: str


@dataclass(frozen=True, slots=True)
class ThoughtDelta:
    """More of what the model notes between its calls, in the provider's summary.

    Models from Claude 5.5 on say there what earlier ones said as text. It is no part of the answer.
    """

    text: str


@dataclass(frozen=True, slots=True)
class ToolDelta:
    """A tool call is being written; `size` counts the characters of its arguments so far."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Retrying:
    """The reply so far is void and is asked for again after `seconds`; `reason` is a sentence."""

    reason: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole reply. `content` may be sent back as it is, unless it is empty.

    `stop_reason` is the API's: end_turn, tool_use, max_tokens, stop_sequence,
    pause_turn, refusal, model_context_window_exceeded. `replayed` tells that it came from a tape.
    `broken` holds the ids of calls whose arguments were cut off or are no JSON object: their `input`
    is {} and they must be answered, not run.
    """

    content: list[Block]
    stop_reason: str
    usage: Usage = field(default_factory=Usage)
    model: str = ""
    replayed: bool = False
    broken: frozenset[str] = frozenset()

    @classmethod
    def of(cls, message: Mapping[str, Any], broken: frozenset[str], *, replayed: bool = False) -> Reply:
        """From a whole message of the API."""
        return cls(
            # The API sends texts of nothing but blanks, and refuses them when they come back.
            content=[b for b in message["content"] if b["type"] != "text" or b["text"].strip()],
            stop_reason=str(message["stop_reason"]),
            usage=Usage.of(message["usage"]),
            model=str(message.get("model") or ""),
            replayed=replayed,
            broken=broken,
        )

    @property
    def text(self) -> str:
        """What the model says, all text blocks joined."""
        return "".join(b["text"] for b in self.content if b["type"] == "text")

    @property
    def thoughts(self) -> str:
        """What the model noted on the way, as far as the provider shows it."""
        return "\n\n".join(b["thinking"] for b in self.content if b["type"] == "thinking" and b["thinking"])

    @property
    def calls(self) -> list[Block]:
        """The `tool_use` blocks, in order."""
        return [b for b in self.content if b["type"] == "tool_use"]


Delta = TextDelta | ThoughtDelta | ToolDelta | Retrying | Reply


class Model(Protocol):
    """The outside world's mind behind one method: deltas out, the Reply last.

    Raises ModelError or TapeError when there is no reply to be had. Closing the
    iterator (or cancelling the task) closes the connection.
    """

    name: str

    def stream(self, request: Request) -> AsyncGenerator[Delta, None]:
        """Ask once and yield what comes; the last thing is the whole Reply."""
        ...
