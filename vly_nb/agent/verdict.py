"""What the checks say: after a step to be told, at a turn's end to decide (SPEC 2.6)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from functools import partial

from vly_nb.agent.acting import program_wrote
from vly_nb.agent.agent import Agent
from vly_nb.agent.context import as_data, text
from vly_nb.agent.events import CheckEnded, CheckStarted, Events, Progress
from vly_nb.agent.running import Reporting, whole
from vly_nb.agent.turn import End, Step, Turn
from vly_nb.checks.check import CheckResult
from vly_nb.preview.preview import NAME as PREVIEW
from vly_nb.preview.preview import is_front_end
from vly_nb.progress import Report
from vly_nb.tools.checking import told


async def after_step(step: Step, turn: Turn, agent: Agent) -> Events:
    """The quick checks of what the step changed; red is told to the model and counts nothing."""
    if not step.changes:
        return
    changed = sorted({path for change in step.changes for path in change.paths})
    for change in step.changes:
        step.diagnostics.extend(agent.stack.remarks(agent.project, change, turn.prompt))
    if agent.lane is not None:
        names = agent.lane.checks(changed)
    else:
        names = agent.stack.checks(agent.project, changed, quick=True)
    async with aclosing(run_checks(names, step, turn, agent)) as events:
        async for event in events:
            yield event
    async with aclosing(look(changed, step, turn, agent)) as events:
        async for event in events:
            yield event
    red = [result for result in step.checks if result.status == "red"]
    remarks = "\n".join(f"  {d}" for d in step.diagnostics[:30])
    step.verdict = "\n".join(
        part
        for part in (
            f"The checks after this step:\n{said(red)}" if red else "",
            f"Remarks (not refused, to be right by the end):\n{remarks}" if remarks else "",
        )
        if part
    )


async def at_end(step: Step, turn: Turn, agent: Agent) -> Events:
    """The gate at the turn's end: green ends it, red begins a round or gives up."""
    changed = agent.project.changes_between(turn.start, agent.project.head.number).paths
    names = agent.stack.checks(agent.project, changed, quick=False)
    async with aclosing(run_checks(names, step, turn, agent)) as events:
        async for event in events:
            yield event
    async with aclosing(look(changed, step, turn, agent)) as events:
        async for event in events:
            yield event
    red = [result for result in step.checks if result.status == "red"]
    if not red:
        agent.green = agent.project.head.number
        turn.end = End.DONE
        turn.end_note = " ".join(f"{r.name}: {r.note.rstrip('.')}." for r in step.checks if r.note)
    elif reason := hopeless(red, turn, agent.limits.rounds):
        turn.end = End.RED
        back = agent.green or turn.start
        turn.end_note = (
            f"{reason} The work is kept; `%vly goto {back}` goes back to the last version that passed."
        )
    else:
        turn.rounds += 1
        agent.conversation.person([text(f"You said you are done, but the checks are red:\n{said(red)}")])


def said(red: Sequence[CheckResult]) -> str:
    """What checks say, for the model; what a page says is marked as data."""
    own = [result for result in red if result.name != PREVIEW]
    pages = [result for result in red if result.name == PREVIEW]
    return "\n".join([*([told(own)] if own else []), *(as_data(told([one])) for one in pages)])


def hopeless(red: Sequence[CheckResult], turn: Turn, rounds: int) -> str:
    """Why mending should end here, or "" when another round may help; notes the complaints."""
    now = frozenset(d.identity for result in red for d in result.new)
    earlier = turn.complaints
    turn.complaints = [*earlier, now]
    if len(earlier) >= rounds:
        return f"{count(now)} left after {rounds} rounds of mending."
    if earlier and len(now) > len(earlier[-1]):
        return f"Mending made it worse ({count(now)} now)."
    if any(now == one for one in earlier) or any(now & one - earlier[-1] for one in earlier):
        return f"The same complaint came back ({count(now)} left)."
    return ""


def count(complaints: frozenset[tuple[str, ...]]) -> str:
    """`1 error`, `3 errors`."""
    return f"{len(complaints)} error{'' if len(complaints) == 1 else 's'}"


async def run_checks(names: Sequence[str], step: Step, turn: Turn, agent: Agent) -> Events:
    """Run checks one after another; none twice on the same files."""
    for name in names:
        yield CheckStarted(name)
        checking = Reporting(partial(one_check, name, turn.start, agent))
        async with aclosing(checking.lines()) as lines:
            async for line in lines:
                yield Progress(agent.keys.clean(line))
        result = checking.result
        step.checks = [known for known in step.checks if known.name != result.name] + [result]
        if wrote := await whole(program_wrote, f"Written by the {name} check", step, agent):
            yield wrote
        yield CheckEnded(result)


async def look(changed: Sequence[str], step: Step, turn: Turn, agent: Agent) -> Events:
    """Look at the running app after a change of what it shows; nothing where there is none."""
    preview = agent.preview
    if preview is None or not any(map(is_front_end, changed)) or not await preview.can_be_seen():
        return
    yield CheckStarted(PREVIEW)
    looked = await preview.look(changed, turn.start)
    if looked is None:
        return
    step.checks = [known for known in step.checks if known.name != PREVIEW] + [looked.result]
    step.pictures.extend(looked.pictures)
    yield CheckEnded(looked.result)


async def when_asked(step: Step, turn: Turn, agent: Agent) -> list[CheckResult]:
    """The checks at the model's own wish (the run_checks tool)."""
    changed = agent.project.changes_between(turn.start, agent.project.head.number).paths
    names = agent.stack.checks(agent.project, changed, quick=False)
    results = [await one_check(name, turn.start, agent, agent.bench.report) for name in names]
    step.checks = results
    return results


async def one_check(name: str, since: int, agent: Agent, report: Report) -> CheckResult:
    """A check's word on the project as it is, from memory if it was asked before.

    One of the lane may come back as the real one, under that one's name.
    """
    tree = agent.project.head.tree
    if (known := agent.results.get((name, tree, since))) is not None:
        return known
    keys = agent.keys.given(agent.stack.variables)
    if agent.lane is not None and name in agent.lane.names:
        result = await agent.lane.check(name, since, report, keys)
    else:
        result = await agent.stack.check(agent.project, name, since, report, keys)
    agent.results[result.name, tree, since] = result
    return result
