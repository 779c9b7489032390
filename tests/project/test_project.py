"""The door: what can be read and written, what is kept as it was, and what is said when it can't be."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from vly_nb.diagnostics import Diagnostic, Severity
from vly_nb.errors import ProjectError, Refused, ToolError
from vly_nb.project.changes import ChangeSet, FileChange
from vly_nb.project.folder import Folder
from vly_nb.project.project import Project
from vly_nb.project.reading import BIGGEST_READ

HOUSE = str(Path(__file__).parents[2])


@pytest.fixture
def project(app: Path) -> Iterator[Project]:
    opened = Project.open(app)
    yield opened
    opened.close()


def edit(project: Project, path: str, after: bytes | None, mode: int | None = None) -> ChangeSet:
    place = project.root / path
    return ChangeSet((FileChange(path, place.read_bytes() if place.is_file() else None, after, mode),))


# -- opening ---------------------------------------------------------------
def test_a_first_mount_is_version_1_and_leaves_the_files_alone(app: Path) -> None:
    before = {path: path.read_bytes() for path in app.rglob("*") if path.is_file()}
    project = Project.open(app)
    assert [(version.number, version.kind, version.changed) for version in project.versions] == [
        (1, "start", ())
    ]
    assert (
        sorted(project.digests()) == project.files() == sorted(str(path.relative_to(app)) for path in before)
    )
    assert {path: path.read_bytes() for path in before} == before
    assert stat.S_IMODE((app / ".vly").stat().st_mode) == 0o700
    assert (app / ".vly/.gitignore").read_text() == "*\n"
    project.close()
    project.close()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda place: None, "There is no folder"),
        (lambda place: place.write_text("x"), "is a file"),
        (lambda place: (place.mkdir(), (place / ".vly").symlink_to(place.parent)), "is a link"),
    ],
)
def test_what_cant_be_mounted_is_said(tmp_path: Path, make: object, said: str) -> None:
    make(tmp_path / "app")  # type: ignore[operator]
    with pytest.raises(ProjectError, match=said) as caught:
        Project.open(tmp_path / "app")
    assert caught.value.hint


def test_a_second_notebook_is_told_who_has_the_project(project: Project) -> None:
    code = "import sys; from vly_nb.project.project import Project; Project.open(sys.argv[1])"
    argv = [sys.executable, "-c", code, str(project.root)]
    other = subprocess.run(argv, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": HOUSE})
    assert other.returncode == 1
    assert f"small is already mounted by another notebook (process {os.getpid()})" in other.stderr
    with pytest.raises(ProjectError, match="already mounted in this notebook"):
        Project.open(project.root)


def test_a_killed_notebook_leaves_no_lock(app: Path) -> None:
    code = "import os, sys; from vly_nb.project.project import Project; "
    code += "project = Project.open(sys.argv[1]); os.kill(os.getpid(), 9)"
    argv = [sys.executable, "-c", code, str(app)]
    assert subprocess.run(argv, env={**os.environ, "PYTHONPATH": HOUSE}).returncode == -9
    Project.open(app).close()


def test_what_was_edited_while_it_was_closed_is_a_version(app: Path) -> None:
    Project.open(app).close()
    (app / "src/App.tsx").write_text("mine\n")
    project = Project.open(app)
    assert [(version.kind, version.changed) for version in project.versions[1:]] == [
        ("outside", ("src/App.tsx",))
    ]
    project.close()


def test_a_broken_store_is_said_and_the_files_are_left_alone(app: Path) -> None:
    Project.open(app).close()
    (app / ".vly/versions.git/refs/heads/versions").write_text("0" * 40 + "\n")
    with pytest.raises(ProjectError, match="can't be read") as caught:
        Project.open(app)
    assert "Move" in caught.value.hint
    assert (app / "src/App.tsx").exists()
    with pytest.raises(ProjectError, match="can't be read"):  # and the lock was given back
        Project.open(app)


# -- reading ---------------------------------------------------------------
def test_reading_gives_bytes_as_they_are(project: Project) -> None:
    data = b"\xef\xbb\xbfone\r\ntwo\rthree\n\nlast"
    (project.root / "a.txt").write_bytes(data)
    file = project.read("a.txt")
    assert file.data == data
    assert file.text is not None
    assert file.text.encode() == data
    (project.root / "b.bin").write_bytes(b"\0\xff")
    assert project.read("b.bin").text is None


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("src/app.tsx", "Did you mean src/App.tsx?"),
        ("src/lib/summ.ts", "Did you mean src/lib/sum.ts?"),
        ("nowhere/at/all.ts", "isn't there"),
        ("src/App.tsx/inside.ts", "isn't there"),
        ("src", "is a folder"),
        (".", "is a folder"),
        ("big.txt", "too big"),
        ("pipe", "can't be read"),
        ("linked.ts", "is a link"),
        ("linked/sum.ts", "is a link"),
        (".env.local", "secret"),
        (".git/config", "not a part of the project"),
        (".vly/lock", "not a part of the project"),
    ],
)
def test_what_cant_be_read_is_said(project: Project, path: str, said: str) -> None:
    root = project.root
    (root / "big.txt").write_bytes(b"x" * (BIGGEST_READ + 1))
    os.mkfifo(root / "pipe")
    (root / "linked.ts").symlink_to(root / "src/App.tsx")
    (root / "linked").symlink_to(root / "src/lib")
    (root / ".git").mkdir()
    (root / ".git/config").write_text("token")
    with pytest.raises(ToolError) as caught:
        project.read(path)
    assert said in str(caught.value)


def test_types_are_read_through_pnpms_links(project: Project) -> None:
    root = project.root
    real = root / "node_modules/.pnpm/convex@1/node_modules/convex"
    real.mkdir(parents=True)
    (real / "index.d.ts").write_text("export {}\n")
    (root / "node_modules/convex").symlink_to(".pnpm/convex@1/node_modules/convex")
    assert project.read("node_modules/convex/index.d.ts").text == "export {}\n"
    assert not [path for path in project.files() if "node_modules" in path]
    with pytest.raises(Refused, match="package manager"):
        project.apply(edit(project, "node_modules/convex/new.d.ts", b"x"), label="no")


def test_paths_are_named_one_way(project: Project) -> None:
    root = project.root
    for text in (
        "src/App.tsx",
        "./src/App.tsx",
        "src//./App.tsx",
        "src/lib/../App.tsx",
        f"{root}/src/App.tsx",
    ):
        assert project.relative(text) == "src/App.tsx"
    assert project.relative(".") == project.relative(str(root)) == "."
    decomposed, composed = "u\u0308.ts", "\u00fc.ts"
    assert project.relative(decomposed) == composed  # a new file is composed
    (root / decomposed).write_text("from a Mac\n")
    assert project.relative(composed) == decomposed  # one that is there keeps its spelling
    assert project.read(composed).text == "from a Mac\n"
    assert project.exists("src")
    assert project.is_folder("src")
    assert not project.is_folder("src/App.tsx")


def test_on_a_disk_that_forgets_case_names_are_spelt_as_they_are(project: Project) -> None:
    folder = Folder(project.root)
    folder.forgets_case = True
    assert folder.real_name("SRC/app.TSX") == "src/App.tsx"
    assert folder.real_name("src/New.tsx") == "src/New.tsx"
    folder.close()


# -- writing ---------------------------------------------------------------
def test_a_change_is_written_whole_and_is_a_version(project: Project) -> None:
    change = ChangeSet(
        (
            FileChange("src/App.tsx", (project.root / "src/App.tsx").read_bytes(), b"new\n"),
            FileChange("src/pages/Home.tsx", None, b"home\n"),
            FileChange("src/lib/sum.ts", (project.root / "src/lib/sum.ts").read_bytes(), None),
        )
    )
    version = project.apply(change, label="Three\nfiles \x1b[31m")
    assert (version.number, version.label, version.kind) == (2, "Three files [31m", "step")
    assert version.changed == change.paths == project.changes_between(1, 2).paths
    assert not (project.root / "src/lib").exists()  # emptied by the change
    assert project.changes_between(1, 2).changes == change.changes
    assert project.observe("nothing") is None


@pytest.mark.parametrize(
    "data", [b"a\r\nb\r\n", b"\xef\xbb\xbfa\n", b"no end", b"", b"\0\x01\xff", b"x" * 3_000_000], ids=range(6)
)
def test_bytes_go_in_and_come_back_as_they_are(project: Project, data: bytes) -> None:
    project.apply(edit(project, "public/a.txt", data), label="in")
    assert (project.root / "public/a.txt").read_bytes() == data
    project.undo()
    assert not (project.root / "public").exists()
    project.redo()
    assert (project.root / "public/a.txt").read_bytes() == data


def test_modes_and_owners_are_kept(project: Project) -> None:
    script = project.root / "run.sh"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o750)
    if os.geteuid() == 0:
        os.chown(script, 1234, 1234)
    project.observe("a script")
    project.apply(edit(project, "run.sh", b"#!/bin/sh\ntrue\n"), label="edit")
    assert stat.S_IMODE(script.stat().st_mode) == 0o750
    if os.geteuid() == 0:
        assert (script.stat().st_uid, script.stat().st_gid) == (1234, 1234)
    project.apply(edit(project, "run.sh", script.read_bytes(), 0o644), label="mode only")
    assert not os.access(script, os.X_OK)
    project.undo()
    assert stat.S_IMODE(script.stat().st_mode) & 0o100
    project.apply(edit(project, "tool", b"#!/bin/sh\n", 0o6777), label="no setuid")
    assert stat.S_IMODE((project.root / "tool").stat().st_mode) == 0o777


def test_new_files_get_what_is_usual_here(project: Project) -> None:
    old = os.umask(0o027)
    try:
        project.apply(edit(project, "new.ts", b"x"), label="new")
    finally:
        os.umask(old)
    assert stat.S_IMODE((project.root / "new.ts").stat().st_mode) == 0o640


@pytest.mark.parametrize(
    ("meanwhile", "said"),
    [
        (lambda place: place.write_text("theirs"), "changed since it was read"),
        (lambda place: place.unlink(), "deleted since it was read"),
        (lambda place: place.rename(place.with_name("b.ts")), "deleted since it was read"),
        (lambda place: (place.unlink(), place.mkdir()), "is a folder"),
        (lambda place: (place.unlink(), place.symlink_to("/etc/passwd")), "is a link"),
    ],
)
def test_a_file_that_changed_since_it_was_read_is_refused(
    project: Project, meanwhile: object, said: str
) -> None:
    change = edit(project, "src/App.tsx", b"mine")
    both = ChangeSet((*change.changes, FileChange("src/other.ts", None, b"x")))
    meanwhile(project.root / "src/App.tsx")  # type: ignore[operator]
    with pytest.raises(Refused, match=said):
        project.apply(both, label="stale")
    assert not (project.root / "src/other.ts").exists()
    assert project.head.number == 1


def test_a_new_file_that_is_there_already_is_refused(project: Project) -> None:
    with pytest.raises(Refused, match="exists already"):
        project.apply(ChangeSet((FileChange("src/App.tsx", None, b"x"),)), label="again")


def test_others_edits_elsewhere_are_not_swallowed_and_never_lost(project: Project) -> None:
    (project.root / "src/main.tsx").write_text("theirs\n")
    (project.root / "src/App.tsx").write_text("theirs too\n")
    version = project.apply(edit(project, "src/App.tsx", b"mine\n"), label="mine")
    assert [(one.kind, one.changed) for one in project.versions[1:]] == [
        ("outside", ("src/App.tsx",)),
        ("step", ("src/App.tsx",)),
    ]
    noticed = project.observe("their main", kind="program")
    assert noticed is not None
    assert (noticed.changed, noticed.kind, noticed.undo_to) == (("src/main.tsx",), "program", version.number)
    project.undo()
    project.undo()
    assert (project.root / "src/App.tsx").read_text() == "theirs too\n"


def test_a_folder_that_others_removed_where_we_write_a_file_is_their_change_not_ours(
    project: Project,
) -> None:
    """A tree can't hold `kit` and `kit/a.ts`: their going is recorded before our file comes."""
    project.apply(edit(project, "kit/a.ts", b"1"), label="a folder")
    (project.root / "kit/a.ts").unlink()
    (project.root / "kit").rmdir()
    project.apply(edit(project, "kit", b"2"), label="a file")
    assert [(one.kind, one.changed) for one in project.versions[2:]] == [
        ("outside", ("kit/a.ts",)),
        ("step", ("kit",)),
    ]
    project.undo()
    assert not (project.root / "kit").exists()


