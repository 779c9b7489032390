"""Functions: `%vly run` and `%vly seed`: the app's own functions, on the backend that is used."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from vly_nb.backend.backend import Backend, Ran
from vly_nb.backend.embedded import Embedded
from vly_nb.errors import VlyError
from vly_nb.notebook.backending import used
from vly_nb.notebook.desk import Desk
from vly_nb.notebook.lines import split
from vly_nb.notebook.tables import table

SEEDS = ("seed:run", "seed:default", "seed:seed", "seed:seedData", "seed:seedDatabase")
LONGEST = 20_000  # characters of an answer that are shown


async def run(desk: Desk, rest: str) -> None:
    """Run a function of the app."""
    function, _, words = rest.partition(" ")
    if not function:
        raise VlyError("Which function?", "For example: %vly run tasks:list '{}'")
    await ran(desk, function, arguments_of(words))


def arguments_of(words: str) -> dict[str, Any]:
    """The arguments of a call: JSON, in quotes or not. Raises VlyError."""
    text = words.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1]
    try:
        found = json.loads(text or "{}")
    except ValueError as error:
        raise VlyError(
            f"The arguments are no JSON: {error}.", """For example: '{"title": "Milk"}'"""
        ) from None
    if not isinstance(found, dict):
        raise VlyError("The arguments are an object.", """For example: '{"title": "Milk"}'""")
    return found


async def ran(desk: Desk, function: str, arguments: Mapping[str, Any]) -> Ran:
    """Run it and show what it answered and logged."""
    name = plain_name(function)
    backend = await used(desk)
    done = await desk.engine.call(backend.run(name, arguments))
    show(desk, backend, name, done)
    return done


def show(desk: Desk, backend: Backend, name: str, done: Ran) -> None:
    """What a function answered and logged."""
    text = json.dumps(done.value, ensure_ascii=False, indent=2)[:LONGEST]
    title = f"{name} ({backend.name})"
    log = "".join(f"\n{line}" for line in done.lines)
    html = f"<div><b>{escape(title)}</b></div><pre>{escape(text)}{escape(log)}</pre>"
    desk.outputs.show({"text/html": html, "text/plain": f"{title}\n{text}{log}"})


def plain_name(function: str) -> str:
    """A function as the CLI takes it, `api.tasks.list` or `tasks.ts:list`, as `tasks:list`."""
    head, *parts = function.split(".")
    if head in ("api", "internal") and len(parts) > 1:
        return f"{'/'.join(parts[:-1])}:{parts[-1]}"
    return function


async def seed(desk: Desk, rest: str) -> None:
    """Run the app's seed function."""
    words = split(rest)
    backend = await used(desk)
    sown = await sow(desk, backend, plain_name(words[0]) if words else "")
    show(desk, backend, sown.function, sown.done)
    if sown.added:
        rows = [(name, str(count), f"+{more}") for name, count, more in sown.added]
        desk.outputs.show(table(rows, ["table", "rows", "added"]))


@dataclass(frozen=True, slots=True)
class Sown:
    """What a seed function did: `added` has each table that grew, its rows now, and how many are new."""

    function: str
    done: Ran
    added: tuple[tuple[str, int, int], ...]


async def sow(desk: Desk, backend: Backend, function: str = "") -> Sown:
    """Run a seed function, the app's own when none is named. Raises VlyError."""
    function = function or await _seed_function(desk, backend)
    before = {one.name: one.rows or 0 for one in await desk.engine.call(backend.tables())}
    done = await desk.engine.call(backend.run(function, {}))
    after = {one.name: one.rows or 0 for one in await desk.engine.call(backend.tables())}
    added = tuple(
        (name, count, count - before.get(name, 0))
        for name, count in after.items()
        if count > before.get(name, 0)
    )
    return Sown(function, done, added)


async def _seed_function(desk: Desk, backend: Backend) -> str:
    if not isinstance(backend, Embedded):
        return SEEDS[0]
    told = await desk.engine.call(backend.ask("status"))
    names = [one["name"] for one in told["functions"] if one["type"] == "mutation"]
    found = next((name for name in SEEDS if name in names), "")
    found = found or next((name for name in names if name.rpartition("/")[2].startswith("seed:")), "")
    if not found:
        raise VlyError(
            "The app has no seed function.",
            "Ask vly for one (an internal mutation `run` in seed.ts), or name it: %vly seed MODULE:FUNCTION",
        )
    return found
