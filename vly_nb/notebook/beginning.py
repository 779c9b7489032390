"""Beginning: `%vly new`, from a name to an app that runs with data in it.

Part by part, each shown as it goes. A part that can't be done here is left out, and said, with the
command that does it later; what is made stays made.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from html import escape
from pathlib import Path
from typing import TypeVar

from vly_nb.backend.backends import EMBEDDED
from vly_nb.errors import ProgramError, Stopped, VlyError
from vly_nb.notebook.commands import NEW
from vly_nb.notebook.desk import Desk, uncancel
from vly_nb.notebook.display import Live
from vly_nb.notebook.functions import sow
from vly_nb.notebook.lines import shown, split, suggestion
from vly_nb.notebook.mounting import take_up
from vly_nb.notebook.previewing import framed, front_end, say_where_mails_are
from vly_nb.notebook.render import card, quiet
from vly_nb.notebook.visible import one_line
from vly_nb.notebook.waiting import beating
from vly_nb.notebook.words import many, mark
from vly_nb.session import Session
from vly_nb.stacks.new_app import new_app

T = TypeVar("T")

(NO_START,) = NEW
GO_ON = "`%vly doctor --fix`, then `%vly seed` and `%vly preview`"


class Making:
    """What came of each part so far, as one output that grows."""

    def __init__(self, desk: Desk, title: str) -> None:
        self._output = desk.outputs.growing()
        self._title = title
        self.live = Live(self._output, title, doing="beginning")

    async def part(self, doing: str, work: Awaitable[T], later: str) -> T | None:
        """Do one part; None when it had to be left out, which is noted then, with what does it later."""
        self.live.doing, self.live.line = doing, ""
        try:
            return await work
        except VlyError as error:
            self.left_out(error, later)
            return None

    def did(self, words: str) -> None:
        """A part is done."""
        self.live.log.append(mark(True) + one_line(words, 200))

    def left_out(self, error: VlyError, later: str) -> None:
        """A part couldn't be done."""
        self.live.log.append(f"{mark(False)}{one_line(error.message, 300)} Later: {later}")

    def end(self) -> None:
        """What stays in the notebook: nothing when no part was done or left out."""
        if not self.live.log:
            return
        lines = [self._title, *self.live.log]
        html = f"<b>{escape(self._title)}</b>" + "".join(quiet(escape(line)) for line in self.live.log)
        self._output.put({"text/html": card(html), "text/plain": "\n".join(lines)}, final=True)


async def new(desk: Desk, rest: str) -> None:
    """Make a fresh project, mount it, and have it run, with data in it."""
    words = split(rest)
    options = [word for word in words if word.startswith("-")]
    names = [word for word in words if not word.startswith("-")]
    if unknown := [word for word in options if word != NO_START]:
        raise VlyError(
            f"There is no option {shown(unknown[0])}.", suggestion(unknown[0], [NO_START], "%vly new NAME {}")
        )
    if len(names) != 1:
        raise VlyError("A new project needs one name.", "For example: %vly new my-app")
    name, starts = names[0], NO_START not in options
    making, was_there = Making(desk, f"New project {name}"), Path(name).exists()
    try:
        async with beating(making.live.beat):
            installed = await made(desk, making, name)
            if installed and starts:
                await running(desk, making)
    except (asyncio.CancelledError, KeyboardInterrupt):
        uncancel()
        if was_there or not Path(name).exists():
            raise Stopped("Stopped. Nothing was made.", "Run the cell again when you like.") from None
        making.live.log.append(f"{mark(False)}stopped while {making.live.doing}")
        raise Stopped(
            f"Stopped. What was made of {name} stays.", f"Go on with `%vly mount {name}`, {GO_ON}."
        ) from None
    finally:
        making.end()
    if installed and starts:
        show(desk)


async def made(desk: Desk, making: Making, name: str) -> bool:
    """The files, the packages, the mounting, the keys; whether the packages are there.

    Raises ProjectError when nothing can be made.
    """
    making.live.doing = "copying the template, installing its packages"
    missing: ProgramError | None = None
    try:
        await new_app(name, parent=Path(), report=making.live.report)
    except ProgramError as error:
        missing = error
    making.did(f"made from the template, in the folder {name}")
    if missing is None:
        making.did("its packages are installed")
    else:
        making.left_out(missing, GO_ON)
    making.live.doing, making.live.line = "mounting", ""
    session = await take_up(desk, Path(name))
    making.did(
        f"mounted: version {session.project.head.number}, {many(len(session.project.files()), 'file')}"
    )
    pair = session.stack.signing
    doing = "making the keys that sign log-ins"
    if pair and (await making.part(doing, signed(session), "%vly keys jwt")) is not None:
        making.did(f"{' and '.join(pair)}, which sign log-ins, are in the vault")
    return missing is None


async def signed(session: Session) -> bool:
    """Make the pair for a fresh app; it works without one until somebody logs in. Raises VlyError."""
    await session.make_signing_keys()
    return True


async def running(desk: Desk, making: Making) -> None:
    """The stand-in, data in it, the dev server."""
    session = desk.mounted
    backends = session.backends
    if backends is not None and backends.choice != EMBEDDED:
        making.live.log.append("A backend of yours is used, so no stand-in was started: %vly seed fills it")
    elif backends is not None and backends.embedded is not None:
        current = desk.engine.call(backends.current(making.live.report))
        backend = await making.part("starting the stand-in", current, "%vly seed, which starts it")
        if backend is not None:
            making.did(f"the {backend.name} runs: the app's own backend code, on this machine")
            sown = await making.part("filling it with sample data", sow(desk, backend), "%vly seed")
            if sown is not None:
                words = sown.done.value if isinstance(sown.done.value, str) else ""
                making.did(f"{sown.function}: {words or counted(sown.added)}")
    path = front_end([])
    url = await making.part(
        "starting the preview", desk.engine.call(session.preview.start(path)), "%vly preview"
    )
    if url is not None:
        making.did(f"the app runs at {url}")


def counted(added: Sequence[tuple[str, int, int]]) -> str:
    """`5 rows in tasks, 1 row in users`"""
    return ", ".join(f"{many(more, 'row')} in {name}" for name, _, more in added) or "nothing was added"


def show(desk: Desk) -> None:
    """The app, where it runs."""
    preview = desk.mounted.preview
    if url := preview.url:
        desk.outputs.show(framed(preview.path, url, mobile=False))
        say_where_mails_are(desk)
