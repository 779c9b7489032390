"""Standing: where a session stands, as wire data."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from vly_nb.agent.turn import Proposal
from vly_nb.model.messages import Usage
from vly_nb.notebook.bundle import usage_data
from vly_nb.notebook.commands import MODELS
from vly_nb.notebook.protocol import State
from vly_nb.notebook.visible import name, one_line, visible
from vly_nb.notebook.words import usage_words
from vly_nb.project.keys import MODEL_KEYS
from vly_nb.session import Session

_ADDRESS = "ANTHROPIC_BASE_URL"


def state_of(
    session: Session | None, run: str, running: bool, cell: bool, driving: bool, queue: Sequence[str]
) -> State:
    """Where things stand; mostly empty when nothing is mounted."""
    if session is None:
        return State(running=running, cell=cell, models=list(MODELS))
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
        key="set" if session.tape is not None or reachable(session) else "missing",
        endpoint=_host(os.environ.get(_ADDRESS, "").strip()),
        spent=usage_words(usage_data(session.usage), session.cost) if session.usage != Usage() else "",
    )


def has_key(session: Session | None) -> bool:
    """Whether there is a key for the model: in the environment, or in the vault of what is mounted."""
    there = any(os.environ.get(name, "").strip() for name in MODEL_KEYS)
    return there or (session is not None and bool(session.keys.given(MODEL_KEYS)))


def reachable(session: Session | None) -> bool:
    """Whether there is a way to a model: a key, or an address that may ask for none."""
    return bool(os.environ.get(_ADDRESS, "").strip()) or has_key(session)


def _host(address: str) -> str:
    """An address's host; "" when there is none, or it can't be read."""
    try:
        return visible(urlsplit(address).hostname or "")[:200]
    except ValueError:
        return ""


def _beside(root: Path) -> str:
    """The folder relative to where the kernel was started; "" when there is no such way."""
    try:
        return Path(os.path.relpath(root, Path.cwd().resolve())).as_posix()
    except (ValueError, OSError):
        return ""