def test_nothing_to_change_is_no_version(project: Project) -> None:
    same = edit(project, "src/App.tsx", (project.root / "src/App.tsx").read_bytes())
    assert project.apply(ChangeSet(), label="empty") == project.apply(same, label="same") == project.head
    assert project.head.number == 1


def test_guards_see_the_change_before_a_byte_is_written(project: Project) -> None:
    seen = []

    def guard(asked: Project, change: ChangeSet) -> Iterator[Diagnostic]:
        seen.append((asked, change))
        yield Diagnostic("warns", "only a warning", severity=Severity.WARNING)
        if b"bad" in (change.changes[0].after or b""):
            yield Diagnostic("no-bad", "It is bad.", path=change.paths[0])

    bad, good = edit(project, "src/App.tsx", b"bad"), edit(project, "src/App.tsx", b"good")
    assert [one.code for one in project.judge(bad, (guard,))] == ["warns", "no-bad"]
    with pytest.raises(Refused, match="It is bad") as caught:
        project.apply(bad, label="bad", guards=(guard,))
    assert [one.code for one in caught.value.diagnostics] == ["no-bad"]
    assert project.apply(good, label="good", guards=(guard,)).number == 2
    assert all(asked is project for asked, _ in seen)


def test_the_watcher_is_held_still_around_the_renames(project: Project) -> None:
    seen = []

    class Pause:
        def __enter__(self) -> None:
            seen.append((project.root / "src/App.tsx").read_bytes())

        def __exit__(self, *_: object) -> None:
            seen.append((project.root / "src/App.tsx").read_bytes())

    project.pause = Pause
    project.apply(edit(project, "src/App.tsx", b"new"), label="new")
    assert seen[0].startswith(b"export default")
    assert seen[1] == b"new"


