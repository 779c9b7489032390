"""Intake: a project from elsewhere (a git address, a zip, a folder) as a new folder of one's own.

    source = source_of("https://github.com/owner/shop")
    taken = await take_in(source, Path("shop"), report)

The source is only read. What arrives is put together beside its place under limits (`staging`), and
moved there in one go: it is all there, or nothing is.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from vly_nb.errors import KeyPasted, ProjectError
from vly_nb.progress import Report
from vly_nb.project.folder import Folder
from vly_nb.project.intake import archive, clone, tree
from vly_nb.project.intake.staging import Staging
from vly_nb.project.paths import shown

Kind = Literal["git", "zip", "folder"]

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
ELSEWHERE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|[^/\\s]+@[^/\\s]+:")  # ssh://, ext::, git@host:path
BARE = ("HEAD", "objects", "refs")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a project comes from; `name` is what it would be called here."""

    kind: Kind
    address: str
    name: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What arrived: files, bytes, and what was left out, by why."""

    files: int
    size: int
    left: Mapping[str, Sequence[str]]


def source_of(text: str) -> Source:
    """What a person means by an address or a path. Raises ProjectError, KeyPasted."""
    if text.startswith("https://"):
        return _at(text)
    if ELSEWHERE.match(text):
        raise ProjectError(
            f"{shown(text)} is no address that can be imported from.",
            "Use its https:// address, a zip, or a folder; what needs a login is cloned in a terminal first.",
        )
    place = Path(text).expanduser()
    if place.is_dir():
        bare = all((place / name).exists() for name in BARE)
        return Source("git" if bare else "folder", str(place.resolve()), _named(place.resolve().name))
    if place.is_file():
        return Source("zip", str(place.resolve()), _named(place.name))
    raise ProjectError(f"{shown(text)} isn't there.", "Name a folder, a zip, or an https:// address of git.")


def _at(text: str) -> Source:
    try:
        parts = urlsplit(text)
        host, login, _ = parts.hostname, parts.username or parts.password, parts.port
    except ValueError:
        host = login = None
    if login:
        raise KeyPasted(
            "A password in an address would stay in the notebook, so nothing was fetched.",
            "Clone it in a terminal, then import the folder. If the notebook was saved, have a new key made.",
        )
    if not host or not text.isascii() or not text.isprintable() or " " in text:
        raise ProjectError(f"{shown(text)} is no address.", "For example: https://github.com/owner/shop")
    return Source("git", text, _named(parts.path.rstrip("/").rpartition("/")[2]))


def _named(name: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name.removesuffix(".git").removesuffix(".zip")).strip("-.")
    return plain[:60] or "imported"


async def take_in(source: Source, target: Path, report: Report) -> Taken:
    """Make `target` of a source. Raises ProjectError, ProgramError; nothing is there then."""
    if not NAME.fullmatch(target.name):
        raise ProjectError(
            f"{shown(target.name)!r} can't be a folder's name here.", "Use letters, digits, dashes."
        )
    if target.exists() or target.is_symlink():
        raise ProjectError(
            f"{target.name} is there already.",
            f"Name another folder for it: %vly import {source.address} NAME",
        )
    if source.kind == "folder" and target.resolve().is_relative_to(source.address):
        raise ProjectError("The copy would lie in what is copied.", "Go to another folder, then import.")
    try:
        with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as beside:
            return await _brought(source, Path(beside).resolve(), target, report)
    except OSError as error:
        raise ProjectError(
            f"{target.name} can't be made: {error.strerror or error}.",
            "Is there room, and may you write there?",
        ) from error


async def _brought(source: Source, work: Path, target: Path, report: Report) -> Taken:
    fetched = await clone.fetch(source.address, work, report) if source.kind == "git" else work
    report("taking over its files")
    staging = Staging(work / "files")
    filling = asyncio.ensure_future(asyncio.to_thread(_fill, source, fetched, staging))
    try:
        await asyncio.shield(filling)
    except asyncio.CancelledError:
        staging.stop()
        await asyncio.wait([filling])
        filling.exception()  # it is heard of
        raise
    if not staging.files:
        raise ProjectError("There is no file in it.", "Is it the right one?")
    (work / "files").rename(target)
    return Taken(staging.files, staging.size, staging.left)


def _fill(source: Source, fetched: Path, staging: Staging) -> None:
    match source.kind:
        case "git":
            clone.unpack(fetched, staging)
        case "zip":
            archive.unpack(Path(source.address), staging)
        case "folder":
            with closing(Folder(Path(source.address))) as folder:
                tree.copy(folder, staging)
