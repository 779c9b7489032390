"""git where it loses, publishes or commits; what only looks is let be."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vly_nb.tools.commands.found.mention import Mention
from vly_nb.tools.commands.refusals.sentences import COMMITS, HISTORY
from vly_nb.tools.commands.surroundings import Surroundings

VALUED = frozenset({"-c", "-C", "--git-dir", "--work-tree", "--namespace", "--exec-path", "--config-env"})
LOSES = frozenset(
    {"push", "reset", "clean", "checkout", "restore", "switch", "stash", "rebase", "rm", "gc", "prune"}
    | {"filter-branch", "filter-repo", "update-ref", "reflog", "read-tree", "checkout-index"}
)
COMMITS_IT = frozenset(
    {"commit", "add", "stage", "merge", "pull", "cherry-pick", "revert", "am", "apply", "tag", "commit-tree"}
)
LOOKS = {  # when a word after the verb fits, nothing is changed
    "stash": re.compile(r"list|show"),
    "clean": re.compile(r"-\w*n\w*|--dry-run"),
    **dict.fromkeys(("push", "rm", "add"), re.compile(r"-n|--dry-run")),
    "commit": re.compile(r"--dry-run"),
    "tag": re.compile(r"-l|--list|-n\d*|--contains|--points-at|--sort.*"),
    "apply": re.compile(r"--check|--stat|--numstat|--summary"),
}
NEW_BRANCH = re.compile(r"-[bBcC]|--create|--orphan")


def git(mention: Mention, _: Surroundings) -> str:
    """By the verb, behind options like `-C folder`."""
    if mention.name != "git":
        return ""
    verb, rest = _verb(mention.arguments)
    looks = LOOKS.get(verb)
    if {"--help", "-h"} & set(rest) or (looks and any(map(looks.fullmatch, rest))):
        return ""
    if (verb == "reflog" and rest[:1] not in (["expire"], ["delete"])) or (verb == "tag" and not rest):
        return ""
    if verb in ("checkout", "switch") and any(map(NEW_BRANCH.fullmatch, rest)):
        return COMMITS
    return HISTORY if verb in LOSES else COMMITS if verb in COMMITS_IT else ""


def _verb(arguments: Sequence[str]) -> tuple[str, list[str]]:
    words = list(arguments)
    while words and words[0].startswith("-"):
        if words.pop(0) in VALUED:
            words[:1] = []
    return (words[0], words[1:]) if words else ("", [])
