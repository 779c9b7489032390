"""Build scripts and bundlers, by whatever road."""

from __future__ import annotations

import re

from vly_nb.tools.commands.found.inline import code_of
from vly_nb.tools.commands.found.javascript import FETCHERS, MANAGERS, NODES, script_run
from vly_nb.tools.commands.found.mention import Mention
from vly_nb.tools.commands.found.wrappers import NAMES_SCRIPTS, SHELLS
from vly_nb.tools.commands.refusals.sentences import BUILDS, GUARD
from vly_nb.tools.commands.surroundings import Surroundings

SCRIPT = re.compile(r"(?:\w+:)?(?:pre|post)?(?:build|bundle|compile)(?:[:-].*)?")
BUILD = frozenset({"build"})
VERBS = {  # programs that build when they are told so
    **dict.fromkeys(
        ("vite", "astro", "remix", "react-router", "svelte-kit", "react-scripts", "craco"), BUILD
    ),
    **dict.fromkeys(("vue-cli-service", "ng", "gatsby", "parcel", "rsbuild", "rspack", "storybook"), BUILD),
    **dict.fromkeys(("vitepress", "vuepress", "docusaurus", "vinxi", "farm", "wp-scripts", "bun"), BUILD),
    "next": BUILD | {"export"},
    "nuxt": BUILD | {"generate"},
    "nuxi": BUILD | {"generate"},
    "expo": frozenset({"export"}),
    "deno": frozenset({"bundle", "compile"}),
}
BUNDLERS = frozenset(
    {"webpack", "rollup", "rolldown", "tsup", "tsdown", "unbuild", "microbundle", "ncc", "build-storybook"}
    | {"browserify", "bunchee"}
)
TO_DISK = {  # programs that build when they are told where to
    "esbuild": re.compile(r"--(outdir|outfile|bundle|splitting)\b.*"),
    "babel": re.compile(r"-d|-o|--out-(dir|file)\b.*"),
    "swc": re.compile(r"-d|-o|--out-(dir|file)\b.*"),
}
ASKS = frozenset({"--help", "-h", "--version"})
BUNDLER_ASKS = frozenset({"-v", "-V", "help", "version", "info", "serve", "dev", "watch", "server"})
RUNNERS = frozenset(
    {"make", "gmake", "just", "task", "rake", "gulp", "grunt", "turbo", "nx", "lerna", "moon", "wireit"}
)
DRY = frozenset({"-n", "--dry", "--dry-run", "--just-print", "--graph"})
ELSEWHERE = frozenset({"-C", "-f", "-F", "--filter", "-p", "--projects", "--directory", "--scope", "--cwd"})
TASK = re.compile(rf"(?:--targets?=)?(?:[\w@/.-]+[:#])?(?:{SCRIPT.pattern}|dist|bundle\.js)")
MODULE = re.compile(
    r"""['"](?:vite|rollup|webpack|esbuild|rolldown|parcel|@parcel/core|@rspack/core|tsup|next/dist/build)(?:/[\w./-]*)?['"]"""
)
CALL = re.compile(r"\b(?:build|buildSync|createBuilder|rollup|rolldown|webpack|rspack)\s*\)?\s*\(|\.run\s*\(")
MAY_BUILD = NODES | MANAGERS | FETCHERS | SHELLS


def builds(mention: Mention, around: Surroundings) -> str:
    """A build, unless the program is only asked about itself."""
    name, arguments = mention.name, mention.arguments
    if ASKS & set(arguments):
        return ""
    asked = script_run(mention)
    if asked is not None and _script(asked[0], around):
        return BUILDS
    if _bundles(mention) or (name in RUNNERS and any(map(TASK.fullmatch, _tasks(mention)))):
        return BUILDS
    if name in NAMES_SCRIPTS and any(map(SCRIPT.fullmatch, mention.operands)):
        return BUILDS
    code = code_of(mention)
    if MODULE.search(code) and CALL.search(code) and not re.search(r"write\s*:\s*false", code):
        return BUILDS
    return ""


def _bundles(mention: Mention) -> bool:
    name, operands = mention.name, mention.operands
    if name in BUNDLERS:
        return not BUNDLER_ASKS & {*operands[:1], *mention.arguments[:1]}
    if name in TO_DISK:
        return any(map(TO_DISK[name].fullmatch, mention.arguments))
    told = operands if name == "vite" else operands[:1]  # vite takes options in front of its verb
    return bool(set(told) & VERBS.get(name, frozenset()))


def _tasks(mention: Mention) -> list[str]:
    """What a task runner is told to do, without the places where."""
    if DRY & set(mention.arguments):
        return []
    pairs = zip(("", *mention.arguments), mention.arguments, strict=False)
    return [word for before, word in pairs if before not in ELSEWHERE]


def _script(name: str, around: Surroundings) -> bool:
    """By its name; where it has a longer one and its text is known, the text tells (`carried`)."""
    return name == "build" or bool(SCRIPT.fullmatch(name) and name not in around.scripts)


def guard(mention: Mention, _: Surroundings) -> str:
    """What takes away the variable that ends builds while they run (`no_build.cjs`)."""
    words = mention.arguments
    if mention.name == "unset" and "NODE_OPTIONS" in words:
        return GUARD
    taken = "NODE_OPTIONS=" in words or any(
        word in ("-i", "-", "--ignore-environment") or word.endswith("NODE_OPTIONS") for word in words
    )
    return GUARD if mention.name == "env" and taken and MAY_BUILD & set(words) else ""
