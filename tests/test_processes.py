"""Real programs on a real machine: what they see, what is kept of them, and that nothing survives."""

from __future__ import annotations

import asyncio
import os
import resource
import sys
import time
from pathlib import Path

import pytest

from tests.process_state import alive
from vly_nb.errors import ProgramError
from vly_nb.process_output import Capped, plain
from vly_nb.processes import Completed, Stage, clean_environment, run, run_pipeline

needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")

DAEMON = """
import os, sys, time, signal
if os.fork():
    {parent}
os.setsid()
if os.fork():
    os._exit(0)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open({pidfile!r}, "w").write(str(os.getpid()))
time.sleep(60)
"""


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def read_pid(file: Path) -> int:
    for _ in range(400):
        if text := _read(file):
            return int(text)
        await asyncio.sleep(0.01)
    raise AssertionError("the daemon never started")


def do(*argv: str, cwd: Path, **options: object) -> Completed:
    return asyncio.run(run(argv, cwd=cwd, **options))  # type: ignore[arg-type]


# -- what comes back ----------------------------------------------------------


def test_a_program_ends_with_its_code_and_both_its_outputs(tmp_path: Path) -> None:
    done = do(
        *python("import sys; print('out', flush=True); print('err', file=sys.stderr); sys.exit(3)"),
        cwd=tmp_path,
    )
    assert (done.code, done.output, done.timed_out, done.cut) == (3, "out\nerr\n", False, 0)
    assert not done.ok and done.seconds > 0


def test_a_program_reads_what_it_is_given_and_nothing_else(tmp_path: Path) -> None:
    big = b"x" * 300_000 + b"\n"
    assert do("wc", "-c", cwd=tmp_path, stdin=big).output.strip() == "300001"
    assert do("wc", "-c", cwd=tmp_path).output.strip() == "0"


def test_lines_are_told_while_it_runs(tmp_path: Path) -> None:
    came: list[tuple[str, float]] = []
    code = (
        "import time\nfor i in range(3): print('line', i, flush=True); time.sleep(0.2)\nprint('end', end='')"
    )
    do(*python(code), cwd=tmp_path, on_line=lambda line: came.append((line, time.monotonic())))
    assert [line for line, _ in came] == ["line 0", "line 1", "line 2", "end"]
    assert came[3][1] - came[0][1] > 0.4


def test_what_a_listener_raises_comes_out_and_ends_the_program(tmp_path: Path) -> None:
    def listener(line: str) -> None:
        raise KeyError(line)

    began = time.monotonic()
    with pytest.raises(KeyError, match="one"):
        do("sh", "-c", "echo one; sleep 30", cwd=tmp_path, on_line=listener)
    assert time.monotonic() - began < 3


def test_escapes_controls_and_progress_are_gone(tmp_path: Path) -> None:
    code = r"import os; os.write(1, b'\x1b[31mred\x1b[0m\r\n10%\r55%\r100%\n\x1b]0;title\x07t\x00\x08\xff\n')"
    assert do(*python(code), cwd=tmp_path).output == "red\n100%\nt\ufffd\n"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b[2K\x1b[1Gdone", "done"),
        ("\x9b31mred", "red"),
        ("a\tb", "a\tb"),
        ("half \x1b[", "half "),
        ("\x1bP1$r\x1b\\after", "after"),
        ("50%\r\r", "50%"),
    ],
)
def test_plain(raw: str, shown: str) -> None:
    assert plain(raw) == shown


def test_attack_unfinished_escapes_take_no_time_to_read() -> None:
    began = time.monotonic()
    plain("\x1b]" * 40_000)
    plain("\x1b[" * 40_000 + "1;" * 40_000)
    assert time.monotonic() - began < 5, "each byte once is a hundredth of it"


# -- limits -------------------------------------------------------------------


@pytest.mark.parametrize("piece", [1, 7, 100, 5000])
def test_long_output_keeps_head_and_tail_and_counts_the_rest(piece: int) -> None:
    text = "".join(f"line {i}\n" for i in range(5000))
    capped = Capped(1000)
    for start in range(0, len(text), piece):
        capped.add(text[start : start + piece])
    head, notice, tail = capped.text.partition(f"[… {capped.cut:,} characters left out …]\n")
    assert notice and len(capped.text) <= 1000
    assert text.startswith(head) and text.endswith(tail)
    assert head.endswith("\n") and tail.startswith("line ")
    assert len(head) > 400 and len(tail) > 400
    assert len(head) + len(tail) + capped.cut == len(text)


def test_output_that_just_fits_is_whole() -> None:
    capped = Capped(10)
    capped.add("12345")
    capped.add("67890")
    assert (capped.text, capped.cut) == ("1234567890", 0)


