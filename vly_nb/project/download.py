"""Download: a project as a zip for others: its own files, no keys, nothing that is made anew.

    packed = pack(folder, "shop", Path("shop.zip"), redactor)

What git would ignore stays out, and so do files that hold the value of a known key.
"""

from __future__ import annotations

import os
import stat
import time
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from vly_nb.errors import ProjectError
from vly_nb.project.changes import is_text
from vly_nb.project.files import walk
from vly_nb.project.folder import Folder
from vly_nb.project.paths import OWN_NAMES, folded, is_secret, shown
from vly_nb.project.secrets import Redactor

BIGGEST = 100 << 20  # bytes of one file
LOOKED_AT = 256_000  # bytes of a file in which keys are looked for in other forms, too
OLDEST = (1980, 1, 1, 0, 0, 0)  # a zip knows no time before

SECRET, LINKS, IGNORED, OWN = "files with keys", "links", "what git ignores", "what is made anew"
KEYS, BIG = "files in which a known key stands", "too big"


@dataclass
class Packed:
    """The zip, its size, how many files are in it; what was left out, by why; what is worth a look."""

    place: Path
    files: int = 0
    size: int = 0
    left: dict[str, list[str]] = field(default_factory=dict)
    doubtful: list[str] = field(default_factory=list)

    def leave(self, path: str, why: str) -> None:
        """Note what is left out."""
        if path not in self.left.setdefault(why, []):
            self.left[why].append(path)


def pack(folder: Folder, name: str, place: Path, redactor: Redactor) -> Packed:
    """Write the zip of a project under `name/`. Raises ProjectError; what is there already stays."""
    packed = Packed(place)
    beside = place.with_name(f".{place.name}-{os.getpid()}")
    try:
        beside.unlink(missing_ok=True)
        with (
            os.fdopen(os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        ):
            own = dict(sorted(walk(folder)))
            for path, about in own.items():
                _put(archive, folder, name, path, about, packed, redactor)
            _left_out(folder, own, packed)
        packed.size = beside.stat().st_size
        os.link(beside, place)  # fails where something is: nothing is ever written over
    except FileExistsError:
        raise ProjectError(
            f"{place.name} is there already.", "Name another file: %vly download NAME.zip"
        ) from None
    except OSError as error:
        raise ProjectError(
            f"{place} can't be written: {error.strerror or error}.", "Name another place for it."
        ) from error
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
    return packed


def _put(
    archive: zipfile.ZipFile,
    folder: Folder,
    name: str,
    path: str,
    about: os.stat_result,
    packed: Packed,
    redactor: Redactor,
) -> None:
    if about.st_size > BIGGEST:
        packed.leave(path, BIG)
        return
    data, _ = folder.read(path, BIGGEST)
    spans = redactor.spans(data)
    if any(span.known for span in spans) or (
        len(data) <= LOOKED_AT and redactor.known_in(data.decode("utf-8", "replace"))
    ):
        packed.leave(path, KEYS)
        return
    if spans and is_text(data):
        packed.doubtful.append(path)
    when = time.localtime(about.st_mtime)[:6]
    entry = zipfile.ZipInfo(f"{name}/{path}", max(when, OLDEST))
    entry.external_attr = (stat.S_IFREG | (0o755 if about.st_mode & 0o111 else 0o644)) << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, data)
    packed.files += 1


def _left_out(folder: Folder, own: Mapping[str, object], packed: Packed) -> None:
    """Note all that lies in the project and isn't its own; a folder that is left out by its name alone."""
    kept = {"/".join(path.split("/")[:count]) for path in own for count in range(1, path.count("/") + 1)}
    left = ["."]
    while left:
        at = left.pop()
        with suppress(OSError), folder.directory(at) as fd, os.scandir(fd) as entries:
            for entry in entries:
                path = entry.name if at == "." else f"{at}/{entry.name}"
                if folded(entry.name) in OWN_NAMES:
                    packed.leave(folded(entry.name), OWN)
                elif entry.is_symlink():
                    packed.leave(path, LINKS)
                elif entry.is_dir(follow_symlinks=False):
                    if path in kept:
                        left.append(path)
                    else:
                        packed.leave(f"{path}/", IGNORED)
                elif path not in own:
                    packed.leave(path, SECRET if is_secret(path) else IGNORED)


def free_name(place: Path) -> Path:
    """A name beside it that nothing has yet: `shop.zip`, `shop-2.zip`."""
    number, free = 1, place
    while os.path.lexists(free):
        number += 1
        free = place.with_name(f"{place.stem}-{number}{place.suffix}")
    return free


def words(left: Mapping[str, Sequence[str]], most: int = 6) -> list[str]:
    """What was left out, a sentence for each reason."""
    return [
        f"Left out ({why}): {', '.join(shown(path, 80) for path in sorted(paths)[:most])}"
        + (f" and {len(paths) - most} more" if len(paths) > most else "")
        for why, paths in left.items()
    ]
