"""Private: folders and files that are their owner's alone, checked whenever they are opened."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from vly_nb.errors import VaultError


def check(place: Path, is_kind: Callable[[int], bool]) -> None:
    """Raise VaultError unless it is ours alone: no link, our own, closed to everybody else."""
    try:
        found = place.lstat()
    except FileNotFoundError:
        raise VaultError(f"The vault lacks {place}.", afresh(place)) from None
    except OSError as error:
        raise VaultError(f"{place} can't be looked at: {error.strerror}.") from None
    if not is_kind(found.st_mode):
        raise VaultError(f"{place} is not what the vault made.", afresh(place))
    if found.st_uid != os.geteuid():
        raise VaultError(
            f"{place} belongs to another user, so its keys aren't used.",
            f"{afresh(place)} Or have its owner give it back.",
        )
    if found.st_mode & 0o077:
        raise VaultError(
            f"Others may open {place} (mode {stat.S_IMODE(found.st_mode):04o}), so its keys aren't used.",
            "`%vly keys mend` makes it yours alone; have new keys made if others used this machine.",
        )


def afresh(place: Path) -> str:
    """What to do about a vault that can't be put right here."""
    folder = place.parent if place.suffix else place
    return f"Move {folder} away and set the keys again: %vly keys set NAME."


def mend(place: Path) -> None:
    """Close it to everybody else, where it is ours to close; what it is else, `check` says to a person."""
    found = place.lstat()
    if stat.S_ISLNK(found.st_mode) or found.st_uid != os.geteuid():
        return
    place.chmod(0o700 if stat.S_ISDIR(found.st_mode) else 0o600)


@contextmanager
def told(what: str) -> Iterator[None]:
    """What the disk refuses, in a sentence."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        hint = (
            "Free some space, then try again."
            if full
            else "Make it writable, or name another folder in VLY_NB_DATA."
        )
        reason = "the disk is full" if full else error.strerror or str(error)
        raise VaultError(f"{what}: {reason}.", hint) from None
