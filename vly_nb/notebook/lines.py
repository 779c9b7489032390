"""Lines: what a person types after `%vly` and `%%vly`, understood, or answered in a sentence."""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vly_nb.errors import VlyError
from vly_nb.notebook.commands import BY_NAME, COMMANDS, HEAD, OPTIONS, Command


@dataclass(frozen=True, slots=True)
class Ask:
    """The options of a `%%vly` cell."""

    step: bool = False
    review: bool = False
    only: tuple[str, ...] = ()
    docs: str | None = None
    anyway: bool = False


def command_of(line: str) -> tuple[Command, str]:
    """The command of a `%vly` line and the rest, as it was typed.

    Raises VlyError naming the nearest command for an unknown one.
    """
    name, _, rest = line.strip().partition(" ")
    if not name:
        return BY_NAME["help"], ""
    if name.endswith("?") and name.rstrip("?") in BY_NAME:
        return BY_NAME["help"], name.rstrip("?")
    if name in BY_NAME:
        return BY_NAME[name], rest.strip()
    raise VlyError(f"There is no command {shown(name)}.", suggestion(name, BY_NAME, "%vly {}"))


def options_of(line: str) -> Ask:
    """The options of a `%%vly` line. Raises VlyError naming the nearest for an unknown one."""
    words = split(line)
    step = review = anyway = False
    only: list[str] = []
    docs = None
    while words:
        word, _, value = words.pop(0).partition("=")
        if word in ("--only", "--docs") and not value:
            if not words or words[0].startswith("--"):
                raise VlyError(f"{word} needs a value.", "For example: %%vly --only 'src/**' --docs convex")
            value = words.pop(0)
        match word:
            case "--step":
                step = True
            case "--review":
                review = True
            case "--anyway":
                anyway = True
            case "--only":
                only.append(value)
            case "--docs":
                docs = value
            case _ if word.startswith("-"):
                known = [option.name for option in OPTIONS]
                raise VlyError(f"There is no option {shown(word)}.", suggestion(word, known, "%%vly {}"))
            case _:
                raise VlyError(
                    f"{shown(word)} is on the line of %%vly, where options go.",
                    "Write what you want changed on the lines below it.",
                )
    return Ask(step, review, tuple(only), docs, anyway)


def split(line: str) -> list[str]:
    """Words of a line, quotes taken off; backslashes stay, for paths of Windows.

    Raises VlyError for a quote that isn't closed.
    """
    reader = shlex.shlex(line, posix=True, punctuation_chars=False)
    reader.whitespace_split, reader.escape, reader.commenters = True, "", ""
    try:
        return list(reader)
    except ValueError:
        raise VlyError("A quote on this line is not closed.", "Close it, or leave both out.") from None


def suggestion(name: str, known: Iterable[str], form: str) -> str:
    """`Did you mean %vly mount?`, or the list where nothing is near."""
    every = list(known)
    near = difflib.get_close_matches(name.lower(), every, n=1, cutoff=0.55)
    if near:
        return f"Did you mean `{form.format(near[0])}`?"
    return f"There is: {', '.join(every)}."


def shown(word: str) -> str:
    """A person's word quoted, at most 40 characters of it."""
    return repr(word if len(word) <= 40 else word[:39] + "…")


def help_text(name: str = "") -> str:
    """The list of commands and options, or all about one command. Raises VlyError for an unknown one."""
    if name:
        command, _ = command_of(name.lstrip("%").removeprefix("vly "))
        return (
            f"{command.usage}\n    {command.summary}\n\n{command.more}\n\nFor example:  {command.example}\n"
        )
    rows = _rows((command.usage, command.summary) for command in COMMANDS)
    options = _rows((f"%%vly {o.name} {o.value}".rstrip(), o.summary) for o in OPTIONS)
    return f"{HEAD}\n{rows}\n\n{options}\n\n%vly help COMMAND tells more.\n"


def _rows(pairs: Iterable[tuple[str, str]]) -> str:
    rows: Sequence[tuple[str, str]] = list(pairs)
    width = max(len(left) for left, _ in rows)
    return "\n".join(f"    {left:<{width}}  {right}" for left, right in rows)
