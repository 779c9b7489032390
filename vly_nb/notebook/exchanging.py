"""Exchanging: the commands by which a project comes and goes: import, download."""

from __future__ import annotations

import asyncio
from html import escape
from pathlib import Path
from urllib.parse import quote

from vly_nb.errors import VlyError
from vly_nb.notebook.desk import Desk
from vly_nb.notebook.display import Live
from vly_nb.notebook.lines import split
from vly_nb.notebook.mounting import open_folder, path_of
from vly_nb.notebook.outputs import Bundle
from vly_nb.notebook.render import card
from vly_nb.notebook.waiting import beating
from vly_nb.notebook.words import many
from vly_nb.project.download import free_name, pack, words
from vly_nb.project.intake.intake import source_of, take_in


async def import_(desk: Desk, rest: str) -> None:
    """Copy a project from elsewhere into a folder of its own, and mount it."""
    given = split(rest)
    if not 1 <= len(given) <= 2:
        raise VlyError(
            "Which project?",
            "Name a git address, a zip or a folder: %vly import https://github.com/owner/shop",
        )
    source = await asyncio.to_thread(source_of, given[0])
    target = Path(given[1] if len(given) > 1 else source.name)
    if len(target.parts) != 1:
        raise VlyError("It comes into a folder beside the notebook.", f"Use %vly import {given[0]} NAME.")
    output = desk.outputs.growing()
    live = Live(output, f"Import {target}", doing="fetching it" if source.kind == "git" else "copying it")
    async with beating(live.beat):
        taken = await desk.engine.call(take_in(source, target, live.report))
    output.put(
        live.ended(f"{many(taken.files, 'file')}, {size(taken.size)}, in the folder {target}"), final=True
    )
    for line in words(taken.left):
        desk.outputs.say(line)
    await open_folder(desk, target)
    desk.outputs.say("%vly doctor --fix installs its packages; then %vly preview shows it.")


async def download(desk: Desk, rest: str) -> None:
    """Write the project as a zip, without keys."""
    session = desk.mounted
    name = session.project.root.name
    place = path_of(rest) if rest else free_name(Path(f"{name}.zip"))
    if place.is_dir():
        place = free_name(place / f"{name}.zip")
    elif place.suffix != ".zip":
        raise VlyError("A download is a zip.", f"For example: %vly download {name}.zip")
    session.keys.refresh()
    output = desk.outputs.growing()
    live = Live(output, "Download", doing="packing")
    async with beating(live.beat):
        packed = await asyncio.to_thread(
            pack, session.project.folder, name, place.absolute(), session.keys.redactor
        )
    output.put(linked(place, f"{many(packed.files, 'file')}, {size(packed.size)}"), final=True)
    for line in words(packed.left):
        desk.outputs.say(line)
    if packed.doubtful:
        found = ", ".join(packed.doubtful[:6])
        desk.outputs.say(f"Look at these before you share it, something in them looks like a key: {found}")


def linked(place: Path, about: str) -> Bundle:
    """Where a file was written; a link to it where it lies beside the notebook or below."""
    words = f"Download: {place} ({about})"
    link = f'<a href="{escape(quote(str(place)), quote=True)}">{escape(str(place))}</a>'
    inside = not place.is_absolute() and ".." not in place.parts
    html = f"Download: {link if inside else escape(str(place))} ({escape(about)})"
    return {"text/html": card(html), "text/plain": words}


def size(count: int) -> str:
    """Bytes in words: `12 KB`, `3.4 MB`."""
    return f"{count / 1e6:,.1f} MB" if count >= 1e6 else f"{max(1, round(count / 1000)):,} KB"
