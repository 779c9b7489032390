"""Any history of edits, undo, redo, goto, other people's edits and openings, against a model of dicts."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from vly_nb.errors import ProjectError
from vly_nb.project.changes import ChangeSet, FileChange
from vly_nb.project.project import Project
from vly_nb.project.store import blob_id

PATHS = ["a", "a/b", "a/b/deep", "dir/one.ts", "dir/two.ts", "dir/sub/three.ts", "x.txt", "ünïcôde.css"]
UNVERSIONED = {
    ".env.local": b"KEY=1",
    "dist/out.js": b"built",
    "node_modules/p/i.js": b"p",
    "dir/.env": b"K=2",
}
TEXTS = st.sampled_from(
    [b"", b"one\n", b"two\r\n", b"three", b"\xef\xbb\xbfbom\n", b"\0binary\xff", b"1\n2\n3\n"]
)
Files = dict[str, tuple[bytes, bool]]


def clear_way(files: Files, path: str) -> list[str]:
    """The files that can't be there when `path` is a file."""
    return [one for one in files if path.startswith(f"{one}/") or one.startswith(f"{path}/")]


class History(RuleBasedStateMachine):
    """`disk` is what lies there, `versions` every version's files, `line` an editor's undo line."""

    @initialize()
    def mount(self) -> None:
        self.root = Path(tempfile.mkdtemp())
        self.disk: Files = {".gitignore": (b"dist\n!.env.local\n", False)}
        for path, data in {**UNVERSIONED, ".gitignore": b"dist\n!.env.local\n"}.items():
            self.put(path, data)
        self.project = Project.open(self.root)
        self.versions: list[Files] = [dict(self.disk)]
        self.line: list[Files] = [dict(self.disk)]
        self.at = 0

    def teardown(self) -> None:
        if hasattr(self, "project"):
            self.project.close()
            shutil.rmtree(self.root)

    def put(self, path: str, data: bytes, executable: bool = False) -> None:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        place.chmod(0o755 if executable else 0o644)

    def delete(self, path: str) -> None:
        place = self.root / path
        place.unlink()
        while place.parent != self.root and not list(place.parent.iterdir()):
            place = place.parent
            place.rmdir()

    def happened(self, files: Files) -> None:
        """Something new: a version, and the end of the undo line."""
        self.versions.append(dict(files))
        self.line = [*self.line[: self.at + 1], dict(files)]
        self.at += 1

    def noticed(self) -> None:
        if self.disk != self.versions[-1]:
            self.happened(self.disk)

    @rule(
        path=st.sampled_from(PATHS),
        data=TEXTS,
        more=st.sampled_from([*PATHS, None]),
        mode=st.sampled_from([None, 0o755]),
    )
    def apply(self, path: str, data: bytes, more: str | None, mode: int | None) -> None:
        """Write one file, delete another if it is there, and what is in the way."""
        wanted: dict[str, bytes | None] = dict.fromkeys(clear_way(self.disk, path))
        if more in self.disk and more != path:
            wanted[more] = None
        wanted[path] = data
        change = ChangeSet(
            tuple(
                FileChange(
                    one, self.disk.get(one, (None, False))[0], after, mode if after is not None else None
                )
                for one, after in wanted.items()
            )
        )
        old = self.disk.get(path)
        executable = mode == 0o755 or bool(old and old[1])
        after = {one: file for one, file in self.disk.items() if wanted.get(one, b"") is not None}
        after[path] = (data, executable)
        if after == self.disk:
            head = self.project.head
            assert self.project.apply(change, label="nothing") == head
            return
        touched = [one for one in wanted if self.disk.get(one) != after.get(one)]
        head = dict(self.versions[-1])
        for one in touched:  # what others did to these files is a version of its own first
            if one in self.disk:
                head[one] = self.disk[one]
            else:
                head.pop(one, None)
        for one in touched:  # and so is that files are gone which can't be beside these
            for rival in clear_way(head, one):
                if rival not in self.disk:
                    head.pop(rival)
        if head != self.versions[-1]:
            self.happened(head)
        for one in touched:
            if one in after:
                head[one] = after[one]
            else:
                head.pop(one, None)
        self.disk = after
        self.happened(head)
        version = self.project.apply(change, label=f"write {path}")
        assert version.number == len(self.versions)

    @rule(path=st.sampled_from(PATHS), data=TEXTS, executable=st.booleans())
    def others_write(self, path: str, data: bytes, executable: bool) -> None:
        for one in clear_way(self.disk, path):
            self.delete(one)
            del self.disk[one]
        self.put(path, data, executable)
        self.disk[path] = (data, executable)

    @precondition(lambda self: len(self.disk) > 1)
    @rule(data=st.data())
    def others_delete(self, data: st.DataObject) -> None:
        path = data.draw(st.sampled_from(sorted(self.disk.keys() - {".gitignore"})))
        self.delete(path)
        del self.disk[path]

    @rule()
    def observe(self) -> None:
        changed = self.disk != self.versions[-1]
        self.noticed()
        assert (self.project.observe("outside") is not None) == changed

    @rule()
    def undo(self) -> None:
        self.noticed()
        if self.at == 0:
            with pytest.raises(ProjectError, match="nothing to undo"):
                self.project.undo()
            return
        self.at -= 1
        self.disk = dict(self.line[self.at])
        self.versions.append(dict(self.disk))
        self.project.undo()

    @rule()
    def redo(self) -> None:
        self.noticed()
        if self.at == len(self.line) - 1:
            with pytest.raises(ProjectError, match="nothing to redo"):
                self.project.redo()
            return
        self.at += 1
        self.disk = dict(self.line[self.at])
        self.versions.append(dict(self.disk))
        self.project.redo()

    @rule(data=st.data())
    def goto(self, data: st.DataObject) -> None:
        number = data.draw(st.integers(1, len(self.versions)))
        self.noticed()
        self.disk = dict(self.versions[number - 1])
        self.happened(self.disk)
        assert self.project.goto(number).restores == number

    @rule()
    def open_again(self) -> None:
        self.project.close()
        self.project = Project.open(self.root)
        self.noticed()

    @rule(data=st.data())
    def any_version_comes_out_to_the_byte(self, data: st.DataObject) -> None:
        number = data.draw(st.integers(1, len(self.versions)))
        with tempfile.TemporaryDirectory() as folder:
            self.project.snapshot_to(number, Path(folder))
            assert contents(Path(folder)) == self.versions[number - 1]

    @invariant()
    def disk_and_versions_are_as_they_should(self) -> None:
        if not hasattr(self, "project"):
            return
        assert contents(self.root) == self.disk
        for path, data in UNVERSIONED.items():
            assert (self.root / path).read_bytes() == data
        assert len(self.project.versions) == len(self.versions)
        for older, newer in pairwise(self.project.versions):
            assert newer.changed == self.project.changes_between(older.number, newer.number).paths
        for number, files in enumerate(self.versions, 1):
            assert self.project.digests(number) == {path: blob_id(data) for path, (data, _) in files.items()}
        assert not list((self.root / ".vly/journal").iterdir())


