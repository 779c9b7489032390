"""Commands that are refused, each with one plain sentence and the right way instead.

Not a wall: a command that hides from these is on no list either, and the person
is asked. They are looked at wherever they stand in a line (`mentions`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from vly_nb.tools.commands.convex_run import convex_run
from vly_nb.tools.commands.mentions import Mention

BUILDS = "Builds aren't run here: use run_checks, which checks the types and the backend."
SERVERS = "No server is started from here: the person has the running app with `%vly preview`."
DEPLOYS = "Deploying is the person's: tell them it is ready, and let them run `npx convex deploy`."
KEYS = (
    "Keys and their values are never printed or set from here: say by name which one is needed, "
    "and the person fills it in with `%vly keys`."
)
SIGNING = "Sign-in keys are made by the person with `%vly keys jwt`, never from here."
EDITS = "Files are written with the str_replace_based_edit_tool, so that each change can be seen and undone."
HISTORY = (
    "This would lose or publish work: every step is kept as a version (read_versions), and the person goes "
    "back with `%vly undo` or `%vly goto N`."
)
COMMITS = "Committing is the person's, with `%vly commit`; every step is already kept as a version."
DESTROYS = "This would delete far more than a change needs: delete single files with delete_file."
PRODUCTION = "The production deployment isn't touched from here: use the development one."
REPLACES = "This would replace the data in the database: the person does that with care, and not from here."

MANAGERS = frozenset({"npm", "yarn", "bun", "pnpm", "cnpm"})
FOREIGN = MANAGERS - {"pnpm"}
RUNNERS = frozenset({"npx", "bunx", "pnpx", "tsx", "node"})
BUNDLERS = frozenset(
    {"vite", "next", "turbo", "webpack", "rollup", "parcel", "astro", "rsbuild", "rspack", "esbuild"}
    | {"make", "gmake", "just", "nx"}  # whose target is called so
)
ALWAYS_BUILD = frozenset({"webpack", "rollup", "parcel", "esbuild", "rspack"})
BUILD_SCRIPT = re.compile(r"(?:\w+:)?(?:pre|post)?(?:build|bundle|compile)(?:[:-].*)?")
SERVER_SCRIPT = re.compile(r"(?:\w+:)?(?:dev|start|serve|preview|watch|develop)(?:[:-].*)?")
DEPLOY_SCRIPT = re.compile(r"(?:\w+:)?(?:deploy|release|publish)(?:[:-].*)?")

ADD_WORDS = frozenset({"add", "install", "i", "in"})
REMOVE_WORDS = frozenset({"remove", "rm", "uninstall", "un"})
FLAGS = {
    "--save-dev": "-D",
    "-D": "-D",
    "-d": "-D",
    "--dev": "-D",
    "--save-exact": "-E",
    "-E": "-E",
    "--exact": "-E",
}
DROPPED_FLAGS = frozenset(
    {"--save", "-S", "--no-audit", "--no-fund", "--silent", "--legacy-peer-deps", "--force"}
)

INTERPRETERS = RUNNERS | {"python", "python3", "deno", "bun", "perl", "ruby"}
JWT = re.compile(
    r"generateKeyPair|exportJWK|exportPKCS8|exportSPKI|(?i:generate[-_]?keys?\b)|JWT_PRIVATE_KEY|(?<!\w)JWKS(?!\w)"
)
ENVIRONMENT = re.compile(r"process\.env|os\.environ|Deno\.env|import\.meta\.env|/proc/[^ ]*environ")
ROOTS = frozenset(
    {"/", "/*", "~", "~/", "~/*", "$HOME", "${HOME}", ".", "./", "..", "../", "*", "./*", ".*"}
    | {"src", "./src", "src/"}
)

GIT_HISTORY = frozenset(
    {"push", "reset", "clean", "checkout", "restore", "switch", "stash", "rebase", "rm", "gc", "prune"}
    | {"filter-branch", "filter-repo", "update-ref", "reflog"}
)
GIT_COMMITS = frozenset({"commit", "add", "merge", "pull", "cherry-pick", "revert", "am", "apply", "tag"})


def refusal(mention: Mention) -> str:
    """The sentence for a command that is refused, "" for any other."""
    return next((said for rule in RULES if (said := rule(mention))), "")


# -- rules: each takes a command and answers with a sentence or "" -------------------


def keys(mention: Mention) -> str:
    """What prints the environment, or makes or sets keys."""
    name, arguments = mention.name, mention.arguments
    text = " ".join(arguments)
    if name in ("openssl", "ssh-keygen", "mkjwk") or (name in INTERPRETERS and JWT.search(text)):
        return SIGNING
    if _runs(mention)[:1] == ("@convex-dev/auth",):
        return SIGNING
    if name == "printenv" or (name in ("env", "set") and not _command_after(arguments)):
        return KEYS
    if name in ("export", "declare", "typeset") and (not arguments or "-p" in arguments):
        return KEYS
    return (
        KEYS
        if (name in INTERPRETERS or name in ("cat", "strings", "xxd")) and ENVIRONMENT.search(text)
        else ""
    )


def convex(mention: Mention) -> str:
    """What reaches production, the environment or the data through the Convex CLI."""
    runs = _runs(mention)
    if runs[:1] != ("convex",):
        return ""
    name = runs[1] if len(runs) > 1 else ""
    if name == "deploy":
        return DEPLOYS
    if name == "env":
        return KEYS
    if name == "import" and any(option.startswith("--replace") for option in runs):
        return REPLACES
    if any(option in ("--prod", "--deployment-name", "--deployment") for option in runs):
        return PRODUCTION
    if name == "dev" and "--once" not in runs and "--help" not in runs:
        return "`convex dev` doesn't end by itself: use `npx convex dev --once`, or run_checks."
    return ""


def builds(mention: Mention) -> str:
    """Build scripts and bundlers, by whatever road."""
    runs = _runs(mention)
    if any(map(BUILD_SCRIPT.fullmatch, _scripts(mention))):
        return BUILDS
    tool = runs[0] if runs else ""
    return BUILDS if tool in ALWAYS_BUILD or (tool in BUNDLERS and "build" in runs[1:]) else ""


def servers(mention: Mention) -> str:
    """What would run until someone stops it."""
    runs = _runs(mention)
    scripts = _scripts(mention)
    if any(map(SERVER_SCRIPT.fullmatch, scripts)):
        return SERVERS
    if any(map(DEPLOY_SCRIPT.fullmatch, scripts)):
        return DEPLOYS
    tool = runs[0] if runs else ""
    if tool == "vite" and not {"build", "--version", "--help"} & set(runs[1:]):
        return SERVERS
    if tool in ("next", "astro") and {"dev", "start", "preview"} & set(runs[1:2]):
        return SERVERS
    if tool in ("serve", "http-server", "nodemon", "live-server", "jupyter", "ngrok"):
        return SERVERS
    return SERVERS if "http.server" in mention.arguments else ""


def managers(mention: Mention) -> str:
    """The wrong package manager, with the same wish in pnpm's words."""
    if mention.name not in FOREIGN and mention.name != "bunx":
        return ""
    arguments = list(mention.arguments)
    if mention.name == "bunx" or arguments[:1] in (["dlx"], ["x"], ["exec"]):
        rest = arguments if mention.name == "bunx" else arguments[1:]
        return f"This project uses pnpm: run `npx {' '.join(rest)}`."
    first = arguments[0] if arguments else "install"
    if first == "ci":
        return "This project uses pnpm: run `pnpm install --frozen-lockfile`."
    if first in ADD_WORDS | REMOVE_WORDS:
        words = [FLAGS.get(word, word) for word in arguments[1:] if word not in DROPPED_FLAGS]
        verb = "remove" if first in REMOVE_WORDS else "add" if _names(words) else "install"
        return f"This project uses pnpm: run `{' '.join(['pnpm', verb, *words])}`."
    if first.startswith("-"):
        return ""
    if first in ("view", "info", "show", "v", "pack", "search", "help"):  # they only read
        return ""
    return f"This project uses pnpm: run `pnpm {' '.join(arguments)}`."


