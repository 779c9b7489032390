"""What package managers, `npx` and `node` run: a package's program, a script of package.json, a file."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence

from vly_nb.tools.commands.found.mention import Mention
from vly_nb.tools.commands.found.naming import PATH

MANAGERS = frozenset({"npm", "yarn", "bun", "pnpm", "cnpm"})
FETCHERS = frozenset({"npx", "bunx", "pnpx"})
NODES = frozenset({"node", "nodejs", "tsx", "ts-node", "bun", "deno"})

VALUED = {
    "pnpm": {"-C", "--dir", "--filter", "-F", "--filter-prod", "--workspace-concurrency", "--reporter"}
    | {"--loglevel", "--prefix", "-p", "--package"},
    "npm": {"--prefix", "-w", "--workspace", "-C", "--loglevel", "-p", "--package"},
    "yarn": {"--cwd", "-p", "--package"},
    "bun": {"--cwd", "--filter"},
}
NODE_VALUED = frozenset(
    {"-r", "--require", "--import", "--loader", "--experimental-loader", "-C", "--conditions"}
)
RUN = frozenset({"run", "run-script", "rum", "urn"})
SHORT = {"start": "start", "stop": "stop", "test": "test", "t": "test", "tst": "test", "restart": "restart"}
FETCH = frozenset({"exec", "dlx", "x"})
PNPM = frozenset(
    {"add", "install", "i", "in", "ci", "remove", "rm", "uninstall", "un", "list", "ls", "la", "ll", "why"}
    | {"outdated", "audit", "update", "up", "upgrade", "rebuild", "rb", "prune", "publish", "pack", "link"}
    | {"ln", "unlink", "import", "fetch", "patch", "patch-commit", "store", "root", "bin", "config", "c"}
    | {"init", "create", "setup", "env", "server", "deploy", "licenses", "doctor", "dedupe", "cache", "help"}
    | {"approve-builds", "ignored-builds", "view", "info", "show", "whoami", "login", "logout", "get", "set"}
    | {"cat-file", "cat-index", "find-hash", "self-update", "completion", "search", "explain", "version"}
    | {"pkg", "owner", "dist-tag", "deprecate", "ping", "team", "token", "access", "adduser", "docs", "repo"}
    | {"bugs", "home", "fund", "global", "workspace", "workspaces"}
)


def after_options(name: str, arguments: Sequence[str]) -> list[str]:
    """What a manager is told, without the options in front of it."""
    words = list(arguments)
    valued = VALUED.get(name, VALUED["pnpm"])
    while words and words[0].startswith("-"):
        option = words.pop(0)
        if option in valued:
            words[:1] = []
    return words


def told(mention: Mention) -> list[str]:
    """A manager's command and its arguments, out of a workspace's or a recursive one."""
    words = after_options(mention.name, mention.arguments)
    if words[:1] in (["recursive"], ["multi"], ["m"]):
        words = after_options(mention.name, words[1:])
    if words[:1] == ["workspace"] and mention.name == "yarn":
        words = words[2:]
    if words[:1] == ["workspaces"] and mention.name == "yarn":
        words = after_options("yarn", [word for word in words[1:] if word not in ("foreach", "all")])
    return words


def script_run(mention: Mention) -> tuple[str, list[str]] | None:
    """The script of package.json that is asked for by name, with its arguments."""
    if mention.name in MANAGERS:
        words = told(mention)
        if words[:1] and words[0] in RUN:
            words = after_options(mention.name, words[1:])
            return (words[0], words[1:]) if words else None
        if words and words[0] in SHORT:
            return SHORT[words[0]], words[1:]
        if words and mention.name != "npm" and words[0] not in PNPM:
            return words[0], words[1:]
    if mention.name in NODES:
        for place, word in enumerate(mention.arguments):
            if word == "--run" or word.startswith("--run="):
                rest = [*filter(None, [word[6:]]), *mention.arguments[place + 1 :]]
                return (rest[0], rest[1:]) if rest else None
    return None


def run_by_manager(mention: Mention, scripts: Mapping[str, str]) -> Iterator[str | list[str]]:
    """The program or the script's text, its `pre` and `post` with it."""
    name = mention.name
    if name in FETCHERS:
        words = after_options(name, mention.arguments)
        if words:
            yield words
        return
    if name in MANAGERS:
        words = told(mention)
        if words and words[0] in FETCH:
            rest = after_options(name, words[1:])
            if rest:
                yield rest
            return
    asked = script_run(mention)
    if asked is None:
        return
    script, rest = asked
    for one in (f"pre{script}", script, f"post{script}"):
        if one in scripts:
            more = shlex.join(rest) if one == script else ""
            yield f"{scripts[one]} {more}".strip()
    if script not in scripts and name in ("pnpm", "yarn", "bun"):
        yield [script, *rest]  # a package's program of that name


def run_by_node(mention: Mention, _: Mapping[str, str]) -> Iterator[list[str]]:
    """A package's program that is started by its file."""
    if mention.name not in NODES:
        return
    words = list(mention.arguments)
    while words and words[0].startswith("-"):
        if words.pop(0) in NODE_VALUED:
            words[:1] = []
    if words and PATH.fullmatch(words[0]):
        yield words
