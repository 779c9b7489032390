"""All or nothing, through kills and full disks. `crasher.py` does it, this says what must come of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.crashes.crasher import change, content, disk, sides
from vly_nb.errors import Refused
from vly_nb.project.project import Project

pytestmark = pytest.mark.slow
CRASHER = Path(__file__).with_name("crasher.py")
HOUSE = Path(__file__).parents[2]


def crash(mode: str, root: Path, *rest: object) -> list[dict[str, object]]:
    """Run the crasher to its end: what each try came to."""
    done = subprocess.run(
        [sys.executable, str(CRASHER), mode, str(root), *map(str, rest)],
        env={**os.environ, "PYTHONPATH": str(HOUSE)},
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    tries = [json.loads(line) for line in done.stdout.splitlines()]
    assert not [one for one in tries if "error" in one]
    return tries


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The project that `sides` calls "before"."""
    for name, data in sides()[0].items():
        place = tmp_path / "app" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    return tmp_path / "app"


def sound(root: Path) -> None:
    """Plain git finds nothing wrong with the versions."""
    if shutil.which("git"):
        store = ["git", "--git-dir", str(root / ".vly/versions.git")]
        done = subprocess.run([*store, "fsck", "--strict"], capture_output=True, text=True)
        said = [line for line in (done.stdout + done.stderr).splitlines() if not line.startswith("dangling ")]
        assert done.returncode == 0
        assert said in (
            [],
            ["notice: HEAD points to an unborn branch (versions)", "notice: No default references"],
        )


class Watcher(threading.Thread):
    """Reads every file over and over, as a dev server might, and keeps what is no whole file."""

    def __init__(self, root: Path) -> None:
        super().__init__(daemon=True)
        self.root, self.torn, self.reads, self.on = root, list[str](), 0, True
        before, after = sides()
        self.whole = {name: {before.get(name), after.get(name)} for name in before.keys() | after.keys()}

    def run(self) -> None:
        while self.on:
            for name, whole in self.whole.items():
                try:
                    data = (self.root / name).read_bytes()
                except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                    continue
                self.reads += 1
                if data not in whole:
                    self.torn.append(name)
            time.sleep(0.002)


def test_200_kills_leave_the_project_wholly_before_or_wholly_after(root: Path) -> None:
    watcher = Watcher(root)
    watcher.start()
    tries = crash("kills", root, 200, 7)
    watcher.on = False
    watcher.join()
    assert len(tries) == 200
    assert {one["ended"] for one in tries} == {"before", "after"}
    # what was meant is done, what wasn't is undone
    for one in tries:
        if one["killed"] == "between":
            assert one["meant"]
        if one["meant"]:
            assert one["ended"] != one["started"]
    landed = Counter(one["killed"] for one in tries)
    assert landed["between"] >= 5, f"the kills missed the renames: {landed}"
    assert len([one for one in tries if one["killed"] == one["started"] and not one["meant"]]) >= 20
    assert watcher.reads > 5_000
    assert watcher.torn == []
    sound(root)


def test_a_kill_before_every_single_step_leaves_it_wholly_before_or_wholly_after(root: Path) -> None:
    tries = crash("steps", root)
    assert len(tries) > 80
    assert {one["ended"] for one in tries} == {"before", "after"}
    assert len([one for one in tries if one["killed"] == "between"]) > 20
    assert all(one["meant"] for one in tries if one["killed"] == "between")
    assert all(one["ended"] != one["started"] for one in tries if one["meant"])
    sound(root)


def test_a_kill_at_every_step_of_the_first_mount_harms_nothing(root: Path) -> None:
    for number in range(60):  # so many that they go into a pack
        (root / f"more{number}.ts").write_bytes(content(str(number), "A"))
    tries = crash("mounts", root)
    assert len(tries) > 20
    sound(root)


def test_a_disk_full_from_any_step_on_leaves_the_project_untouched(root: Path) -> None:
    tries = crash("full", root)
    assert len(tries) > 40
    assert all(one["refused"] and one["ended"] == "before" for one in tries[:-1])
    assert tries[-1] == {"refused": False, "started": "before", "ended": "after"}
    sound(root)


FULL = """
import sys
from pathlib import Path
from tests.crashes.crasher import change, disk, sides
from vly_nb.errors import ProjectError
from vly_nb.project.project import Project
root = Path(sys.argv[1])
before, after = sides()
for name, data in before.items():
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_bytes(data)
project = Project.open(root)
refused = done = 0
ballast = root.with_name("ballast")
for room in range(0, 400_000, 4096):
    with ballast.open("wb", buffering=0) as stream:
        try:
            while stream.write(bytes(4096)):
                pass
        except OSError:
            pass
    with ballast.open("r+b") as stream:
        stream.truncate(max(0, ballast.stat().st_size - room))
    try:
        project.apply(change(before, after), label="swap")
    except ProjectError as error:
        assert "disk is full" in error.message, error
        assert disk(root) == before
        refused += 1
        continue
    assert disk(root) == after
    done = 1
    break
ballast.unlink()
assert project.observe("nothing") is None
project.close()
project = Project.open(root)
assert disk(root) == after and project.head.number == 2
print(refused, done)
"""