def destroys(mention: Mention) -> str:
    """Deleting everything, formatting, losing history."""
    name, arguments = mention.name, mention.arguments
    if name == "rm":
        recursive = any(re.fullmatch(r"-\w*[rR]\w*|--recursive", word) for word in arguments)
        far = any(_far(word) for word in arguments if not word.startswith("-"))
        if far and (recursive or "*" in " ".join(arguments)):
            return DESTROYS
    if name == "find" and {"-delete"} & set(arguments):
        return DESTROYS
    if name.startswith("mkfs") or name in ("shutdown", "reboot", "halt", "poweroff", "shred", "wipefs"):
        return DESTROYS
    if name == "dd" and any(word.startswith("of=") for word in arguments):
        return DESTROYS
    if name == "git":
        verb = next((word for word in arguments if not word.startswith("-")), "")
        if verb in GIT_HISTORY:
            return HISTORY
        if verb in GIT_COMMITS:
            return COMMITS
    return ""


def edits(mention: Mention) -> str:
    """Files written past the editor."""
    name, arguments = mention.name, mention.arguments
    if name in ("sed", "gsed", "perl", "ruby") and any(
        re.fullmatch(r"-[nEsrpalw0]*i[.\w~]*|--in-place.*", word) for word in arguments
    ):
        return EDITS
    if name in ("cat", "echo", "printf", "tee") and mention.writes:
        return EDITS
    if name == "tee" and any(not word.startswith("-") and word != "/dev/null" for word in arguments):
        return EDITS
    return EDITS if name in ("ed", "ex", "vi", "vim", "nano", "emacs", "patch", "truncate") else ""


