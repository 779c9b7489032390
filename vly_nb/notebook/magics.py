"""Magics: from the text of a `%vly` line or a `%%vly` cell to the function that does it.

Imported by the first command, since everything heavy comes with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from IPython.core.interactiveshell import InteractiveShell

from vly_nb.errors import KeyPasted, Stopped, VlyError
from vly_nb.notebook import (
    asking,
    backending,
    beginning,
    database,
    doctor,
    exchanging,
    functions,
    judging,
    keeping,
    mounting,
    previewing,
    settings,
    travelling,
)
from vly_nb.notebook.desk import Desk, uncancel
from vly_nb.notebook.forgetting import forget_cell
from vly_nb.notebook.lines import command_of, options_of
from vly_nb.session import Session

HANDLERS: Mapping[str, Callable[[Desk, str], Awaitable[None]]] = {
    "mount": mounting.mount,
    "unmount": mounting.unmount,
    "new": beginning.new,
    "import": exchanging.import_,
    "download": exchanging.download,
    "status": mounting.status,
    "check": mounting.check,
    "lint": judging.lint,
    "fix": judging.fix,
    "allow": judging.allow,
    "unlock": judging.unlock,
    "keys": keeping.keys,
    "backend": backending.backend,
    "db": database.db,
    "run": functions.run,
    "seed": functions.seed,
    "preview": previewing.preview,
    "screenshot": previewing.screenshot,
    "doctor": doctor.doctor,
    "next": asking.next_step,
    "apply": asking.apply,
    "reject": asking.reject,
    "stop": asking.stop,
    "undo": travelling.undo,
    "redo": travelling.redo,
    "goto": travelling.goto,
    "versions": travelling.versions,
    "diff": travelling.diff,
    "mode": settings.mode,
    "only": settings.only,
    "model": settings.model,
    "tape": settings.tape,
    "cost": settings.cost,
    "panel": settings.panel,
    "help": settings.help_,
}


class Magics:
    """The commands of one shell."""

    def __init__(self, shell: InteractiveShell, in_cell: Callable[[], bool] = lambda: False) -> None:
        self.desk = Desk(shell, in_cell)

    @property
    def session(self) -> Session | None:
        """The mounted session, for completion."""
        return self.desk.session

    async def line(self, line: str) -> None:
        """A `%vly` line. Raises VlyError with a sentence for anything wrong with it."""
        command, rest = command_of(line)
        if rest and not command.arguments:
            raise VlyError(f"%vly {command.name} takes nothing more.", f"It is just: {command.usage}")
        try:
            await safely(HANDLERS[command.name](self.desk, rest), self.desk)
        finally:
            self.desk.hub.soon(self.desk.hub.touch)

    async def cell(self, line: str, cell: str) -> None:
        """A `%%vly` cell: its options, and the prompt to the letter (less the newline that IPython adds)."""
        await safely(asking.ask(self.desk, options_of(line), cell.removesuffix("\n")), self.desk)

    def release(self) -> None:
        """Let go of the project at once (the extension is unloaded)."""
        if (session := self.desk.session) is not None:
            session.stop()
            if (lane := session.agent.lane) is not None:
                self.desk.engine.start(lane.close())
            session.project.close()
            self.desk.engine.start(session.preview.close())
            self.desk.session = None


async def safely(work: Awaitable[None], desk: Desk) -> None:
    """Do it; what goes wrong is said without any secret, and a cell that holds one is forgotten."""
    clean = desk.outputs.clean
    try:
        await stoppable(work)
    except KeyPasted:
        forget_cell(desk.shell)
        raise
    except VlyError as error:
        error.message, error.hint = clean(error.message), clean(error.hint)
        error.args = (error.message,)
        raise
    except Exception as error:
        if clean(said := f"{error} {error!r}") != said:
            raise VlyError(
                f"{type(error).__name__}: {clean(str(error))}", "That should not happen."
            ) from None
        raise


async def stoppable(work: Awaitable[None]) -> None:
    """An interrupt, however the kernel tells it, becomes one sentence."""
    try:
        await work
    except (asyncio.CancelledError, KeyboardInterrupt):
        uncancel()
        raise Stopped("Stopped.", "Run the cell again when you like.") from None
