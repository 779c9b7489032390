"""ChatLog: the conversation about a project as the panel shows it, kept in `.vly/chat.jsonl`.

A page that is loaded anew, or a kernel that is started again, fills the panel from here. The
file is the owner's only, one entry a line, cut down when it grows large.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from vly_nb.notebook.protocol import ENTRY, AnyEntry, Page
from vly_nb.project.state import own_state

NAME = "chat.jsonl"
BIGGEST = 16_000_000  # bytes, of which the newer half is kept
PAGE = 60  # entries sent at once


class ChatLog:
    """Entries in order; `root` is the project's folder, None where there is none to keep them."""

    def __init__(self, root: Path | None = None) -> None:
        self._entries: OrderedDict[str, AnyEntry] = OrderedDict()
        self._file = None if root is None else own_state(root) / NAME
        self._last = 0
        for line in self._lines():
            with suppress(ValidationError):
                self._note(ENTRY.validate_json(line))

    def add(self, entry: AnyEntry) -> AnyEntry:
        """Number an entry and keep it; one with a known key takes that one's place."""
        before = self._entries.get(entry.key) if entry.key else None
        entry = entry.model_copy(update={"n": before.n if before else self._last + 1})
        self._note(entry)
        if self._file is not None:
            with suppress(OSError):  # a full disk must not end a turn
                self._write(entry.model_dump_json(by_alias=True).encode() + b"\n")
        return entry

    def page(self, before: int | None = None) -> Page:
        """The newest entries, or those before a number."""
        every = [entry for entry in self._entries.values() if before is None or entry.n < before]
        return Page(entries=every[-PAGE:], more=len(every) > PAGE)

    def _note(self, entry: AnyEntry) -> None:
        self._last = max(self._last, entry.n)
        self._entries[entry.key or f"n{entry.n}"] = entry

    def _lines(self) -> list[bytes]:
        if self._file is None:
            return []
        try:
            with os.fdopen(os.open(self._file, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
                data = file.read()
        except OSError:
            return []
        if len(data) > BIGGEST:
            data = data[-BIGGEST // 2 :].partition(b"\n")[2]
            fresh = self._file.with_name(f"{NAME}.new")
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
                self._write(data, fresh)
                fresh.replace(self._file)
        return data.splitlines()

    def _write(self, data: bytes, to: Path | None = None) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW
        with os.fdopen(os.open(to or self._file or "", flags, 0o600), "ab") as file:
            file.write(data)
