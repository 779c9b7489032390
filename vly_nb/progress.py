"""How work that takes a while tells what it does: a sentence at a time, to whoever shows it."""

from __future__ import annotations

from collections.abc import Callable

Report = Callable[[str], None]


def silent(_: str) -> None:
    """Report to nobody."""
