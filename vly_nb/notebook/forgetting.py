"""Forgetting: a cell that held a key, taken out of what IPython keeps of it.

IPython keeps every cell's text, in memory (`In`, `_i3`) and in a database on the disk. The cell itself
is the person's to clear: it belongs to the front end.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

GONE = "# this cell held a key and is forgotten here; clear it in the notebook too"


def forget_cell(shell: InteractiveShell) -> None:
    """Replace the running cell's text in the shell's history."""
    history: Any = shell.history_manager
    number = _running(shell) if history is not None else None
    if number is None:
        return
    history.input_hist_parsed[number] = history.input_hist_raw[number] = history._i00 = GONE
    shell.user_ns |= {"_i": GONE, f"_i{number}": GONE}
    with history.db_input_cache_lock:  # held while the history is written out, too
        history.db_input_cache = [
            (line, GONE, GONE) if line == number else (line, *texts)
            for line, *texts in history.db_input_cache
        ]
        with suppress(sqlite3.Error, AttributeError), history.db:
            history.db.execute("PRAGMA secure_delete = ON")
            history.db.execute(
                "UPDATE history SET source = ?, source_raw = ? WHERE session = ? AND line = ?",
                (GONE, GONE, history.session_number, number),
            )


def _running(shell: Any) -> int | None:
    """The running cell's number: the newest one kept, if it is kept (a front end may ask that it isn't)."""
    kept = shell.history_manager.input_hist_raw
    number = len(kept) - 1
    if hasattr(shell, "get_parent"):
        code = shell.get_parent().get("content", {}).get("code", "")
        return number if number > 0 and kept[number] == code.rstrip("\n") else None
    return number if number > 0 else None
