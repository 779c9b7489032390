"""Lane: checks quick enough to be run after every step. Their word is told, and decides nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from vly_nb.checks.check import CheckResult
from vly_nb.progress import Report


class Lane(Protocol):
    """What a stack judges a step by, while a turn goes on; the gate at its end are the stack's checks.

    `names` are those of its own checks. `why` is why the real commands are run after each step instead, as
    the end of a sentence; "" when they aren't.
    """

    names: Collection[str]

    @property
    def why(self) -> str: ...  # noqa: D102

    def checks(self, changed: Sequence[str]) -> Sequence[str]:
        """What a step that changed these files calls for, in order: its own checks, or real ones by name."""
        ...

    def begin(self) -> None:
        """Get ready in the background: a turn begins, and what is wrong now will count as known."""
        ...

    async def check(self, name: str, since: int, report: Report, keys: Mapping[str, str]) -> CheckResult:
        """The verdict on the project as it is; what version `since` already had counts as known.

        It has another name when another check had to be run instead.
        """
        ...

    async def close(self) -> None:
        """End what runs for it."""
        ...
