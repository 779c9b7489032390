"""Deployment: a real Convex backend, called directly with the key that the person gave.

One that people use (production) is read-only: nothing that vly does changes it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from vly_nb.backend.backend import MOST_ROWS, BackendError, Page, Ran, Table
from vly_nb.backend.calling import Line

MOST_READ = 10_000  # rows that are looked through for a `where`


class Deployment:
    """A deployment as a Backend."""

    def __init__(self, name: str, url: str, key: str, *, production: bool) -> None:
        self.name = name
        self.url = url
        self.read_only = production
        self._line = Line(url, key)

    async def tables(self) -> Sequence[Table]:
        """Its tables; how many rows each has isn't asked, since that reads them all."""
        found = await self._pages("_system/cli/tables", {}, MOST_READ)
        return [Table(str(one["name"]), None) for one in sorted(found, key=lambda one: str(one["name"]))]

    async def rows(
        self, table: str, *, limit: int = 20, offset: int = 0, where: Mapping[str, Any] | None = None
    ) -> Page:
        """Rows of a table. With `where` the first 10,000 rows are looked through."""
        if table not in {one.name for one in await self.tables()}:
            raise BackendError(f"There is no table {table[:60]!r}.", "See `%vly db`.")
        wanted = MOST_READ if where else offset + min(limit, MOST_ROWS)
        found = await self._pages("_system/cli/tableData", {"table": table, "order": "asc"}, wanted)
        fitting = [
            row for row in found if all(field(row, name) == value for name, value in (where or {}).items())
        ]
        total = len(fitting) if len(found) < wanted else None
        return Page(fitting[offset : offset + min(limit, MOST_ROWS)], total)

    async def run(self, function: str, arguments: Mapping[str, Any]) -> Ran:
        """Call a function; on a production deployment none is called, since only its code knows what it
        changes."""
        if self.read_only:
            raise BackendError(
                f"{self.name} is a production deployment: vly only reads it.",
                "Use another one, or the stand-in: `%vly backend embedded`.",
            )
        return await self._line.call(function, arguments)

    async def schema(self) -> Mapping[str, Any] | None:
        """What is deployed now."""
        answer = (await self._line.call("_system/frontend/getSchemas", {})).value
        active = answer.get("active") if isinstance(answer, dict) else None
        return parsed_schema(active)

    async def _pages(self, function: str, arguments: Mapping[str, Any], most: int) -> list[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = []
        cursor = None
        while len(found) < most:
            options = {"cursor": cursor, "numItems": float(min(MOST_ROWS, most - len(found)))}
            page = (await self._line.call(function, {**arguments, "paginationOpts": options})).value
            if not isinstance(page, dict) or not isinstance(page.get("page"), list):
                raise BackendError("The backend answered something else than rows.", "See `%vly backend`.")
            found += [row for row in page["page"] if isinstance(row, dict)]
            cursor = page.get("continueCursor")
            if page.get("isDone", True):
                break
        return found


def field(row: Mapping[str, Any], path: str) -> Any:
    """A row's field, `a.b` for one within another; None when it isn't there."""
    at: Any = row
    for part in path.split("."):
        at = at.get(part) if isinstance(at, Mapping) else None
    return at


def parsed_schema(told: Any) -> Mapping[str, Any] | None:
    """A schema as a backend tells it: an object, or JSON of one."""
    if isinstance(told, str):
        told = _json(told)
    return told if isinstance(told, dict) and isinstance(told.get("tables"), list) else None


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
