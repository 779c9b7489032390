"""Env files: what `.env*` in a project sets, and what of it is a key.

The lines are read by python-dotenv; a file can be taken apart line by line and put back to the
byte. Only the trusted side comes here: the model is never shown such a file.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from io import StringIO
from pathlib import PurePosixPath

from dotenv.parser import parse_stream

from vly_nb.project import shapes
from vly_nb.project.chance import is_mixed, is_random
from vly_nb.project.folder import DIRECTORY, Folder, Linked, TooBig, split
from vly_nb.project.forms import is_hideable
from vly_nb.project.paths import OWN_NAMES, folded, is_secret

FILE_NAMES = (".env*", ".envrc", ".dev.vars*")
BIGGEST = 200_000  # bytes of an env file
MOST = 40  # files
DEEPEST = 4  # folders below the root that are looked at
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")

_LATER_WINS = (".env", ".env.development", ".env.local", ".env.development.local")
"""As Vite and Convex read them; what stands in any other (`.env.production`) comes first, and loses."""
_SKIPPED = OWN_NAMES | {"dist", "build", "coverage", ".next", ".vite", ".turbo", ".cache", ".venv"}

_PUBLIC_NAME = re.compile(r"(VITE|NEXT_PUBLIC|PUBLIC|EXPO_PUBLIC)_\w+")
_PUBLIC_NAMES = frozenset({"CONVEX_DEPLOYMENT", "CONVEX_SELF_HOSTED_URL", "CONVEX_URL", "CONVEX_SITE_URL"})
_GOES_ALONG = frozenset({"CONVEX_SELF_HOSTED_URL"})
"""Where a key is sent to: it must not come from a file that anybody's repository may bring."""
_PUBLIC_NAMES |= {"SITE_URL", "APP_NAME", "NODE_ENV", "PORT", "HOST", "TZ", "AUTH_EMAIL_FROM"}
_SECRET_WORD = re.compile(
    r"(?:^|_)(?:KEYS?|SECRETS?|TOKENS?|PASS(?:WORD|WD|PHRASE)?|PWD|PRIVATE|CREDENTIALS?|JWKS|DSN|AUTH|SALT"
    r"|API_?KEY|APIKEY)(?:_|$)"
)
_MEANT_TO_BE_SEEN = re.compile(r"PUBLISHABLE|PUBLIC|ANON|MAPS|SITE_KEY|_URL$|_ID$")
_COMMENTED = re.compile(
    r"^[ \t]*#+[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=[ \t]*[\"']?([^\s\"'#]+)", re.M
)


@dataclass(frozen=True, slots=True)
class Line:
    """A setting, or what stands between two (no name then). `original` has its line's end."""

    name: str
    value: str
    original: str

    @property
    def is_blank(self) -> bool:
        """Whether nothing is on it."""
        return not self.original.strip()


def is_secret_name(name: str) -> bool:
    """Whether a variable's name says that its value is a secret."""
    upper = name.upper()
    return _SECRET_WORD.search(upper) is not None and _MEANT_TO_BE_SEEN.search(upper) is None


def is_public_name(name: str) -> bool:
    """Whether a variable's value is no secret, whatever it is: an address, what a page is built with."""
    return name in _PUBLIC_NAMES or _PUBLIC_NAME.fullmatch(name) is not None


def is_key(name: str, value: str) -> bool:
    """Whether a setting is a key: by its name, or because its value looks like one.

    What a page is built with (`VITE_*`) every visitor can read, so it is a key only by mistake:
    when nothing public looks so.
    """
    found = [one.shape for one in shapes.find(value)]
    if _PUBLIC_NAME.fullmatch(name):
        return any(shape.sure for shape in found)
    if found or not value or name in _PUBLIC_NAMES:
        return bool(found)
    return is_secret_name(name) or (_is_drawn(value) and _MEANT_TO_BE_SEEN.search(name.upper()) is None)


def moves(name: str, value: str) -> bool:
    """Whether a setting belongs into the vault: a key, or the address that one is sent to."""
    return is_key(name, value) or (name in _GOES_ALONG and bool(value))


def _is_drawn(value: str) -> bool:
    """Whether a value looks drawn by lot, and is no path or address."""
    return (
        len(value) >= 20
        and is_mixed(value)
        and is_random(value)
        and not re.match(r"[./~]|\w+://", value)
        and re.search(r"\s", value) is None
    )


def lines_of(text: str) -> list[Line]:
    """The lines of an env file; joined, their originals are the text (less a byte-order mark)."""
    return [Line(one.key or "", one.value or "", one.original.string) for one in parse_stream(StringIO(text))]


def secrets_in(text: str) -> Iterator[tuple[str, str]]:
    """(name, value) of the keys of an env file, those in comments too, as far as they can be hidden."""
    for line in lines_of(text):
        for value in _readings(line.value):
            if line.name and is_key(line.name, value) and is_hideable(value):
                yield line.name, value
    for name, value in _COMMENTED.findall(text):
        if is_key(name, value) and is_hideable(value):
            yield name, value


