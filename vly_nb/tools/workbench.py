"""Workbench: what a tool has in its hands while it runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from vly_nb.backend.backends import Backends
from vly_nb.checks.check import CheckResult
from vly_nb.preview.preview import Preview
from vly_nb.progress import Report, silent
from vly_nb.project.project import Project
from vly_nb.stacks.stack import Stack
from vly_nb.tools.draft import Draft


async def no_checks() -> list[CheckResult]:
    """No checks are called for."""
    return []


@dataclass
class Workbench:
    """The project, the draft of this step's edits, and ways to tell and to ask.

    `report` takes a line of progress. `check` runs the checks that the turn's
    changes call for. `answer` is the person's answer to the call that runs now,
    when it asked before. `kept` holds package.json and the lock file as a tape
    has them, so that a replay installs those and nothing newer. `keys` gives what the
    vault has for the stack's own programs (`Stack.variables`), and for no other. `preview` is
    the running app, `backends` where its data is.
    """

    project: Project
    stack: Stack
    draft: Draft
    check: Callable[[], Awaitable[list[CheckResult]]] = no_checks
    report: Report = silent
    answer: str | None = None
    kept: Mapping[str, str] = field(default_factory=dict)
    keys: Callable[[], Mapping[str, str]] = dict
    preview: Preview | None = None
    backends: Backends | None = None
