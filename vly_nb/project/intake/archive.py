"""Archive: a zip's files into a staging. Nothing that its directory says is believed: bytes are counted."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from vly_nb.errors import ProjectError
from vly_nb.project.intake.staging import (
    LINKS,
    LITTER,
    LOOK,
    MOST_BYTES,
    MOST_FILES,
    SPECIAL,
    Staging,
    admit,
)
from vly_nb.project.paths import folded, shown

CHUNK = 1 << 20
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def unpack(place: Path, staging: Staging) -> None:
    """Every file of a zip. Raises ProjectError: no zip, damaged, locked, hostile, too big."""
    try:
        if place.stat().st_size > MOST_BYTES:
            raise ProjectError(f"{place.name} has more than {MOST_BYTES >> 20} MB.", LOOK)
        with zipfile.ZipFile(place) as archive:
            _unpack(archive, staging)
    except DAMAGED as error:
        raise ProjectError(f"{place.name} is no zip that can be read: {shown(str(error))}.", LOOK) from error


def _unpack(archive: zipfile.ZipFile, staging: Staging) -> None:
    entries = archive.infolist()
    if len(entries) > 2 * MOST_FILES or sum(one.file_size for one in entries) > MOST_BYTES:
        raise ProjectError(
            f"It says of itself that it holds more than {MOST_FILES:,} files or {MOST_BYTES >> 20} MB.", LOOK
        )
    for one in entries:
        admit(one.filename.rstrip("/") if one.is_dir() else one.filename)
    top = _top(entries)
    for one in entries:
        path = one.filename.removeprefix(top)
        mode = one.external_attr >> 16
        kind = stat.S_IFMT(mode)
        if one.is_dir():
            continue
        if kind == stat.S_IFLNK:
            staging.leave(path, LINKS)
        elif kind not in (0, stat.S_IFREG):
            staging.leave(path, SPECIAL)
        elif one.flag_bits & 1:
            raise ProjectError("It is locked with a password.", "Unpack it yourself and import the folder.")
        elif one.compress_type not in METHODS:
            raise ProjectError("It is packed in a way that isn't usual.", LOOK)
        else:
            staging.add(path, _chunks(archive, one), runs=bool(mode & 0o111))


def _top(entries: Sequence[zipfile.ZipInfo]) -> str:
    """The folder that everything lies in (`roll-royale-main/`), as such archives are; "" for none."""
    names = [one.filename for one in entries if folded(one.filename.split("/")[0]) not in LITTER]
    tops = {name.partition("/")[0] for name in names}
    return f"{tops.pop()}/" if len(tops) == 1 and all("/" in name for name in names) else ""


def _chunks(archive: zipfile.ZipFile, one: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(one) as file:
        while chunk := file.read(CHUNK):
            yield chunk
