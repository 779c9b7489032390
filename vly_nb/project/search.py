"""Search: lines of the project's own files, by ripgrep where there is one, else by Python.

Files are read through the project's door, so that no secret and no link's target is
ever searched, and their lines are piped to the matcher as one text. Both matchers see
the same lines, and both are other processes: a pattern that never ends is ended.
"""

from __future__ import annotations

import asyncio
import bisect
import json
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vly_nb import processes
from vly_nb.errors import ProgramError, ToolError
from vly_nb.project.changes import is_text
from vly_nb.project.project import Project

BIGGEST = 1_000_000  # bytes of one file
MOST = 64_000_000  # bytes of all files
LONGEST_LINE = 300  # characters shown
LONGEST_WRITTEN = 2_000  # characters; a longer line is a program's
PATIENCE = 10.0  # seconds
ANYWHERE_ELSE = Path("/")
"""Matchers read their input only, and start in no folder that holds the project's programs."""

PYTHON = """
import json, re, sys
pattern, case, limit = json.loads(sys.argv[1])
found = re.compile(pattern, 0 if case else re.IGNORECASE).search
for number, line in enumerate(sys.stdin.buffer.read().decode().split("\\n"), 1):
    if found(line):
        print(f"{number}:")
        limit -= 1
        if limit <= 0:
            break
"""


@dataclass(frozen=True, slots=True)
class Match:
    """A line that matches: numbered from 1, its text cut when long."""

    path: str
    line: int
    text: str


@dataclass(frozen=True)
class Lines:
    """Files laid end to end: paths, the number of lines before each, and all lines."""

    paths: list[str]
    starts: list[int]
    lines: list[str]

    def match(self, number: int) -> Match:
        """The match that is line `number` (from 1) of all."""
        at = bisect.bisect_right(self.starts, number - 1) - 1
        text = self.lines[number - 1]
        shown = text if len(text) <= LONGEST_LINE else text[:LONGEST_LINE] + "…"
        return Match(self.paths[at], number - self.starts[at], shown)


async def search(
    project: Project,
    pattern: str,
    glob: str | None = None,
    *,
    regex: bool = True,
    case: bool = True,
    limit: int = 200,
) -> list[Match]:
    """The first `limit` lines that match, by path and line, bundles last; binary and huge files are left out.

    `glob` as for `Project.files`; `regex=False` takes the pattern literally, `case=False`
    ignores case. Raises ToolError: an empty, broken or endless pattern, too much to search.
    """
    if not pattern:
        raise ToolError("The pattern is empty.")
    if "\n" in pattern:
        raise ToolError("Search goes line by line: search for one line of it.")
    broken = _broken(pattern) if regex else None
    lines = await asyncio.to_thread(_lines, project, glob)
    data = "\n".join(lines.lines).encode()
    numbers = await _by_ripgrep(_ripgrep(project.root), pattern, data, regex, case, limit)
    if numbers is None:
        if broken is not None:
            raise ToolError(
                f"The pattern is no regular expression: {broken}. To find it as it stands, escape it."
            )
        numbers = await _by_python(pattern if regex else re.escape(pattern), data, case, limit)
    return [lines.match(number) for number in numbers if number <= len(lines.lines)]


def _broken(pattern: str) -> str | None:
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return str(error)
    return None


def _lines(project: Project, glob: str | None) -> Lines:
    """All lines to search; files that a program made (bundles) come after those that people wrote."""
    texts = sorted(_texts(project, glob), key=lambda one: _is_made(one[1]))
    found = Lines([], [], [])
    for path, lines in texts:
        found.paths.append(path)
        found.starts.append(len(found.lines))
        found.lines.extend(lines)
    return found


def _texts(project: Project, glob: str | None) -> Iterator[tuple[str, list[str]]]:
    size = 0
    for path, data in project.texts(BIGGEST, glob):
        size += len(data)
        if size > MOST:
            raise ToolError(f"More than {MOST // 1_000_000} MB to search; limit it with a glob.")
        if not is_text(data):
            continue
        lines = data.decode().removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
        if not lines[-1]:
            lines.pop()
        yield path, lines


def _is_made(lines: list[str]) -> bool:
    return any(len(line) > LONGEST_WRITTEN for line in lines)


def _ripgrep(root: Path) -> str | None:
    """Where `rg` is, unless it is the project's own or depends on where we stand."""
    program = shutil.which("rg")
    if program is None or not Path(program).is_absolute() or Path(program).resolve().is_relative_to(root):
        return None
    return program


async def _by_ripgrep(
    program: str | None, pattern: str, data: bytes, regex: bool, case: bool, limit: int
) -> list[int] | None:
    """Numbers of matching lines; None when there is no ripgrep or it doesn't take the pattern."""
    if program is None:
        return None
    # --max-columns 1: the lines are known here, so only their numbers need to come back
    options = [
        "--no-config",
        "--color=never",
        "--line-number",
        "--text",
        "--encoding=none",
        "--max-columns=1",
    ]
    if not regex:
        options.append("--fixed-strings")
    options.append("--case-sensitive" if case else "--ignore-case")
    argv = [program, *options, "--max-count", str(limit), "--regexp", pattern, "-"]
    try:
        done = await _run(argv, data, limit)
    except ProgramError:
        return None
    return _numbers(done.output) if done.code in (0, 1) else None


async def _by_python(pattern: str, data: bytes, case: bool, limit: int) -> list[int]:
    argv = [sys.executable, "-I", "-S", "-c", PYTHON, json.dumps([pattern, case, limit])]
    try:
        done = await _run(argv, data, limit)
    except ProgramError as error:
        raise ToolError("Searching needs ripgrep or a Python to run; neither could be started.") from error
    if done.code != 0:
        raise ToolError("The search failed; try a simpler pattern.")
    return _numbers(done.output)


async def _run(argv: list[str], data: bytes, limit: int) -> processes.Completed:
    done = await processes.run(
        argv, cwd=ANYWHERE_ELSE, stdin=data, timeout=PATIENCE, limit=1_000 + 100 * limit
    )
    if done.timed_out:
        raise ToolError("The search took too long; try a simpler pattern, or limit it with a glob.")
    return done


def _numbers(output: str) -> list[int]:
    heads = (line.partition(":")[0] for line in output.splitlines())
    return [int(head) for head in heads if head.isdigit()]
