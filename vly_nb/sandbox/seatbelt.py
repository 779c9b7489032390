"""Tier C: a Seatbelt profile for a box, for macOS's `sandbox-exec`. Written from its documents, *not tried*.

Rules are read from the top, and the last that fits counts.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from vly_nb.sandbox import system
from vly_nb.sandbox.sandbox import Box

PROGRAM = "sandbox-exec"
MACHINE = ("/usr", "/bin", "/sbin", "/System", "/Library/Developer", "/opt/homebrew", "/private/etc/ssl")
DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom", "/dev/dtracehelper")


def sandbox_exec() -> str:
    """The program; "" where there is none."""
    return shutil.which(PROGRAM) or ""


def arguments(box: Box, private: Path) -> list[str]:
    """What stands before the program's own arguments."""
    return [PROGRAM, "-p", profile(box, private)]


def profile(box: Box, private: Path) -> str:
    """The profile's text."""
    return "\n".join(_lines(box, private)) + "\n"


def _lines(box: Box, private: Path) -> Iterator[str]:
    yield "(version 1)"
    yield "(deny default)"
    yield "(allow process-fork process-exec)"
    yield "(allow signal (target same-sandbox))"
    yield "(allow sysctl-read)"
    yield "(allow file-read-metadata)"
    readable = [*map(Path, MACHINE), *system.files(box.door is not None), *system.toolchains(), *box.readable]
    yield f"(allow file-read* {_each('subpath', readable)})"
    yield f"(allow file-read* file-write-data {_each('literal', map(Path, DEVICES))})"
    yield f"(allow file-read* file-write* {_each('subpath', [box.root, private, *box.writable])})"
    if fixed := [*box.sealed, *box.fixed]:
        yield f"(deny file-write* {_each('subpath', fixed)})"
    if box.loose:
        yield f"(allow file-write* {_each('subpath', box.loose)})"
    if box.hidden:
        yield f"(deny file-read* file-write* {_each('subpath', box.hidden)})"
    if box.shown:
        yield f"(allow file-read* {_each('subpath', box.shown)})"
    if box.listens:
        yield '(allow network-bind network-inbound (local ip "localhost:*"))'
    if box.door:
        yield f'(allow network-outbound (remote ip "localhost:{box.door[1]}"))'


def _each(kind: str, places: Iterator[Path] | list[Path] | tuple[Path, ...]) -> str:
    return " ".join(f"({kind} {_quoted(str(place))})" for place in places)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
