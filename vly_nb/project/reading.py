"""Reading: a file as the project shows it, or why not."""

from __future__ import annotations

import difflib
import stat
from dataclasses import dataclass

from vly_nb.errors import ToolError
from vly_nb.project.changes import is_text
from vly_nb.project.files import inode, twins, walk
from vly_nb.project.folder import Folder, Linked, TooBig
from vly_nb.project.paths import is_secret, own_folder

BIGGEST_READ = 2_000_000  # bytes


@dataclass(frozen=True)
class File:
    """A file as it was read: its bytes, and its permission bits.

    Line endings and a byte-order mark are in `data` and in `text`, so that an edit
    of either gives them back.
    """

    path: str
    data: bytes
    mode: int

    @property
    def text(self) -> str | None:
        """The file as text; None for a binary one (a NUL byte, or not UTF-8)."""
        return self.data.decode() if is_text(self.data) else None


def read(folder: Folder, path: str) -> File:
    """The file at a normalized path. Raises ToolError; see `Project.read`."""
    try:
        place = folder.resolve(path) if own_folder(path) == "node_modules" else path
        for name in (path, place):
            _may_read(name)
        data, found = folder.read(place, BIGGEST_READ)
        if found.st_nlink > 1 and own_folder(path) is None and inode(found) in twins(folder):
            raise ToolError(f"{path} is another name of a secret file; it is never read.")
    except (FileNotFoundError, NotADirectoryError):
        raise ToolError(f"{path} isn't there.{_near(folder, path)}") from None
    except IsADirectoryError:
        raise ToolError(f"{path} is a folder, not a file.") from None
    except Linked as error:
        raise ToolError(f"{error.filename} is a link, and links are not followed.") from None
    except TooBig:
        raise ToolError(f"{path} is too big to read: more than {BIGGEST_READ // 1_000_000} MB.") from None
    except OSError as error:
        raise ToolError(f"{path} can't be read: {error.strerror}.") from None
    return File(path, data, stat.S_IMODE(found.st_mode))


def _may_read(path: str) -> None:
    if is_secret(path):
        raise ToolError(f"{path} is a secret file; it is never read. Ask the person which names it holds.")
    if (own := own_folder(path)) not in (None, "node_modules"):
        raise ToolError(f"{path} is in {own}, which is not a part of the project to read.")


def _near(folder: Folder, path: str) -> str:
    """“ Did you mean …?” with up to three names like the one asked for."""
    files = sorted(one for one, _ in walk(folder))
    name = path.rpartition("/")[2].casefold()
    near = [one for one in files if one.rpartition("/")[2].casefold() == name][:3]
    near = near or difflib.get_close_matches(path, files[:5_000], 3, 0.7)
    return f" Did you mean {' or '.join(near)}?" if near else ""
