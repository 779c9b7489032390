"""What a service prints, on disk: capped, known values masked, readable from an offset.

The file begins with a line of its own: how many bytes stood before what it still
holds, so that an offset means the same after the oldest half was cut away.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

CAP = 1 << 20  # bytes of a log
LONGEST = 1 << 16  # bytes of a line that is waited for
HEAD = 21  # bytes of the first line


class Log:
    """The writing end, in the caretaker. `secrets` are values by name."""

    def __init__(self, place: Path, secrets: Mapping[str, str]) -> None:
        self._place = place
        self._marks = _marks(secrets)
        self._held = max(map(len, self._marks), default=0)
        self._pending = b""
        self.base, kept = read(place, 0, CAP)
        self.base -= len(kept)
        self._put(kept)

    def add(self, data: bytes) -> None:
        """Take more in; a line is written when it is whole."""
        self._pending += data
        at = self._pending.rfind(b"\n") + 1
        if not at and len(self._pending) > LONGEST:
            at = len(self._pending) - self._held
        self._write(self._pending[:at])
        self._pending = self._pending[at:]

    def close(self) -> None:
        """Write what is left of a line."""
        self._write(self._pending)
        self._pending = b""

    def _write(self, text: bytes) -> None:
        if not text:
            return
        for value, mark in self._marks.items():
            text = text.replace(value, mark)
        with self._place.open("ab") as file:
            file.write(text)
            size = file.tell() - HEAD
        if size > CAP:
            _, rest = read(self._place, self.base + size - CAP // 2, CAP)
            self.base += size - len(rest)
            self._put(rest)

    def _put(self, text: bytes) -> None:
        new = self._place.with_suffix(".log-new")
        with os.fdopen(
            os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb"
        ) as file:
            file.write(b"%020d\n" % self.base + text)
        new.replace(self._place)


def read(place: Path, offset: int, most: int) -> tuple[int, bytes]:
    """What a log has from an offset on, its newest `most` bytes, and the offset of its end."""
    try:
        with os.fdopen(os.open(place, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
            base = int(file.read(HEAD))
            size = os.fstat(file.fileno()).st_size - HEAD
            at = min(max(offset - base, size - most, 0), size)
            file.seek(HEAD + at)
            text = file.read(most)
    except (OSError, ValueError):  # none yet
        return 0, b""
    return base + at + len(text), text


def _marks(secrets: Mapping[str, str]) -> dict[bytes, bytes]:
    """Values, and the lines of those that have several, with what stands for them."""
    found = {}
    for name, value in secrets.items():
        for part in (value, *value.splitlines()):
            if len(part) >= 8:
                found[part.encode()] = f"⟨{name} hidden⟩".encode()
    return dict(sorted(found.items(), key=lambda one: -len(one[0])))
