"""Engine: a thread with an event loop, where turns run, whoever asked for them.

A turn that ran on the kernel's own loop would stand still while a plain cell runs, and nobody
could stop it or answer it. Here it doesn't: a cell, a panel, a widget each follow the turn from
where they are, and any thread may end it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Coroutine
from concurrent.futures import Future
from contextlib import aclosing, suppress
from typing import Any, Generic, TypeVar

from vly_nb.agent.events import CallGrew, Event, Events, Progress, TextGrew, ThoughtGrew

T = TypeVar("T")
Item = tuple[Event, "asyncio.Future[None] | None"]

_MANY = (TextGrew, ThoughtGrew, CallGrew, Progress)
"""Events that come by the thousand: who follows may lag behind these, and behind these only."""


class Running(Generic[T]):
    """Work on the engine's loop. `ended` is done once it has really ended, also when cancelled."""

    def __init__(self, loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, T]) -> None:
        self.ended: Future[T] = Future()
        self._loop = loop
        self._task: asyncio.Task[T] | None = None
        loop.call_soon_threadsafe(self._begin, work)

    def cancel(self) -> None:
        """Ask it to end; from any thread."""
        self._loop.call_soon_threadsafe(lambda: self._task and self._task.cancel())

    async def result(self) -> T:
        """Its result, for who awaits it on another loop; to be cancelled there is to cancel it."""
        mine = asyncio.wrap_future(self.ended)
        try:
            await asyncio.wait([mine])
        except asyncio.CancelledError:
            self.cancel()
            await settled(mine)
            raise
        return mine.result()

    def _begin(self, work: Coroutine[Any, Any, T]) -> None:
        self._task = self._loop.create_task(work)
        self._task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[T]) -> None:
        if task.cancelled():
            self.ended.set_exception(asyncio.CancelledError())
        elif (error := task.exception()) is not None:
            self.ended.set_exception(error)
        else:
            self.ended.set_result(task.result())


async def settled(future: asyncio.Future[Any]) -> None:
    """Wait until it is done, whatever is cancelled meanwhile."""
    while not future.done():
        with suppress(asyncio.CancelledError):
            await asyncio.wait([future])
    if not future.cancelled():
        future.exception()  # it is heard of


class Engine:
    """One thread and its loop, started when first needed."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._starting = threading.Lock()

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop, running."""
        with self._starting:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="vly", daemon=True).start()
            return self._loop

    def start(self, work: Coroutine[Any, Any, T]) -> Running[T]:
        """Run work on the engine's loop; from any thread."""
        return Running(self.loop, work)

    async def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Run work on the engine's loop and wait for it on this one."""
        return await self.start(work).result()

    async def through(self, stream: Events) -> AsyncGenerator[Event, None]:
        """The events of a stream that runs on the engine's loop, followed from this one.

        Every event but the many small ones is waited for, so that a step is shown as it was
        when it was told of. To leave early is to cancel the stream, and waits for its end.
        """
        here, told = asyncio.get_running_loop(), asyncio.Queue[Item | None]()
        running = self.start(_pump(stream, here, told))
        running.ended.add_done_callback(lambda _: here.call_soon_threadsafe(told.put_nowait, None))
        try:
            while (item := await told.get()) is not None:
                event, taken = item
                yield event
                if taken is not None:
                    self.loop.call_soon_threadsafe(_done, taken)
        finally:
            running.cancel()
            await settled(asyncio.wrap_future(running.ended))
        running.ended.result()


async def _pump(stream: Events, there: asyncio.AbstractEventLoop, told: asyncio.Queue[Item | None]) -> None:
    async with aclosing(stream) as events:
        async for event in events:
            if isinstance(event, _MANY):
                there.call_soon_threadsafe(told.put_nowait, (event, None))
                continue
            taken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            there.call_soon_threadsafe(told.put_nowait, (event, taken))
            await taken


def _done(taken: asyncio.Future[None]) -> None:
    if not taken.done():
        taken.set_result(None)
