"""Waiting: a cell that waits is stopped at once by the interrupt button.

Nothing wakes an idle loop on ipykernel 7.4, so a ticker does. A kernel cancels
the cell's task; a terminal raises KeyboardInterrupt out of the loop and would
leave the work suspended in it, so there the signal is made a cancellation.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

BEAT = 0.1
"""Seconds between two beats."""


@asynccontextmanager
async def beating(beat: Callable[[], None] = lambda: None) -> AsyncIterator[None]:
    """While the body waits, call `beat` every 0.1 s and turn an interrupt into a cancellation."""
    task = asyncio.current_task()
    ticker = asyncio.create_task(_tick(beat))
    old = _cancel_on_interrupt(task)
    try:
        yield
    finally:
        ticker.cancel()
        if old is not None:
            signal.signal(signal.SIGINT, old)


async def _tick(beat: Callable[[], None]) -> None:
    while True:
        await asyncio.sleep(BEAT)
        beat()


def _cancel_on_interrupt(task: asyncio.Task[Any] | None) -> Any:
    """The handler that was there, or None where another one (a kernel's) does it already."""
    here = threading.current_thread() is threading.main_thread()
    if task is None or not here or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return None
    loop = asyncio.get_running_loop()
    return signal.signal(signal.SIGINT, lambda *_: loop.call_soon_threadsafe(task.cancel) and None)
