"""Requests: what the panel asks of the kernel; one class each, told apart by `do`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, SecretStr

from vly_nb.notebook.wire import Wire


class Hello(Wire):
    """The panel is there. `client` names the page, so that a reload takes its own place again.

    `since` (ms) tells the page's newest line from one that was given up and is heard late.
    """

    do: Literal["hello"] = "hello"
    client: str = Field(max_length=80)
    since: float = 0


class Refill(Wire):
    """Older entries of the conversation: those before number `before`."""

    do: Literal["refill"] = "refill"
    before: int


class Plain(Wire):
    """What needs no more words. `take` takes the first wish out of the queue."""

    do: Literal["state", "stop", "undo", "redo", "cost", "take", "keys"]


class Apply(Wire):
    """Write what is proposed: all of it, or these files, each whole (null) or these hunks."""

    do: Literal["apply"] = "apply"
    proposal: str = Field(default="", max_length=80)
    """The id of the proposal that is meant, so that no other is written."""
    picks: dict[str, list[int] | None] | None = None
    dry: bool = False
    """Only say whether it can be done."""


class Reject(Wire):
    """Write nothing of what is proposed."""

    do: Literal["reject"] = "reject"
    proposal: str = Field(default="", max_length=80)
    reason: str = Field(default="", max_length=4000)
    dry: bool = False
    """Only say whether it can be done."""


class Next(Wire):
    """Take the turn on by a step; `answer` is the person's to a question."""

    do: Literal["next"] = "next"
    answer: str | None = Field(default=None, max_length=4000)


class Ask(Wire):
    """A wish, without a cell."""

    do: Literal["ask"] = "ask"
    prompt: str = Field(max_length=200_000)


class Goto(Wire):
    """Bring back a version."""

    do: Literal["goto"] = "goto"
    number: int
    tree: str = Field(default="", max_length=80)
    """The tree of the version that is meant: a notebook may be older than the project's versions."""
    dry: bool = False
    """Only say whether it can be done."""


class VersionsOf(Wire):
    """Versions, newest first, those before number `before`."""

    do: Literal["versions"] = "versions"
    before: int | None = None


class DiffOf(Wire):
    """What changed from one version to another."""

    do: Literal["diff"] = "diff"
    older: int
    newer: int


class ProblemsOf(Wire):
    """What the stack's rules say; with `check` the project's checks as well."""

    do: Literal["problems"] = "problems"
    check: bool = False


class Complete(Wire):
    """What may stand after an `@`."""

    do: Literal["complete"] = "complete"
    before: str = Field(max_length=10_000)


class Settings(Wire):
    """How vly works from now on. `driving` says that a panel takes the turn on by itself."""

    do: Literal["set"] = "set"
    mode: Literal["run", "step", "review"] | None = None
    model: str | None = Field(default=None, max_length=200)
    driving: bool | None = None


class Queue(Wire):
    """The wishes that wait, all of them."""

    do: Literal["queue"] = "queue"
    prompts: list[Annotated[str, Field(max_length=200_000)]] = Field(max_length=50)


class SetKey(Wire):
    """Keep a key's value in the vault; one for the model is tried first."""

    do: Literal["set_key"] = "set_key"
    name: str = Field(max_length=128)
    value: SecretStr = Field(max_length=64_000)


class RemoveKey(Wire):
    """Take a key out of the vault."""

    do: Literal["remove_key"] = "remove_key"
    name: str = Field(max_length=128)


class PreviewOf(Wire):
    """The running app: how it stands, or start it, stop it, look at it now. `away` says that the browser
    isn't on the notebook's machine."""

    do: Literal["preview"] = "preview"
    act: Literal["state", "start", "stop", "look"] = "state"
    away: bool = False


class Attach(Wire):
    """A picture or a text that was pasted or dropped, as base64."""

    do: Literal["attach"] = "attach"
    name: str = Field(max_length=200)
    data: str = Field(max_length=8_000_000)


Request = Annotated[
    Hello
    | Refill
    | Plain
    | Apply
    | Reject
    | Next
    | Ask
    | Goto
    | VersionsOf
    | DiffOf
    | ProblemsOf
    | Complete
    | Settings
    | Queue
    | SetKey
    | RemoveKey
    | PreviewOf
    | Attach,
    Field(discriminator="do"),
]
