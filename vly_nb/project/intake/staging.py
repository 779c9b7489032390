"""Staging: a project from elsewhere, put together beside its place under limits, then moved there in one go.

    staging = Staging(work / "files")
    staging.add("src/main.tsx", chunks)      # raises ProjectError for what no project holds
    staging.leave("a-link", LINKS)
    staging.files, staging.size, staging.left

Whatever it comes from, every name and every byte passes here. Only folders and plain files are ever
made, in a folder that was empty, so no name can lead out of it through a link.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from vly_nb.errors import ProjectError
from vly_nb.project.env_files import is_env_file
from vly_nb.project.paths import LONGEST_NAME, LONGEST_PATH, folded, is_secret, own_folder, shown

MOST_BYTES = 300 << 20
MOST_FILES = 20_000
DEEPEST = 64  # folders
LINKS, SPECIAL, SECRET = "links", "neither files nor folders", "files with keys"
SUBMODULES, OWN = "other repositories", "what is made anew"
LITTER = (".ds_store", "__macosx")

LOOK = "Look into it yourself; a folder that holds the project alone can be imported."


class Halted(Exception):
    """Whoever waited for it was stopped."""


class Staging:
    """See the module's top. `left` has what was left out, by why; `stop` ends it at the next file."""

    def __init__(self, root: Path) -> None:
        root.mkdir()
        self._root = root
        self._spelt: dict[str, tuple[str, bool]] = {}
        self.files = self.size = 0
        self.left: dict[str, list[str]] = {}
        self._stopped = False

    def stop(self) -> None:
        """End it, from any thread."""
        self._stopped = True

    def leave(self, path: str, why: str) -> None:
        """Note what is left out."""
        self.left.setdefault(why, []).append(path)

    def add(self, path: str, chunks: Iterable[bytes], *, runs: bool = False) -> None:
        """Write a file, unless its like is left out.

        Raises ProjectError for a name that no project holds, and past the limits; Halted.
        """
        if self._stopped:
            raise Halted
        admit(path)
        if own := own_folder(path):
            if own not in self.left.get(OWN, ()):
                self.leave(own, OWN)
            return
        if any(folded(part) in LITTER for part in path.split("/")):
            return
        is_env = is_env_file(path.rpartition("/")[2])
        if is_secret(path) and not is_env:
            self.leave(path, SECRET)
            return
        self._spell(path)
        self.files += 1
        if self.files > MOST_FILES:
            raise ProjectError(f"It holds more than {MOST_FILES:,} files.", LOOK)
        self._write(path, chunks, 0o600 if is_env else 0o755 if runs else 0o644)

    def _write(self, path: str, chunks: Iterable[bytes], mode: int) -> None:
        place = self._root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(place, flags, mode), "wb") as file:
            for chunk in chunks:
                self.size += len(chunk)
                if self.size > MOST_BYTES:
                    raise ProjectError(f"It holds more than {MOST_BYTES >> 20} MB.", LOOK)
                if self._stopped:
                    raise Halted
                file.write(chunk)

    def _spell(self, path: str) -> None:
        """Every folder and file has one spelling. Raises ProjectError for two that would be one."""
        parts = path.split("/")
        for count in range(1, len(parts) + 1):
            here = "/".join(parts[:count])
            now = (here, count < len(parts))
            before = self._spelt.setdefault(folded(here), now)
            if before != now or (before is not now and not now[1]):
                raise ProjectError(
                    f"{shown(before[0])} and {shown(path)} in it are the same on many disks.", LOOK
                )


def admit(path: str) -> None:
    """Let a name in. Raises ProjectError for one that leads out, or that no project holds."""
    parts = path.split("/")
    odd = any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in path)
    drive = len(path) > 1 and path[1] == ":"
    if odd or drive or "\\" in path or any(part in ("", ".", "..") for part in parts):
        raise ProjectError(f"It holds {shown(path)!r}, which is no path inside a project.", LOOK)
    long = any(len(part.encode()) > LONGEST_NAME for part in parts) or len(path.encode()) > LONGEST_PATH
    if long or len(parts) > DEEPEST:
        raise ProjectError(f"It holds a path that is too long or too deep: {shown(path)!r}.", LOOK)
