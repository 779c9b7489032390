"""Deleting far more than a change needs; folders that tools make again are ordinary."""

from __future__ import annotations

import itertools
import re

from vly_nb.tools.commands.found.mention import Mention
from vly_nb.tools.commands.refusals.sentences import DESTROYS
from vly_nb.tools.commands.surroundings import Surroundings

RECURSIVE = re.compile(r"-\w*[rR]\w*|--recursive")
MADE = re.compile(  # made again by the tool that made it, or nobody's
    r"(?:.*/)?(?:node_modules|dist|build|out|coverage|\.cache|\.vite|\.tmp|\.turbo|\.next|\.parcel-cache|tmp|temp"
    r"|test-results|playwright-report|\.eslintcache|\.pnpm-store|storybook-static)(?:/.*)?"
)
TEMPORARY = re.compile(r"/(?:tmp|var/tmp|dev/shm)/.+")
DISPOSABLE = re.compile(
    r"\*?[\w*?-]*\.(log|tmp|temp|bak|orig|rej|sw[op]|tsbuildinfo|map|pyc|pid|DS_Store|cache)|\*~|\.DS_Store|Thumbs\.db"
)
FINDS_NAMES = frozenset({"-name", "-iname", "-path", "-wholename"})
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
    if name == "mv" and len(mention.operands) > 1 and _far(mention.operands[0], mention.folder, around, True):
        return DESTROYS
    return ""


def _far(word: str, folder: str | None, around: Surroundings, recursive: bool) -> bool:
    """Whether a path is everything, the sources, or lies outside."""
    if re.fullmatch(r"\$\{?\w+\}?/\*?", word):  # `rm -rf $nothing/`
        return True
    path = around.located(word, folder)
    if path is None or TEMPORARY.fullmatch(path) or MADE.fullmatch(path):
        return False
    if path.startswith(("/", "~", "..")):
        return True
    whole = path.rstrip("/*") in ("", ".") or path in (".", "*", ".*", ".[!.]*", "**")
    if path in ("*", "./*") or ("/" not in path and path.startswith("*") and path.strip("*") == ""):
        return True
    sources = {"src", around.functions, ".git", ".vly", "public", f"{around.functions}/_generated"}
    return recursive and (whole or path.rstrip("/*").removesuffix("/**") in sources)


def _finds_much(mention: Mention, around: Surroundings) -> bool:
    words = list(mention.arguments)
    deletes_it = "-delete" in words or any(
        before in ("-exec", "-execdir", "-ok") and word in ("rm", "/bin/rm", "shred", "unlink")
        for before, word in itertools.pairwise(words)
    )
    piped = bool(mention.sinks & {"rm", "shred"})
    if not deletes_it and not piped:
        return False
    names = [after for word, after in itertools.pairwise(words) if word in FINDS_NAMES]
    if names and all(DISPOSABLE.fullmatch(one) or MADE.fullmatch(one.strip("*/")) for one in names):
        return False
    starts = []
    for word in words:
        if word.startswith(("-", "(", "!")):
            break
        starts.append(around.located(word, mention.folder) or "")
    return not starts or not all(MADE.fullmatch(one) or TEMPORARY.fullmatch(one + "/x") for one in starts)