def _readings(value: str) -> list[str]:
    """A value as python-dotenv reads it and as Node's dotenv does: backticks, `#` without a space."""
    readings = [value]
    if len(value) > 2 and value[0] == value[-1] == "`":
        readings.append(value[1:-1])
    if "#" in value:
        readings.append(value.split("#", 1)[0].rstrip())
    return readings


def decoded(data: bytes) -> str:
    """An env file's text; bytes that are no UTF-8 come back out as they were."""
    return data.decode("utf-8", "surrogateescape")


# -- the files ------------------------------------------------------------------------


def env_files(folder: Folder) -> list[str]:
    """Paths of the project's env files; when two set the same name, the later one wins."""
    found: list[str] = []
    with folder.directory(".") as fd:
        _collect(fd, "", 0, found)
    return sorted(found[:MOST], key=_weight)


def _weight(path: str) -> tuple[int, int, str]:
    name = PurePosixPath(path).name
    return (-path.count("/"), _LATER_WINS.index(name) if name in _LATER_WINS else -1, path)


def _collect(fd: int, at: str, depth: int, found: list[str]) -> None:
    with os.scandir(fd) as entries:
        every = sorted(entries, key=lambda entry: entry.name)
    for entry in every:
        if entry.is_dir(follow_symlinks=False):
            if depth < DEEPEST and folded(entry.name) not in _SKIPPED:
                with suppress(OSError):
                    inner = os.open(entry.name, DIRECTORY, dir_fd=fd)
                    try:
                        _collect(inner, f"{at}{entry.name}/", depth + 1, found)
                    finally:
                        os.close(inner)
        elif entry.is_file(follow_symlinks=False) and is_env_file(entry.name):
            found.append(at + entry.name)


def is_env_file(name: str) -> bool:
    """Whether a name is that of an env file with values in it."""
    return is_secret(name) and any(fnmatchcase(folded(name), pattern) for pattern in FILE_NAMES)


def read(folder: Folder, path: str) -> tuple[bytes, os.stat_result] | None:
    """An env file's bytes and what it is; None for one that isn't there, is a link, or is too big."""
    try:
        return folder.read(path, BIGGEST)
    except (OSError, Linked, TooBig):
        return None


def write(folder: Folder, path: str, data: bytes | None, mode: int) -> None:
    """Put a file in place whole, or take it away (None). Raises OSError."""
    parent, name = split(path)
    with folder.directory(parent) as fd:
        if data is None:
            with suppress(FileNotFoundError):
                os.unlink(name, dir_fd=fd)
            return
        coming = f".env.vly-{secrets.token_hex(6)}"
        out = os.open(
            coming, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=fd
        )
        try:
            with os.fdopen(out, "wb") as stream:
                stream.write(data)
                stream.flush()
                _give_to(out, _owner(fd, name))
                os.fchmod(out, stat.S_IMODE(mode))
                os.fsync(out)
            os.rename(coming, name, src_dir_fd=fd, dst_dir_fd=fd)
        except BaseException:
            with suppress(OSError):
                os.unlink(coming, dir_fd=fd)
            raise


def _owner(fd: int, name: str) -> tuple[int, int]:
    """Whose the file is, or the folder where it isn't there: a root kernel must not take people's files."""
    try:
        found = os.stat(name, dir_fd=fd, follow_symlinks=False)
    except FileNotFoundError:
        found = os.fstat(fd)
    return found.st_uid, found.st_gid


def _give_to(file: int, owner: tuple[int, int]) -> None:
    if owner != (os.geteuid(), os.getegid()):
        with suppress(PermissionError):
            os.fchown(file, *owner)


def aside(folder: Folder, path: str) -> str:
    """Move a file out of the way under a name of its own, and say which. Raises OSError."""
    parent, name = split(path)
    other = f"{name}.before-restore-{secrets.token_hex(3)}"
    with folder.directory(parent) as fd:
        os.rename(name, other, src_dir_fd=fd, dst_dir_fd=fd)
    return other if parent == "." else f"{parent}/{other}"


HEAD = "# The keys of this file are in vly's vault: see %vly keys. %vly keys restore puts the file back.\n"


def without_keys(lines: Sequence[Line]) -> str:
    """What stays of a file when its keys are gone: the settings that are none, each as it stood."""
    kept = [line.original for line in lines if line.name and not _holds_key(line)]
    return HEAD + "".join(kept) if kept else ""


def _holds_key(line: Line) -> bool:
    """Whether a line must not stay: its value is a key, or what stands behind it may be one."""
    comment = line.original.partition(line.value)[2] if line.value else line.original
    return moves(line.name, line.value) or any(True for _ in shapes.find(comment))
