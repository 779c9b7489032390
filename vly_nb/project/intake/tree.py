"""Tree: a folder's files into a staging. No link is followed, wherever it stands, and nothing is changed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from vly_nb.errors import ProjectError
from vly_nb.project.folder import DIRECTORY, FILE, Folder
from vly_nb.project.intake.staging import DEEPEST, LINKS, LOOK, OWN, SPECIAL, Staging
from vly_nb.project.paths import own_folder, shown

CHUNK = 1 << 20


def copy(folder: Folder, staging: Staging) -> None:
    """Every file of a folder. Raises ProjectError for what can't be read, and past the limits."""
    with folder.directory(".") as fd:
        _copy(fd, "", staging, 0)


def _copy(fd: int, at: str, staging: Staging, depth: int) -> None:
    if depth > DEEPEST:
        raise ProjectError(f"It is deeper than {DEEPEST} folders.", LOOK)
    with os.scandir(fd) as entries:
        found = sorted(entries, key=lambda one: one.name)
    for one in found:
        path = at + one.name
        if (own := own_folder(one.name)) is not None:
            if own not in staging.left.get(OWN, ()):
                staging.leave(own, OWN)
        elif one.is_symlink():
            staging.leave(path, LINKS)
        elif one.is_dir(follow_symlinks=False):
            inner = os.open(one.name, DIRECTORY, dir_fd=fd)
            try:
                _copy(inner, f"{path}/", staging, depth + 1)
            finally:
                os.close(inner)
        elif one.is_file(follow_symlinks=False):
            mode = one.stat(follow_symlinks=False).st_mode
            staging.add(path, _chunks(fd, one.name, path), runs=bool(mode & 0o111))
        else:
            staging.leave(path, SPECIAL)


def _chunks(fd: int, name: str, path: str) -> Iterator[bytes]:
    try:
        file = os.open(name, FILE, dir_fd=fd)
    except OSError as error:
        raise ProjectError(
            f"{shown(path)} can't be read: {error.strerror}.", "Mend that, then import again."
        ) from error
    with os.fdopen(file, "rb", buffering=0) as stream:
        if not stat.S_ISREG(os.fstat(file).st_mode):  # swapped since it was looked at
            raise ProjectError(f"{shown(path)} changed while it was read.", "Import again.")
        while chunk := stream.read(CHUNK):
            yield chunk
