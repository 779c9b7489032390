"""A program and its box as the plan that the keeper carries out: plain values, to be sent as JSON."""

from __future__ import annotations

import base64
import functools
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from vly_nb.sandbox import bubblewrap, guard, landlock, seatbelt, seccomp, system
from vly_nb.sandbox.sandbox import Box, Limits, Tier
from vly_nb.sandbox.syscalls import machine

NEWEST = 7  # Landlock's version that this was written for
OWN_FOLDERS = ("HOME", "TMPDIR", "TMP", "TEMP")
LEFT_OUT = ("XDG_", "SSH_", "DBUS_")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
PROXIES = (*_PROXIES, *map(str.upper, _PROXIES))


def stage(
    argv: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    errors: str = "shown",
    silent: bool = False,
    box: Box | None = None,
    private: Path | None = None,
) -> dict[str, Any]:
    """What the keeper is to start; `private` is a folder for temporary files, for tiers B and C."""
    words: list[str | int] = list(argv)
    pieces: list[bytes] = []
    held = None
    if box is not None:
        env = environment(box, env, private)
        match box.tier:
            case Tier.A:
                words, pieces = bubblewrap.arguments(box, argv, cwd)
                pieces[0] = seccomp.program(
                    machine(), lone=True, door=box.door is not None, listens=box.listens
                )
            case Tier.B:
                held = _held(box, private or Path(os.devnull))
            case Tier.C:
                words = [*seatbelt.arguments(box, private or Path(os.devnull)), *argv]
    answered = box if box is not None and box.tier in (Tier.A, Tier.B) else None
    door = answered.door if answered else None
    listens = bool(answered and answered.listens)
    asked = seccomp.listener(machine(), door=bool(door), listens=listens) if door or listens else b""
    return {
        "argv": words,
        "data": [base64.b64encode(piece).decode() for piece in pieces],
        "env": dict(env),
        "cwd": str(cwd),
        "errors": errors,
        "silent": silent,
        "limits": {"RLIMIT_CORE": 0, **(_limits(box) if box else {})},
        "owner": box.owner if box and box.tier is not Tier.D else None,
        "held": held,
        "door": door,
        "listener": base64.b64encode(asked).decode(),
    }


def most(boxes: Sequence[Box | None]) -> dict[str, int]:
    """What a whole pipeline may use, by the tightest of its boxes."""
    found: dict[str, int] = {}
    for box in filter(None, boxes):
        for name, value in (("memory", box.limits.memory), ("processes", box.limits.processes)):
            if value is not None:
                found[name] = min(value, found.get(name, value))
    return found


def environment(box: Box, env: Mapping[str, str], private: Path | None) -> dict[str, str]:
    """A program's environment, with folders that it can write and no proxy that it can't reach."""
    if box.tier is Tier.D:
        return dict(env)
    left_out = (*PROXIES, *(() if box.door else system.CERTIFICATES))
    seen = {
        name: value
        for name, value in env.items()
        if (box.home or not name.startswith(LEFT_OUT)) and name not in left_out
    }
    if box.proxy:
        seen.update(dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), box.proxy))
    home, temporary = (
        (bubblewrap.HOME, "/tmp")  # noqa: S108
        if box.tier is Tier.A
        else (f"{private}/home", f"{private}/tmp")  # noqa: S108
    )
    seen.update(dict.fromkeys(OWN_FOLDERS, temporary))
    seen["HOME"] = env.get("HOME", home) if box.home else home
    return seen


def told(why: str, code: int | None, limits: Limits) -> str:
    """Which limit ended a program, in a sentence; "" when none did."""
    match why:
        case "memory" if limits.memory:
            return f"It used more than {_size(limits.memory)} of memory and was stopped."
        case "processes":
            return f"It ran more than {limits.processes} processes at once and was stopped."
        case "output" if limits.output:
            return f"It printed more than {_size(limits.output)} and was stopped."
    if code in (-signal.SIGXFSZ, 128 + signal.SIGXFSZ) and limits.file_size:
        return f"It wrote a file of more than {_size(limits.file_size)} and was stopped."
    return ""


def _size(number: int) -> str:
    for unit, name in ((1 << 30, "GB"), (1 << 20, "MB")):
        if number >= unit:
            return f"{number / unit:.3g} {name}"
    return f"{number:,} bytes"


def _held(box: Box, private: Path) -> dict[str, Any]:
    abi = min(guard.landlock_version(), box.landlock or NEWEST)
    return {
        "rights": landlock.all_rights(abi),
        "scoped": landlock.SCOPES if abi >= 6 else 0,
        "rules": landlock.rules(box, private),
        "calls": {
            "door": box.door is not None,
            "listens": box.listens,
            "modes": box.replaces,
            "abi": abi,
        },
    }


def _limits(box: Box) -> dict[str, int]:
    found = {}
    if box.limits.file_size is not None:
        found["RLIMIT_FSIZE"] = box.limits.file_size
    if box.limits.open_files is not None:
        found["RLIMIT_NOFILE"] = box.limits.open_files
    uid = box.owner[0] if box.owner and box.tier is not Tier.D else os.getuid()
    if box.limits.processes is not None and uid and sys.platform == "linux":
        threads = 16 * box.limits.processes  # it counts threads, of all that the user runs
        found["RLIMIT_NPROC"] = _threads_of(uid, int(time.monotonic() / 10)) + threads
    return found


@functools.lru_cache(maxsize=4)
def _threads_of(uid: int, _when: int) -> int:
    """How many threads a user has now; looked up every ten seconds at most."""
    count = 0
    for name in os.listdir("/proc"):  # noqa: PTH208
        if name.isdigit():
            try:
                if os.stat(f"/proc/{name}").st_uid == uid:  # noqa: PTH116
                    text = Path("/proc", name, "stat").read_text("utf-8", "replace")
                    count += int(text.rpartition(")")[2].split()[17])
            except (OSError, ValueError, IndexError):
                continue
    return count
