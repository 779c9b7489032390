"""Mount: a folder opened for vly: its lock taken, its `.vly/` in place."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from vly_nb.errors import ProjectError
from vly_nb.project.folder import Folder
from vly_nb.project.journal import Journal
from vly_nb.project.lock import Lock
from vly_nb.project.state import STATE, own_state
from vly_nb.project.store import Store
from vly_nb.project.versions import Versions
from vly_nb.project.writer import Writer


@dataclass(frozen=True)
class Mount:
    """What a project works with, from `of` to `close`."""

    root: Path
    folder: Folder
    lock: Lock
    store: Store
    versions: Versions
    writer: Writer

    @classmethod
    def of(cls, place: str | Path) -> Mount:
        """Open a folder. Raises ProjectError saying what is wrong with it."""
        root = _root(Path(place).expanduser())
        try:
            state = own_state(root)
            lock = Lock(state / "lock", root.name)
        except OSError as error:
            raise ProjectError(
                f"{root} can't be written: {error.strerror}.",
                "vly keeps its versions there; give yourself write permission, or mount a copy.",
            ) from error
        try:
            folder = Folder(root)
            folder.forgets_case = (root / STATE.upper()).exists()
            store = Store(state / "versions.git")
            versions = Versions(store)
            writer = Writer(folder, store, versions, Journal(folder, state / "journal"))
        except BaseException as error:
            lock.release()
            if isinstance(error, OSError):
                raise ProjectError(f"{root} can't be opened: {error.strerror}.") from error
            raise
        return cls(root, folder, lock, store, versions, writer)

    def close(self) -> None:
        """Give the lock back, let go of the files."""
        self.store.close()
        self.folder.close()
        self.lock.release()


def _root(place: Path) -> Path:
    try:
        root = place.resolve(strict=True)
        os.scandir(root).close()
    except FileNotFoundError:
        raise ProjectError(f"There is no folder {place}.", "Check the path, or make a new project.") from None
    except NotADirectoryError:
        raise ProjectError(f"{place} is a file.", "Mount the folder that holds the project.") from None
    except (PermissionError, RuntimeError, OSError) as error:
        raise ProjectError(
            f"{place} can't be read: {error}.", "Give yourself permission to read it."
        ) from None
    if root == Path(root.anchor):
        raise ProjectError(f"{root} is the whole disk.", "Mount the folder that holds the project.")
    return root
