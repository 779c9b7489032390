"""Deleting far more than a change needs; folders that tools make again are ordinary."""

from __future__ import annotations

import itertools
import re
from fnmatch import fnmatchcase

from vly_nb.tools.commands.found.mention import Mention
from vly_nb.tools.commands.found.naming import program_name
from vly_nb.tools.commands.found.wrappers import EXECUTES
from vly_nb.tools.commands.refusals.places import made_again, outside, temporary
from vly_nb.tools.commands.refusals.sentences import DESTROYS
from vly_nb.tools.commands.surroundings import Surroundings

RECURSIVE = re.compile(r"-\w*[rR]\w*|--recursive")
SOURCES = (  # what a pattern for `find -delete` may not fit
    *("App.tsx", "main.ts", "index.css", "index.html", "package.json", "README.md", "schema.ts", "a.js"),
    *("logo.png", "logo.svg", "src", "public", ".git", ".vly", "pnpm-lock.yaml"),
)
FINDS_NAMES = frozenset({"-name", "-iname", "-path", "-wholename"})
UNKNOWN_ROOT = re.compile(r"\$\{?\w+\}?/\*?")  # `rm -rf $nothing/`
EVERYTHING = re.compile(r"\*+|\.\*|\.\[.*\]\*|\.\?\?\*")
WIPES = frozenset({"shred", "wipefs", "srm", "wipe"})
LISTERS = frozenset({"ls", "fd", "dir"})


def deletes(mention: Mention, around: Surroundings) -> str:
    """rm, find and their like, when what they take is the project, its sources, or outside."""
    name, arguments = mention.name, mention.arguments
    if name in ("rm", "unlink", "rmdir", "trash", "rimraf", "del-cli"):
        recursive = name in ("rimraf", "trash", "del-cli") or any(map(RECURSIVE.fullmatch, arguments))
        targets = [word for word in arguments if not word.startswith("-")]
        if any(_far(word, mention.folder, around, recursive) for word in targets):
            return DESTROYS
        everything = mention.sources & LISTERS or (
            "git" in mention.sources and not {"grep", "rg"} & mention.sources
        )
        return DESTROYS if not targets and everything else ""
    if name == "find":
        return DESTROYS if _finds_much(mention, around) else ""
    if name in WIPES:
        return DESTROYS
    if name == "rsync" and any(word.startswith("--del") for word in arguments):
        return DESTROYS if not {"-n", "--dry-run"} & set(arguments) else ""
    if name == "mv" and len(mention.operands) > 1:
        taken, into = (
            around.located(word, mention.folder) or "?"
            for word in (mention.operands[0], mention.operands[-1])
        )
        return DESTROYS if _whole(taken, around) and outside(into) else ""
    return ""


def _far(word: str, folder: str | None, around: Surroundings, recursive: bool) -> bool:
    """Whether a path is everything, the sources, or lies outside."""
    if UNKNOWN_ROOT.fullmatch(word):
        return True
    path = around.located(word, folder)
    if path is None or made_again(path):
        return False
    return outside(path) or EVERYTHING.fullmatch(path) is not None or (recursive and _whole(path, around))


def _whole(path: str, around: Surroundings) -> bool:
    """The project, its sources or its history, or all that is in one of them."""
    folder = path.removesuffix("/**").removesuffix("/*")
    return folder in {".", "src", "public", ".git", ".vly", around.functions}


def _finds_much(mention: Mention, around: Surroundings) -> bool:
    words = list(mention.arguments)
    deletes_it = "-delete" in words or any(
        before in EXECUTES and program_name(word) in ("rm", "shred", "unlink")
        for before, word in itertools.pairwise(words)
    )
    if "-empty" in words or not (deletes_it or mention.sinks & {"rm", "shred"}):
        return False
    names = [
        after
        for before, word, after in zip(["", *words], words, words[1:], strict=False)
        if word in FINDS_NAMES and before not in ("!", "-not")
    ]
    if names and not any(_fits_sources(name, around) for name in names):
        return False
    starts = list(itertools.takewhile(lambda word: not word.startswith(("-", "(", "!")), words))
    made = [around.located(word, mention.folder) or "?" for word in starts]
    return not made or not all(made_again(one) or temporary(one) for one in made)


def _fits_sources(pattern: str, around: Surroundings) -> bool:
    if made_again(pattern.strip("./*")):
        return False
    last = pattern.rstrip("/").rpartition("/")[2]
    return any(fnmatchcase(one, last) for one in (*SOURCES, *around.functions.split("/")))
