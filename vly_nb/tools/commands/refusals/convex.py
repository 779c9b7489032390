"""The Convex CLI: production, the environment, the data; and functions by their right name."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Sequence

from vly_nb.tools.commands.found.mention import Mention
from vly_nb.tools.commands.refusals.sentences import DEPLOYS, EMPTIES, KEYS, PRODUCTION, REPLACES
from vly_nb.tools.commands.surroundings import Surroundings

ELSEWHERE = re.compile(r"--(?:prod|deployment-name|deployment|preview-name)(?:=.*)?")
HELP = frozenset({"--help", "-h"})
DOTTED = re.compile(r"(?!api\.|internal\.)[\w/]+(?:\.\w+)+")
SOURCE = re.compile(r"\.(?:[mc]?[jt]sx?)$")
PLAIN = re.compile(r"[^$`<]*", re.DOTALL)
RUN_VALUED = frozenset(
    {"--identity", "--component", "--typecheck", "--codegen", "--env-file", "--url", "--admin-key"}
)


def convex(mention: Mention, _: Surroundings) -> str:
    """What reaches production, the environment or the data."""
    if mention.name != "convex" or HELP & set(_before_dashes(mention.arguments)):
        return ""
    name = next(iter(mention.operands), "")
    if name == "deploy":
        return DEPLOYS
    if name == "env":
        return KEYS
    if name == "import" and any(word.startswith("--replace") for word in mention.arguments):
        return REPLACES
    if name == "data" and any(word.startswith(("--delete", "--clear")) for word in mention.arguments):
        return EMPTIES
    if any(map(ELSEWHERE.fullmatch, mention.arguments)):
        return PRODUCTION
    if name == "dev" and "--once" not in mention.arguments and "--configure" not in mention.text:
        return "`convex dev` doesn't end by itself: use `npx convex dev --once`, or run_checks."
    return ""


def convex_run(mention: Mention, _: Surroundings) -> str:
    """`convex run` takes `file:function` (or `api.file.function`) and its arguments as JSON."""
    words = list(mention.arguments)
    if mention.name != "convex" or words[:1] != ["run"] or HELP & set(words):
        return ""
    operands = [
        word
        for before, word in itertools.pairwise(words)
        if not word.startswith("-") and before not in RUN_VALUED
    ]
    if operands and DOTTED.fullmatch(operands[0]) and not SOURCE.search(operands[0]):
        file, _dot, function = operands[0].rpartition(".")
        return (
            f"A function is named by its file: `npx convex run {file.replace('.', '/')}:{function} '{{}}'`."
        )
    if len(operands) > 1 and PLAIN.fullmatch(operands[1]) and not _object(operands[1]):
        return (
            "The arguments of a function are one JSON object in single quotes: "
            f"`npx convex run {operands[0][:80]} '{{\"name\": 1}}'`."
        )
    return ""


def _before_dashes(words: Sequence[str]) -> Sequence[str]:
    return words[: words.index("--")] if "--" in words else words


def _object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