def test_a_really_full_disk_leaves_the_project_untouched(tmp_path: Path) -> None:
    """A tmpfs of 2 MB, filled but for 0, 4, 8 … KB: refused until there is room for all of it."""
    if shutil.which("bwrap") is None:
        pytest.skip("bubblewrap isn't installed, so there is no small disk to fill")
    sandbox = ["bwrap", "--dev-bind", "/", "/", "--size", "2000000", "--tmpfs", str(tmp_path)]
    if subprocess.run([*sandbox, "true"], capture_output=True).returncode:
        pytest.skip("bubblewrap can't make a tmpfs here, so there is no small disk to fill")
    done = subprocess.run(
        [*sandbox, sys.executable, "-c", FULL, str(tmp_path / "app")],
        env={**os.environ, "PYTHONPATH": str(HOUSE), "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    refused, finished = map(int, done.stdout.split())
    assert refused >= 5
    assert finished == 1


HALFWAY = """
import os, sys
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tests.crashes.crasher import change, disk, sides
from vly_nb.errors import ProjectError
from vly_nb.project.project import Project
root = Path(sys.argv[1])
before, after = sides()
for name, data in before.items():
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_bytes(data)
if os.getuid() == 0:
    for place in (root, *root.rglob("*")):
        os.chown(place, 65534, 65534)
    os.setegid(65534)
    os.seteuid(65534)

@contextmanager
def forbidden():
    (root / "src/d3").chmod(0o555)
    yield

project = Project.open(root)
project.pause = forbidden
try:
    project.apply(change(before, after), label="swap")
except ProjectError as error:
    assert "permission denied" in error.message, error
else:
    raise AssertionError("it was written")
assert disk(root) == before
assert not (root / "new").exists()
assert project.observe("nothing") is None
assert not list((root / ".vly/journal").iterdir())
(root / "src/d3").chmod(0o755)
project.pause = nullcontext
project.apply(change(before, after), label="swap")
assert disk(root) == after
"""


def test_a_folder_that_turns_read_only_half_way_puts_everything_back() -> None:
    with tempfile.TemporaryDirectory() as folder:  # pytest's own can't be entered by another user
        Path(folder).chmod(0o755)
        root = Path(folder) / "app"
        root.mkdir()
        done = subprocess.run(
            [sys.executable, "-c", HALFWAY, str(root)],
            env={**os.environ, "PYTHONPATH": str(HOUSE)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-3000:]


def test_a_file_that_others_take_between_the_check_and_the_rename_is_theirs(root: Path) -> None:
    before, after = sides()
    project = Project.open(root)
    victim = root / "src/d3/f7.ts"

    @contextmanager
    def meanwhile() -> Iterator[None]:
        victim.write_bytes(b"theirs")
        yield

    project.pause = meanwhile
    with pytest.raises(Refused, match="read it again"):
        project.apply(change(before, after), label="swap")
    assert disk(root) == {**before, "src/d3/f7.ts": b"theirs"}
    assert project.observe("theirs") is not None
    project.close()


def test_what_someone_wrote_after_a_crash_is_kept_as_a_version(root: Path) -> None:
    """Killed in the middle; before the next opening an editor saves files on either side of the cut."""
    before, after = sides()
    crash("stop", root)
    replaced = [
        name for name in after if (root / name).is_file() and (root / name).read_bytes() == after[name]
    ]
    waiting = [name for name in after if name not in replaced and name in before]
    assert replaced
    assert waiting
    (root / replaced[0]).write_bytes(b"edited after its rename")
    (root / waiting[0]).write_bytes(b"edited before its rename")
    project = Project.open(root)
    assert disk(root) == {**after, replaced[0]: b"edited after its rename"}
    kinds = [version.kind for version in project.versions]
    assert kinds == ["start", "outside", "step", "outside"]
    assert project.changes_between(1, 2).paths == (waiting[0],)
    project.goto(2)
    assert (root / waiting[0]).read_bytes() == b"edited before its rename"
    project.close()
    sound(root)


ACROSS = """
import errno, os, sys
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tests.crashes.crasher import change, disk, sides
from vly_nb.errors import ProjectError, Refused
from vly_nb.project.project import Project
root = Path(sys.argv[1])
before, after = sides()
for name, data in before.items():
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_bytes(data)
assert os.stat(root / "src").st_dev != os.stat(root).st_dev
(root / "src/d0/f0.ts").chmod(0o755)

@contextmanager
def meanwhile():
    (root / "src/d3/f7.ts").write_bytes(b"theirs")
    yield

project = Project.open(root)
project.pause = meanwhile
try:
    project.apply(change(before, after), label="swap")
except Refused:
    pass
assert disk(root) == {**before, "src/d3/f7.ts": b"theirs"}
(root / "src/d3/f7.ts").write_bytes(before["src/d3/f7.ts"])
project.pause = nullcontext
project.apply(change(before, after), label="swap")
assert disk(root) == after
assert os.access(root / "src/d0/f0.ts", os.X_OK)
project.undo()
assert disk(root) == before
assert project.observe("nothing") is None
"""


def test_a_folder_on_another_disk_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """`src` is mounted from elsewhere, so no rename leads there from `.vly`."""
    if shutil.which("bwrap") is None:
        pytest.skip("bubblewrap isn't installed, so there is no second disk")
    (tmp_path / "app/src").mkdir(parents=True)
    sandbox = ["bwrap", "--dev-bind", "/", "/", "--tmpfs", str(tmp_path / "app/src")]
    if subprocess.run([*sandbox, "true"], capture_output=True).returncode:
        pytest.skip("bubblewrap can't make a tmpfs here, so there is no second disk")
    done = subprocess.run(
        [*sandbox, sys.executable, "-c", ACROSS, str(tmp_path / "app")],
        env={**os.environ, "PYTHONPATH": str(HOUSE)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
