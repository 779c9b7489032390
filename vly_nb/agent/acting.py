"""Carrying out a reply: its calls in order, edits together, reads side by side.

Consecutive edits are one change set, written all or not at all. Any other call
has them written first, so that order is kept and a command sees what was
edited. A call that has an outcome is skipped, so a step that waited for the
person is taken up by carrying it out again.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from itertools import groupby

from vly_nb.agent import hiding
from vly_nb.agent.agent import Agent
from vly_nb.agent.events import CallEnded, CallStarted, Changed, Events, Progress, TurnedAway
from vly_nb.agent.running import Reporting, whole
from vly_nb.agent.turn import Call, Proposal, Step, Turn
from vly_nb.diagnostics import Diagnostic
from vly_nb.errors import Refused, ToolError, VlyError
from vly_nb.progress import Report
from vly_nb.project.changes import ChangeSet
from vly_nb.tools.tool import Effect, Outcome
from vly_nb.tools.tools import named

CUT_CALL = "This call was cut off by the length limit and not run. Send it again in smaller parts."
NOT_WRITTEN = "Not written: another edit of the same reply was turned away. Send them together again."


async def carry_out(step: Step, turn: Turn, agent: Agent) -> Events:
    """Run every call of the step that has no outcome yet; may leave the turn waiting."""
    for effect, batch in batches(step.calls):
        if all(call.outcome is not None for call in batch):
            continue
        doing = write if effect is Effect.EDIT else work
        async with aclosing(doing(batch, step, turn, agent)) as events:
            async for event in events:
                yield event
        if turn.waiting is not None:
            return


def batches(calls: Sequence[Call]) -> list[tuple[Effect, list[Call]]]:
    """Runs of calls that go together: edits with edits, reads with reads, each act alone."""
    numbered = [(effect_of(call), place, call) for place, call in enumerate(calls)]
    runs = groupby(numbered, key=lambda one: (one[0], one[1] if one[0] is Effect.ACT else -1))
    return [(effect, [call for _, _, call in run]) for (effect, _), run in runs]


def effect_of(call: Call) -> Effect:
    """What a call would do; one that can't be understood does nothing, like a read."""
    try:
        return named(call.name).effect(call.arguments)
    except ToolError:
        return Effect.READ


async def work(batch: Sequence[Call], step: Step, turn: Turn, agent: Agent) -> Events:
    """Run reads side by side, or one act, telling what comes of it as it comes."""
    for call in batch:
        yield CallStarted(call)
    agent.bench.answer, turn.answer = turn.answer, None

    async def all_at_once(report: Report) -> list[Outcome]:
        agent.bench.report = report
        return await asyncio.gather(*(once(call, turn, agent) for call in batch))

    working = Reporting(all_at_once)
    async with aclosing(working.lines()) as lines:
        async for line in lines:
            yield Progress(agent.keys.clean(line))
    if effect_of(batch[0]) is Effect.ACT:
        agent.keys.refresh()  # a program may have written an env file
    outcomes = [hiding.outcome(outcome, agent.keys) for outcome in working.result]
    for call, outcome in zip(batch, outcomes, strict=True):
        if outcome.asks is not None:
            turn.waiting = replace(outcome.asks, call=call.id)
        else:
            call.outcome = capped(outcome, agent.limits.outcome_characters)
            yield CallEnded(call)
    if effect_of(batch[0]) is Effect.ACT and (
        wrote := await whole(program_wrote, batch[0].line, step, agent)
    ):
        yield wrote


async def once(call: Call, turn: Turn, agent: Agent) -> Outcome:
    """Run a call, but not the very same one twice while nothing has changed."""
    key = json.dumps([call.name, call.arguments, agent.project.head.tree], sort_keys=True)
    acts = effect_of(call) is Effect.ACT
    if acts and key in turn.asked:
        return Outcome("You made this very call before and nothing has changed since; see its answer above.")
    outcome = await attempt(call, agent)
    if outcome.asks is None and not call.cut:
        if turn.asked.get(key) == outcome.text and len(outcome.text) > 200:
            return replace(outcome, text="The same as before: see the answer to this very call above.")
        turn.asked[key] = outcome.text
    return outcome


