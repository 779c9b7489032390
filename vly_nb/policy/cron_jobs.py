"""Cron jobs: what a file registers with Convex's `cronJobs()`.

for job in jobs(source):
    job.method, job.target      "interval", the node of internal.tasks.sweep

The dynamic crons of the component @convex-dev/crons are others.
(https://docs.convex.dev/scheduling/cron-jobs)
"""

from __future__ import annotations

from dataclasses import dataclass

from ast_grep_py import SgNode

from vly_nb.policy.functions import arguments
from vly_nb.policy.source import Call, Source, remembered, unwrapped

ALLOWED = ("interval", "cron")
"""The two methods that jobs are registered with here."""

CALENDAR = ("hourly", "daily", "weekly", "monthly")
"""The methods that Convex has besides."""


@dataclass(frozen=True)
class Job:
    """One registration: `crons.interval(name, schedule, target, args)`; None for what isn't passed."""

    call: Call
    name: SgNode | None
    schedule: SgNode | None
    target: SgNode | None

    @property
    def method(self) -> str:
        """ "interval", "cron", or one of the calendar's."""
        return self.call.name.text().strip("\"'")


@remembered
def makers(source: Source) -> list[SgNode]:
    """The calls `cronJobs()` of a file, in the order of the text."""
    found = [
        call
        for local, imported in source.imports.items()
        if imported.module == "convex/server" and imported.name == "cronJobs"
        for call in source.calls_of(local)
    ]
    return sorted(found, key=lambda call: call.range().start.index)


def maker_of(source: Source, node: SgNode) -> SgNode | None:
    """The call `cronJobs()` whose value an expression is; None for other things."""
    node = unwrapped(node)
    if node.kind() == "identifier":
        binding = source.scopes.find(node)
        if binding is None or binding.value is None or binding.key is not None or binding.assigned:
            return None
        node = unwrapped(binding.value)
    return _by_start(source).get(node.range().start.index)


@remembered
def _by_start(source: Source) -> dict[int, SgNode]:
    return {call.range().start.index: call for call in makers(source)}


@remembered
def jobs(source: Source) -> list[Job]:
    """The registrations of a file, in the order of the text."""
    if not makers(source):
        return []
    found = []
    for call in source.calls(*ALLOWED, *CALENDAR):
        if maker_of(source, call.object) is None:
            continue
        given = [*arguments(call.node), None, None, None]
        found.append(Job(call, given[0], given[1], given[2]))
    return sorted(found, key=lambda job: job.call.node.range().start.index)
