"""Travelling: the commands about versions: undo, redo, goto, versions, diff."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from html import escape

from vly_nb.errors import ProjectError, VlyError
from vly_nb.notebook.bundle import changes_data
from vly_nb.notebook.desk import Desk
from vly_nb.notebook.diffs import changes_html, changes_text
from vly_nb.notebook.lines import shown, split, suggestion
from vly_nb.notebook.previewing import again
from vly_nb.notebook.render import card
from vly_nb.notebook.tables import versions_table
from vly_nb.notebook.wire import ChangeData
from vly_nb.project.versions import Version
from vly_nb.session import Session

DIFF_LINES = 5_000  # lines that %vly diff shows
BACK_LINES = 300  # lines that undo, redo and goto show


async def undo(desk: Desk, rest: str) -> None:
    """Take back the last change."""
    await travel(desk, desk.mounted.undo)


async def redo(desk: Desk, rest: str) -> None:
    """Bring back what was undone."""
    await travel(desk, desk.mounted.redo)


async def goto(desk: Desk, rest: str) -> None:
    """Bring back a version."""
    number = version_of(rest, desk.mounted)
    await travel(desk, lambda: desk.mounted.goto(number))


async def travel(desk: Desk, go: Callable[[], Version]) -> None:
    """Go to another version and show what that changed."""
    project = desk.mounted.project
    backends = desk.mounted.backends
    before = project.head.number
    if backends is not None:
        await desk.engine.call(backends.keep(before))
    version = go()
    change = project.changes_between(before, version.number)
    same = f"The project is as it was in version {version.restores}. " if version.restores else ""
    back = "redo" if version.kind == "undo" else "undo"
    words = f"{same}This is version {version.number}; %vly {back} takes it back."
    show(desk, words, changes_data(change.changes, lines=BACK_LINES), version.number)
    was = version.restores
    if backends is not None and was and await desk.engine.call(backends.kept(was)):
        desk.outputs.say(
            f"The data stays as it is. If it doesn't fit this code: %vly backend restore {was} brings back "
            f"what it was at version {was}."
        )
    await again(desk, version.changed)


async def versions(desk: Desk, rest: str) -> None:
    """The project's versions, newest first."""
    every = desk.mounted.project.versions
    if rest and not (rest.isdecimal() and int(rest) > 0):
        raise VlyError(f"{shown(rest)} is no number of versions.", "For example: %vly versions 100")
    desk.outputs.show(versions_table(every, int(rest or 30), datetime.now(UTC)))


async def diff(desk: Desk, rest: str) -> None:
    """What changed in a version, or between two."""
    session = desk.mounted
    words = split(rest)
    numbers: list[int] = []
    while words and words[0].isdecimal() and len(numbers) < 2:
        numbers.append(version_of(words.pop(0), session))
    newer = numbers[-1] if numbers else session.project.head.number
    older = numbers[0] if len(numbers) == 2 else max(1, newer - 1)
    change = session.project.changes_between(older, newer)
    if strange := [path for path in words if path not in change.paths]:
        raise ProjectError(
            f"{shown(strange[0])} didn't change from version {older} to {newer}.",
            suggestion(strange[0], change.paths, "{}") if change else "Nothing did.",
        )
    chosen = [one for one in change.changes if not words or one.path in words]
    title = f"From version {older} to {newer}" if chosen else f"Nothing changed from {older} to {newer}."
    show(desk, title, changes_data(chosen, lines=DIFF_LINES), None)


def show(desk: Desk, words: str, changes: Sequence[ChangeData], version: int | None) -> None:
    """Changes under a heading."""
    html = card(f"<div><b>{escape(words)}</b></div>{changes_html(changes, version=version)}")
    text = changes_text(changes, version=version)
    desk.outputs.show({"text/html": html, "text/plain": f"# {words}\n{text}"})


def version_of(text: str, session: Session) -> int:
    """A version's number. Raises VlyError when there is none such."""
    numbers = [version.number for version in session.project.versions]
    if text.isdecimal() and int(text) in numbers:
        return int(text)
    wrong = f"There is no version {text[:40]}." if text else "Which version?"
    raise VlyError(wrong, f"There are versions {numbers[0]} to {numbers[-1]}: see %vly versions.")
