"""The kernel's end of a run: the plan out, how it ended back. The other end is `sandbox.keeper`."""

from __future__ import annotations

import asyncio
import json
import socket
from dataclasses import dataclass
from typing import Any

LONGEST = 1 << 20  # bytes of one answer
PATIENCE = 30.0  # seconds for a tree to be gone, which takes half of one


class NotStarted(OSError):
    """A program couldn't be started; `stage` is its place in the pipeline."""

    def __init__(self, stage: int, number: int) -> None:
        super().__init__(number, "")
        self.stage = stage


class Lost(Exception):
    """The helper was killed; the warden has ended what it had started."""


@dataclass(frozen=True, slots=True)
class Ended:
    """Every program's code, as the system has it, and which limit ended them ("" for none)."""

    codes: tuple[int, ...]
    why: str


class Kept:
    """One run in a keeper's hands."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def of(cls, run: socket.socket, plan: dict[str, Any]) -> Kept:
        """Send the plan to whom the other end was given."""
        try:
            run.setblocking(False)
            kept = cls(*await asyncio.open_connection(sock=run, limit=LONGEST))
        except BaseException:
            run.close()
            raise
        kept._writer.write(json.dumps(plan).encode() + b"\n")
        return kept

    async def ended(self) -> Ended:
        """Wait for the programs, not for daemons they leave. Raises NotStarted, Lost."""
        try:
            line = await self._reader.readline()
        except ConnectionError:
            line = b""
        if not line:
            raise Lost
        told = json.loads(line)
        if "failed" in told:
            raise NotStarted(told["failed"], told["errno"])
        return Ended(tuple(told["codes"]), told["why"])

    async def stop(self) -> None:
        """End all there is, and wait until it is gone; faster when cancelled meanwhile."""
        gone = asyncio.ensure_future(self._gone())
        try:
            self._say(b"stop\n")
            await asyncio.wait({asyncio.shield(gone)}, timeout=PATIENCE)
        except asyncio.CancelledError:
            self._say(None)
            await asyncio.wait({gone}, timeout=PATIENCE)
            raise
        finally:
            gone.cancel()
            self._writer.close()

    def _say(self, word: bytes | None) -> None:
        try:
            if word is None:
                self._writer.write_eof()
            else:
                self._writer.write(word)
        except (OSError, RuntimeError):
            pass  # it is gone already

    async def _gone(self) -> None:
        try:
            while await self._reader.read(LONGEST):
                pass
        except OSError:
            pass
