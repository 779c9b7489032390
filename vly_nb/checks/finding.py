"""Finding: one thing that the doctor looked at, how it is, and its mend."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from vly_nb.progress import Report

Mend = Callable[[Report], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at (`about`, two words at most), how it is, and what to do.

    "bad" is in the way of something that the person will want; "note" is worth knowing.
    `mend` is a sentence for the person; `safe` does it, where doing it can harm nothing.
    """

    about: str
    state: Literal["good", "note", "bad"]
    says: str
    mend: str = ""
    safe: Mend | None = None
