"""Shield: what other programs of the same user may learn of this process.

`/proc/<pid>/environ` shows the environment as it was when the process began, to every program of the
same user, and `del os.environ[…]` changes nothing of it. So the secret-named variables are overwritten
there. The process itself keeps them: `os.environ`, `getenv` and programs that a person's own cells
start see them as before. And the process is made undumpable (`PR_SET_DUMPABLE`), so that its memory
can't be read or traced from outside either; only root could, with all of its capabilities.

A debugger that is to attach from outside (gdb, py-spy) is shut out too: VLY_NB_SHIELD=0 leaves it all
be. Linux only: elsewhere nothing is done.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

PR_SET_DUMPABLE = 4  # linux/prctl.h
_ENV_START, _ENV_END = 50, 51  # fields of /proc/self/stat, from 1: proc_pid_stat(5)


def shield(is_secret: Callable[[str, str], bool], environ: Mapping[str, str] = os.environ) -> list[str]:
    """Wipe secret variables from what others see of this process; the names that were wiped.

    Safe to repeat. Where anything is not as expected it is left alone.
    """
    if not sys.platform.startswith("linux") or environ.get("VLY_NB_SHIELD") == "0":
        return []
    wiped: list[str] = []
    with suppress(OSError, ValueError, IndexError, AttributeError):
        wiped = _wipe(is_secret)
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    return wiped


def _wipe(is_secret: Callable[[str, str], bool]) -> list[str]:
    start, end = _block()
    seen = Path("/proc/self/environ").read_bytes()
    if end - start != len(seen) or ctypes.string_at(start, len(seen)) != seen:
        return []
    wiped = []
    at = start
    for entry in seen.split(b"\0"):
        name, _, value = entry.partition(b"=")
        if value.strip(b"*") and is_secret(os.fsdecode(name), os.fsdecode(value)):
            if (now := os.environ.get(os.fsdecode(name))) is not None:
                os.environ[os.fsdecode(name)] = now  # libc now has a copy of its own, and points there
            else:
                os.unsetenv(name)  # `del os.environ[…]` did so already; nothing points here
            ctypes.memset(at + len(name) + 1, ord("*"), len(value))
            wiped.append(os.fsdecode(name))
        at += len(entry) + 1
    return wiped


def _block() -> tuple[int, int]:
    """Where the environment lay when the process began."""
    line = Path("/proc/self/stat").read_text(encoding="utf-8", errors="replace")
    fields = line.rpartition(")")[2].split()  # the first of these is field 3
    return int(fields[_ENV_START - 3]), int(fields[_ENV_END - 3])
