"""Attacks on the door, each named after what it tries."""

from __future__ import annotations

import os
import random
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from vly_nb.errors import ProjectError, Refused, ToolError
from vly_nb.project.changes import ChangeSet, FileChange
from vly_nb.project.project import Project

pytestmark = pytest.mark.slow

SECRET = b"the secret outside"


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder beside the project with something to steal and something to break."""
    place = tmp_path / "outside"
    place.mkdir()
    (place / "a.ts").write_bytes(SECRET)
    return place


@pytest.fixture
def project(app: Path) -> Iterator[Project]:
    opened = Project.open(app)
    yield opened
    opened.close()


class Swapper(threading.Thread):
    """Turns a folder into a link to elsewhere and back, as fast as it can."""

    def __init__(self, swap: Callable[[], None], back: Callable[[], None], rest: float = 0) -> None:
        super().__init__(daemon=True)
        self.swap, self.back, self.on, self.swaps = swap, back, True, 0
        self.rest = rest  # seconds at most between two swaps

    def run(self) -> None:
        while self.on:
            self.swap()
            self.swaps += 1
            self.back()
            time.sleep(random.uniform(0, self.rest))

    def __enter__(self) -> Swapper:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.on = False
        self.join()


def swapping(root: Path, outside: Path, rest: float = 0) -> Swapper:
    (root / "race").mkdir()
    (root / "race/a.ts").write_bytes(b"ours")

    # Between any two of these steps the door may make a folder at the same place, inside the project.
    def swap() -> None:
        (root / "race").rename(root / "aside")
        with suppress(FileExistsError):
            (root / "race").symlink_to(outside)

    def back() -> None:
        while (root / "aside").exists():
            with suppress(OSError):
                (root / "race").unlink()
            shutil.rmtree(root / "race", ignore_errors=True)
            with suppress(OSError):
                (root / "aside").rename(root / "race")

    return Swapper(swap, back, rest)


def test_attack_a_folder_swapped_for_a_link_while_reading(project: Project, outside: Path) -> None:
    read = 0
    with swapping(project.root, outside) as race:
        until = time.monotonic() + 1.5
        latest = until + 60  # a loaded machine needs longer for as many swaps
        tries = 0
        while (now := time.monotonic()) < until or (
            now < latest and (tries <= 1_000 or read <= 20 or race.swaps <= 200)
        ):
            tries += 1
            try:
                data = project.read("race/a.ts").data
            except ToolError:
                continue
            assert data == b"ours"
            read += 1
    assert tries > 1_000
    assert read > 20
    assert race.swaps > 200


def test_attack_a_folder_swapped_for_a_link_while_listing_and_observing(
    project: Project, outside: Path
) -> None:
    (outside / "more.ts").write_bytes(SECRET)
    with swapping(project.root, outside):
        until = time.monotonic() + 1.0
        while time.monotonic() < until:
            assert "race/more.ts" not in project.files()
            version = project.observe("race")
            if version is not None:
                assert "race/more.ts" not in project.digests()
                for path in ("race/a.ts", "aside/a.ts"):
                    for change in project.changes_between(version.number - 1, version.number).changes:
                        assert change.path != path or SECRET not in (change.before, change.after)


def test_attack_a_folder_swapped_for_a_link_while_writing(project: Project, outside: Path) -> None:
    """Whatever the race does, the file outside keeps its bytes, and nothing new appears beside it."""
    written = 0
    with swapping(project.root, outside, rest=0.03) as race:
        until = time.monotonic() + 1.5
        latest = until + 60  # a loaded machine needs longer for as many swaps
        number = 0
        while (now := time.monotonic()) < until or (
            now < latest and (race.swaps <= 20 or number <= 20 or not written)
        ):
            number += 1
            change = ChangeSet(
                (
                    FileChange("race/a.ts", b"ours", b"ours"),
                    FileChange(f"race/new{number}.ts", None, b"x"),
                )
            )
            try:
                project.apply(change, label="race")
                written += 1
            except (Refused, ProjectError):
                pass
            assert (outside / "a.ts").read_bytes() == SECRET
            assert [path.name for path in outside.iterdir()] == ["a.ts"]
    assert race.swaps > 20
    assert number > 20
    assert written > 0


def test_attack_a_file_swapped_for_a_link_to_a_secret(project: Project, outside: Path) -> None:
    place, aside = project.root / "one.ts", project.root / "two.ts"
    place.write_bytes(b"ours")

    def swap() -> None:
        aside.symlink_to(outside / "a.ts")
        aside.rename(place)

    def back() -> None:
        aside.write_bytes(b"ours")
        aside.rename(place)

    read = 0
    with Swapper(swap, back):
        until = time.monotonic() + 1.0
        latest = until + 60
        while (now := time.monotonic()) < until or (now < latest and read <= 20):
            try:
                assert project.read("one.ts").data in (b"ours", b"")
                read += 1
            except ToolError:
                pass
    assert read > 20


@pytest.mark.parametrize("target", ["/etc/passwd", "../../outside/a.ts", "../.env", "a", "../../.."])
def test_attack_a_link_in_node_modules_that_leads_to_a_secret(
    project: Project, outside: Path, target: str
) -> None:
    (project.root / ".env").write_bytes(SECRET)
    (project.root / "node_modules").mkdir()
    (project.root / "node_modules/a").symlink_to(target)
    for path in ("node_modules/a", "node_modules/a/passwd", "node_modules/a/outside/a.ts"):
        with pytest.raises(ToolError):
            project.read(path)


def test_attack_links_that_chase_each_other(project: Project) -> None:
    (project.root / "node_modules").mkdir()
    (project.root / "node_modules/a").symlink_to("b/x")
    (project.root / "node_modules/b").symlink_to("a/x")
    with pytest.raises(ToolError):
        project.read("node_modules/a")


def test_attack_a_pipe_where_a_file_should_be_holds_nobody(project: Project) -> None:
    os.mkfifo(project.root / "src/pipe.ts")
    began = time.monotonic()
    with pytest.raises(ToolError):
        project.read("src/pipe.ts")
    with pytest.raises(Refused):
        project.apply(ChangeSet((FileChange("src/pipe.ts", None, b"x"),)), label="pipe")
    assert project.observe("pipe") is None
    assert time.monotonic() - began < 60  # reading it would wait for ever


def test_attack_a_secret_put_back_by_gitignore_is_not_captured(project: Project) -> None:
    (project.root / ".gitignore").write_text("!.env\n!.env.*\n!*.pem\n!.env.local\n")
    for name in (".env", ".env.local", "src/.env.production", "server.pem", ".ENV.LOCAL"):
        (project.root / name).write_bytes(SECRET)
    project.observe("everything")
    for version in project.versions:
        assert not [
            path for path in project.digests(version.number) if "env" in path.lower() or "pem" in path
        ]
    stored = b"".join(path.read_bytes() for path in (project.root / ".vly").rglob("*") if path.is_file())
    assert SECRET not in stored
    project.goto(1)
    assert (project.root / ".env.local").read_bytes() == SECRET


def test_attack_a_git_folder_planted_to_hide_files_from_versions(project: Project) -> None:
    """A repository that a program makes inside the project doesn't make what is versioned unversioned."""
    (project.root / "src/.git").mkdir()
    (project.root / "src/.git/HEAD").write_text("ref: refs/heads/main\n")
    project.observe("planted")
    assert "src/App.tsx" in project.digests()
    (project.root / "src/App.tsx").write_bytes(b"changed under cover")
    version = project.goto(1)
    assert (project.root / "src/App.tsx").exists()
    assert version.restores == 1


def test_attack_a_label_with_escapes_and_lines_stays_one_line(project: Project) -> None:
    label = 'x\r\n\r\nvly: {"number": 99}\n\x1b[2J\u202e' + "y" * 10_000 + "\ud800"
    version = project.apply(ChangeSet((FileChange("a.ts", None, b"x"),)), label=label)
    root = project.root
    project.close()
    again = Project.open(root)
    assert again.head == version
    assert again.head.number == 2
    assert again.head.label.isprintable()
    assert len(again.head.label) <= 300
    again.close()


def test_attack_a_change_that_names_a_file_twice_by_its_spelling(project: Project) -> None:
    both = ChangeSet((FileChange("src/\u00fc.ts", None, b"1"), FileChange("src/u\u0308.ts", None, b"2")))
    with pytest.raises(Refused) as caught:
        project.apply(both, label="twice")
    assert caught.value.diagnostics[0].code == "outside-project"
