"""What Linux says of a process, for tests that must know whether one is still there."""

from __future__ import annotations

from pathlib import Path


def state(pid: int) -> str:
    """The letter that proc(5) names a process' state by, as "S" or "T"; nothing once it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):  # the second where it ends between open and read
        return ""


def alive(pid: int) -> bool:
    return state(pid) not in {"", "Z", "X"}
