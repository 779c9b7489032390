"""Waiting for what another process does, for as long as a loaded machine may take."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable


async def soon(true: Callable[[], object], seconds: float = 120, every: float = 0.02) -> bool:
    """Whether it comes true within so many seconds; as soon as it does."""
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            return False
        await asyncio.sleep(every)
    return True