def test_threads_take_turns(project: Project) -> None:
    def work(number: int) -> None:
        for turn in range(5):
            project.apply(edit(project, f"t{number}.ts", b"%d" % turn), label=f"{number}.{turn}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [version.number for version in project.versions] == list(range(1, 22))
    assert project.observe("nothing") is None


# -- going back ------------------------------------------------------------
def test_going_back_touches_only_what_differs_and_no_stranger(project: Project) -> None:
    root = project.root
    project.apply(edit(project, "src/extra/new.ts", b"x"), label="new folder")
    (root / "src/extra/.env").write_text("KEY=1")
    (root / "dist").mkdir()
    (root / "dist/out.js").write_text("built")
    before = (root / "src/main.tsx").stat()
    project.undo()
    assert not (root / "src/extra/new.ts").exists()
    assert (root / "src/extra/.env").read_text() == "KEY=1"
    assert (root / "dist/out.js").read_text() == "built"
    after = (root / "src/main.tsx").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_a_file_that_git_came_to_ignore_is_not_lost_on_the_way_back(project: Project) -> None:
    root = project.root
    project.apply(edit(project, "notes.md", b"v1\n"), label="notes")
    ignoring = (root / ".gitignore").read_bytes() + b"notes.md\n"
    project.apply(edit(project, ".gitignore", ignoring), label="ignore them")
    (root / "notes.md").write_text("precious\n")
    assert project.observe("nothing we version") is None
    project.goto(1)
    assert not (root / "notes.md").exists()
    kept = [number for number in range(1, len(project.versions) + 1) if "notes.md" in project.digests(number)]
    project.goto(kept[-1])
    assert (root / "notes.md").read_text() == "precious\n"


def test_a_link_in_the_way_back_is_said_and_left_alone(project: Project) -> None:
    project.apply(edit(project, "src/App.tsx", b"2\n"), label="two")
    place = project.root / "src/App.tsx"
    place.unlink()
    place.symlink_to("main.tsx")
    with pytest.raises(ProjectError, match=r"src/App\.tsx is a link") as caught:
        project.goto(1)
    assert "Move it away" in caught.value.hint
    assert place.is_symlink()


def test_versions_are_found_by_number_only(project: Project) -> None:
    for call in (project.goto, lambda number: project.changes_between(1, number), project.digests):
        for number in (0, -1, 2):
            with pytest.raises(ProjectError, match=f"no version {number}"):
                call(number)


def test_a_snapshot_goes_into_an_empty_folder_only(project: Project, tmp_path: Path) -> None:
    project.snapshot_to(1, tmp_path / "out/deep")
    assert (tmp_path / "out/deep/src/App.tsx").read_bytes() == project.read("src/App.tsx").data
    with pytest.raises(ProjectError, match="isn't empty"):
        project.snapshot_to(1, tmp_path / "out")


def test_a_whole_story_of_undo_and_redo(project: Project) -> None:
    for number in (2, 3, 4):
        project.apply(edit(project, "src/App.tsx", b"%d" % number), label=f"to {number}")
    now = lambda: (project.root / "src/App.tsx").read_bytes()  # noqa: E731
    labels = [project.undo().label, project.undo().label]
    assert (labels, now()) == (["Undo: to 4", "Undo: to 3"], b"2")
    assert (project.redo().label, now()) == ("Redo: to 3", b"3")
    assert (project.goto(1).label, project.undo().label, now()) == (
        "Back to version 1: The project as it was mounted",
        "Undo: Back to version 1: The project as it was mounted",
        b"3",
    )
    project.redo()
    project.apply(edit(project, "src/App.tsx", b"new"), label="new")
    with pytest.raises(ProjectError, match="nothing to redo"):
        project.redo()


def test_a_closed_project_says_so(project: Project) -> None:
    project.close()
    for call in (
        project.undo,
        project.files,
        lambda: project.observe("x"),
        lambda: project.read("src/App.tsx"),
    ):
        with pytest.raises((ProjectError, ToolError), match="mounted"):
            call()
