"""The wrong package manager, with the same wish in pnpm's words."""

from __future__ import annotations

from collections.abc import Sequence

from vly_nb.tools.commands.found.javascript import FETCH, FETCHERS, MANAGERS, after_options, told
from vly_nb.tools.commands.found.mention import Mention
from vly_nb.tools.commands.surroundings import Surroundings

FOREIGN = MANAGERS - {"pnpm"}
ADD = frozenset({"add", "install", "i", "in", "isntall"})
REMOVE = frozenset({"remove", "rm", "uninstall", "un", "r"})
UPDATE = frozenset({"update", "up", "upgrade", "udpate"})
READS = frozenset(
    {"view", "info", "show", "pack", "search", "help", "ls", "list", "ll", "la", "why", "explain", "outdated"}
    | {
        "audit",
        "root",
        "bin",
        "prefix",
        "config",
        "c",
        "get",
        "ping",
        "whoami",
        "version",
        "docs",
        "repo",
        "bugs",
    }
    | {"publish", "fund", "query", "cache", "home", "doctor", "licenses", "versions", "pm"}
)
FLAGS = {
    "--save-dev": "-D",
    "-D": "-D",
    "-d": "-D",
    "--dev": "-D",
    "--save-exact": "-E",
    "-E": "-E",
    "--exact": "-E",
    "--save-optional": "-O",
    "-O": "-O",
}
DROPPED = frozenset(
    {
        "--save",
        "-S",
        "--no-audit",
        "--no-fund",
        "--silent",
        "--legacy-peer-deps",
        "--force",
        "--yes",
        "-y",
        "-f",
    }
    | {"-P", "--save-prod", "--loglevel=error", "-g", "--global", "--no-save", "--prefer-offline", "-s"}
)


def managers(mention: Mention, _: Surroundings) -> str:
    """npm, yarn and bun write other lock files: pnpm does the same."""
    form = _in_pnpm(mention)
    return f"This project uses pnpm: run `{form[:200]}`." if form else ""


def _in_pnpm(mention: Mention) -> str:
    if mention.name in FETCHERS - {"npx", "pnpx"}:
        return " ".join(["npx", *mention.arguments])
    if mention.name not in FOREIGN:
        return ""
    words = told(mention)
    if not words:  # `yarn` alone installs, `npm` alone explains itself
        return "pnpm install" if mention.name == "yarn" and not mention.arguments else ""
    first, rest = words[0], words[1:]
    if mention.name == "yarn" and first == "global":
        first, rest = (rest[0], rest[1:]) if rest else ("list", [])
    if first in FETCH:
        return " ".join(["npx", *after_options(mention.name, rest)])
    if first == "audit" and "fix" in rest:
        return "pnpm audit --fix"
    if first in READS:
        return ""
    if first in ("ci", "clean-install", "ic"):
        return "pnpm install --frozen-lockfile"
    if first in ADD | REMOVE | UPDATE:
        return _changed(first, rest)
    return " ".join(["pnpm", *words])


def _changed(verb: str, arguments: Sequence[str]) -> str:
    words = [FLAGS.get(word, word) for word in arguments if word not in DROPPED]
    named = any(not word.startswith("-") for word in words)
    kind = "remove" if verb in REMOVE else "update" if verb in UPDATE else "add" if named else "install"
    return " ".join(["pnpm", kind, *words])
