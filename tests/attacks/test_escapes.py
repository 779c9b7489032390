"""Ways out of the sandbox: files outside, other processes, the kernel, the network. In tiers A and B.

Whatever is gone for was put there by the test: a folder outside, a decoy process, a server.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.attacks.decoys import PLANTED, TRICKS, decoy_process, planted, tricks
from tests.attacks.test_history import digest
from tests.process_state import state
from vly_nb.sandbox.sandbox import Tier

# Each prints GOT when it could be done.


@pytest.mark.slow
def test_attack_nothing_outside_is_written(tmp_path: Path, tier: Tier) -> None:
    ground = planted(tmp_path)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("kept\n")
    os.utime(outside / "kept", (1_000_000_000, 1_000_000_000))
    before, times = digest(tmp_path / "outside"), (outside / "kept").stat()
    env = {"OUT": str(outside), "HOME2": str(ground.home)}
    for job in ({}, {"landlock": 2}) if tier is Tier.B else ({},):
        ground.attempt(tier, tricks("writes"), env, **job)
        assert digest(outside) == before
        now = (outside / "kept").stat()
        assert (now.st_mtime, now.st_uid, now.st_nlink) == (times.st_mtime, times.st_uid, times.st_nlink)
        assert sorted(place.name for place in ground.home.iterdir()) == [".local"]
        made = [place for place in ground.root.rglob("*") if not place.is_symlink()]
        assert [p for p in made if p.stat().st_mode & (stat.S_ISUID | stat.S_ISGID) and p.is_file()] == []
        assert [p for p in made if stat.S_ISBLK(p.stat().st_mode) or stat.S_ISCHR(p.stat().st_mode)] == []
    for place in ("/etc/motd2", "/usr/lib/x", "/usr/local/x", "/bin/x", "/root/x"):
        assert not os.path.exists(place)  # noqa: PTH110  (which takes "may not look" for no)


@pytest.mark.slow
def test_attack_another_process_is_neither_read_nor_stopped(tmp_path: Path, tier: Tier) -> None:
    ground = planted(tmp_path)
    for job in ({}, {"landlock": 2}) if tier is Tier.B else ({},):
        with decoy_process() as pid:
            for one in ground.attempt(tier, tricks("others"), {"DECOY": str(pid)}, **job):
                assert PLANTED["kernel"] not in one["output"], one
            assert state(pid) == "S"
            if not job:  # before Linux 6.12 it can be made slower, not more
                assert os.getpriority(os.PRIO_PROCESS, pid) == 0


@pytest.mark.slow
def test_attack_on_an_older_kernel_what_was_there_before_is_not_stopped(tmp_path: Path, tier: Tier) -> None:
    """Before Linux 6.12 Landlock doesn't look after signals: the filter knows processes by age."""
    if tier is not Tier.B:
        return
    ground = planted(tmp_path)
    kills = [
        "kill -9 $KERNEL; kill -9 -$KERNEL; kill -0 -1 && echo reached; echo still here",
        "kill -0 $$ && echo mine",
    ]
    first, second = ground.attempt(tier, kills, landlock=5)
    assert first["output"].endswith("still here\n") and "reached" not in first["output"]
    assert second["output"] == "mine\n"


@pytest.mark.slow
@pytest.mark.parametrize("command", tricks("kernel"))
def test_attack_the_kernel_gives_nothing_more(tmp_path: Path, tier: Tier, command: str) -> None:
    [came] = planted(tmp_path).attempt(tier, [command])
    assert "GOT" not in came["output"], came


@contextmanager
def servers(folder: Path) -> Iterator[tuple[dict[str, str], list[socket.socket]]]:
    """One of each kind that listens outside, and how a program is told of them."""
    name = f"vly-decoy-{os.getpid()}"
    kinds = [
        (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
        (socket.AF_UNIX, socket.SOCK_STREAM, str(folder / "stream")),
        (socket.AF_UNIX, socket.SOCK_DGRAM, str(folder / "datagram")),
        (socket.AF_UNIX, socket.SOCK_STREAM, f"\0{name}"),
    ]
    opened = []
    for family, kind, address in kinds:
        one = socket.socket(family, kind)
        one.bind(address)
        if kind == socket.SOCK_STREAM:
            one.listen()
        one.setblocking(False)
        opened.append(one)
    port = opened[0].getsockname()[1]
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind(("127.0.0.1", port))
    datagrams.setblocking(False)
    opened.append(datagrams)
    try:
        yield (
            {
                "PORT": str(port),
                "STREAM": str(folder / "stream"),
                "SOCK": str(folder / "datagram"),
                "ABSTRACT": name,
            },
            opened,
        )
    finally:
        for one in opened:
            one.close()


@pytest.mark.slow
def test_attack_no_server_is_reached(tmp_path: Path, tier: Tier) -> None:
    ground = planted(tmp_path)
    shutil.copy(TRICKS / "network.py", ground.root / "src/net.py")
    with servers(tmp_path) as (env, opened):
        for job in ({}, {"landlock": 2}) if tier is Tier.B else ({},):
            [came] = ground.attempt(tier, ["python3 src/net.py"], env, **job)
            assert len(came["output"].splitlines()) >= 7, came
            for one in opened:
                with pytest.raises(BlockingIOError):
                    one.accept() if one.type == socket.SOCK_STREAM else one.recv(99)


def test_the_program_does_reach_them_where_nothing_holds_it(tmp_path: Path) -> None:
    ground = planted(tmp_path)
    shutil.copy(TRICKS / "network.py", ground.root / "src/net.py")
    with servers(tmp_path) as (env, opened):
        assert ground.attempt(Tier.D, ["python3 src/net.py"], env)[0]["output"].count("Error") <= 1
        assert opened[0].accept() and opened[2].recv(99) == b"GOT" and opened[3].accept()


def test_signals_among_its_own_work(tmp_path: Path, tier: Tier) -> None:
    [came] = planted(tmp_path).attempt(tier, ["sleep 30 & kill $!; wait $!; echo $?"])
    assert came["output"].split()[-1] == str(128 + signal.SIGTERM)
    assert subprocess.run([sys.executable, "-c", ""]).returncode == 0
