"""The list of commands that run by themselves: programs, their options, what their arguments are.

An option that isn't here isn't harmless until someone has looked: the person is
asked. To let another program run, add a line to PROGRAMS.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from vly_nb.stacks.convex_react.pnpm import PACKAGE
from vly_nb.tools.commands.command import Program, Unlisted, Word
from vly_nb.tools.commands.options import (
    ALONE,
    CAT,
    CONVEX,
    CONVEX_RUN,
    CUT,
    ECHO,
    GIT,
    GREP,
    HEAD,
    LS,
    PNPM_ADD,
    PNPM_INSTALL,
    PNPM_LIST,
    PNPM_REMOVE,
    PWD,
    RIPGREP,
    SORT,
    TR,
    TSC,
    UNIQ,
    WC,
    Options,
    sorted_out,
    unknown,
)

Place = Callable[[Word], None]
"""Sees to it that a word names nothing secret and nothing outside; raises Wrong or Unlisted."""


FIND_ALONE = frozenset(
    {"-print", "-print0", "-empty", "-prune", "-depth", "-ls", "!", "-not", "-o", "-a", "(", ")"}
)
FIND_VALUED = frozenset(
    {"-name", "-iname", "-path", "-ipath", "-regex", "-iregex", "-type", "-size", "-mtime", "-mmin"}
    | {"-maxdepth", "-mindepth"}
)
ADDRESS = r"(\d+|\$|/(?:[^/\\\n]|\\.)*/)"
SED_PRINT = rf"{ADDRESS}(,(\d+|\$|\+\d+|/(?:[^/\\\n]|\\.)*/))?[p=]"
SED_CHANGE = r"s([/|#,])(?:(?!\1)[^\\\n]|\\.)*\1(?:(?!\1)[^\\\n]|\\.)*\1[gpiI\d]*"
SED = re.compile(rf"({SED_PRINT}|{{|}}|;|\s)+")
SED_ANY = re.compile(rf"{SED_CHANGE}(;\s*{SED_CHANGE})*")


def plain_options(options: Options) -> Callable[[Program, Place], Program]:
    """A program that is fine as it is when its options are on its list."""

    def check(program: Program, place: Place) -> Program:
        operands = sorted_out(program, options)
        if options.operands == "none" and operands:
            raise Unlisted(f"`{program.name}` is given more than is known to be harmless.")
        if options.operands == "pattern, paths" and not _gives_pattern(program, options):
            operands = operands[1:]
        if options.operands in ("paths", "pattern, paths"):
            for word in operands:
                place(word)
        return program

    return check


def _gives_pattern(program: Program, options: Options) -> bool:
    given = options.pattern_given_by
    texts = [word.text for word in program.words]
    return any(
        (text.startswith(("--regexp", "--files", "--type-list")) and not text.startswith("--files-with"))
        or (re.match(r"-[^-]", text) and given in text)
        for text in texts
    )


# -- programs with rules of their own ---------------------------------------------


def find(program: Program, place: Place) -> Program:
    """Folders, then tests; never an action but printing."""
    words = list(program.words)
    while words and not words[0].text.startswith(("-", "(", "!")):
        place(words.pop(0))
    while words:
        name = words.pop(0).text
        if name in FIND_VALUED and words:
            words.pop(0)
        elif name not in FIND_ALONE:
            raise unknown(program, name)
    return program


def sed(program: Program, place: Place) -> Program:
    """Printing lines by number or pattern, and simple substitutions on the way; never a file written."""
    words = [word for word in program.words if word.text not in ("-E", "-r")]
    quiet = bool(words) and words[0].text in ("-n", "--quiet", "-ne", "-En", "-nE")
    words = words[1:] if quiet else words
    words = words[1:] if words and words[0].text == "-e" else words
    script = words[0].text if words else ""
    if not (SED.fullmatch(script) if quiet else SED_ANY.fullmatch(script)):
        raise Unlisted("This `sed` does more than print lines.")
    for word in words[1:]:
        if word.text.startswith("-"):  # options may follow the files: a second script, or -i
            raise unknown(program, word.text)
        place(word)
    return program


def git(program: Program, place: Place) -> Program:
    """status, diff, log, show and their like, with no program of anybody's in between."""
    words = [word for word in program.words if word.text != "--no-pager"]
    if not words or words[0].text not in ("status", "diff", "log", "show"):
        raise Unlisted(f"`git {words[0].text if words else ''}` isn't known to be harmless.")
    for word in sorted_out(replace(program, words=tuple(words[1:])), GIT):
        revision, colon, path = word.text.partition(":")
        if colon and not revision:
            raise Unlisted("It chooses files by git's own patterns.")
        place(Word(path) if colon else word)
    return replace(program, words=tuple(words))


