"""Intent: a change of several files that is meant, as the journal keeps it until it is done."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import asdict, dataclass

from vly_nb.project.store import Entry


@dataclass(frozen=True)
class Replacement:
    """One file's part: what is there, what shall be; None where there is (or will be) no file.

    `bits` are the permission bits the new file gets, None for what is usual here;
    `owner` its user and group where they should stay another's. `was` tells the old file
    from any other (`signature`).
    """

    path: str
    before: Entry | None
    after: Entry | None
    bits: int | None = None
    owner: tuple[int, int] | None = None
    was: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Intent:
    """A change that is meant: its replacements, and the commit that records it."""

    id: str
    commit: str
    replacements: tuple[Replacement, ...]

    def written(self) -> bytes:
        """The intent as the journal keeps it."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def read(cls, data: bytes) -> Intent:
        """What `written` wrote. Raises ValueError, KeyError, TypeError for anything else."""
        known = json.loads(data)
        return cls(known["id"], known["commit"], tuple(_replacement(one) for one in known["replacements"]))


class Overtaken(OSError):
    """A file changed between being checked and being replaced; `filename` says which."""


def signature(found: os.stat_result | None) -> tuple[int, ...] | None:
    """What tells a file from another, or from itself after a change, without reading it.

    None for no file, which is what a folder is too: a change may put a file in its place.
    """
    if found is None or stat.S_ISDIR(found.st_mode):
        return None
    return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_mode)


class Stuck(OSError):
    """A change failed half-way and could not be taken back yet."""


def _replacement(known: dict[str, object]) -> Replacement:
    before, after = known["before"], known["after"]
    return Replacement(
        path=str(known["path"]),
        before=Entry(*before) if isinstance(before, list) else None,
        after=Entry(*after) if isinstance(after, list) else None,
    )
