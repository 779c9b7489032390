"""Steps on tape: what is kept of one when it is recorded, how one came out when replayed."""

from __future__ import annotations

from collections.abc import Mapping

from vly_nb.agent.agent import Agent
from vly_nb.agent.turn import Replay, Step, Turn
from vly_nb.errors import ToolError
from vly_nb.model.messages import RequestKey

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
    tree, now = agent.project.head.tree, agent.project.digests()
    touched = sorted({path for change in step.changes for path in change.paths})
    if not step.reply.replayed:
        after = {path: now.get(path) for path in touched}
        agent.tape.finish(key, tree=tree, files=after, kept=kept(agent) if LOCK in touched else {})
        return
    found = agent.tape.lookup(key)
    if found is None or found.record.after.tree == tree:
        step.replay = Replay()
        return
    then = found.record.after.files
    differ = [path for path in sorted({*then, *touched}) if then.get(path) != now.get(path)]
    step.replay = Replay(tuple(differ) or ("files that were there before this step",))


def kept(agent: Agent) -> dict[str, str]:
    """package.json and the lock file as they are now."""
    texts = {}
    for path in KEPT:
        try:
            texts[path] = agent.project.read(path).data.decode(errors="replace")
        except ToolError:
            continue
    return texts
