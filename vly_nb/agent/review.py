"""The person's decision on a proposed change set."""

from __future__ import annotations

from collections.abc import Mapping

from vly_nb.agent.acting import put, turned_away
from vly_nb.agent.agent import Agent
from vly_nb.agent.events import Changed, TurnedAway
from vly_nb.agent.running import whole
from vly_nb.agent.turn import Proposal, Step, Turn
from vly_nb.errors import ProjectError, Refused
from vly_nb.tools.tool import Outcome

DIFF = 8_000


async def accept(
    turn: Turn, agent: Agent, picks: Mapping[str, frozenset[int] | None] | None
) -> Changed | TurnedAway:
    """Write what the person picked (all, when None) and tell the model what was left out.

    Raises ProjectError when nothing is proposed or a pick isn't in the proposal.
    """
    step, proposal = proposed(turn)
    chosen = proposal.change if picks is None else proposal.change.pick(picks)
    left = proposal.change.without(chosen)
    try:
        changed = await whole(put, chosen, step, agent)
    except Refused as refused:
        step.refusals.extend(refused.diagnostics)
        answer(turn, step, turned_away(refused.diagnostics, len(proposal.calls)))
        return TurnedAway(refused.diagnostics)
    words, line = "Written; the person accepted it.", ""
    if left:
        diff = left.unified()[:DIFF]
        line = "accepted in part"
        words = f"The person accepted a part of it. Left out, and not in the files:\n{diff}"
    others = [Outcome("See the first edit's answer.", line=line)] * (len(proposal.calls) - 1)
    answer(turn, step, [Outcome(words, line=line), *others])
    return changed


def reject(turn: Turn, reason: str) -> None:
    """Write nothing, and tell the model why. Raises ProjectError when nothing is proposed."""
    step, proposal = proposed(turn)
    words = (
        f"The person rejected this; nothing was written. {f'They say: {reason}' if reason else ''}".strip()
    )
    answer(turn, step, [Outcome(words, failed=True, line="rejected")] * len(proposal.calls))


def proposed(turn: Turn) -> tuple[Step, Proposal]:
    """The step that waits and its proposal."""
    if not isinstance(turn.waiting, Proposal):
        raise ProjectError(
            "Nothing is proposed.", "Ask with `%%vly --review` to see changes before they are made."
        )
    return turn.steps[-1], turn.waiting


def answer(turn: Turn, step: Step, outcomes: list[Outcome]) -> None:
    """Give the proposal's calls their outcomes; the turn can go on."""
    ids = turn.waiting.calls if isinstance(turn.waiting, Proposal) else ()
    for call in step.calls:
        if call.id in ids:
            call.outcome = outcomes[ids.index(call.id)]
    turn.waiting = None
