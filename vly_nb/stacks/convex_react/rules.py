"""The stack's policy: all rules, set to one project."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from vly_nb.policy.allowances import POLICY_FILE, Allowance, confirmed
from vly_nb.policy.policy import Policy
from vly_nb.policy.rules import RULES
from vly_nb.stacks.convex_react.layout import DEFAULT_FUNCTIONS, functions_folder


def policy_of(root: Path) -> Policy:
    """The rules, set to a project's functions folder and to what its policy file allows."""
    return _policy(functions_folder(root) or DEFAULT_FUNCTIONS, tuple(confirmed(root / POLICY_FILE)))


@lru_cache(maxsize=32)
def _policy(functions: str, allowed: Sequence[Allowance]) -> Policy:
    return Policy(RULES, functions=functions, allowed=allowed)
