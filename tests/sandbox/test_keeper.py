"""Nothing survives, and limits hold: real programs that fork away, ignore signals and want too much."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests import process_state
from tests.conftest import needs_tier
from vly_nb.errors import ProgramError
from vly_nb.processes import WARDEN, Completed, run
from vly_nb.project.confine import Confinement
from vly_nb.sandbox.sandbox import Box, Limits, Tier

# Forks twice, leaves its session, sheds its environment, its folder and its output, and
# ignores SIGTERM. Tells when it is away.
DAEMON = """
import os, signal, sys, time
if os.fork():
    time.sleep(60)
os.setsid()
if os.fork():
    os._exit(0)
os.chdir("/")
print("away", flush=True)
again = "import time, signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.closerange(0, 3)
os.execve(sys.executable, [sys.executable, "-I", "-S", "-c", again, sys.argv[1]], {})
"""

HELD = [None, Tier.D, Tier.A, Tier.B]


@pytest.fixture(params=HELD, ids=["no box", "tier D", "tier A", "tier B"])
def held(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Limits], Box | None]:
    """Makes the box for a program: none, one that holds nothing, and each sandbox."""
    tier = request.param
    if tier in (Tier.A, Tier.B):
        needs_tier(tier)

    def made(limits: Limits) -> Box | None:
        if tier is None:
            return None
        return asyncio.run(Confinement(tmp_path, tier=tier).box(limits=limits))

    return made


def below(pid: int) -> set[int]:
    """The processes that one of ours has started, by the numbers that the machine knows them by."""
    found, waiting = set[int](), [pid]
    while waiting:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{waiting.pop()}/task").iterdir():
                below = {int(word) for word in (task / "children").read_text().split()}
                waiting += below - found
                found |= below
    return found


def marked(pids: Iterable[int], mark: str) -> set[int]:
    """Those of our own processes that carry the mark: daemons, not their helpers."""
    return {pid for pid in pids if alive(pid, mark)}


def alive(pid: int, mark: str) -> bool:
    """Whether a process of ours is still there; the mark tells it from one that has its number now."""
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return mark.encode() in line and process_state.alive(pid)


def gone(pids: Iterable[int], mark: str) -> bool:
    """Whether all of them end within a few seconds."""
    until = time.monotonic() + 5
    while marked(pids, mark) and time.monotonic() < until:
        time.sleep(0.05)
    return not marked(pids, mark)


def idle() -> bool:
    """Whether the warden has no child left; a keeper that said so is on its way out."""
    until = time.monotonic() + 5
    while below(warden()) and time.monotonic() < until:
        time.sleep(0.02)
    return not below(warden())


def warden() -> int:
    assert WARDEN._process is not None
    return WARDEN._process.pid


def python(code: str, *more: str) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", code, *more]


@pytest.mark.slow
def test_attack_of_a_hundred_interrupted_daemons_none_survives(
    tmp_path: Path, held: Callable[[Limits], Box | None]
) -> None:
    box = held(Limits())
    mark = f"daemon-{time.monotonic_ns()}"
    seen = set[int]()

    async def interrupted(number: int) -> None:
        away = asyncio.Event()
        running = asyncio.create_task(
            run(python(DAEMON, mark), cwd=tmp_path, box=box, on_line=lambda _: away.set())
        )
        if number % 4:  # else while it starts
            await asyncio.wait_for(away.wait(), 60)
        await asyncio.sleep(number % 3 * 0.01)
        seen.update(below(warden()))
        running.cancel()
        if number % 2:  # a person who is in a hurry
            await asyncio.sleep(0.02)
            running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    async def all_of_them() -> None:
        for start in range(0, 100, 10):
            await asyncio.gather(*map(interrupted, range(start, start + 10)))

    asyncio.run(all_of_them())
    assert len(seen) >= 300, "each has a keeper, a program and a daemon"
    assert marked(seen, mark) == set() and idle()


def test_what_a_program_leaves_behind_ends_with_it(
    tmp_path: Path, held: Callable[[Limits], Box | None]
) -> None:
    mark = f"left-{time.monotonic_ns()}"
    code = DAEMON.replace("time.sleep(60)\nos.setsid", "time.sleep(0.3); os._exit(0)\nos.setsid")
    seen = set[int]()
    watch = lambda _: seen.update(below(warden()))  # noqa: E731
    done = asyncio.run(run(python(code, mark), cwd=tmp_path, box=held(Limits()), on_line=watch))
    assert (done.output, done.code) == ("away\n", 0) and done.seconds < 5
    assert seen and marked(seen, mark) == set() and idle()


# -- limits -------------------------------------------------------------------


def limited(tmp_path: Path, box: Box | None, code: str, **options: object) -> Completed:
    return asyncio.run(run(python(code), cwd=tmp_path, box=box, timeout=30, **options))  # type: ignore[arg-type]


@pytest.fixture
def boxed(held: Callable[[Limits], Box | None]) -> Callable[[Limits], Box]:
    """The same with a box, which limits come with."""

    def made(limits: Limits) -> Box:
        box = held(limits)
        assert box is not None, "limits come with a box"
        return box

    return made


@pytest.mark.slow
@pytest.mark.parametrize("held", HELD[1:], indirect=True, ids=["tier D", "tier A", "tier B"])
class TestLimits:
    def test_memory(self, tmp_path: Path, boxed: Callable[[Limits], Box]) -> None:
        code = "import time; held = b'x' * 200_000_000; time.sleep(20)"
        done = limited(tmp_path, boxed(Limits(memory=100 << 20)), code)
        assert done.stopped == "It used more than 100 MB of memory and was stopped."
        assert done.code is None and not done.ok and done.seconds < 10

    def test_memory_of_many_together(self, tmp_path: Path, boxed: Callable[[Limits], Box]) -> None:
        code = "import os, time; [os.fork() for _ in range(3)]; held = b'x' * 30_000_000; time.sleep(20)"
        done = limited(tmp_path, boxed(Limits(memory=150 << 20)), code)
        assert "150 MB of memory" in done.stopped and done.seconds < 10

    def test_processes(self, tmp_path: Path, boxed: Callable[[Limits], Box]) -> None:
        """A fork bomb that is no match for the watch, though small enough for a test."""
        code = "import os, time\nfor _ in range(9):\n    os.fork()\ntime.sleep(20)"
        done = limited(tmp_path, boxed(Limits(processes=100)), code)
        assert done.stopped == "It ran more than 100 processes at once and was stopped."
        assert done.seconds < 15

    def test_output(self, tmp_path: Path, boxed: Callable[[Limits], Box]) -> None:
        code = "import sys\nwhile True:\n    sys.stdout.write('line\\n' * 1000)"
        done = limited(tmp_path, boxed(Limits(output=5 << 20)), code)
        assert done.stopped == "It printed more than 5 MB and was stopped."
        assert done.output.startswith("line\n") and len(done.output) <= 30_000

    def test_file_size(self, tmp_path: Path, boxed: Callable[[Limits], Box]) -> None:
        (tmp_path / "src").mkdir()
        box = boxed(Limits(file_size=3 << 20))
        done = asyncio.run(
            run(["dd", "if=/dev/zero", "of=src/big", "bs=1M", "count=9"], cwd=tmp_path, box=box)
        )
        assert done.stopped == "It wrote a file of more than 3 MB and was stopped."
        assert (tmp_path / "src/big").stat().st_size == 3 << 20

    def test_open_files(self, tmp_path: Path, boxed: Callable[[Limits], Box]) -> None:
        code = "held = [open('/dev/null') for _ in range(200)]"
        done = limited(tmp_path, boxed(Limits(open_files=64)), code)
        assert "Too many open files" in done.output and not done.ok

    def test_no_core_is_left(self, tmp_path: Path, boxed: Callable[[Limits], Box]) -> None:
        code = "import resource, os; print(resource.getrlimit(resource.RLIMIT_CORE), flush=True); os.abort()"
        assert limited(tmp_path, boxed(Limits()), code).output.startswith("(0, 0)")

    def test_time(self, tmp_path: Path, boxed: Callable[[Limits], Box]) -> None:
        done = asyncio.run(run(["sleep", "30"], cwd=tmp_path, box=boxed(Limits()), timeout=0.3))
        assert done.timed_out and done.code is None and done.seconds < 3


# -- when a helper dies ---------------------------------------------------------


@pytest.mark.slow
def test_when_a_keeper_is_killed_the_warden_ends_what_it_had(tmp_path: Path) -> None:
    mark = f"orphan-{time.monotonic_ns()}"

    async def killed() -> set[int]:
        away = asyncio.Event()
        running = asyncio.create_task(run(python(DAEMON, mark), cwd=tmp_path, on_line=lambda _: away.set()))
        await asyncio.wait_for(away.wait(), 30)
        helpers = Path(f"/proc/{warden()}/task/{warden()}/children").read_text().split()
        [keeper] = map(int, helpers)
        seen = below(keeper)
        os.kill(keeper, signal.SIGKILL)
        with pytest.raises(ProgramError, match="helper that runs programs was ended"):
            await running
        return seen

    seen = asyncio.run(killed())
    assert len(seen) >= 2 and gone(seen, mark)


@pytest.mark.slow
def test_when_the_warden_is_killed_the_next_run_has_a_new_one(tmp_path: Path) -> None:
    assert asyncio.run(run(["true"], cwd=tmp_path)).ok
    os.kill(warden(), signal.SIGKILL)
    time.sleep(0.1)
    assert asyncio.run(run(["echo", "again"], cwd=tmp_path)).output == "again\n"


@pytest.mark.slow
def test_when_the_notebooks_kernel_is_killed_nothing_stays(tmp_path: Path) -> None:
    mark = f"kernel-{time.monotonic_ns()}"
    code = (
        "import asyncio, pathlib, sys\nfrom vly_nb.processes import run\n"
        f"asyncio.run(run({python(DAEMON, mark)!r}, cwd=pathlib.Path({str(tmp_path)!r}), on_line=print))"
    )
    kernel = subprocess.Popen([sys.executable, "-u", "-c", code], stdout=subprocess.PIPE)
    assert kernel.stdout and kernel.stdout.readline() == b"away\n"
    seen = below(kernel.pid)
    assert len(marked(seen, mark)) == 2
    kernel.kill()
    kernel.wait()
    assert gone(seen, mark) and gone(seen, "vly_nb.sandbox.keeper")


def test_the_helper_has_nothing_of_the_kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_KEY", "hush-4711")
    (tmp_path / "json.py").write_text("raise SystemExit('a module of the project was imported')")
    monkeypatch.chdir(tmp_path)
    code = (
        "import asyncio, pathlib\nfrom vly_nb.processes import WARDEN, run\n"
        "done = asyncio.run(run(['true'], cwd=pathlib.Path('/')))\n"
        "pid = WARDEN._process.pid\n"
        "of = pathlib.Path(f'/proc/{pid}')\n"
        "try:\n"
        "    print((of / 'environ').read_bytes(), (of / 'cwd').resolve())\n"
        "    print(sorted(p.readlink().name for p in (of / 'fd').iterdir()))\n"
        "except PermissionError:\n"
        "    print('closed to all but root')\n"
    )
    folder = Path(__file__).resolve().parents[2]
    told = subprocess.run(
        [sys.executable, "-P", "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(folder)},
    )
    assert told.returncode == 0, told.stderr
    if os.geteuid() != 0:
        assert told.stdout == "closed to all but root\n"
        return
    assert "hush-4711" not in told.stdout and told.stdout.splitlines()[0].endswith(" /")
    assert told.stdout.count("socket:") <= 4 and told.stdout.count("null") == 3
