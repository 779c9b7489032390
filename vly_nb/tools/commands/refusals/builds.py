"""Build scripts and bundlers, by whatever road."""

from __future__ import annotations

import re

from vly_nb.tools.commands.found.inline import code_of
from vly_nb.tools.commands.found.javascript import FETCHERS, MANAGERS, NODES, script_run
from vly_nb.tools.commands.found.mention import Mention
from vly_nb.tools.commands.found.wrappers import SHELLS
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
ASKS = frozenset(
    {"--help", "-h", "--version", "-v", "-V", "help", "version", "info", "--dry", "--dry-run", "--graph"}
)
SERVES = frozenset({"serve", "dev", "watch", "server"})
RUNNERS = frozenset(
    {"make", "gmake", "just", "task", "rake", "gulp", "grunt", "turbo", "nx", "lerna", "moon", "wireit"}
)
TASK = re.compile(rf"(?:[\w@/.-]+[:#])?{SCRIPT.pattern}|dist|bundle\.js")
MODULE = re.compile(
    r"""['"](?:vite|rollup|webpack|esbuild|rolldown|parcel|@parcel/core|@rspack/core|tsup|next/dist/build)(?:/[\w./-]*)?['"]"""
)
CALL = re.compile(r"\b(?:build|buildSync|createBuilder|rollup|rolldown|webpack|rspack)\s*\)?\s*\(|\.run\s*\(")


MAY_BUILD = NODES | MANAGERS | FETCHERS | SHELLS


def builds(mention: Mention, around: Surroundings) -> str:
    """A build, unless the program is only asked about itself."""
    name, arguments, operands = mention.name, mention.arguments, mention.operands
    if ASKS & set(arguments):
        return ""
    asked = script_run(mention)
    if asked is not None and _script(asked[0], around):
        return BUILDS
    if set(operands) & VERBS.get(name, frozenset()) or (name in BUNDLERS and not SERVES & set(operands[:1])):
        return BUILDS
    if name in TO_DISK and any(map(TO_DISK[name].fullmatch, arguments)):
        return BUILDS
    if name in RUNNERS and any(
        map(TASK.fullmatch, [*operands, *(word.partition("=")[2] for word in arguments)])
    ):
        return BUILDS
    if name in ("npm-run-all", "run-s", "run-p") and any(map(SCRIPT.fullmatch, operands)):
        return BUILDS
    code = code_of(mention)
    if MODULE.search(code) and CALL.search(code) and not re.search(r"write\s*:\s*false", code):
        return BUILDS
    return ""


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
