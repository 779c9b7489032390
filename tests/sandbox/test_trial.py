"""Which tier is chosen: by trying to break out, in kinds of machines that are made here."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import needs, needs_tier
from vly_nb.process_trial import standing, try_out
from vly_nb.sandbox import seatbelt, seccomp
from vly_nb.sandbox.sandbox import Box, Tier
from vly_nb.sandbox.syscalls import NUMBERS, machine
from vly_nb.sandbox.trial import ATTEMPTS, Standing, verdict


def said(**answers: bool) -> str:
    return "TRIED " + json.dumps({**dict.fromkeys(ATTEMPTS, False), "works": True, **answers})


@pytest.mark.parametrize(
    ("output", "why"),
    [
        (said(), ""),
        (said(outside=True), "a program in it read a file outside the project"),
        (said(network=True, ring=True), "a program in it reached a server on this machine, got at io_uring"),
        (said(works=False), "programs don't work in it"),
        (
            "bwrap: No permissions to create new namespace\n",
            "it doesn't start here (No permissions to create",
        ),
        ("", "it doesn't start here (it said nothing)"),
    ],
)
def test_what_the_trial_says(output: str, why: str) -> None:
    assert verdict(output).startswith(why) and bool(verdict(output)) == bool(why)


async def test_a_tier_that_holds_is_told(tier: Tier) -> None:
    assert await try_out(tier) == ""


async def test_where_nothing_holds_the_trial_breaks_out() -> None:
    """It isn't blind: with no sandbox around it, it gets at nearly everything, and does no harm."""
    why = await try_out(Tier.D)
    for name in ("outside", "write", "state", "keys", "history", "environment", "network", "abstract"):
        assert ATTEMPTS[name] in why


async def test_a_sandbox_with_a_hole_is_not_taken(tier: Tier) -> None:
    def leaky(box: Box) -> Box:
        return replace(box, readable=(box.root.parent / "outside",))

    def open_(box: Box) -> Box:
        return replace(box, hidden=(), sealed=())

    assert await try_out(tier, leaky) == "a program in it read a file outside the project"
    told = "read vly's own folder, read an env file, wrote into .git"
    assert await try_out(tier, open_) == f"a program in it {told}"


# -- kinds of machines -----------------------------------------------------------


def without(*calls: str) -> bytes:
    """A filter under which some system calls don't exist."""
    numbers = NUMBERS[machine()]
    lines = [(seccomp.LOAD, 0, 0, 0)]
    for call in calls:
        lines += [(seccomp.EQUAL, 0, 1, numbers[call]), (seccomp.RETURN, 0, 0, seccomp.FAIL | 1)]
    lines += [(seccomp.RETURN, 0, 0, seccomp.ALLOW)]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)


STANDING = """
import asyncio, json, sys
from vly_nb.sandbox import guard
guard.give_up_privileges()
guard.filter_calls(bytes.fromhex(sys.argv[1]))
from vly_nb.process_trial import standing
found = asyncio.run(standing())
print(json.dumps([found.tier, found.sentence, list(found.reasons)]))
"""


def standing_in(filtered: bytes, **environment: str) -> tuple[str, str, list[str]]:
    """What a kernel finds whose process is held by a filter, and has no privileges."""
    told = subprocess.run(
        [sys.executable, "-c", STANDING, filtered.hex()],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )
    assert told.returncode == 0, told.stderr
    tier, sentence, reasons = json.loads(told.stdout)
    return tier, sentence, reasons


@pytest.mark.slow
def test_in_a_container_where_bubblewrap_does_not_start_the_guard_is_taken() -> None:
    """As Docker does it: no new namespaces, no mounts, no privileges."""
    needs_tier(Tier.B)
    tier, sentence, [why] = standing_in(without("unshare", "mount", "umount2", "pivot_root"))
    assert tier == Tier.B and why.startswith("Tier A, bubblewrap: it doesn't start here (")
    assert sentence == "Commands run in a sandbox: tier B, a guard of Landlock and seccomp."


@pytest.mark.slow
def test_where_neither_works_there_is_no_shell_and_it_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(NUMBERS[machine()], "landlock_create_ruleset", 444)
    tier, sentence, reasons = standing_in(without("mount", "landlock_create_ruleset"))
    assert tier == Tier.D and len(reasons) == 2
    assert sentence.startswith("No sandbox works here, so there is no shell: only checks and the package")
    assert "Tier B, a guard of Landlock and seccomp: this kernel has no Landlock" in sentence


@pytest.mark.slow
def test_where_bubblewrap_is_not_installed_it_says_how(tmp_path: Path) -> None:
    needs_tier(Tier.B)
    for name in ("true", "sh"):
        (tmp_path / name).symlink_to(f"/bin/{name}")
    tier, _, [why] = standing_in(without("mount"), PATH=str(tmp_path))
    assert tier == Tier.B and "it isn't installed (`apt install bubblewrap`" in why


@pytest.mark.slow
def test_as_an_ordinary_user(tier: Tier, tmp_path: Path) -> None:
    """The same for who isn't root, by the system's own Python."""
    if os.geteuid() != 0:
        return  # all the other tests are run by one
    needs("/usr/bin/python3")
    code = (
        "import asyncio; from vly_nb.process_trial import try_out; from vly_nb.sandbox.sandbox import Tier;"
        f"print(asyncio.run(try_out(Tier('{tier.value}'))) or 'it holds')"
    )
    told = subprocess.run(
        ["/usr/bin/python3", "-c", code],
        capture_output=True,
        text=True,
        cwd="/",
        user=12_345,
        group=12_345,
        extra_groups=[],
        env={"PATH": os.defpath, "HOME": "/nonexistent", "PYTHONDONTWRITEBYTECODE": "1",
             "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
    )  # fmt: skip
    if "requires a different Python" in told.stderr or "SyntaxError" in told.stderr:
        pytest.skip("the system's Python is older than 3.11")
    assert told.stdout == "it holds\n", told.stderr


async def test_it_is_tried_once() -> None:
    first, second = await standing(), await standing()
    assert first.tier is second.tier and isinstance(first, Standing)


def test_the_seatbelt_profile_is_text_that_names_the_boxs_places() -> None:
    """Tier C was not tried: there is no Mac here. What is written is at least what was meant."""
    root = Path("/Users/me/app")
    text = seatbelt.profile(
        Box(
            Tier.C,
            root,
            hidden=(root / ".vly", root / '.env"x'),
            sealed=(root / ".git",),
            door=("127.0.0.1", 81),
        ),
        Path("/tmp/p"),
    )
    lines = text.splitlines()
    assert lines[:2] == ["(version 1)", "(deny default)"]
    assert '(deny file-write* (subpath "/Users/me/app/.git"))' in lines
    hidden = '(deny file-read* file-write* (subpath "/Users/me/app/.vly") (subpath "/Users/me/app/.env\\"x"))'
    assert lines.index(hidden) > lines.index(
        '(allow file-read* file-write* (subpath "/Users/me/app") (subpath "/tmp/p"))'
    )
    assert lines[-1] == '(allow network-outbound (remote ip "localhost:81"))'
