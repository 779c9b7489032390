"""Tricks to read a planted key by the shell: from a vault outside, the kernel's environment, env files,
links, the repository's history. None may bring it out, in any dress, in tiers A and B."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.attacks.decoys import PLANTED, encodings, leaks, planted, tricks
from tests.conftest import needs
from vly_nb.sandbox.sandbox import Tier

KINDS = ("files", "outside", "processes", "history", "code", "races")


def test_there_are_enough_tricks_and_the_search_finds_what_got_out() -> None:
    assert sum(len(tricks(kind)) for kind in KINDS) >= 120
    for place, key in PLANTED.items():
        assert len(encodings(key)) >= 8
        for name, form in encodings(key).items():
            assert f"{place} ({name})" in leaks(b"before " + form + b" after"), name


def test_without_a_sandbox_the_tricks_do_work(tmp_path: Path) -> None:
    """They are real: where nothing holds them, most bring the key out."""
    came = planted(tmp_path).attempt(Tier.D, ["cat .env.local", "cat $VAULT", "base64 notes.txt",
        "cat /proc/$KERNEL/environ", "git show HEAD:.env.local", "git stash show -p"])  # fmt: skip
    assert all(leaks(one["output"].encode()) for one in came), came


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_attack_a_planted_key_is_read_by_no_trick(tmp_path: Path, tier: Tier, kind: str) -> None:
    for program in ("git", "node", "python3", "bash"):
        needs(program)
    ground = planted(tmp_path)
    found = []
    for one in ground.attempt(tier, tricks(kind)):
        found += [(one["command"], leak) for leak in leaks(one["output"].encode())]
    found += [(str(place), leak) for place, data in ground.written() for leak in leaks(data)]
    assert found == []
    assert ground.vault.is_file() and (ground.root / ".vly/state.json").is_file()
    assert (ground.root / ".env.local").read_text() == f"OPENAI_API_KEY={PLANTED['tree']}\n"


@pytest.mark.slow
def test_attack_a_planted_key_is_read_by_no_trick_on_an_older_kernel(tmp_path: Path, tier: Tier) -> None:
    """Landlock as of Linux 5.19: what it lacks, the filter does."""
    if tier is not Tier.B:
        return
    ground = planted(tmp_path)
    tried = [*tricks("outside"), *tricks("processes"), *tricks("files")[:30]]
    came = ground.attempt(tier, tried, landlock=2)
    assert [one for one in came if leaks(one["output"].encode())] == []
    assert shutil.which("git") and (ground.root / ".git/HEAD").is_file()