def contents(root: Path) -> Files:
    found = {}
    for path in root.rglob("*"):
        name = str(path.relative_to(root))
        if path.is_file() and not name.startswith(".vly/") and name not in UNVERSIONED:
            found[name] = (path.read_bytes(), os.access(path, os.X_OK) and bool(path.stat().st_mode & 0o100))
    return found


TestHistory = pytest.mark.slow(History.TestCase)
TestHistory.settings = settings(
    max_examples=400,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    database=None,
)


def test_plain_git_reads_the_versions(tmp_path: Path) -> None:
    if shutil.which("git") is None:
        pytest.skip("git isn't installed")
    (tmp_path / "a.txt").write_text("one\n")
    project = Project.open(tmp_path)
    for number in range(3):
        data = (tmp_path / "a.txt").read_bytes()
        project.apply(ChangeSet((FileChange("a.txt", data, b"%d\n" % number),)), label=f"Step {number}")
    project.undo()
    git = ["git", "--git-dir", str(tmp_path / ".vly/versions.git")]
    log = subprocess.run([*git, "log", "--format=%s"], capture_output=True, text=True, check=True).stdout
    assert log.splitlines() == ["Undo: Step 2", "Step 2", "Step 1", "Step 0", "The project as it was mounted"]
    shown = subprocess.run(
        [*git, "show", "versions:a.txt"], capture_output=True, text=True, check=True
    ).stdout
    assert shown == "1\n"
    fsck = subprocess.run([*git, "fsck", "--strict"], capture_output=True, text=True)
    assert (fsck.returncode, fsck.stdout, fsck.stderr) == (0, "", "")
