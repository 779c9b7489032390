"""read_database, run_function: the app's data, as the model may know it."""

from __future__ import annotations

import json
import re
from typing import Any

from vly_nb.backend.backend import Backend, BackendError, FunctionFailed
from vly_nb.errors import ToolError
from vly_nb.tools.tool import Effect, Outcome, tool
from vly_nb.tools.workbench import Workbench

OFF = "No backend runs; only the person starts one (`%vly backend embedded`). Go on without it."
MOST_ROWS, MOST_CHARACTERS, LONGEST = 50, 20_000, 300
SECRET = re.compile(r"(?i)secret|token|passw|hash|verifier|signature|api_?key|^code$")
"""Fields whose values are kept from the model, whatever they are."""
FUNCTION = re.compile(r"[\w./-]{1,200}(?::\w{1,100})?")


async def read_database(
    bench: Workbench, table: str = "", limit: int = 10, where: dict[str, Any] | None = None
) -> Outcome:
    """Look at the app's data: without a table, which there are; with one, its first rows.

    `where` maps a field to the value it must have.
    """
    backend = _there(bench)
    try:
        if not table:
            tables = await backend.tables()
            words = "\n".join(f"{one.name}: {'?' if one.rows is None else one.rows} rows" for one in tables)
            return Outcome(words or "There are no tables.", line=f"{len(tables)} tables", foreign=True)
        page = await backend.rows(table, limit=max(1, min(limit, MOST_ROWS)), where=where or {})
    except BackendError as error:
        raise ToolError(str(error)) from None
    lines = [json.dumps(kept_back(row), ensure_ascii=False) for row in page.rows]
    total = "" if page.total is None else f" of {page.total}"
    head = f"{len(lines)}{total} rows of {table} ({backend.name})"
    return Outcome(_cut("\n".join([head, *lines])), line=head, foreign=True)


async def run_function(bench: Workbench, function: str, arguments: dict[str, Any] | None = None) -> Outcome:
    """Run one of the app's Convex functions, such as `seed:run`, and see what it answers and logs.

    What it writes stays written: for trying things out use a function that only reads.
    """
    if not FUNCTION.fullmatch(function):
        raise ToolError("`function` is a module and a function, such as `tasks:list`.")
    backend = _there(bench)
    if backend.read_only:
        raise ToolError("That is a production deployment, which is only read. Nothing was run.")
    try:
        ran = await backend.run(function, arguments or {})
    except FunctionFailed as error:
        return Outcome(_cut(str(error)), failed=True, line=f"{function} failed", foreign=True)
    except BackendError as error:
        raise ToolError(str(error)) from None
    words = json.dumps(kept_back(ran.value), ensure_ascii=False, indent=1)
    log = "\n".join(["It logged:", *ran.lines]) if ran.lines else ""
    return Outcome(_cut("\n".join(filter(None, (words, log)))), line=f"ran {function}", foreign=True)


def kept_back(value: Any) -> Any:
    """A value with what looks like a secret by its name taken out, and long texts cut."""
    if isinstance(value, dict):
        return {
            name: "⟨kept back⟩" if SECRET.search(str(name)) and one is not None else kept_back(one)
            for name, one in value.items()
        }
    if isinstance(value, list):
        return [kept_back(one) for one in value]
    if isinstance(value, str) and len(value) > LONGEST:
        return f"{value[:LONGEST]}… ({len(value)} characters)"
    return value


def _there(bench: Workbench) -> Backend:
    found = bench.backends.there() if bench.backends else None
    if found is None:
        raise ToolError(OFF)
    return found


def _cut(text: str) -> str:
    return text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]}\n… (cut; ask for fewer rows)"


READ = tool(
    read_database, effect=Effect.ACT, line=lambda a: f"reading {str(a.get('table') or 'the tables')[:60]}"
)
RUN = tool(run_function, effect=Effect.ACT, line=lambda a: f"running {str(a.get('function', ''))[:60]}")
