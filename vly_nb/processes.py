"""The one place that starts another program: run, stream, limit, stop a whole tree.

    done = await run(["pnpm", "install"], cwd=root, timeout=300, on_line=show)

A program gets a clean environment, no terminal and no questions; what it prints
is kept by its head and its tail and freed of escapes while it streams
(`process_output`); when it ends, times out or is cancelled, everything it
started ends with it (`process_tree`).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

from vly_nb.errors import ProgramError
from vly_nb.process_output import Capped, pump
from vly_nb.process_tree import MARKER, Tree

LINGER = 0.5  # seconds that output may still come in after the program has ended

PASSED = re.compile(
    r"""(?x)
    PATH | HOME | LANG | LANGUAGE | LC_\w+ | TMPDIR | TZ | USER | LOGNAME | SHELL | XDG_\w+
    | (HTTPS? | NO | ALL)_PROXY | (https? | no | all)_proxy
    | SSL_CERT_FILE | SSL_CERT_DIR | NODE_EXTRA_CA_CERTS
    | PNPM_HOME | VOLTA_HOME | NVM_DIR | ASDF_DIR | ASDF_DATA_DIR
    | (?i: npm_config_ (registry | cache | prefix | userconfig | globalconfig | cafile | strict_ssl
        | (https_ | no)? proxy | store_dir | prefer_offline | offline | fetch_timeout | before) )
    """
)
"""Names that may pass; everything else (keys, tokens, NODE_OPTIONS, PYTHONPATH) stays behind."""

SECRET_NAME = re.compile(r"(?i)key|token|secret|passw|_auth")
LOGIN = re.compile(r"://[^/@\s]*@")  # https://name:password@host

FIXED = {
    "TERM": "dumb",
    "CI": "1",
    "NO_COLOR": "1",
    "FORCE_COLOR": "0",
    "AI_AGENT": "vly_nb",  # convex >= 1.48 then lists names of variables only
    "PAGER": "cat",
    "npm_config_update_notifier": "false",
    "npm_config_fund": "false",
    "npm_config_audit": "false",
    # Git: nobody's settings, no questions, no programs named by a project's own .git/config.
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "GIT_CONFIG_COUNT": "2",
    "GIT_CONFIG_KEY_0": "core.fsmonitor",
    "GIT_CONFIG_VALUE_0": "false",
    "GIT_CONFIG_KEY_1": "core.hooksPath",
    "GIT_CONFIG_VALUE_1": os.devnull,
}


@dataclass(frozen=True, slots=True)
class Completed:
    """A program that ended. `output` is stdout and stderr as they came, middle cut out when
    long (head and tail kept, the cut says how much). `code` is None when it was stopped by
    `timed_out`, minus a signal's number when that ended it; seconds are wall time."""

    argv: tuple[str, ...]
    code: int | None
    output: str
    seconds: float
    timed_out: bool = False
    cut: int = 0  # characters left out of the middle

    @property
    def ok(self) -> bool:
        """It ended by itself and had nothing to complain about."""
        return self.code == 0


