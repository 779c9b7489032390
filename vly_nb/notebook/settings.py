"""Settings: the commands about how vly works: mode, only, model, tape; and cost and help."""

from __future__ import annotations

import difflib
from importlib import import_module
from pathlib import Path
from typing import cast

from vly_nb.errors import TapeError, VlyError
from vly_nb.notebook.answer import page_html
from vly_nb.notebook.bundle import usage_data
from vly_nb.notebook.commands import MODES
from vly_nb.notebook.desk import Desk
from vly_nb.notebook.lines import help_text, shown, split, suggestion
from vly_nb.notebook.mounting import path_of
from vly_nb.notebook.tables import table
from vly_nb.notebook.words import usage_words
from vly_nb.session import Mode
from vly_nb.stacks.stacks import STACKS

_MEANS = {
    "run": "a %%vly cell runs to the end.",
    "step": "a %%vly cell runs one step; %vly next runs the next.",
    "review": "nothing is written before %vly apply.",
}


async def mode(desk: Desk, rest: str) -> None:
    """How far a cell goes by itself."""
    session = desk.mounted
    if rest and rest not in MODES:
        raise VlyError(f"There is no mode {shown(rest)}.", suggestion(rest, MODES, "%vly mode {}"))
    if rest:
        session.mode = cast(Mode, rest)
    desk.outputs.say(f"mode {session.mode}: {_MEANS[session.mode]}")


async def only(desk: Desk, rest: str) -> None:
    """Limit what may be written."""
    session = desk.mounted
    if rest:
        globs = tuple(split(rest))
        session.only = () if globs in (("off",), ("none",)) else globs
    limited = " ".join(session.only)
    desk.outputs.say(f"vly may write only: {limited}" if limited else "vly may write all of the project.")


async def model(desk: Desk, rest: str) -> None:
    """Which model answers."""
    session = desk.mounted
    if rest:
        session.use_model(rest)
    desk.outputs.say(f"model: {session.model_name}")


async def tape(desk: Desk, rest: str) -> None:
    """Replay from a tape, and record what it doesn't hold."""
    session = desk.mounted
    if rest:
        await session.use_tape(None if rest in ("off", "none") else tape_at(path_of(rest)))
    if session.tape is None:
        desk.outputs.say("No tape: nothing is replayed or recorded.")
        return
    name = Path(session.tape.path).name
    desk.outputs.say(f"tape {name}: what it holds is replayed, the rest is recorded.")


def tape_at(path: Path) -> Path:
    """The path, when a tape can be there. Raises TapeError when it can't."""
    if path.is_dir():
        raise TapeError(f"{path.name} is a folder.", "Name a file: %vly tape demo.tape.jsonl")
    if not path.parent.is_dir():
        raise TapeError(f"There is no folder {path.parent}.", "Make it first, or name another.")
    return path


async def cost(desk: Desk, rest: str) -> None:
    """What was used so far."""
    session = desk.mounted
    rows = [
        (f"turn {turn.number}", turn.prompt[:80], usage_words(usage_data(turn.usage), turn.cost))
        for turn in session.turns
    ]
    rows.append(("in all", "", usage_words(usage_data(session.usage), session.cost)))
    desk.outputs.show(table(rows, title="Used so far"))


async def panel(desk: Desk, rest: str) -> None:
    """Show the chat as a widget."""
    widget = import_module("vly_nb.notebook.widget").Panel(desk)  # the widgets' libraries are heavy
    desk.shell.display_pub.publish(*widget._repr_mimebundle_())


async def help_(desk: Desk, rest: str) -> None:
    """The commands, all about one command or rule, or the list of rules."""
    stacks = STACKS if desk.session is None else (desk.session.stack,)
    rules = {rule: stack for stack in stacks for rule in stack.rules}
    if rest == "rules":
        rows = [(rule, about.title) for rule, stack in rules.items() if (about := stack.about(rule))]
        desk.outputs.show(table(rows, ["rule", "what to do"], "The stack's rules. %vly help RULE says why"))
    elif "-" not in rest.strip("-?"):
        desk.outputs.show({"text/plain": help_text(rest.rstrip("?"))})
    elif rest not in rules or (page := rules[rest].page(rest)) is None:
        near = difflib.get_close_matches(rest.lower(), rules, n=1)
        known = f"Did you mean `%vly help {near[0]}`?" if near else "`%vly help rules` lists them all."
        raise VlyError(f"There is no rule {shown(rest)}.", known)
    else:
        desk.outputs.show({"text/html": page_html(page), "text/plain": page})
