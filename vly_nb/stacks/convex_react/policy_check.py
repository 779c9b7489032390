"""The policy check: what the rules say of a turn's changes, and of what those brought elsewhere.

At the write a gate has refused what one file alone decides. Here, at the turn's end, counts
what a second file could have cured, and what programs wrote past the gate.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from weakref import WeakKeyDictionary

from vly_nb.checks.check import CheckResult
from vly_nb.diagnostics import Diagnostic, Severity
from vly_nb.policy.gates import before_of, tree_of
from vly_nb.policy.linter import Linter
from vly_nb.project.project import Project
from vly_nb.stacks.convex_react.rules import policy_of

NAME = "policy"
COMMAND = "%vly lint"
_MOST = 100  # complaints told
_LINTERS: WeakKeyDictionary[Project, Linter] = WeakKeyDictionary()


def linter_of(project: Project) -> Linter:
    """The project's linter, with what it knows from the last time. Its tree is to be refreshed."""
    policy = policy_of(project.root)
    kept = _LINTERS.get(project)
    if kept is None or kept.policy is not policy:
        kept = _LINTERS[project] = Linter(policy, tree_of(project))
    return kept


def applies(project: Project, changed: Iterable[str]) -> bool:
    """Whether any rule speaks of one of these files."""
    policy = policy_of(project.root)
    return any(policy.rules_for(path) for path in changed)


async def policy_check(project: Project, since: int) -> CheckResult:
    """Judge what changed since a version; red when there is a new error."""
    began = time.monotonic()
    new, debt = await asyncio.to_thread(_judged, project, since)
    errors = [d for d in new if d.severity is Severity.ERROR]
    seconds = time.monotonic() - began
    return CheckResult(
        NAME, COMMAND, "red" if errors else "green", tuple(errors[:_MOST]), known=debt, seconds=seconds
    )


def _judged(project: Project, since: int) -> tuple[list[Diagnostic], int]:
    linter = linter_of(project)
    linter.tree.refresh()
    return linter.since(before_of(project.changes_between(since, project.head.number)))
