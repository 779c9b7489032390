"""Keeping: `%vly keys`, the project's keys by their names. No value is ever shown."""

from __future__ import annotations

import asyncio
import getpass
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping

from vly_nb.errors import KeyPasted, ProjectError, VaultError, VlyError
from vly_nb.notebook.commands import KEYS
from vly_nb.notebook.desk import Desk
from vly_nb.notebook.keynames import meant, remarks, where
from vly_nb.notebook.lines import shown, split, suggestion
from vly_nb.notebook.tables import table
from vly_nb.project.env_files import NAME
from vly_nb.project.forms import is_hideable
from vly_nb.project.keys import ENVIRONMENT, VAULT
from vly_nb.project.moving import import_keys, restore_keys
from vly_nb.session import Session


async def keys(desk: Desk, rest: str) -> None:
    """List the keys, or do what the first word says."""
    word, _, more = rest.partition(" ")
    if not word:
        await listed(desk)
        return
    if word not in DOES:
        raise VlyError(f"%vly keys doesn't know {shown(word)}.", suggestion(word, KEYS, "%vly keys {}"))
    if more and word not in ("set", "remove", "jwt"):
        raise VlyError(f"%vly keys {word} takes nothing more.", f"It is just: %vly keys {word}")
    await DOES[word](desk, more.strip())


async def listed(desk: Desk) -> None:
    """Names, and where each is."""
    session = desk.mounted
    rows = [(key.name, where(key.where)) for key in session.keys.listed()]
    if rows:
        desk.outputs.show(table(rows, ["name", "where"], "Keys, by name; values are never shown"))
    else:
        desk.outputs.say("No keys are set. %vly keys set NAME sets one.")
    for line in remarks(session):
        desk.outputs.say(line)


async def set_key(desk: Desk, rest: str) -> None:
    """Ask for a value, and keep it in the vault."""
    session = desk.mounted
    name, *value = rest.replace("=", " ", 1).split(maxsplit=1)[:2] if rest else [""]
    if value:
        raise KeyPasted(
            "A value on this line would stay in the notebook, so it wasn't kept.",
            f"Clear this cell, then run `%vly keys set {name if NAME.fullmatch(name) else 'NAME'}`: "
            "you are asked for the value. If the notebook was saved or shared since, have a new key made.",
        )
    if not NAME.fullmatch(name):
        raise VlyError("Which key?" if not name else f"{shown(name)} can't be a key's name.",
                       "For example: %vly keys set OPENAI_API_KEY")  # fmt: skip
    session.keys.vault.values()  # its troubles come before the question
    given = meant(name, ask_for(f"{name} (what you type isn't shown or kept in the notebook): "))
    if not given:
        desk.outputs.say("Nothing was set.")
        return
    session.keys.put({name: given})
    desk.outputs.say(f"{name} is set, in the vault outside the project.")
    if not is_hideable(given):
        desk.outputs.say("It is too short or too common a word to be hidden in what programs print.")


def ask_for(question: str) -> str:
    """A value from a field that shows and keeps nothing. Raises VlyError where there is none."""
    try:
        return getpass.getpass(question)  # a kernel puts its own in the module's place
    except EOFError:
        return ""
    except NotImplementedError:
        raise VlyError(
            "Nobody can be asked here: this notebook runs without a front end.",
            "Set the key in JupyterLab, or put it into .env.local and use `%vly keys import`.",
        ) from None


async def remove(desk: Desk, rest: str) -> None:
    """Take a key out of the vault."""
    session = desk.mounted
    names = split(rest)
    kept = sorted(session.keys.vault.values())
    if len(names) != 1 or names[0] not in kept:
        wrong = f"There is no {shown(names[0])} in the vault." if names else "Which key?"
        known = suggestion(names[0] if names else "", kept, "%vly keys remove {}") if kept else "It is empty."
        raise VaultError(wrong, known)
    session.keys.put({names[0]: None})
    desk.outputs.say(f"{names[0]} is no longer in the vault.")


async def import_(desk: Desk, rest: str) -> None:
    """Move the keys of the project's env files into the vault."""
    session = desk.mounted
    moved = await asyncio.to_thread(import_keys, session.keys, session.project.folder)
    if not moved.names:
        desk.outputs.say("No env file of this project holds a key.")
    for path, names in moved.names.items():
        desk.outputs.say(f"{path}: {', '.join(names) or 'what its comments held'} moved into the vault.")
    for name, path in moved.other:
        desk.outputs.say(f"{path} has another value of {name}; it is kept with the file alone.")
    for path in moved.left:
        desk.outputs.say(f"{path} was left as it is: it can't be read, or it is too big.")
    if moved.names:
        desk.outputs.say("What is no key stays in the files. %vly keys restore puts them back as they were.")


async def restore(desk: Desk, rest: str) -> None:
    """Put the env files of the last import back."""
    session = desk.mounted
    paths, aside = await asyncio.to_thread(restore_keys, session.keys, session.project.folder)
    desk.outputs.say(f"Put back: {', '.join(paths)}. The keys that came from there left the vault.")
    for path in aside:
        desk.outputs.say(f"What stood there had been changed since; it is now {path}.")


async def jwt(desk: Desk, rest: str) -> None:
    """Make the pair that signs log-ins, or set it on the deployment."""
    session = desk.mounted
    options = split(rest)
    if unknown := [word for word in options if word not in ("--new", "--push")]:
        raise VlyError(f"%vly keys jwt doesn't know {shown(unknown[0])}.", "There is: --new, --push.")
    pair = session.stack.signing
    if not pair:
        raise VlyError("Nothing signs log-ins in this kind of project.", "Set keys with %vly keys set NAME.")
    there = all(name in session.keys.vault.values() for name in pair)
    if not there or "--new" in options:
        await session.make_signing_keys()
        desk.outputs.say(f"{' and '.join(pair)} are made, and kept in the vault.")
    elif "--push" not in options:
        desk.outputs.say(
            "There is a pair in the vault already. --push sets it on the deployment, --new makes another."
        )
        return
    if "--push" in options:
        host = await session.push_keys(pair)
        desk.outputs.say(f"They are set on {host}. Whoever was logged in with another pair logs in again.")
    else:
        desk.outputs.say("%vly keys jwt --push sets them on the Convex deployment, once there is one.")


async def adopt(desk: Desk, rest: str) -> None:
    """Take over the keys that this project had elsewhere, or before."""
    former = desk.mounted.keys.adopt()
    desk.outputs.say(f"These keys are this project's now: {', '.join(former.names)}.")


async def mend(desk: Desk, rest: str) -> None:
    """Make the vault its owner's alone again."""
    session = desk.mounted
    session.keys.vault.mend()
    session.keys.refresh()
    desk.outputs.say("The vault is yours alone.")


DOES: Mapping[str, Callable[[Desk, str], Awaitable[None]]] = {
    "set": set_key,
    "remove": remove,
    "import": import_,
    "restore": restore,
    "jwt": jwt,
    "adopt": adopt,
    "mend": mend,
}


def counted(session: Session) -> str:
    """`2 in the vault, 1 in .env.local`"""
    try:
        places = Counter(key.where for key in session.keys.listed() if key.where != ENVIRONMENT)
    except (VaultError, ProjectError) as error:
        return error.message
    words = [f"{count} in {'the vault' if place == VAULT else place}" for place, count in places.items()]
    return ", ".join(words) or "none"
