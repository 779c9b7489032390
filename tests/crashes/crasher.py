"""Crashes a project's `apply` over and over, and says what it found, one JSON object a line.

    python crasher.py kills FOLDER TRIES SEED     SIGKILL at random moments
    python crasher.py steps FOLDER                SIGKILL before every single step on the disk
    python crasher.py mounts FOLDER               the same while it is opened for the first time
    python crasher.py stop FOLDER                 one SIGKILL in the middle of the renames
    python crasher.py full FOLDER                 a disk that is full from every single step on

A process of its own, with one thread, so that forking it is sound: each try is a
fork that opens the project and applies, and is killed. Steps are counted by an audit
hook: Python announces every open, rename, link, mkdir and unlink before it happens.
"""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from vly_nb.errors import ProjectError
from vly_nb.project.changes import ChangeSet, FileChange
from vly_nb.project.project import Project
from vly_nb.project.store import blob_id

STEPS = ("open", "os.rename", "os.link", "os.mkdir", "os.remove", "os.rmdir", "os.chmod")
ROOM = ("open", "os.link", "os.mkdir")


def content(name: str, side: str) -> bytes:
    """A file whose halves say whether it is whole: what a watcher checks."""
    return f"{name} {side}\n".encode() * 400


def sides() -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The project before and after: 12 files change, 4 come, 4 go, one of them for a folder."""
    before, after = {}, {}
    for number in range(12):
        name = f"src/d{number % 4}/f{number}.ts"
        before[name], after[name] = content(name, "A"), content(name, "B")
    for number in range(3):
        before[f"old/deep/g{number}.ts"] = content("g", "A")
        after[f"new/deep/h{number}.ts"] = content("h", "B")
    before["kind"], after["kind/inside.ts"] = content("kind", "A"), content("kind", "B")
    return before, after


def disk(root: Path) -> dict[str, bytes]:
    """Every file there is, `.vly` left out."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and ".vly" not in path.relative_to(root).parts
    }


def change(old: dict[str, bytes], new: dict[str, bytes]) -> ChangeSet:
    return ChangeSet(
        tuple(FileChange(path, old.get(path), new.get(path)) for path in sorted(old.keys() | new.keys()))
    )


def forked(work: Callable[[], None]) -> int:
    """Run `work` in a child: its process id."""
    child = os.fork()
    if child:
        return child
    try:
        work()
        os._exit(0)
    except BaseException as error:
        print(json.dumps({"error": repr(error)}), flush=True)
        os._exit(1)


def applying(root: Path, ready: int) -> None:
    before, after = sides()
    project = Project.open(root)
    now = disk(root)
    os.write(ready, b".")
    project.apply(change(now, after if now == before else before), label="swap")


def state(root: Path) -> str:
    before, after = sides()
    now = disk(root)
    return "before" if now == before else "after" if now == after else "between"


def check(root: Path) -> str:
    """Open again, and say on which side the project is; raises if versions and disk disagree."""
    project = Project.open(root)
    now = disk(root)
    assert project.digests() == {path: blob_id(data) for path, data in now.items()}
    assert project.observe("nothing") is None
    assert not list((root / ".vly/journal").iterdir())
    project.close()
    return state(root)


def verdict(root: Path, started: str, landed: str) -> None:
    meant = (root / ".vly/journal").is_dir() and bool(list((root / ".vly/journal").glob("*/intent")))
    ended = check(root)
    print(json.dumps({"started": started, "killed": landed, "meant": meant, "ended": ended}), flush=True)


def kills(root: Path, tries: int, seed: int) -> None:
    dice = random.Random(seed)
    lasts = [0.05]
    for number in range(tries):
        started = state(root)
        read, write = os.pipe()
        child = forked(lambda write=write: applying(root, write))  # type: ignore[misc]
        os.close(write)
        os.read(read, 1)
        began = time.monotonic()
        if number % 2:  # aim at the renames: they are a few milliseconds of the whole
            while not list((root / ".vly/journal").glob("*/intent")) and not _ended(child):
                pass
            time.sleep(dice.uniform(0, 0.004))
        else:
            time.sleep(dice.uniform(0, 1.3 * sorted(lasts)[len(lasts) // 2]))
        if not _ended(child):
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        else:
            lasts.append(min(time.monotonic() - began, 0.2))
        os.close(read)
        if number % 5 == 4:  # kill the recovery too
            child = forked(lambda: Project.open(root).close())
            time.sleep(dice.uniform(0, 0.03))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        verdict(root, started, state(root))


def _ended(child: int) -> bool:
    """Whether a child has ended, without collecting it."""
    return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def hooked(at: int, then: Callable[[str], None], names: tuple[str, ...], since: bool) -> None:
    """From now on, `then` before step number `at` (and every later one when `since`)."""
    count = 0

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal count
        if event not in names or (event == "open" and not int(str(arguments[2] or 0)) & os.O_CREAT):
            return
        count += 1
        if count == at or (since and count > at):
            then(event)

    sys.addaudithook(hook)


def steps(root: Path) -> None:
    for at in range(1, 1000):
        started = state(root)

        def work(at: int = at) -> None:
            before, after = sides()
            project = Project.open(root)
            now = disk(root)
            wanted = change(now, after if now == before else before)
            hooked(at, lambda _: os.kill(os.getpid(), signal.SIGKILL), STEPS, since=False)
            project.apply(wanted, label="swap")

        _, status = os.waitpid(forked(work), 0)
        verdict(root, started, state(root))
        if os.WIFEXITED(status):
            return


def stop(root: Path) -> None:
    """One kill, in the middle of the renames."""
    before, after = sides()

    def work() -> None:
        project = Project.open(root)
        renames = 0

        def then(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal renames
            if event == "os.rename" and str(arguments[0]).startswith("new-"):
                renames += 1
                if renames == 8:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(then)
        project.apply(change(before, after), label="swap")

    os.waitpid(forked(work), 0)
    assert state(root) == "between"


def mounts(root: Path) -> None:
    for at in range(1, 1000):
        shutil.rmtree(root / ".vly", ignore_errors=True)

        def work(at: int = at) -> None:
            hooked(at, lambda _: os.kill(os.getpid(), signal.SIGKILL), STEPS, since=False)
            Project.open(root).close()

        _, status = os.waitpid(forked(work), 0)
        verdict(root, "before", state(root))
        if os.WIFEXITED(status):
            return


def full(root: Path) -> None:
    def refuse(event: str) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    for at in range(1, 1000):
        started = state(root)

        def work(at: int = at) -> None:
            before, after = sides()
            project = Project.open(root)
            now = disk(root)
            wanted = change(now, after if now == before else before)
            hooked(at, refuse, ROOM, since=True)
            try:
                project.apply(wanted, label="swap")
            except ProjectError as error:
                assert "disk is full" in error.message, error
                assert disk(root) == now
                os._exit(7)

        _, status = os.waitpid(forked(work), 0)
        refused = os.waitstatus_to_exitcode(status) == 7
        print(json.dumps({"refused": refused, "started": started, "ended": check(root)}), flush=True)
        if not refused:
            return


if __name__ == "__main__":
    mode, folder, *rest = sys.argv[1:]
    place = Path(folder)
    if mode == "kills":
        kills(place, int(rest[0]), int(rest[1]))
    else:
        {"steps": steps, "mounts": mounts, "stop": stop, "full": full}[mode](place)