def pnpm(program: Program, place: Place) -> Program:
    """Adding, installing, removing and listing packages; `exec` of what is on the list."""
    name = program.words[0].text if program.words else ""
    rest = replace(program, words=program.words[1:])
    managed = replace(program, where="package manager")
    if name == "exec" and rest.words:
        return _of_packages(rest.words, place)
    if name in LOCAL:
        return _of_packages(program.words, place)
    if name in ("add", "install", "i"):
        operands = sorted_out(rest, PNPM_ADD if name == "add" else PNPM_INSTALL)
        _packages(operands)
        if name == "add" and not operands:
            raise Unlisted("It names no package.")
        return replace(
            managed, words=(Word("add"), *rest.words) if operands else (Word("install"), *rest.words)
        )
    if name in ("remove", "rm", "uninstall", "un"):
        _packages(sorted_out(rest, PNPM_REMOVE))
        return replace(managed, words=(Word("remove"), *rest.words))
    if name in ("list", "ls", "why", "outdated"):
        _packages(sorted_out(rest, PNPM_LIST))
        return managed
    raise Unlisted(f"`pnpm {name}` runs a script or a program that isn't on the list.")


def _packages(words: list[Word]) -> None:
    for word in words:
        if not PACKAGE.fullmatch(word.text) or "\n" in word.text:
            raise Unlisted(f"{word.text[:60]} isn't the name of a package in the registry.")


def npx(program: Program, place: Place) -> Program:
    """What the project has installed, never what npx would fetch."""
    words = list(program.words)
    while words and words[0].text in ("--no-install", "--no", "--yes", "-y", "--"):
        words.pop(0)
    return _of_packages(tuple(words), place)


def _of_packages(words: tuple[Word, ...], place: Place) -> Program:
    name = words[0].text if words else ""
    if name not in LOCAL:
        raise Unlisted(f"`{name}` would run a program that isn't on the list.")
    return LOCAL[name](Program(name, words[1:], where="packages"), place)


def tsc(program: Program, place: Place) -> Program:
    """A type check: it writes no JavaScript, and no colours."""
    for word in sorted_out(program, TSC):
        if word.text.startswith("@"):
            raise Unlisted("It takes its options from a file.")
        if word.text not in ("true", "false"):
            place(word)
    return replace(program, words=(*program.words, *map(Word, ("--pretty", "false", "--noEmit"))))


def convex(program: Program, place: Place) -> Program:
    """`codegen`, `dev --once` and `run`; types are checked apart, with no keys about."""
    name = program.words[0].text if program.words else ""
    texts = [word.text for word in program.words]
    if name == "run":
        operands = sorted_out(replace(program, words=program.words[1:]), CONVEX_RUN)
        if not operands or len(operands) > 2:
            raise Unlisted("`convex run` takes a function and its arguments as JSON.")
        return program
    if name not in ("codegen", "dev") or (name == "dev" and "--once" not in texts):
        raise Unlisted(f"`convex {name}` isn't known to be harmless.")
    sorted_out(program, CONVEX)
    more = [Word("--tail-logs"), Word("disable")] if name == "dev" else []
    return replace(program, words=(*program.words, Word("--typecheck"), Word("disable"), *more))


def grep(program: Program, place: Place) -> Program:
    """A search that doesn't follow links: `-R` is read as `-r`."""
    words = tuple(
        Word(word.text.replace("R", "r")) if re.fullmatch(r"-[A-Za-z]*R[A-Za-z]*", word.text) else word
        for word in program.words
    )
    return plain_options(GREP)(replace(program, words=words), place)


LOCAL: dict[str, Callable[[Program, Place], Program]] = {"tsc": tsc, "convex": convex}

PROGRAMS: dict[str, Callable[[Program, Place], Program]] = {
    "ls": plain_options(LS),
    "cat": plain_options(CAT),
    "head": plain_options(HEAD),
    "tail": plain_options(HEAD),
    "wc": plain_options(WC),
    "sort": plain_options(SORT),
    "uniq": plain_options(UNIQ),
    "cut": plain_options(CUT),
    "tr": plain_options(TR),
    "echo": plain_options(ECHO),
    "pwd": plain_options(PWD),
    "true": plain_options(ALONE),
    "false": plain_options(ALONE),
    "grep": grep,
    "rg": plain_options(RIPGREP),
    "find": find,
    "sed": sed,
    "git": git,
    "pnpm": pnpm,
    "npx": npx,
    "pnpx": npx,
}
