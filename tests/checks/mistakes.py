"""The mistakes of `mistakes.toml`: what the gate finds in each, the fast lane has to find, too."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).with_suffix(".toml")


@dataclass(frozen=True, slots=True)
class Mistake:
    """`old` becomes `new` in a file; "" stands for its end, None for a file that is to go."""

    kind: str
    path: str
    found: str
    old: str = ""
    new: str | None = None

    @contextmanager
    def made(self, root: Path) -> Iterator[None]:
        """The project with the mistake in it, while the block runs."""
        place = root / self.path
        before = place.read_bytes() if place.exists() else None
        text = (before or b"").decode()
        try:
            if self.new is None:
                place.unlink()
            else:
                place.write_text(text.replace(self.old, self.new, 1) if self.old else f"{text}\n{self.new}\n")
            yield
        finally:
            if before is None:
                place.unlink()
            else:
                place.write_bytes(before)


MISTAKES = tuple(Mistake(**one) for one in tomllib.loads(TABLE.read_text("utf-8"))["mistakes"])