@dataclass(frozen=True, slots=True)
class Stage:
    """One program of a pipeline.

    `errors` is where stderr goes: "shown" to the reader, "piped" into the next
    program with stdout (`2>&1 |`), or "dropped". `silent` drops stdout.
    """

    argv: tuple[str, ...]
    errors: Literal["shown", "piped", "dropped"] = "shown"
    silent: bool = False


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a program gets to see: no secrets, no colours, no questions.

    A short list of names passes (proxies, certificates and npm's registry among
    them), `extra` is added as it is. PATH loses its relative entries: they would
    run programs out of the project.
    """
    seen = {
        name: value
        for name, value in os.environ.items()
        if PASSED.fullmatch(name)
        and not SECRET_NAME.search(name)
        and not (LOGIN.search(value) and not name.lower().endswith("proxy"))
    }
    folders = seen.get("PATH", os.defpath).split(os.pathsep)
    seen["PATH"] = os.pathsep.join(f for f in folders if Path(f).is_absolute())
    if not any(name in seen for name in ("LANG", "LC_ALL", "LC_CTYPE")):
        seen["LANG"] = "C.UTF-8"
    return {**seen, **FIXED, **(extra or {})}


async def run(
    argv: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    timeout: float = 120.0,
    limit: int = 30_000,
    stdin: bytes | None = None,
    on_line: Callable[[str], None] | None = None,
) -> Completed:
    """Run a program in a process group of its own and wait for it.

    `env` is added to the clean environment, `timeout` is in seconds, `limit` in
    characters of output. Cancelling stops the whole tree (SIGTERM, then SIGKILL
    after half a second) before it returns; so does the end of the program.
    Raises ProgramError when the program isn't there.
    """
    return await run_pipeline(
        [Stage(tuple(argv))], cwd=cwd, env=env, timeout=timeout, limit=limit, stdin=stdin, on_line=on_line
    )


async def run_pipeline(
    stages: Sequence[Stage],
    *,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    timeout: float = 120.0,
    limit: int = 30_000,
    stdin: bytes | None = None,
    on_line: Callable[[str], None] | None = None,
) -> Completed:
    """Run programs joined by real pipes; the code and `argv` are the last one's, as in a shell.

    Arguments and errors as for `run`.
    """
    began = time.monotonic()
    marker = uuid.uuid4().hex
    tree = Tree(marker)
    output = Capped(limit)
    timed_out = False
    codes: list[int] = []
    reader, writer = (
        os.fdopen(fd, mode, buffering=0) for fd, mode in zip(os.pipe(), ("rb", "wb"), strict=True)
    )
    reading = asyncio.create_task(pump(reader, output, on_line))
    try:
        try:
            with writer, _spooled(stdin) as source:
                environment = {**clean_environment(env), MARKER: marker}
                await _start(stages, cwd, environment, source, writer, tree)
            async with asyncio.timeout(timeout):
                codes = await _until_end(tree.started, reading)
        except TimeoutError:
            timed_out = True
        finally:
            await tree.stop()
        await asyncio.wait({reading}, timeout=LINGER)
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        reader.close()
    return Completed(
        argv=stages[-1].argv,
        code=None if timed_out else codes[-1],
        output=output.text,
        seconds=time.monotonic() - began,
        timed_out=timed_out,
        cut=output.cut,
    )


# -- starting and waiting -----------------------------------------------------


@contextlib.contextmanager
def _spooled(stdin: bytes | None) -> Iterator[IO[bytes] | int]:
    """A file without a name that holds what a program is to read."""
    if stdin is None:
        yield subprocess.DEVNULL
        return
    with tempfile.TemporaryFile() as file:
        file.write(stdin)
        file.seek(0)
        yield file


async def _start(
    stages: Sequence[Stage],
    cwd: Path,
    environment: Mapping[str, str],
    source: IO[bytes] | int,
    sink: IO[bytes],
    tree: Tree,
) -> None:
    """Start every stage, each leader of its own session, from the first to the last."""
    for number, stage in enumerate(stages, 1):
        last = number == len(stages)
        following, into = (None, None) if last else os.pipe()
        out = sink.fileno() if into is None else into
        try:
            process = await asyncio.create_subprocess_exec(
                *stage.argv,
                cwd=cwd,
                env=environment,
                stdin=source,
                stdout=subprocess.DEVNULL if stage.silent else out,
                stderr={"shown": sink.fileno(), "piped": out, "dropped": subprocess.DEVNULL}[stage.errors],
                start_new_session=True,
            )
        except BaseException as error:
            if following is not None:
                os.close(following)
            if isinstance(error, (OSError, ValueError)):
                raise _not_started(stage.argv[0], cwd, error) from error
            raise
        finally:
            if into is not None:
                os.close(into)
            if number > 1 and isinstance(source, int):
                os.close(source)
        tree.add(process)
        source = subprocess.DEVNULL if following is None else following


def _not_started(program: str, cwd: Path, error: Exception) -> ProgramError:
    name = Path(program).name
    if not cwd.is_dir():
        return ProgramError(f"`{name}` can't run: the folder {cwd} isn't there.", "Mount the project again.")
    if isinstance(error, FileNotFoundError):
        return ProgramError(
            f"`{name}` isn't installed here.", f"Install {name}, or put the folder it is in on the PATH."
        )
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return ProgramError(
        f"`{name}` can't be started: {reason}.", "Check that it is a program that may be run."
    )


async def _until_end(
    processes: Sequence[asyncio.subprocess.Process], reading: asyncio.Task[None]
) -> list[int]:
    """Wait for the programs, not for daemons that still hold their output."""
    ends = asyncio.create_task(_codes(processes))
    both: set[asyncio.Future[Any]] = {ends, reading}
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        if reading.done():
            reading.result()  # raises what `on_line` raised
        codes = await ends
        await asyncio.wait({reading}, timeout=LINGER)
        if reading.done():
            reading.result()
        return codes
    finally:
        ends.cancel()


async def _codes(processes: Sequence[asyncio.subprocess.Process]) -> list[int]:
    return [await process.wait() for process in processes]
