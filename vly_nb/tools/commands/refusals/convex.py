"""The Convex CLI: production, the environment, the data."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vly_nb.tools.commands.found.mention import Mention
from vly_nb.tools.commands.refusals.sentences import DEPLOYS, EMPTIES, KEYS, PRODUCTION, REPLACES
from vly_nb.tools.commands.surroundings import Surroundings

ELSEWHERE = re.compile(r"--(?:prod|deployment-name|deployment|preview-name)(?:=.*)?")
HELP = frozenset({"--help", "-h"})


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


def _before_dashes(words: Sequence[str]) -> Sequence[str]:
    return words[: words.index("--")] if "--" in words else words
