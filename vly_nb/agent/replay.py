"""Steps on tape: what is kept of one when it is recorded, how one came out when replayed."""

from __future__ import annotations

from collections.abc import Mapping

from vly_nb.agent.agent import Agent
from vly_nb.agent.turn import Replay, Step, Turn
from vly_nb.errors import ToolError
from vly_nb.model.messages import RequestKey
from vly_nb.model.tape import Tape

LOCK = "pnpm-lock.yaml"
KEPT = ("package.json", LOCK)


def kept_for(key: RequestKey, agent: Agent) -> Mapping[str, str]:
    """package.json and the lock file as the tape has them after this request's step, if it does."""
    found = agent.tape.lookup(key) if agent.tape else None
    return found.record.kept if found else {}


def settle(step: Step, turn: Turn, agent: Agent) -> None:
    """A step is done: compare it with the tape when it was replayed, else record it."""
    if agent.tape is None:
        return
    key = RequestKey(turn.number, step.number, turn.prompt, step.tree)
    now = agent.project.digests()
    if step.reply.replayed:
        step.replay = Replay(drifted(agent.tape, key, agent.project.head.tree, now))
        return
    touched = {path for change in step.changes for path in change.paths}
    agent.tape.finish(
        key,
        tree=agent.project.head.tree,
        files={path: now.get(path) for path in sorted(touched)},
        kept=kept(agent) if LOCK in touched else {},
        start=agent.project.digests(turn.start) if step.number == 1 else {},
    )


def drifted(tape: Tape, key: RequestKey, tree: str, now: Mapping[str, str]) -> tuple[str, ...]:
    """The files that are not as the tape has them after this step."""
    found = tape.lookup(key)
    if found is None or found.record.after.tree == tree:
        return ()
    then = tape.expected(key)
    differ = [path for path in sorted({*then, *now}) if then.get(path) != now.get(path)]
    return tuple(differ) if then and differ else ("somewhere; the tape doesn't say where",)


def kept(agent: Agent) -> dict[str, str]:
    """package.json and the lock file as they are now."""
    texts = {}
    for path in KEPT:
        try:
            texts[path] = agent.project.read(path).data.decode(errors="replace")
        except ToolError:
            continue
    return texts
