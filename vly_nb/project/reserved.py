"""Reserved: files that only a person changes, remembered while a command runs, and put back after it.

What a command made of them is set aside in `.vly/put-back`, since a person may have
written it just then. A note of what there was lies in `.vly/running` as long as the
command runs: when the kernel dies meanwhile, what is new is set aside at the next
mount, so that no command can grant itself something that way.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path

from vly_nb.project.folder import Folder, split
from vly_nb.project.state import STATE, own_state

BIGGEST = 2_000_000  # bytes of a file that is put back


class Reserved:
    """What the read-only files of a folder held; None for one that wasn't there."""

    def __init__(self, root: Path, held: Mapping[str, bytes | None], note: Path | None) -> None:
        self._root, self._held, self._note = root, held, note

    @classmethod
    def of(cls, root: Path, places: Iterable[Path]) -> Reserved:
        """Remember them, in `.vly` too when there is one."""
        with closing(Folder(root)) as folder:
            names = (place.relative_to(root).as_posix() for place in places)
            held = {name: _bytes(folder, name) for name in names}
        return cls(root, held, _noted(root, held))

    @classmethod
    def left_over(cls, root: Path) -> Iterator[Reserved]:
        """What was remembered for commands that never came to their end."""
        for note in sorted((root / STATE / "running").glob("*.json")):
            with suppress(OSError, ValueError):
                yield cls(root, dict.fromkeys(json.loads(note.read_text("utf-8"))), note)

    def put_back(self, now: Iterable[Path]) -> list[str]:
        """Make them what they were, `now` being those that are there; the names of those that weren't."""
        names = [*self._held, *(place.relative_to(self._root).as_posix() for place in now)]
        with closing(Folder(self._root)) as folder:
            changed = [
                name
                for name in dict.fromkeys(names)
                if (_bytes(folder, name) != (data := self._held.get(name)) or name not in self._held)
                and _put_back(folder, name, data)
            ]
        self._forget()
        return changed

    def set_aside(self, now: Iterable[Path]) -> list[str]:
        """Move what wasn't there out of the way; what was there may be a person's work since."""
        names = [place.relative_to(self._root).as_posix() for place in now]
        with closing(Folder(self._root)) as folder:
            new = [name for name in names if name not in self._held and _put_back(folder, name, None)]
        self._forget()
        return new

    def _forget(self) -> None:
        if self._note is not None:
            with suppress(OSError):
                self._note.unlink(missing_ok=True)


def _noted(root: Path, held: Iterable[str]) -> Path | None:
    """Write down which were there, beside vly's state if there is any."""
    with suppress(OSError):
        if (root / STATE).is_dir():
            folder = own_state(root) / "running"
            folder.mkdir(mode=0o700, exist_ok=True)
            note = folder / f"{time.time_ns()}-{secrets.token_hex(4)}.json"
            note.write_text(json.dumps(sorted(held)))
            return note
    return None


def _bytes(folder: Folder, name: str) -> bytes | None:
    """A file's bytes; None when it isn't there, isn't a file, or can't be reached without a link."""
    with suppress(OSError):
        return folder.read(name, BIGGEST)[0]
    return None


def _put_back(folder: Folder, path: str, data: bytes | None) -> bool:
    """Set aside what stands in a file's place, and write what stood there; whether that could be done."""
    parent, name = split(path)
    with suppress(OSError):
        aside = own_state(folder.root) / "put-back"
        aside.mkdir(mode=0o700, exist_ok=True)
        with folder.directory(parent, make=data is not None) as fd:
            with suppress(FileNotFoundError):
                os.rename(name, aside / f"{time.time_ns()}-{name}", src_dir_fd=fd)
            if data is not None:
                file = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644, dir_fd=fd)
                with os.fdopen(file, "wb") as opened:
                    opened.write(data)
        return True
    return False
