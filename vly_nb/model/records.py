"""The lines of a tape, as they are checked when read and as they are written.

Everything on a tape is foreign: someone else may have written it by hand.
"""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from vly_nb.model.failures import quotable


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @cached_property
    def line(self) -> str:
        """As it is written, with its end; what is at its default is left out."""
        return self.model_dump_json(exclude_defaults=True, ensure_ascii=False) + "\n"


class Header(_Line):
    """The first line. `system` and `tools` are digests: the prompt itself is never stored."""

    tape: Literal[1]
    stack: str = ""
    model: str = ""
    note: str = ""
    system: str = ""
    tools: str = ""


class RecordedReply(_Line):
    """A reply as the API gave it; `broken` as in `messages.Reply`."""

    content: list[dict[str, Any]]
    stop_reason: str
    usage: dict[str, Any] = {}
    model: str = ""
    broken: list[str] = []

    @field_validator("content")
    @classmethod
    def _blocks(cls, content: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for block in content:
            match block:
                case {"type": "text", "text": str()}:
                    pass
                case {"type": "thinking", "thinking": str()}:
                    pass
                case {"type": "tool_use", "id": str(), "name": str(), "input": dict()}:
                    pass
                case {"type": "text" | "thinking" | "tool_use"} | {"type": ""}:
                    raise ValueError("a content block that lacks a part")
                case {"type": str()}:
                    pass
                case _:
                    raise ValueError("a content block without a type")
        return content


class After(_Line):
    """The project when the step was done: its tree, and git blob ids of the files the step changed
    (null for a deleted one)."""

    tree: str = ""
    files: dict[str, str | None] = {}


class Record(_Line):
    """One step: a line of the tape. `prompt` is None on all lines of a take but the first.

    `kept` holds `package.json` and the lock file when the step changed the lock file, so that a
    replay can install what was installed then. `start` are the git blob ids of all files when the
    turn began, on its first line only: with them a replay that drifts can say where.
    """

    turn: int = Field(ge=1)
    position: int = Field(ge=1)
    prompt: str | None = None
    files: str = ""
    start: dict[str, str] = {}
    reply: RecordedReply
    after: After = After()
    kept: dict[str, str] = {}


def is_json(line: bytes) -> bool:
    """Whether a line is whole; one that a crash cut short is not."""
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def first_complaint(error: ValueError) -> str:
    """What is wrong with a line, for a sentence that names its number."""
    if not isinstance(error, ValidationError):
        return quotable(str(error))
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return quotable(f"{place}: {first['msg']}" if place else first["msg"])


def digest(value: object) -> str:
    """SHA-256 of a value's JSON, keys sorted: what the header says of the prompt and the tools."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
