"""judge: whether a command runs, is asked for, or is refused. Pure: no disk, no process."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from vly_nb.project.paths import is_secret
from vly_nb.tools.commands.allowed import PROGRAMS
from vly_nb.tools.commands.command import Ask, Pipeline, Program, Refuse, Run, Unlisted, Verdict, Word, Wrong
from vly_nb.tools.commands.found.mention import Mention
from vly_nb.tools.commands.found.mentions import mentions
from vly_nb.tools.commands.reading import Statement, parsed, statements
from vly_nb.tools.commands.refusals import refusal
from vly_nb.tools.commands.refusals.files import SAMPLES, only_names
from vly_nb.tools.commands.refusals.places import DEVICES, outside, temporary
from vly_nb.tools.commands.refusals.sentences import HIDDEN, OUTSIDE, OWN
from vly_nb.tools.commands.surroundings import Surroundings
from vly_nb.tools.commands.vly_key import SENTENCE, sets_vly_key

Guard = Callable[[str], str]
"""Sees a text that a command spells out; answers with a sentence to refuse the command, or ""."""

LONGEST = 20_000  # characters
NOWHERE = Surroundings()


def judge(command: str, around: Surroundings = NOWHERE, *, guards: Sequence[Guard] = ()) -> Verdict:
    """What to do with a command in a project. `guards` see every text in it: the words of each
    command as they come to, here-documents, what is decoded on the way to a shell."""
    if len(command) > LONGEST:
        return Ask("It is too long to be read.")
    tree = parsed(command)
    if sets_vly_key(tree):
        return Refuse(SENTENCE)
    found, whole = mentions(command, around.scripts)
    if sentence := refusal(found, around) or _guarded(command, found, guards):
        return Refuse(sentence)
    try:
        if not whole:
            raise Unlisted("It is too much to be read.")
        if re.search(r"\S\\\n\S", command):
            raise Unlisted("It has a word over two lines.")
        return Run(tuple(_pipelines(statements(tree), around)))
    except Wrong as wrong:
        return Refuse(str(wrong))
    except Unlisted as unlisted:
        return Ask(str(unlisted))
    except RecursionError:
        return Ask("It is nested too deeply to be read.")


def _guarded(command: str, found: Sequence[Mention], guards: Sequence[Guard]) -> str:
    """Each guard sees the command, and what its words and here-documents come to."""
    texts = [command, *(text for one in found for text in (one.text, one.stdin or "") if text)]
    return next((said for guard in guards for text in texts if (said := guard(text))), "")


# -- what runs --------------------------------------------------------------------------


def _pipelines(found: Sequence[Statement], around: Surroundings) -> Iterator[Pipeline]:
    folder = "."
    if not found:
        raise Unlisted("There is no command in it.")
    for statement in found:
        first = statement.programs[0]
        if first.name == "cd":
            if len(statement.programs) > 1 or statement.after == "||":
                raise Unlisted("It changes the folder in an unusual way.")
            folder = _into(first, folder, around)
            yield Pipeline((), statement.after, folder)
            continue
        programs = tuple(_program(program, folder, around) for program in statement.programs)
        yield Pipeline(programs, statement.after, folder)


def _into(program: Program, folder: str, around: Surroundings) -> str:
    if len(program.words) > 1 or any(word.pattern or word.text.startswith("-") for word in program.words):
        raise Unlisted("It changes the folder in an unusual way.")
    if not program.words:
        return "."
    return _placed(program.words[0], folder, around)


def _program(program: Program, folder: str, around: Surroundings) -> Program:
    for word in (Word(program.name), *program.words):
        if any(
            unicodedata.category(letter) in ("Cc", "Cs", "Cf") and letter not in "\n\t"
            for letter in word.text
        ):
            raise Unlisted("It holds control characters.")
    if installed := _installed(program.name):  # ./node_modules/.bin/tsc is what npx would run
        program = replace(program, name="npx", words=(Word(installed), *program.words))
    check = PROGRAMS.get(program.name)
    if check is None:
        raise Unlisted(f"`{program.name[:60]}` isn't on the list of commands that run by themselves.")
    lists = only_names(Mention(program.name, tuple(word.text for word in program.words)))

    def place(word: Word) -> None:
        _placed(word, folder, around, names_only=lists)

    return check(program, place)


def _installed(name: str) -> str:
    """`tsc` for the project's own program by its path."""
    folder, _, program = name.removeprefix("./").rpartition("/")
    return program if folder == "node_modules/.bin" else ""


def _placed(word: Word, folder: str, around: Surroundings, *, names_only: bool = False) -> str:
    """The path a word names, from the root. Raises Wrong: outside, secret, git's or vly's own;
    Unlisted: a pattern that may match something secret, a secret name that is only listed, /tmp."""
    text = word.text
    if text in ("-", "/dev/null"):
        return text
    path = around.located(text, folder) or text
    if temporary(path) or DEVICES.fullmatch(path):
        raise Unlisted(f"{text[:100]} is outside the project.")
    if outside(path) or "\\" in text:
        raise Wrong(OUTSIDE.format(text[:100]))
    if any(part.casefold() in (".git", ".vly") for part in path.split("/")):
        raise Wrong(OWN.format(text[:100]))
    if is_secret(path) and names_only:
        raise Unlisted(f"{text[:100]} is secret.")
    if is_secret(path):
        raise Wrong(HIDDEN.format(text[:100]))
    if word.pattern is not None and _may_be_secret(word.pattern):
        raise Unlisted(f"{text[:100]} may match secret files.")
    return path


def _may_be_secret(pattern: str) -> bool:
    """Whether a part of the pattern is meant for hidden files and fits a secret one.

    What it fits is looked at once more when it is expanded (`execute`).
    """
    return any(
        fnmatchcase(sample, part)
        for part in pattern.split("/")
        for sample in SAMPLES
        if part.startswith(".") and any(letter in part for letter in "*?[")
    )
