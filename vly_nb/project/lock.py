"""Lock: one notebook a project. The system drops it when the process dies, however it dies."""

from __future__ import annotations

import errno
import fcntl
import os
import weakref
from pathlib import Path

from vly_nb.errors import ProjectError


class Lock:
    """Held from the moment it is made until `release`, or until nobody knows of it any more."""

    def __init__(self, place: Path, project: str) -> None:
        """Take the lock. Raises ProjectError naming the process that has it."""
        self._fd = os.open(place, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(self._fd, 20, 0).decode("ascii", "replace").strip()
            os.close(self._fd)
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise ProjectError(
                    f"{project} is on a disk without file locks, so two notebooks could write at once.",
                    "Move the project to a local disk and mount it there.",
                ) from error
            raise ProjectError(
                _taken(project, holder), "Unmount it there, or shut that kernel down."
            ) from None
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, f"{os.getpid()}\n".encode(), 0)
        self._released = weakref.finalize(self, os.close, self._fd)

    def release(self) -> None:
        """Give it back; once is enough, twice does no harm."""
        self._released()


def _taken(project: str, holder: str) -> str:
    if holder == str(os.getpid()):
        return f"{project} is already mounted in this notebook."
    number = f" (process {holder})" if holder.isdigit() else ""
    return f"{project} is already mounted by another notebook{number}."
