"""State: `.vly/`, where vly keeps what is its own about a project."""

from __future__ import annotations

from pathlib import Path

from vly_nb.errors import ProjectError

STATE = ".vly"


def own_state(root: Path) -> Path:
    """The folder, made when it isn't there: the owner's only, and ignored by itself.

    Raises ProjectError: a link stands there. Raises OSError.
    """
    state = root / STATE
    state.mkdir(mode=0o700, exist_ok=True)
    if state.is_symlink():
        raise ProjectError(f"{state} is a link.", "Remove it: vly keeps its versions in a folder of its own.")
    state.chmod(0o700)
    ignore = state / ".gitignore"
    if not ignore.exists():
        ignore.write_bytes(b"*\n")
    return state