@pytest.mark.slow
@pytest.mark.parametrize(
    "line", ["x" * 99 + "\\n", "x" * 100, "x" * 99 + "\\r"], ids=["lines", "one line", "progress"]
)
def test_attack_a_hundred_megabytes_of_output_fill_no_memory(tmp_path: Path, line: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    done = do(
        "sh",
        "-c",
        f"yes '' | head -n 1000000 | tr -d '\\n' | head -c 1; {sys.executable} -c \"import sys\n"
        f"for _ in range(10_000): sys.stdout.write('{line}' * 100)\"; echo END",
        cwd=tmp_path,
        limit=30_000,
    )
    assert done.output.endswith("END\n") and len(done.output) <= 30_000
    if "r" not in line:
        assert done.cut > 95_000_000
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 30_000, f"{grown} KiB"


def test_a_program_that_takes_too_long_is_stopped_and_keeps_what_it_said(tmp_path: Path) -> None:
    done = do("sh", "-c", "echo before; sleep 30", cwd=tmp_path, timeout=0.3)
    assert (done.code, done.timed_out, done.output) == (None, True, "before\n")
    assert done.seconds < 2


def test_a_missing_program_is_a_sentence_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(ProgramError) as caught:
        do("no-such-program", cwd=tmp_path)
    assert "`no-such-program` isn't installed" in caught.value.message
    assert "Install no-such-program" in caught.value.hint


def test_a_missing_folder_is_not_called_a_missing_program(tmp_path: Path) -> None:
    with pytest.raises(ProgramError, match=r"folder .* isn't there"):
        do("ls", cwd=tmp_path / "gone")


def test_a_folder_is_meant_from_where_the_notebook_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "app").mkdir()
    monkeypatch.chdir(tmp_path)
    assert do("pwd", cwd=Path("app")).output == f"{tmp_path.resolve()}/app\n"


def test_a_file_that_may_not_run_is_a_sentence_too(tmp_path: Path) -> None:
    (tmp_path / "tool").write_text("#!/bin/sh\n")
    with pytest.raises(ProgramError, match="can't be started"):
        do(str(tmp_path / "tool"), cwd=tmp_path)
    with pytest.raises(ProgramError, match="can't be started"):
        do("ls", "a\0b", cwd=tmp_path)


# -- pipelines ----------------------------------------------------------------


def pipe(*stages: Stage, cwd: Path) -> Completed:
    return asyncio.run(run_pipeline(stages, cwd=cwd))


def test_programs_are_joined_by_pipes(tmp_path: Path) -> None:
    done = pipe(Stage(("printf", "b\na\nb\n")), Stage(("sort",)), Stage(("uniq", "-c")), cwd=tmp_path)
    assert [line.split() for line in done.output.splitlines()] == [["1", "a"], ["2", "b"]]


def test_a_reader_that_has_enough_ends_an_endless_writer(tmp_path: Path) -> None:
    done = pipe(Stage(("yes",)), Stage(("head", "-n", "2")), cwd=tmp_path)
    assert (done.output, done.timed_out) == ("y\ny\n", False)


def test_errors_go_where_they_are_sent(tmp_path: Path) -> None:
    both = ("sh", "-c", "echo out; echo err >&2")
    upper = Stage(("tr", "a-z", "A-Z"))
    assert sorted(pipe(Stage(both), upper, cwd=tmp_path).output.split()) == ["OUT", "err"]
    assert sorted(pipe(Stage(both, errors="piped"), upper, cwd=tmp_path).output.split()) == ["ERR", "OUT"]
    assert pipe(Stage(both, errors="dropped"), upper, cwd=tmp_path).output.split() == ["OUT"]
    assert pipe(Stage(both, silent=True), cwd=tmp_path).output.split() == ["err"]


@needs_proc
def test_when_a_later_program_is_missing_the_earlier_ones_end(tmp_path: Path) -> None:
    before = open_files()
    with pytest.raises(ProgramError, match="no-such"):
        pipe(Stage(("sleep", "61.5")), Stage(("no-such",)), Stage(("cat",)), cwd=tmp_path)
    assert not [c for c in Path("/proc").glob("[0-9]*/cmdline") if b"61.5" in _read(c)]
    assert open_files() == before


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


# -- the environment ----------------------------------------------------------


def test_attack_secrets_of_the_notebook_do_not_reach_a_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (
        "ANTHROPIC_API_KEY", "CONVEX_DEPLOY_KEY", "JPY_API_TOKEN", "DB_PASSWORD",
        "npm_config__authToken", "NPM_CONFIG_//r.example/:_authToken", "NODE_OPTIONS",
        "PYTHONPATH", "GIT_SSH_COMMAND", "XDG_SECRET_KEY", "LC_TOKEN", "LD_PRELOAD", "BASH_ENV",
    ):  # fmt: skip
        monkeypatch.setenv(name, "hush-4711")
    monkeypatch.setenv("npm_config_registry", "https://me:hush-4711@r.example/")
    assert "hush-4711" not in do("env", cwd=tmp_path).output


