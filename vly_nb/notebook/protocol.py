"""Protocol: what the panel and the kernel say to each other, over a comm or a widget.

The panel sends a Request and gets a Reply with the same `id`; the kernel sends an Update, at most
some thirty a second, whenever there is news. `labextension/src/protocol.ts` is printed from these
classes. Strings are safe to show as text; `html` is clean, and the panel cleans it again.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from vly_nb.notebook.requests import Request
from vly_nb.notebook.wire import ChangeData, DiagnosticData, StepData, UsageData, Wire

PROTOCOL = 1
TARGET = "vly"
"""The name of the comm's target."""


class Envelope(Wire):
    """A request and its number."""

    id: int
    request: Request


# -- the conversation --------------------------------------------------------------


class Entry(Wire):
    """Something in the conversation. `n` counts up; one with a `key` seen before replaces that one."""

    n: int = 0
    key: str = ""
    run: str = ""
    """Which mounting of the project it belongs to: turns count from 1 in each."""


class Asked(Entry):
    """A wish."""

    kind: Literal["asked"] = "asked"
    turn: int
    prompt: str
    when: str


class Said(Entry):
    """Something to know."""

    kind: Literal["notice"] = "notice"
    text: str
    hint: str = ""
    bad: bool = False


class Stepped(Entry):
    """A step, complete or waiting."""

    kind: Literal["step"] = "step"
    data: StepData
    html: str = ""
    """What the model said beyond the title."""


class Fact(Wire):
    """A line of a turn's closing; commands stand between backticks."""

    label: str
    words: str


class Ended(Entry):
    """A turn's end."""

    kind: Literal["ended"] = "ended"
    turn: int
    good: bool
    title: str
    notes: list[str] = Field(default_factory=list)
    html: str = ""
    """The answer."""
    facts: list[Fact] = Field(default_factory=list)
    start: int
    head: int
    spent: str = ""


AnyEntry = Annotated[Asked | Said | Stepped | Ended, Field(discriminator="kind")]


class Live(Wire):
    """The step under way."""

    step: int
    doing: str
    line: str = ""
    """The last line of what a program says."""
    log: list[str] = Field(default_factory=list)
    seconds: float = 0.0
    size: int = 0
    """How much the model has said, in UTF-16 units as a browser counts: what `grew` ends at."""


# -- what the kernel says ------------------------------------------------------------


class State(Wire):
    """Where things stand."""

    run: str = ""
    """Which mounting this is: the `run` of its entries."""
    told: int = 0
    """How many updates were sent so far: a server may drop some, and then the panel is filled anew."""
    project: str | None = None
    stack: str = ""
    folder: str = ""
    """The project's folder, relative to where the kernel was started; "" when it lies elsewhere."""
    mode: Literal["run", "step", "review"] = "run"
    model: str = ""
    models: list[str] = Field(default_factory=list)
    only: list[str] = Field(default_factory=list)
    tape: bool = False
    version: int = 0
    versions: int = 0
    undo: bool = False
    redo: bool = False
    running: bool = False
    cell: bool = False
    """A cell runs, so that no other can."""
    turn: int = 0
    open: bool = False
    """The turn can be taken on."""
    waiting: Literal["proposal", "question"] | None = None
    driving: bool = False
    queue: list[str] = Field(default_factory=list)
    key: Literal["set", "missing", "refused"] = "set"
    """Whether there is a way to reach a model; "refused": the endpoint didn't accept the key."""
    endpoint: str = ""
    """The host that a key is sent to, where that isn't the provider's own."""
    spent: str = ""


class Page(Wire):
    """A piece of the conversation, oldest first."""

    kind: Literal["page"] = "page"
    entries: list[AnyEntry]
    more: bool
    live: Live | None = None
    words: str = ""
    """What the step under way has said so far."""


class Welcome(Wire):
    """The answer to hello."""

    kind: Literal["welcome"] = "welcome"
    protocol: int = PROTOCOL
    version: str
    state: State
    page: Page


class VersionData(Wire):
    """A version."""

    number: int
    label: str
    kind: str
    when: str
    files: list[str] = Field(default_factory=list)
    restores: int | None = None


class VersionList(Wire):
    """Versions, newest first."""

    kind: Literal["versions"] = "versions"
    head: int
    versions: list[VersionData]
    more: bool


class DiffData(Wire):
    """What changed between two versions."""

    kind: Literal["diff"] = "diff"
    older: int
    newer: int
    changes: list[ChangeData]
    left_out: int = 0


class ProblemList(Wire):
    """Complaints about the project as it is."""

    kind: Literal["problems"] = "problems"
    found: list[DiagnosticData]
    known: int = 0
    checks: list[str] = Field(default_factory=list)


class CostRow(Wire):
    """What a turn used."""

    turn: int
    prompt: str
    usage: UsageData
    words: str


class CostData(Wire):
    """What was used so far."""

    kind: Literal["cost"] = "cost"
    rows: list[CostRow]
    words: str


class Completion(Wire):
    """Something that may stand in place of the fragment."""

    text: str
    kind: str


class Completions(Wire):
    """What may stand after an `@`."""

    kind: Literal["completions"] = "completions"
    fragment: str
    items: list[Completion]


class KeyData(Wire):
    """A key by its name. `where` says in words where it is, "" when it is missing."""

    name: str
    where: str = ""
    kept: bool = False
    """It is in the vault, and can be taken out."""


class KeyList(Wire):
    """Names of keys; never their values. `notes` are what a person should know of them."""

    kind: Literal["keys"] = "keys"
    keys: list[KeyData]
    notes: list[str] = Field(default_factory=list)


class Taken(Wire):
    """The wish that was first in the queue."""

    kind: Literal["taken"] = "taken"
    prompt: str | None


class Attached(Wire):
    """How a wish names what was attached."""

    kind: Literal["attached"] = "attached"
    mention: str


class MailData(Wire):
    """A mail that the stand-in kept instead of sending it. `code` is "" where none was seen in it."""

    to: str
    subject: str
    code: str


class PreviewData(Wire):
    """How the running app stands, and what is wrong with it. `source` is where a frame finds it; `mails`
    are the newest, newest first, and null where no stand-in runs that people sign in to."""

    kind: Literal["preview"] = "preview"
    state: Literal["off", "starting", "up", "failed"]
    source: str = ""
    url: str = ""
    note: str = ""
    found: list[DiagnosticData] = Field(default_factory=list)
    mails: list[MailData] | None = None


Data = Annotated[
    Welcome
    | Page
    | VersionList
    | DiffData
    | ProblemList
    | CostData
    | Completions
    | KeyList
    | Taken
    | PreviewData
    | Attached,
    Field(discriminator="kind"),
]


class Trouble(Wire):
    """What is wrong, and what to do next."""

    message: str
    hint: str = ""


class Reply(Wire):
    """The answer to the request of that number; the state is as it is afterwards."""

    kind: Literal["reply"] = "reply"
    id: int
    error: Trouble | None = None
    data: Data | None = None
    state: State | None = None


class Update(Wire):
    """News. `grew` goes to the end of what the step under way said, which then has `live.size`."""

    kind: Literal["update"] = "update"
    number: int = 0
    """Counts up."""
    entries: list[AnyEntry] = Field(default_factory=list)
    grew: str = ""
    live: Live | None = None
    state: State | None = None


ENVELOPE: TypeAdapter[Envelope] = TypeAdapter(Envelope)
ENTRY: TypeAdapter[Any] = TypeAdapter(AnyEntry)
