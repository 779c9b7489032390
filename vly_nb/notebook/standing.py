"""Standing: where a session stands, as wire data."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from vly_nb.agent.turn import Proposal
from vly_nb.model.messages import Usage
from vly_nb.notebook.bundle import usage_data
from vly_nb.notebook.commands import MODELS
from vly_nb.notebook.protocol import State
from vly_nb.notebook.visible import name, one_line, visible
from vly_nb.notebook.words import usage_words
from vly_nb.session import Session

_REACH = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL")


def state_of(
    session: Session | None, run: str, running: bool, cell: bool, driving: bool, queue: Sequence[str]
) -> State:
    """Where things stand; mostly empty when nothing is mounted."""
    if session is None:
        return State(key=reachable(), running=running, cell=cell, models=list(MODELS))
    project, turn = session.project, session.turn
    stands = turn is not None and turn.end is None and not running
    waits = turn.waiting if turn is not None and stands else None
    models = [session.model_name, *(one for one in MODELS if one != session.model_name)]
    return State(
        run=run,
        project=name(project.root.name),
        stack=session.stack.name,
        folder=_beside(project.root),
        mode=session.mode,
        model=one_line(session.model_name),
        models=[one_line(model) for model in models],
        only=[one_line(glob) for glob in session.only],
        tape=session.tape is not None,
        version=project.head.number,
        versions=len(project.versions),
        undo=project.head.undo_to is not None,
        redo=project.head.redo_to is not None,
        running=running,
        cell=cell,
        turn=turn.number if turn else 0,
        open=stands,
        waiting=None if waits is None else "proposal" if isinstance(waits, Proposal) else "question",
        driving=driving,
        queue=[visible(prompt) for prompt in queue],
        key=reachable() or session.tape is not None,
        spent=usage_words(usage_data(session.usage), session.cost) if session.usage != Usage() else "",
    )


def reachable() -> bool:
    """Whether the environment says how a model is reached."""
    return any(os.environ.get(variable, "").strip() for variable in _REACH)


def _beside(root: Path) -> str:
    """The folder relative to where the kernel was started; "" when there is no such way."""
    try:
        return Path(os.path.relpath(root, Path.cwd().resolve())).as_posix()
    except (ValueError, OSError):
        return ""
