"""Backend: the database and the functions of an app, wherever they are.

    backend = await embedded.start()         # the stand-in, or Deployment(…)
    await backend.tables()                   # [Table("tasks", 5), …]
    await backend.rows("tasks", limit=20)    # Page(rows, total)
    await backend.run("seed:run", {})        # Ran(value, lines)

Values are Convex's JSON: `{"$integer": …}` for what JSON has no word for.
https://docs.convex.dev/database/types
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from vly_nb.errors import VlyError

STAND_IN = "stand-in"
"""What the embedded backend is called wherever it shows."""

MOST_ROWS = 1000  # of one page


class BackendError(VlyError):
    """The backend can't be used, or not so."""


class Unreachable(BackendError):
    """Nobody answers at its address."""


class FunctionFailed(BackendError):
    """A function of the app threw, or isn't there; the message is the backend's own."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table. `rows` is how many it has, None where that isn't known without reading all."""

    name: str
    rows: int | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a table. `total` is how many fit in all, None where that isn't known."""

    rows: Sequence[Mapping[str, Any]]
    total: int | None


@dataclass(frozen=True, slots=True)
class Ran:
    """What a function answered, and the lines that it logged."""

    value: Any
    lines: Sequence[str]


class Backend(Protocol):
    """See the module's top. Every method raises BackendError with a sentence."""

    @property
    def name(self) -> str:
        """What it is called: "stand-in", or the deployment's host."""
        ...

    @property
    def url(self) -> str:
        """Where clients find it."""
        ...

    @property
    def read_only(self) -> bool:
        """Nothing may be changed in it: people use it."""
        ...

    async def tables(self) -> Sequence[Table]:
        """Its tables, by name."""
        ...

    async def rows(
        self, table: str, *, limit: int = 20, offset: int = 0, where: Mapping[str, Any] | None = None
    ) -> Page:
        """Rows of a table, oldest first; `where` maps a field (`a.b` for one within) to its value."""
        ...

    async def run(self, function: str, arguments: Mapping[str, Any]) -> Ran:
        """Call a function, also an internal one. Raises FunctionFailed."""
        ...

    async def schema(self) -> Mapping[str, Any] | None:
        """The schema as Convex exports it (`{"tables": […]}`); None when the app has none."""
        ...
