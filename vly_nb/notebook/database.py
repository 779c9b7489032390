"""Database: `%vly db`: tables, rows page by page, the schema's picture, single documents."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from vly_nb.backend.backend import MOST_ROWS, Page
from vly_nb.backend.embedded import Embedded
from vly_nb.backend.picture import described, picture
from vly_nb.backend.schema import tables_of
from vly_nb.errors import VlyError
from vly_nb.notebook.backending import used
from vly_nb.notebook.commands import DB
from vly_nb.notebook.desk import Desk
from vly_nb.notebook.lines import shown, split, suggestion
from vly_nb.notebook.render import quiet
from vly_nb.notebook.tables import table, when

ID = re.compile(r"[a-z0-9]{31,37}|\d{20,}\w+")
CELL = 120  # characters of a value that are shown
FRAME = "df"
VERBS = ("set", "delete", "add")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a `%vly db` line asks for."""

    words: Sequence[str] = ()
    limit: int = 20
    offset: int = 0
    where: Mapping[str, Any] = field(default_factory=dict)
    schema: bool = False
    frame: bool = False


async def db(desk: Desk, rest: str) -> None:
    """Tables, or rows of one, or the schema, or a change of one document."""
    asked = asked_of(rest)
    if asked.schema:
        await schema(desk, asked)
    elif asked.words and asked.words[0] in VERBS:
        await edit(desk, asked.words)
    elif asked.words:
        await rows(desk, asked)
    else:
        await tables(desk)


def asked_of(rest: str) -> Asked:
    """The words and options of a line. Raises VlyError with what is wrong."""
    words: list[str] = []
    numbers = {"--limit": 20, "--offset": 0}
    where: dict[str, Any] = {}
    flags = set()
    left = iter(split(rest))
    for word in left:
        name, equals, value = word.partition("=")
        if name in numbers:
            numbers[name] = _number(name, value if equals else next(left, ""))
        elif name == "--where":
            key, same, text = (value if equals else next(left, "")).partition("=")
            if not same:
                raise VlyError("--where needs a field and a value.", "For example: --where name=Ada")
            where[key] = value_of(text)
        elif word in ("--schema", "--df"):
            flags.add(word)
        elif word.startswith("--"):
            raise VlyError(f"There is no option {shown(word)}.", suggestion(word, DB, "%vly db TABLE {}"))
        else:
            words.append(word)
    if len(words) > 1 and words[0] not in VERBS:
        raise VlyError("One table at a time.", "For example: %vly db users --limit 20")
    return Asked(words, numbers["--limit"], numbers["--offset"], where, "--schema" in flags, "--df" in flags)


def _number(name: str, text: str) -> int:
    if not text.isdecimal() or not int(text) <= (MOST_ROWS if name == "--limit" else 10**9):
        raise VlyError(f"{name} needs a number, and shows up to {MOST_ROWS} rows.", f"For example: {name} 50")
    return int(text)


def value_of(text: str) -> Any:
    """What a person means by a value: JSON where it is some (`3`, `true`, `"3"`), else the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text


async def tables(desk: Desk) -> None:
    """All tables, and how many rows each has."""
    backend = await used(desk)
    found = await desk.engine.call(backend.tables())
    rows = [(one.name, "" if one.rows is None else f"{one.rows:,}") for one in found]
    if rows:
        desk.outputs.show(table(rows, ["table", "rows"], f"Database ({backend.name})"))
    else:
        desk.outputs.say(f"The {backend.name} has no tables yet.")


async def rows(desk: Desk, asked: Asked) -> None:
    """Rows of a table: a page, and how the next one is asked for."""
    backend = await used(desk)
    name = asked.words[0]
    page = await desk.engine.call(
        backend.rows(name, limit=asked.limit, offset=asked.offset, where=asked.where)
    )
    if asked.frame:
        _frame(desk, page)
        return
    if not page.rows:
        fits = " that fits" if asked.where or asked.offset else ""
        desk.outputs.say(f"{name} has no row{fits}.")
        return
    names = columns(page.rows)
    end = asked.offset + len(page.rows)
    total = "" if page.total is None else f" of {page.total:,}"
    title = f"{name} ({backend.name}), rows {asked.offset + 1} to {end}{total}"
    bundle = table([[cell(row.get(one), one) for one in names] for row in page.rows], names, title, is_id)
    if page.total is None or end < page.total:
        filters = "".join(f" --where {key}={json.dumps(value)}" for key, value in asked.where.items())
        more = f"More: %vly db {name} --limit {asked.limit} --offset {end}{filters}"
        bundle["text/html"] += quiet(escape(more))
        bundle["text/plain"] += f"\n{more}"
    desk.outputs.show(bundle)


def columns(found: Sequence[Mapping[str, Any]]) -> list[str]:
    """The fields of some rows: the id first, the time of making last."""
    every = dict.fromkeys(name for row in found for name in row)
    own = [name for name in every if name not in ("_id", "_creationTime")]
    return [name for name in ("_id", *own, "_creationTime") if name in every]


def is_id(text: str) -> bool:
    """Whether it looks like a document's id: Convex's own, or the stand-in's."""
    return ID.fullmatch(text) is not None


