"""Baselines: what an older version was told, found out once. A real disk, and a check in plain Python."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.conftest import write_files
from vly_nb.checks.baseline import KEPT, Baselines
from vly_nb.checks.check import CheckResult, lines_of, subtract
from vly_nb.diagnostics import Diagnostic, Range, Severity
from vly_nb.errors import ProjectError
from vly_nb.project.changes import ChangeSet, FileChange
from vly_nb.project.project import Project

FILES = {
    ".gitignore": "node_modules\n_generated\n.env*\n",
    "src/a.ts": "one\nBAD two\nBAD two\n",
    "src/_generated/api.ts": "BAD generated\n",
    ".env.local": "KEY=1\n",
    "node_modules/.pnpm/lock.yaml": "lock\n",
    "node_modules/.pnpm/x/i.ts": "x\n",
    "node_modules/.tmp/info": "x\n",
    "node_modules/.vite/x": "x\n",
    "node_modules/@types/node/i.d.ts": "x\n",
    "node_modules/typescript/package.json": "{}\n",
}


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders come to be, empty at first."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def project(tmp_path: Path, temporary: Path) -> Iterator[Project]:
    project = Project.open(write_files(tmp_path / "app", FILES))
    yield project
    project.close()


class Words:
    """The check: every line with BAD in it, in `src`. Counts its runs, and keeps what it saw."""

    def __init__(self) -> None:
        self.runs = 0
        self.saw: set[str] = set()
        self.links: dict[str, str] = {}
        self.status = ""

    async def __call__(self, root: Path) -> CheckResult:
        self.runs += 1
        inside = [path for path in root.rglob("*") if "node_modules" not in path.parts and path.is_file()]
        self.saw = {path.relative_to(root).as_posix() for path in inside}
        packages = root / "node_modules"
        self.links = {p.name: str(p.readlink()) for p in packages.iterdir() if p.is_symlink()}
        assert packages.is_dir()
        assert not packages.is_symlink()
        found = tuple(
            Diagnostic("bad", f"{root} {n}", path, Range(n, 1), source="words", snippet=line)
            for path in sorted(self.saw)
            for n, line in enumerate(lines_of(root)(path), 1)
            if "BAD" in line
        )
        if self.status:
            return CheckResult("words", "words", "could not run", note=self.status)
        return CheckResult("words", "words", "red" if found else "green", found)


def write(project: Project, path: str, text: str) -> int:
    place = project.root / path
    before = place.read_bytes() if place.exists() else None
    return project.apply(ChangeSet((FileChange(path, before, text.encode()),)), label=path).number


async def less(project: Project, since: int, words: Words) -> CheckResult:
    return await Baselines(project).subtracted(await Words()(project.root), since, words)


async def test_what_was_known_is_taken_away_as_often_as_it_was_there(project: Project) -> None:
    write(project, "src/a.ts", "a line above\nBAD two\nBAD two\nBAD  two\nBAD new\n")
    words = Words()
    result = await less(project, 1, words)
    assert result.status == "red"
    assert [d.range.line for d in result.new if d.range] == [4, 5]  # the third "BAD two", and "BAD new"
    assert result.known == 3
    assert words.saw == {".gitignore", "src/a.ts", "src/_generated/api.ts"}


async def test_packages_are_links_and_caches_are_not_shared(project: Project, temporary: Path) -> None:
    words = Words()
    await less(project, 1, words)
    root = str(project.root / "node_modules")
    assert words.links == {name: f"{root}/{name}" for name in (".pnpm", "@types", "typescript")}
    assert not list(temporary.iterdir())
    for path, text in FILES.items():  # the clean-up followed no link
        assert (project.root / path).read_text() == text


async def test_the_answer_is_remembered_across_sessions(project: Project) -> None:
    words = Words()
    first = await less(project, 1, words)
    second = await less(project, 1, words)
    assert (first.status, first.known, second.known, words.runs) == ("green", 3, 3, 1)
    (project.root / "node_modules/.pnpm/lock.yaml").write_text("other packages\n")
    await less(project, 1, words)
    assert words.runs == 2


async def test_a_green_result_asks_nothing(project: Project) -> None:
    words = Words()
    green = CheckResult("words", "words", "green")
    assert await Baselines(project).subtracted(green, 1, words) is green
    assert words.runs == 0


async def test_a_warning_that_is_new_leaves_it_green(project: Project) -> None:
    warning = Diagnostic("w", "m", "src/a.ts", severity=Severity.WARNING)
    result = CheckResult("words", "words", "red", (warning,))
    assert (await Baselines(project).subtracted(result, 1, Words())).status == "green"


async def test_when_the_older_version_cannot_be_checked_everything_is_new(project: Project) -> None:
    words = Words()
    words.status = "no compiler"
    result = await less(project, 1, words)
    assert (result.status, len(result.new), result.known) == ("red", 3, 0)
    assert "version 1 couldn't be found out" in result.note
    await less(project, 1, words)
    assert words.runs == 2  # not remembered


async def test_an_unknown_version_is_told(project: Project) -> None:
    with pytest.raises(ProjectError, match="no version 7"):
        await less(project, 7, Words())


async def test_only_the_newest_answers_are_kept(project: Project) -> None:
    for n in range(KEPT + 3):
        number = write(project, "src/a.ts", f"BAD {n}\n")
        await less(project, number, Words())
    told = json.loads((project.root / ".vly/baseline.json").read_text())
    assert len(told) == KEPT
    words = Words()
    await less(project, number, words)
    assert words.runs == 0
    await less(project, 1, words)
    assert words.runs == 1


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "{",
        "[]",
        "null",
        "\ud800",
        '{"k": 3}',
        '{"k": [{}]}',
        '{"k": [[1]]}',
        "[" * 100_000,
        '{"k": null}',
    ],
)
async def test_a_corrupt_memory_is_begun_anew(project: Project, broken: str) -> None:
    place = project.root / ".vly/baseline.json"
    place.write_bytes(broken.encode("utf-8", "surrogatepass"))
    words = Words()
    assert (await less(project, 1, words)).known == 3
    assert (await less(project, 1, words)).known == 3
    assert words.runs == 1
    assert place.stat().st_mode & 0o077 == 0


async def test_a_memory_that_cannot_be_written_is_done_without(project: Project) -> None:
    (project.root / ".vly/baseline.json").mkdir()
    assert (await less(project, 1, Words())).known == 3
    assert sorted(p.name for p in (project.root / ".vly").iterdir() if len(p.name) == 16) == []


async def test_ignored_sources_come_along_but_nothing_that_came_later(project: Project) -> None:
    write(project, "src/later.ts", "BAD later\n")
    write_files(project.root, {"src/unseen.ts": "BAD unseen\n"})
    words = Words()
    result = await less(project, 1, words)
    assert {d.path for d in result.new} == {"src/later.ts", "src/unseen.ts"}
    assert "src/_generated/api.ts" in words.saw


async def test_attack_secrets_and_links_do_not_come_along(project: Project, tmp_path: Path) -> None:
    (tmp_path / "outside.ts").write_text("KEY")
    write_files(project.root, {"src/_generated/.env.ts": "KEY", ".env/keys.json": "{}"})
    (project.root / "src/_generated/link.ts").symlink_to(tmp_path / "outside.ts")
    (project.root / "src/_generated/folder").symlink_to(tmp_path)
    words = Words()
    await less(project, 1, words)
    assert words.saw == {".gitignore", "src/a.ts", "src/_generated/api.ts"}


async def test_a_complaint_about_a_package_has_the_projects_path(project: Project) -> None:
    async def about_a_package(root: Path) -> CheckResult:
        place = os.path.relpath((root / "node_modules/typescript").resolve() / "x.d.ts", root)
        return CheckResult("tsc", "tsc", "red", (Diagnostic("TS1", "m", place, Range(1)),))

    [known] = await Baselines(project).of("tsc", 1, about_a_package) or ()
    there = Diagnostic("TS1", "m", "node_modules/typescript/x.d.ts", Range(1))
    assert subtract([there], [known]) == ()


async def test_when_it_is_stopped_nothing_is_left(project: Project, temporary: Path) -> None:
    began = asyncio.Event()

    async def endless(_: Path) -> CheckResult:
        began.set()
        await asyncio.sleep(60)
        raise AssertionError

    work = asyncio.ensure_future(Baselines(project).of("words", 1, endless))
    await began.wait()
    work.cancel()
    with suppress(asyncio.CancelledError):
        await work
    assert not list(temporary.iterdir())
    write_files(project.root, {f"src/many/{n}.ts": f"{n}\n" for n in range(600)})
    number = project.observe("many").number  # type: ignore[union-attr]
    for pause in (0.0, 0.005, 0.01, 0.02, 0.04):  # while it is still laying out the files
        work = asyncio.ensure_future(Baselines(project).of("words", number, endless))
        await asyncio.sleep(pause)
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work
        assert not list(temporary.iterdir())
    assert (project.root / "node_modules/typescript/package.json").exists()
