"""What a program prints, as a person would see it: freed of escapes, kept by head and tail."""

from __future__ import annotations

import asyncio
import codecs
import re
from collections import deque
from collections.abc import Callable
from typing import IO

CHUNK = 65_536  # bytes read at once; also the longest line kept in one piece
NOTICE = 64  # characters kept free for the line that tells of the cut

ESCAPE = re.compile(
    r"""(?x)
    (?: \x1b\[ | \x9b ) [0-?]* [\ -/]* [@-~]?          # colours, cursor
    | (?: \x1b[\]PX^_] | [\x90\x98\x9d-\x9f] ) [^\x07\x1b\x9c]* (?: \x07 | \x1b\\ | \x9c )?  # titles, links
    | \x1b [\ -/]* [0-~]?
    """
)
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # all but tab and newline


def plain(line: str) -> str:
    """One line as a person sees it in the end: escapes and controls gone, progress overwritten."""
    return CONTROL.sub("", ESCAPE.sub("", line).rstrip("\r").rsplit("\r", 1)[-1])


class TooMuch(Exception):
    """A program printed more than it may."""


class Capped:
    """Text that keeps its head and its tail, and counts what fell out between."""

    def __init__(self, limit: int) -> None:
        room = max(limit - NOTICE, 0)
        self._limit = limit
        self._head_room = room // 2
        self._tail_room = room - self._head_room
        self._all: list[str] = []  # everything, as long as it fits
        self._size = 0
        self._tail: deque[str] = deque()
        self._tail_size = 0

    def add(self, text: str) -> None:
        """Take more text in; what no longer fits falls out of the middle."""
        self._size += len(text)
        if self._size <= self._limit:
            self._all.append(text)
            return
        if not self._tail:  # it has just become too long
            text = "".join(self._all) + text
            self._all = [text[: self._head_room]]
            text = text[self._head_room :]
        self._tail.append(text)
        self._tail_size += len(text)
        while self._tail_size - len(self._tail[0]) >= self._tail_room and len(self._tail) > 1:
            self._tail_size -= len(self._tail.popleft())

    def _ends(self) -> tuple[str, str]:
        """Head and tail, cut at line ends where there are any."""
        head = "".join(self._all)
        rest = "".join(self._tail)
        tail = rest[max(len(rest) - self._tail_room, 0) :]
        if "\n" in head:
            head = head[: head.rindex("\n") + 1]
        if "\n" in tail[:-1]:
            tail = tail[tail.index("\n") + 1 :]
        return head, tail

    @property
    def cut(self) -> int:
        """How many characters are missing."""
        if self._size <= self._limit:
            return 0
        head, tail = self._ends()
        return self._size - len(head) - len(tail)

    @property
    def text(self) -> str:
        """What is left, at most `limit` characters, with one line where the middle was."""
        if self._size <= self._limit:
            return "".join(self._all)
        head, tail = self._ends()
        between = "" if head.endswith("\n") or not head else "\n"
        return f"{head}{between}[… {self.cut:,} characters left out …]\n{tail}"[: self._limit]


async def pump(
    source: IO[bytes], output: Capped, on_line: Callable[[str], None] | None, most: int | None = None
) -> None:
    """Read until nobody holds the other end; never keep more than a chunk and the capped text.

    Raises TooMuch after `most` bytes.
    """
    stream = asyncio.StreamReader(limit=CHUNK)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(stream), source
    )
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    pending, size = "", 0
    try:
        while data := await stream.read(CHUNK):
            size += len(data)
            if most is not None and size > most:
                raise TooMuch
            *lines, pending = (pending + decoder.decode(data)).split("\n")
            for line in map(plain, lines):
                output.add(line + "\n")
                if on_line is not None:
                    on_line(line)
            if len(pending) > CHUNK:  # a line without end, or progress that rewrites one line
                rewritten = "\r" in pending.rstrip("\r")
                pending = plain(pending)
                if not rewritten:
                    output.add(pending)
                    pending = ""
    finally:
        transport.close()
        output.add(plain(pending + decoder.decode(b"", final=True)))
    if on_line is not None and (last := plain(pending)):
        on_line(last)
