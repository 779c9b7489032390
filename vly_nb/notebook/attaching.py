"""Attaching: a picture that was pasted or dropped becomes a file beside the notebook.

A file, so that the `%%vly` cell that mentions it can be run again.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
from pathlib import Path

from vly_nb.errors import VlyError
from vly_nb.notebook.mentions import PICTURE, picture_type

FOLDER = "attachments"
_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}


def attach(name: str, data: str) -> str:
    """Write a picture (base64) and give the words that mention it. Raises VlyError."""
    try:
        picture = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise VlyError("The picture didn't arrive whole.", "Paste it again.") from None
    kind = picture_type(picture)
    if kind is None:
        raise VlyError("That is not a picture vly can look at.", "Use a PNG, JPEG, GIF or WebP file.")
    if len(picture) > PICTURE:
        raise VlyError(f"The picture is over {PICTURE // 10**6} MB.", "Make it smaller.")
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", name.rpartition(".")[0] or name).strip("-")[:40] or "picture"
    return f"@{_write(stem, _ENDINGS[kind], picture)}"


def _write(stem: str, ending: str, data: bytes) -> str:
    """Into a new file; one that is there is never replaced, a link never followed."""
    folder = Path(FOLDER)
    folder.mkdir(exist_ok=True)
    if folder.is_symlink():
        raise VlyError(f"{FOLDER} is a link.", "Remove it: pictures are kept in a folder of that name.")
    for number in range(1, 1000):
        path = folder / (f"{stem}.{ending}" if number == 1 else f"{stem}-{number}.{ending}")
        try:
            opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        except FileExistsError:
            continue
        except OSError as error:
            raise VlyError(f"The picture can't be written: {error.strerror}.", "") from error
        with os.fdopen(opened, "wb") as file:
            file.write(data)
        return path.as_posix()
    raise VlyError(f"{FOLDER} is full.", "Delete what you don't need.")