async def attempt(call: Call, agent: Agent) -> Outcome:
    """Run a call; whatever the model got wrong comes back as a failed outcome."""
    if call.cut:
        return Outcome(CUT_CALL, failed=True)
    if hiding.holds_mark(call.arguments):
        return Outcome(hiding.HIDDEN_CALL, failed=True, line="not run: it holds a key")
    try:
        tool = named(call.name)
        arguments = tool.parse(call.arguments)
        return await tool.run(agent.bench, **arguments)
    except (ToolError, VlyError) as error:
        return Outcome(str(error), failed=True, line=str(error).split("\n")[0][:160])


async def write(batch: Sequence[Call], step: Step, turn: Turn, agent: Agent) -> Events:
    """Carry out consecutive edits as one change set: draft, judge, and write or propose."""
    draft = agent.bench.draft
    draft.clear()
    outcomes = []
    for call in batch:
        yield CallStarted(call)
        outcomes.append(await attempt(call, agent))
    if any(outcome.failed for outcome in outcomes):
        draft.clear()
        outcomes = [o if o.failed else Outcome(NOT_WRITTEN, failed=True) for o in outcomes]
    elif change := draft.change_set(step.title):
        try:
            if turn.review:
                await whole(judge, change, agent)
                turn.waiting = Proposal(change, tuple(call.id for call in batch))
                draft.clear()
                return
            yield await whole(put, change, step, agent)
        except Refused as refused:
            draft.clear()
            step.refusals.extend(refused.diagnostics)
            outcomes = turned_away(refused.diagnostics, len(batch))
            yield TurnedAway(refused.diagnostics)
    for call, outcome in zip(batch, outcomes, strict=True):
        call.outcome = outcome
        yield CallEnded(call)


def judge(change: ChangeSet, agent: Agent) -> None:
    """Raise Refused for what apply would turn away."""
    errors = [d for d in agent.project.judge(change, agent.guards) if d.severity == "error"]
    if errors:
        raise Refused(errors)


def put(change: ChangeSet, step: Step, agent: Agent) -> Changed:
    """Write a change set and note it in the step. Raises Refused, ProjectError."""
    version = agent.project.apply(change, label=change.title or step.title, guards=agent.guards)
    agent.bench.draft.written(change)
    step.changes.append(change)
    step.versions.append(version)
    return Changed(change, version)


def turned_away(diagnostics: Sequence[Diagnostic], count: int) -> list[Outcome]:
    """The answers to edits that a gate refused: the reasons once, then a pointer to them."""
    reasons = "\n".join(f"- {d}" + (f" {d.advice}" if d.advice else "") for d in diagnostics)
    first = Outcome(f"Refused; nothing of these edits was written.\n{reasons}", failed=True)
    return [first, *[Outcome(NOT_WRITTEN, failed=True)] * (count - 1)]


def program_wrote(label: str, step: Step, agent: Agent) -> Changed | None:
    """Make a version of what a program changed, if it did."""
    before = agent.project.head.number
    version = agent.project.observe(label, kind="program")
    if version is None:
        return None
    change = agent.project.changes_between(before, version.number)
    step.changes.append(change)
    step.versions.append(version)
    return Changed(change, version)


def capped(outcome: Outcome, limit: int) -> Outcome:
    """The outcome with its middle cut out when it is too long to be useful."""
    if len(outcome.text) <= limit:
        return outcome
    head, tail = outcome.text[: limit * 2 // 3], outcome.text[-limit // 3 :]
    left = len(outcome.text) - len(head) - len(tail)
    return replace(outcome, text=f"{head}\n… {left} characters left out …\n{tail}")


def close(step: Step, agent: Agent) -> None:
    """Answer the step's calls in the history, the ones that never ran included."""
    if step.closed:
        return
    agent.conversation.results(step.answers, step.verdict)
    step.closed = True