def test_the_environment_asks_nothing_and_colours_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://u:p@proxy.example:3128")
    monkeypatch.setenv("NODE_EXTRA_CA_CERTS", "/ca.pem")
    monkeypatch.setenv("PATH", "/usr/bin::.:node_modules/.bin:/bin")
    seen = clean_environment({"ONE_KEY": "given on purpose"})
    assert seen["PATH"] == "/usr/bin:/bin", "a relative entry would run programs out of the project"
    assert seen["https_proxy"] and seen["NODE_EXTRA_CA_CERTS"] == "/ca.pem"
    assert seen["ONE_KEY"] == "given on purpose"
    wanted = {"CI": "1", "NO_COLOR": "1", "FORCE_COLOR": "0", "TERM": "dumb", "AI_AGENT": "vly_nb"}
    assert wanted.items() <= seen.items()
    assert seen["GIT_CONFIG_GLOBAL"] == seen["GIT_CONFIG_SYSTEM"] == "/dev/null"


def test_attack_a_projects_git_config_starts_no_program(tmp_path: Path) -> None:
    do("git", "init", "-q", cwd=tmp_path)
    (tmp_path / "evil").write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    (tmp_path / "evil").chmod(0o755)
    do("git", "config", "core.fsmonitor", str(tmp_path / "evil"), cwd=tmp_path)
    assert do("git", "status", "--short", cwd=tmp_path).ok
    assert not (tmp_path / "ran").exists()


# -- nothing survives ---------------------------------------------------------


@needs_proc
@pytest.mark.parametrize("ending", ["it ends", "it takes too long"])
def test_attack_a_daemon_ends_with_the_program_that_started_it(tmp_path: Path, ending: str) -> None:
    pidfile = tmp_path / "pid"
    parent = "time.sleep(1); os._exit(0)" if ending == "it ends" else "time.sleep(60)"
    code = DAEMON.format(parent=parent, pidfile=str(pidfile))
    done = do(*python(code), cwd=tmp_path, timeout=30 if ending == "it ends" else 1)
    assert done.timed_out == (ending != "it ends")
    assert not alive(int(pidfile.read_text()))
    assert done.seconds < 4


@needs_proc
@pytest.mark.slow
def test_attack_cancelling_leaves_no_survivor_in_twenty_rounds(tmp_path: Path) -> None:
    async def round_(number: int) -> int:
        pidfile = tmp_path / f"pid{number}"
        task = asyncio.create_task(
            run(python(DAEMON.format(parent="time.sleep(60)", pidfile=str(pidfile))), cwd=tmp_path)
        )
        pid = await read_pid(pidfile)
        began = time.monotonic()
        task.cancel()
        if number % 2:  # a person who is in a hurry
            await asyncio.sleep(0.05)
            task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert time.monotonic() - began < 10  # half a second of it is what the daemon is given
        return pid

    async def rounds() -> list[int]:
        return [await round_(number) for number in range(20)]

    assert [pid for pid in asyncio.run(rounds()) if alive(pid)] == []


@needs_proc
@pytest.mark.parametrize("delay", [0, 0.001, 0.004, 0.02])
def test_attack_cancelling_during_the_start_leaves_nothing(tmp_path: Path, delay: float) -> None:
    async def start_and_cancel() -> int:
        before = open_files()
        task = asyncio.create_task(run(["sh", "-c", "sleep 62.5 & sleep 62.5"], cwd=tmp_path))
        await asyncio.sleep(delay)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.sleep(0.05)
        return open_files() - before

    assert asyncio.run(start_and_cancel()) <= 0
    assert not [c for c in Path("/proc").glob("[0-9]*/cmdline") if b"62.5" in _read(c)]


@needs_proc
@pytest.mark.slow
def test_no_zombie_stays(tmp_path: Path) -> None:
    async def many() -> None:
        for _ in range(5):
            await run(["sh", "-c", "sleep 60 & exit 0"], cwd=tmp_path)
            await run(["sleep", "60"], cwd=tmp_path, timeout=0.05)

    asyncio.run(many())
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    assert [pid for pid in children if not alive(int(pid))] == []


def test_a_background_child_that_holds_the_output_keeps_nobody_waiting(tmp_path: Path) -> None:
    done = do("sh", "-c", "sleep 30 & echo started", cwd=tmp_path)
    assert done.output == "started\n" and done.seconds < 2