def cell(value: Any, field: str = "") -> str:
    """A value in few letters."""
    if field == "_creationTime" and isinstance(value, int | float):
        with suppress(OverflowError, ValueError, OSError):  # it needn't be a time that there is
            return when(datetime.fromtimestamp(value / 1000, UTC), datetime.now(UTC))
    text = value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= CELL else text[: CELL - 1] + "…"


def _frame(desk: Desk, page: Page) -> None:
    """The rows as a DataFrame named `df`, freed of the keys that vly knows."""
    if find_spec("pandas") is None:
        raise VlyError(
            "pandas isn't installed in this kernel.", "Use `%pip install pandas`, or leave --df out."
        )
    clean = desk.mounted.keys.clean
    found = [
        {name: clean(one) if isinstance(one, str) else one for name, one in row.items()} for row in page.rows
    ]
    frame = import_module("pandas").DataFrame(found, columns=columns(page.rows) or None)
    desk.shell.user_ns[FRAME] = frame
    desk.outputs.show({"text/html": frame.to_html(max_rows=30, max_cols=20), "text/plain": str(frame)})
    desk.outputs.say(f"It is in `{FRAME}`: {len(frame)} rows.")


async def schema(desk: Desk, asked: Asked) -> None:
    """The schema as a picture; in words where pictures aren't shown."""
    backend = await used(desk)
    exported = await desk.engine.call(backend.schema())
    found = tables_of(exported) if exported else []
    wanted = [one for one in found if not asked.words or one.name in asked.words]
    if not wanted:
        desk.outputs.say(
            "The app has no schema." if not found else f"The schema has no table {asked.words[0][:60]}."
        )
        return
    desk.outputs.show({"image/svg+xml": picture(wanted), "text/plain": described(wanted)})


async def edit(desk: Desk, words: Sequence[str]) -> None:
    """Add, change or delete one document of the stand-in."""
    verb, *left = words
    backend = await used(desk)
    if not isinstance(backend, Embedded):
        raise VlyError("Documents are edited on the stand-in only.", "For a deployment use its dashboard.")
    if not left or (verb != "delete" and len(left) < 2) or (verb == "delete" and len(left) > 1):
        raise VlyError(
            f"%vly db {verb} needs more.",
            "For example: %vly db set ID name=Ada; %vly db add users name=Ada; %vly db delete ID",
        )
    fields = dict(_field(word) for word in left[1:])
    body: dict[str, Any] = {"table": left[0], "fields": fields} if verb == "add" else {"id": left[0]}
    if verb == "set":
        body["fields"] = fields
    done = await desk.engine.call(backend.ask("document", **body))
    desk.outputs.say(
        {"add": f"Added {done}.", "set": f"Changed {left[0]}.", "delete": f"Deleted {left[0]}."}[verb]
    )


def _field(word: str) -> tuple[str, Any]:
    name, equals, value = word.partition("=")
    if not equals:
        raise VlyError(f"{shown(word)} is no field and value.", "For example: name=Ada")
    return name, value_of(value)
