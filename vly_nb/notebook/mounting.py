"""Mounting: the commands about the project as a whole: mount, unmount, status, check."""

from __future__ import annotations

from pathlib import Path

from vly_nb.agent.turn import Proposal
from vly_nb.errors import VlyError
from vly_nb.notebook import keeping, keynames
from vly_nb.notebook.bundle import usage_data
from vly_nb.notebook.desk import Desk
from vly_nb.notebook.display import ShowChecks
from vly_nb.notebook.lines import split
from vly_nb.notebook.tables import table
from vly_nb.notebook.words import usage_words
from vly_nb.session import Session


async def mount(desk: Desk, rest: str) -> None:
    """Open a project's folder."""
    if not rest:
        raise VlyError("Which folder?", "Use %vly mount PATH.")
    await open_folder(desk, path_of(rest))


async def open_folder(desk: Desk, folder: Path) -> None:
    """Mount a folder in place of the one that is mounted."""
    old = desk.session
    if old is not None and is_same(folder, old.project.root):
        desk.outputs.say(f"{old.project.root.name} is mounted already.")
        return
    session = await take_up(desk, folder)
    await status(desk, "")
    for line in keynames.remarks(session):
        desk.outputs.say(line)


async def take_up(desk: Desk, folder: Path) -> Session:
    """Have a folder mounted in place of what is, and say nothing. Raises ProjectError."""
    session = await Session.mount(folder)
    await desk.close()
    desk.open(session)
    return session


async def unmount(desk: Desk, rest: str) -> None:
    """Let go of the project."""
    session = desk.mounted
    await desk.close()
    desk.outputs.say(f"{session.project.root.name} is no longer mounted. Its versions are kept.")


async def check(desk: Desk, rest: str) -> None:
    """Run the project's checks."""
    session = desk.mounted
    await ShowChecks(desk.outputs, session.stack.about).follow(desk.through(session.check()))


async def status(desk: Desk, rest: str) -> None:
    """Where things stand."""
    session = desk.mounted
    project = session.project
    rows = [
        ("project", f"{project.root.name} ({session.stack.name})"),
        ("files", f"{len(project.files()):,}"),
        ("version", f"{project.head.number}: {project.head.label}"),
        ("mode", session.mode),
        ("model", session.model_name),
        ("keys", keeping.counted(session)),
    ]
    held = await project.confinement.standing()
    rows.append(("sandbox", held.sentence.removeprefix("Commands run in a sandbox: ")))
    if (lane := session.agent.lane) is not None and lane.why:
        rows.append(("checks", f"{lane.why}, so each step waits for the real commands"))
    if session.only:
        rows.append(("only", " ".join(session.only)))
    if session.tape is not None:
        rows.append(("tape", Path(session.tape.path).name))
    if session.turns:
        rows.append(("turns", str(len(session.turns))))
        rows.append(("so far", usage_words(usage_data(session.usage), session.cost)))
    rows.append(("waiting", waiting(session)))
    desk.outputs.show(table(rows))


def waiting(session: Session) -> str:
    """What the person can do now, in words."""
    turn = session.turn
    if turn is None or turn.end is not None:
        return "nothing: ask in a %%vly cell"
    if isinstance(turn.waiting, Proposal):
        return "a change is proposed: %vly apply, or %vly reject"
    return "vly asked you something: %vly next ANSWER" if turn.waiting else "the turn goes on: %vly next"


def path_of(rest: str) -> Path:
    """The path that is meant: the text as it stands, or with its quotes taken off."""
    plain = Path(rest).expanduser()
    return plain if plain.exists() else Path(" ".join(split(rest))).expanduser()


def is_same(one: Path, other: Path) -> bool:
    """Whether two paths lead to the same folder."""
    return one.resolve() == other.resolve()
