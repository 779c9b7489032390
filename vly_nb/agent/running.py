"""Work under way: blocking work that must be whole, and work that reports as it goes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any, Generic, ParamSpec, TypeVar

from vly_nb.progress import Report

P = ParamSpec("P")
T = TypeVar("T")


async def whole(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `function` in a thread and give its result, even when cancelled meanwhile.

    Writing files must not be torn: a cancellation that arrives is held back
    until the function has ended, and raised at the caller's next await.
    """
    work = asyncio.ensure_future(asyncio.to_thread(function, *args, **kwargs))
    stopped = False
    while not work.done():
        try:
            await asyncio.wait([work])
        except asyncio.CancelledError:
            stopped = True
    task = asyncio.current_task()
    if stopped and task is not None:
        task.cancel()
    return work.result()


class Reporting(Generic[T]):
    """Work that tells lines of progress: iterate `lines()`, then read `result`.

    `start` is given a function that takes a line. Leaving the iteration early
    cancels the work and waits until it has cleaned up.
    """

    def __init__(self, start: Callable[[Report], Coroutine[Any, Any, T]]) -> None:
        self._start = start
        self.result: T

    async def lines(self) -> AsyncGenerator[str, None]:
        """Lines as they come, until the work is done. Raises what the work raises."""
        told: asyncio.Queue[str | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def report(line: str) -> None:
            loop.call_soon_threadsafe(told.put_nowait, line)

        work = asyncio.ensure_future(self._start(report))
        work.add_done_callback(lambda _: told.put_nowait(None))
        try:
            while (line := await told.get()) is not None:
                yield line
            self.result = work.result()
        finally:
            if not work.done():
                work.cancel()
                await asyncio.wait([work])