RULES: Sequence[Callable[[Mention], str]] = (
    keys,
    convex,
    builds,
    servers,
    managers,
    destroys,
    edits,
    convex_run,
)


# -- what the rules share -------------------------------------------------------------


def _runs(mention: Mention) -> tuple[str, ...]:
    """The program that is run in the end and its arguments, behind npx, `pnpm exec` and their like."""
    words = (mention.name, *mention.arguments)
    if words[0] in MANAGERS and words[1:2] and words[1] in ("exec", "dlx", "x"):
        words = words[2:]
    elif (words[0] == "pnpm" and words[1:2] and _tool(words[1]) in BUNDLERS | {"convex", "tsc"}) or words[
        0
    ] in RUNNERS:
        words = words[1:]
    while words and words[0].startswith("-"):
        words = words[1:]
    return (_tool(words[0]), *words[1:]) if words else ()


def _tool(word: str) -> str:
    """`vite` for `./node_modules/.bin/vite`, `node_modules/vite/bin/vite.js` and `vite@latest`."""
    if word.startswith("@"):
        return "@" + word[1:].partition("@")[0]
    return word.rpartition("/")[2].partition("@")[0].removesuffix(".js")


def _scripts(mention: Mention) -> list[str]:
    """The package.json script that a package manager would run; two words, since `-r x` may come first."""
    if mention.name not in MANAGERS:
        return []
    words = [word for word in mention.arguments if not word.startswith("-")]
    if words[:1] in (["run"], ["run-script"]):
        return words[1:2]
    known = ADD_WORDS | REMOVE_WORDS | {"exec", "dlx", "x", "list", "ls", "why", "ci", "link", "publish"}
    return words[:2] if words and words[0] not in known else []


def _names(words: Sequence[str]) -> bool:
    return any(not word.startswith("-") for word in words)


def _command_after(arguments: Sequence[str]) -> bool:
    """Whether `env` is given a command to run, or `set` an option."""
    return any("=" not in word and not word.startswith("-u") for word in arguments)


def _far(word: str) -> bool:
    """Whether a path is everything, or lies outside."""
    return word in ROOTS or word.startswith(("/", "~", "$HOME", "../"))
