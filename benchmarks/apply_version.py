"""Apply and record a version of three files, against plain `git add -A && git commit`.

Ours also journals (so that a crash leaves all or nothing) and judges; git only
records files that are written already. 500 files, the median of 40 changes.
"""

from __future__ import annotations

import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from vly_nb.project.changes import ChangeSet, FileChange
from vly_nb.project.project import Project

FILES = 500
ROUNDS = 40


def rows() -> list[tuple[str, str, str, str, str]]:
    """One row."""
    with tempfile.TemporaryDirectory() as folder:
        ours = statistics.median(apply_ours(make(Path(folder) / "ours")))
        theirs = statistics.median(commit_git(make(Path(folder) / "git")))
    return [
        (
            f"apply + version, 3 of {FILES} files",
            f"{ours:.1f} ms",
            "git add -A && git commit",
            f"{theirs:.1f} ms",
            f"{ours / theirs:.2f}",
        )
    ]


def make(root: Path) -> Path:
    for number in range(FILES):
        place = root / f"src/part{number % 20}/file{number}.ts"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("\n".join(f"export const a{n} = {n};" for n in range(60)))
    (root / "package.json").write_text("{}")
    return root


def text_of(number: int, round_: int) -> bytes:
    return f"export const changed = [{number}, {round_}];\n".encode()


def apply_ours(root: Path) -> list[float]:
    project = Project.open(root)
    times = []
    for round_ in range(ROUNDS):
        paths = sorted(f"src/part{n % 20}/file{n}.ts" for n in range(round_ * 3, round_ * 3 + 3))
        change = ChangeSet(
            tuple(FileChange(p, project.read(p).data, text_of(i, round_)) for i, p in enumerate(paths))
        )
        began = time.perf_counter()
        project.apply(change, label=f"Round {round_}")
        times.append((time.perf_counter() - began) * 1000)
    return times


def commit_git(root: Path) -> list[float]:
    def git(*words: str) -> None:
        subprocess.run(
            ["git", "-c", "user.name=b", "-c", "user.email=b@b", *words],
            cwd=root,
            check=True,
            capture_output=True,
        )

    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "start")
    times = []
    for round_ in range(ROUNDS):
        began = time.perf_counter()
        for i, number in enumerate(range(round_ * 3, round_ * 3 + 3)):
            (root / f"src/part{number % 20}/file{number}.ts").write_bytes(text_of(i, round_))
        git("add", "-A")
        git("commit", "-qm", f"Round {round_}")
        times.append((time.perf_counter() - began) * 1000)
    return times
