"""judge: whether a command runs, is asked for, or is refused. Pure: no disk, no process."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from tree_sitter import Tree

from vly_nb.tools.commands.allowed import PROGRAMS
from vly_nb.tools.commands.command import Ask, Pipeline, Program, Refuse, Run, Unlisted, Verdict, Word, Wrong
from vly_nb.tools.commands.mentions import mentions, written_files
from vly_nb.tools.commands.reading import Statement, parsed, statements
from vly_nb.tools.commands.refused import refusal
from vly_nb.tools.commands.vly_key import SENTENCE, sets_vly_key

SecretTest = Callable[[str], bool]

TEXTUAL = frozenset({"grep", "rg", "sed", "find", "echo", "printf", "git", "convex", "awk", "jq"})
ENV_FILE = re.compile(r"(?<![\w)\]])\.env[\w.-]*")  # within code: `open('.env.local')`, not `process.env`
HIDDEN = "{} is secret: nothing reads it or writes to it. Names of keys are enough; ask for a missing one."
OUTSIDE = "{} is outside the project: use paths relative to the project's folder."
OWN = "{} is kept by git or by vly itself: use read_versions, or `git status|diff|log|show`."
SAMPLES = (".env", ".env.local", ".env.production", ".npmrc", ".netrc")
LONGEST = 20_000  # characters


def judge(command: str, *, is_secret: SecretTest) -> Verdict:
    """What to do with a command. `is_secret` tells by a path within the project."""
    if len(command) > LONGEST:
        return Ask("It is too long to be read.")
    try:
        tree = parsed(command)
        if sets_vly_key(tree):
            raise Wrong(SENTENCE)
        _refuse(tree, is_secret)
        return Run(tuple(_pipelines(statements(tree), is_secret)))
    except Wrong as wrong:
        return Refuse(str(wrong))
    except Unlisted as unlisted:
        return Ask(str(unlisted))
    except RecursionError:
        return Ask("It is nested too deeply to be read.")


def _refuse(tree: Tree, is_secret: SecretTest) -> None:
    """Raises Wrong for the first command in the tree that is refused."""
    for mention in mentions(tree):
        if sentence := refusal(mention):
            raise Wrong(sentence)
        if mention.name in TEXTUAL:
            continue  # their words may be patterns; where they are paths, `allowed` knows
        for word in mention.arguments:
            for part in (word, *re.split(r"[=:,]", word), *ENV_FILE.findall(word)):
                _not_secret(part.strip("\"'() "), is_secret)
    for place in written_files(tree):
        _not_secret(place, is_secret)


def _not_secret(path: str, is_secret: SecretTest) -> None:
    """A word that is a secret file's name, whatever the command would do with it."""
    if (
        path
        and len(path) < 300
        and not any(c in path for c in " \n{}*?")
        and is_secret(path.removeprefix("./"))
    ):
        raise Wrong(HIDDEN.format(path))


# -- what runs --------------------------------------------------------------------------


def _pipelines(found: Sequence[Statement], is_secret: SecretTest) -> Iterator[Pipeline]:
    folder = "."
    if not found:
        raise Unlisted("There is no command in it.")
    for statement in found:
        first = statement.programs[0]
        if first.name == "cd":
            if len(statement.programs) > 1 or statement.after == "||":
                raise Unlisted("It changes the folder in an unusual way.")
            folder = _into(first, folder, is_secret)
            yield Pipeline((), statement.after, folder)
            continue
        programs = tuple(_program(program, folder, is_secret) for program in statement.programs)
        yield Pipeline(programs, statement.after, folder)


def _into(program: Program, folder: str, is_secret: SecretTest) -> str:
    if len(program.words) > 1 or any(word.pattern or word.text.startswith("-") for word in program.words):
        raise Unlisted("It changes the folder in an unusual way.")
    if not program.words:
        return "."
    return _placed(program.words[0], folder, is_secret)


def _program(program: Program, folder: str, is_secret: SecretTest) -> Program:
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
    return check(program, lambda word: _check_place(word, folder, is_secret))


def _installed(name: str) -> str:
    """`tsc` for the project's own program by its path."""
    folder, _, program = name.removeprefix("./").rpartition("/")
    return program if folder == "node_modules/.bin" else ""


def _check_place(word: Word, folder: str, is_secret: SecretTest) -> None:
    _placed(word, folder, is_secret)


def _placed(word: Word, folder: str, is_secret: SecretTest) -> str:
    """The path a word names, from the root. Raises Wrong: outside, secret, git's or vly's own;
    Unlisted: a pattern that may match something secret."""
    text = word.text
    if text in ("-", "/dev/null"):
        return text
    if text.startswith(("/", "~")) or "\\" in text:
        raise Wrong(OUTSIDE.format(text[:100]))
    path = posixpath.normpath(posixpath.join(folder, text))
    if path == ".." or path.startswith("../"):
        raise Wrong(OUTSIDE.format(text[:100]))
    if any(part.casefold() in (".git", ".vly") for part in path.split("/")):
        raise Wrong(OWN.format(text[:100]))
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
