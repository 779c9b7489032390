"""Trial: whether a tier holds here, found out by a program that tries to break out of it.

Pure: the program's text, and what its answer means; `process_trial` sets out the
decoys and runs it. Whatever it goes for was put there for it, and where it succeeds
it leaves nothing behind: it may run as root, and not be held at all.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from vly_nb.sandbox.sandbox import Tier

NAMES = {
    Tier.A: "bubblewrap",
    Tier.B: "a guard of Landlock and seccomp",
    Tier.C: "Seatbelt",
    Tier.D: "no sandbox",
}

ATTEMPTS = {
    "outside": "read a file outside the project",
    "write": "wrote a file outside the project",
    "state": "read vly's own folder",
    "keys": "read an env file",
    "history": "wrote into .git",
    "environment": "read another process's environment",
    "memory": "read another process's memory",
    "network": "reached a server on this machine",
    "abstract": "reached another program's socket",
    "mount": "mounted a file system",
    "namespace": "made namespaces of its own",
    "ring": "got at io_uring",
}
"""What the program tries, and how it is told when it succeeds."""

PROGRAM = r"""
import ctypes, json, os, socket, subprocess, sys
base, pid, port, mark = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4].encode()
call = ctypes.CDLL(None, use_errno=True).syscall
numbers = {"x86_64": (165, 166, 272, 425), "aarch64": (40, 39, 97, 425)}
MOUNT, UNMOUNT, UNSHARE, RING = numbers[os.uname().machine]

def read(path):
    with open(path, "rb") as file:
        return mark in file.read(1 << 20)

def write(path):
    with open(path, "r+b") as file:
        file.write(b"x")
    return True

def connect(family, address):
    with socket.socket(family) as one:
        one.settimeout(1)
        one.connect(address)
    return True

def mount():
    done = call(MOUNT, b"none", b"src", b"tmpfs", 0, None) == 0
    if done:
        call(UNMOUNT, b"src", 2)
    return done

def works():
    os.makedirs("src/new", exist_ok=True)
    with open("src/new/file", "w") as file:
        file.write("written")
    return open("src/new/file").read() == "written" and subprocess.run(["true"]).returncode == 0

tries = {
    "outside": lambda: read(base + "/outside"),
    "write": lambda: write(base + "/outside"),
    "state": lambda: read(base + "/app/.vly/state"),
    "keys": lambda: read(base + "/app/.env.local"),
    "history": lambda: write(base + "/app/.git/HEAD"),
    "environment": lambda: read("/proc/" + pid + "/environ"),
    "memory": lambda: open("/proc/" + pid + "/mem", "rb") and read("/proc/" + pid + "/environ"),
    "network": lambda: connect(socket.AF_INET, ("127.0.0.1", port)),
    "abstract": lambda: connect(socket.AF_UNIX, "\0" + sys.argv[4]),
    "mount": mount,
    "ring": lambda: call(RING, 1, ctypes.create_string_buffer(128)) >= 0,
    "works": works,
    "namespace": lambda: call(UNSHARE, 0x10000000) == 0,
}
answers = {}
for name, attempt in tries.items():
    try:
        answers[name] = bool(attempt())
    except OSError:
        answers[name] = False
print("TRIED " + json.dumps(answers))
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """The best tier that holds here, and why each stronger one doesn't, in plain words."""

    tier: Tier
    failed: Mapping[Tier, str] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """For the person, once: what holds commands, or why there is no shell."""
        if self.tier is not Tier.D:
            return f"Commands run in a sandbox: tier {self.tier.value}, {NAMES[self.tier]}."
        why = " ".join(self.reasons)
        return f"No sandbox works here, so there is no shell: only checks and the package manager run. {why}"

    @property
    def reasons(self) -> tuple[str, ...]:
        """One sentence for each tier that doesn't hold."""
        return tuple(f"Tier {tier.value}, {NAMES[tier]}: {why}." for tier, why in self.failed.items())


def verdict(output: str) -> str:
    """What is wrong with a tier, by what the program printed in it; "" when it holds."""
    said = [line for line in output.splitlines() if line.startswith("TRIED ")]
    if not said:
        last = output.strip().splitlines()[-1:] or ["it said nothing"]
        return f"it doesn't start here ({last[0].removeprefix('bwrap: ')[:200]})"
    answers = json.loads(said[0].removeprefix("TRIED "))
    if not answers.pop("works", False):
        return "programs don't work in it"
    broken = [ATTEMPTS[name] for name, done in answers.items() if done]
    return f"a program in it {', '.join(broken)}" if broken else ""
