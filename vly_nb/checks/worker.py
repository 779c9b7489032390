"""Worker: a program of ours with the project's own code in it, kept warm to answer again and again.

    worker = Worker(project, "the type worker", lambda: ["node", "types.mjs", root], readable=[HOST])
    told = await worker.ask(60)          # {"code": 0, "output": ""}
    await worker.close()

It is started when it is first asked, in the project's box: no network, no keys, nothing to write. It is a
child of this process and ends with it. One line of JSON goes in, one comes out; since the project's code
runs in it, what comes out may be anything. It is started anew after it ended, and when something moved
that it has read once and for all (`DEPENDS`), or a file with keys did. After three failures in a row it
stays off until one of these moves.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

from vly_nb.errors import ProgramError
from vly_nb.process_output import plain
from vly_nb.processes import talking
from vly_nb.project.confine import Reach
from vly_nb.project.project import Project
from vly_nb.sandbox.sandbox import After, Limits, Look, Tier

HOST = Path(__file__).parent / "host"
LONGEST = 4 << 20  # bytes of one answer
MOST_FAILURES = 3
LIMITS = Limits(memory=3 << 30, processes=50, file_size=1 << 20)
DEPENDS = (
    "package.json",
    "convex.json",
    "pnpm-lock.yaml",
    "package-lock.json",
    "yarn.lock",
    "node_modules/.modules.yaml",
    "node_modules/.package-lock.json",
    "node_modules/typescript",
    "node_modules/typescript/package.json",
    "node_modules/convex/package.json",
)
"""Files that say what is installed, and how it is loaded."""

READ = (".json", ".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")

Marks = tuple[tuple[str, int, int, int], ...]


class Unanswered(Exception):
    """There is no answer; why, as the end of a sentence."""


class Worker:
    """See the module's top. `what` names it in a sentence ("the type worker")."""

    def __init__(
        self, project: Project, what: str, argv: Callable[[], Sequence[str]], readable: Sequence[Path]
    ) -> None:
        self._project = project
        self._what = what
        self._argv = argv
        self._readable = tuple(readable)
        self._stack: AsyncExitStack | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._talk: tuple[asyncio.StreamReader, asyncio.StreamWriter]
        self._look: Look
        self._beside: Sequence[Path] = ()  # folders in which what is replaced can't be read any more
        self._marks: Marks = ()
        self._numbers = count(1)
        self._failures = 0
        self._asking = asyncio.Lock()
        self._why = ""

    @property
    def why(self) -> str:
        """Why it is off; "" when it isn't, or something moved since."""
        return self._why if self._why and self._now() == self._marks else ""

    async def ask(self, patience: float) -> dict[str, Any]:
        """Its answer on the project as it is now, within so many seconds.

        Raises Unanswered: it is off, ended, said nothing in time, or nothing that can be read.
        """
        async with self._asking:
            await self._fresh()
            if self._why:
                raise Unanswered(self._why)
            try:
                async with asyncio.timeout(patience):
                    told = await self._answer()
            except TimeoutError:
                raise await self._failed(f"{self._what} took longer than {patience:.0f} seconds") from None
            except (ProgramError, OSError, ValueError, EOFError, RecursionError) as error:
                said = error.message if isinstance(error, ProgramError) else f"{self._what} broke down"
                raise await self._failed(said.rstrip(".")) from error
            if (
                await asyncio.to_thread(self._look)
            ).withheld:  # a file with keys moved: it may have been seen
                await self._end()
                raise Unanswered("a file with keys changed meanwhile")
            if isinstance(unfit := told.get("unfit"), str):
                raise await self._failed(self._project.clean(plain(unfit[:200])), for_good=True)
            self._failures = 0
            return told

    async def close(self) -> None:
        """End it, once whoever asks has an answer or is stopped; it is started again when it is asked."""
        if self._loop is asyncio.get_running_loop():
            async with self._asking:
                await self._end()

    # -- how ------------------------------------------------------------------------

    async def _end(self) -> None:
        stack, self._stack = self._stack, None
        if stack is not None and self._loop is asyncio.get_running_loop():
            await stack.aclose()  # that of a loop which is over ends with its socket

    async def _fresh(self) -> None:
        """End it when what it stands on moved."""
        now = await asyncio.to_thread(self._now)
        if now != self._marks:
            self._marks, self._failures, self._why = now, 0, ""
            await self._end()
        elif self._stack is not None and (
            self._loop is not asyncio.get_running_loop() or (await asyncio.to_thread(self._look)).withheld
        ):
            await self._end()

    async def _answer(self) -> dict[str, Any]:
        if self._stack is None:
            await self._start()
        reader, writer = self._talk
        number = next(self._numbers)
        writer.write(json.dumps({"id": number}).encode() + b"\n")
        while True:  # an answer to what was asked before, and given up, may still come
            line = await reader.readline()
            if not line:
                raise EOFError
            told = json.loads(line)
            if not isinstance(told, dict):
                raise ValueError("no answer")
            if told.get("id") == number:
                return told

    async def _start(self) -> None:
        reach = Reach(reads=True, readable=self._readable)
        box = replace(await self._project.confinement.box(reach, LIMITS), loose=())
        hidden = sorted({place.parent for place in box.hidden})
        self._beside = hidden if box.tier is Tier.B else ()
        self._marks = await asyncio.to_thread(self._now)
        # In tier D nothing is hidden, and what is a person's alone isn't to be put back after hours.
        self._look = After if box.tier is Tier.D else await asyncio.to_thread(box.watch)
        stack = AsyncExitStack()
        self._loop = asyncio.get_running_loop()
        self._talk = await stack.enter_async_context(
            talking(self._argv(), cwd=self._project.root, box=box, limit=LONGEST)
        )
        self._stack = stack

    async def _failed(self, why: str, *, for_good: bool = False) -> Unanswered:
        self._failures += 1
        if for_good or self._failures >= MOST_FAILURES:
            self._why = why
        await self._end()
        return Unanswered(why)

    def _now(self) -> Marks:
        """What must not move while it lives."""
        root = self._project.root
        beside = tuple(one for folder in self._beside for one in _entries(folder))
        return marks(root / name for name in DEPENDS) + beside


def marks(places: Iterable[Path]) -> Marks:
    """What differs when one of these files is replaced, written, made or removed."""
    found = []
    for place in places:
        with suppress(OSError):
            status = place.stat()
            found.append((os.fspath(place), status.st_ino, status.st_size, status.st_mtime_ns))
    return tuple(found)


def _entries(folder: Path) -> Marks:
    """The folder's own folders and source files, by their numbers: those that are new can't be read."""
    with suppress(OSError), os.scandir(folder) as entries:
        return tuple(
            sorted(
                (one.path, one.inode(), 0, 0) for one in entries if one.is_dir() or one.name.endswith(READ)
            )
        )
    return ()
