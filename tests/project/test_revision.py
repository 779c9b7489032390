"""A folder as it was at a revision, in real git repositories."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import needs, write_files
from vly_nb.errors import ProjectError
from vly_nb.project.files import walk
from vly_nb.project.folder import Folder
from vly_nb.project.revision import Earlier, earlier_of

Git = Callable[..., str]


@pytest.fixture
def git(app: Path) -> Git:
    """Git in the small app, which is a repository with one commit."""
    needs("git")
    who = {
        "GIT_AUTHOR_NAME": "x",
        "GIT_AUTHOR_EMAIL": "x@y",
        "GIT_COMMITTER_NAME": "x",
        "GIT_COMMITTER_EMAIL": "x@y",
    }

    def run(*arguments: str, cwd: Path = app) -> str:
        environment = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, **who}
        done = subprocess.run(["git", *arguments], cwd=cwd, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    run("init", "-q", "-b", "main")
    run("add", "-A")
    run("commit", "-qm", "The app as it was")
    return run


def earlier(root: Path, revision: str | None = None) -> Earlier | None:
    with closing(Folder(root)) as folder:
        return earlier_of(folder, [path for path, _ in walk(folder)], revision)


def texts(root: Path, revision: str | None = None) -> dict[str, str | None]:
    found = earlier(root, revision)
    assert found is not None
    return found.texts


def test_what_was_changed_made_and_taken_out(app: Path, git: Git) -> None:
    old = (app / "src/App.tsx").read_text()
    assert texts(app) == {}
    write_files(app, {"src/App.tsx": "changed\n", "src/new.ts": "new\n"})
    gone = (app / "src/lib/sum.ts").read_text()
    (app / "src/lib/sum.ts").unlink()
    assert texts(app) == {"src/App.tsx": old, "src/new.ts": None, "src/lib/sum.ts": gone}
    git("add", "src/new.ts")
    assert texts(app)["src/new.ts"] is None, "staged is not committed"


def test_without_a_repository_or_a_commit_there_is_nothing_earlier(app: Path) -> None:
    assert earlier(app) is None
    with pytest.raises(ProjectError, match="no git repository"):
        earlier(app, "main")
    needs("git")
    subprocess.run(["git", "init", "-q", app], check=True)
    assert earlier(app) is None
    with pytest.raises(ProjectError, match="no revision main"):
        earlier(app, "main")


def test_a_revision_has_many_names(app: Path, git: Git) -> None:
    first, hello = git("rev-parse", "HEAD"), (app / "src/App.tsx").read_text()
    git("tag", "-am", "one", "v1")
    for n in range(2):
        write_files(app, {"src/App.tsx": f"{n}\n"})
        git("commit", "-qam", f"Change {n}")
    git("branch", "side", "HEAD~1")
    git("update-ref", "refs/remotes/origin/main", first)
    names = ["v1", first, first[:8], "HEAD~2", "HEAD^^", "@~2", "main~1^", "side~", "origin/main", "HEAD~1^1"]
    assert {texts(app, name)["src/App.tsx"] for name in names} == {hello}
    assert texts(app, "HEAD^") == {"src/App.tsx": "0\n"}
    found = earlier(app, "HEAD~2")
    assert found is not None and found.said == "Change 1\n\n\nChange 0\n"
    same = earlier(app, "HEAD")
    assert same is not None and same.said is None


@pytest.mark.parametrize(
    "name", ["nope", "", "-x", "--output=x", "HEAD~9", "HEAD^2", "HEAD^0~9", "~1", "a\nb", "x" * 999]
)
def test_what_is_no_revision_is_said_in_a_sentence(app: Path, git: Git, name: str) -> None:
    with pytest.raises(ProjectError, match="knows no revision") as caught:
        earlier(app, name)
    assert len(str(caught.value)) < 400 and "\n" not in str(caught.value)


def test_a_branch_is_compared_with_where_it_left(app: Path, git: Git) -> None:
    git("checkout", "-qb", "feature")
    write_files(app, {"src/App.tsx": "mine\n"})
    git("commit", "-qam", "Mine")
    git("checkout", "-q", "main")
    write_files(app, {"src/lib/sum.ts": "theirs\n"})
    git("commit", "-qam", "Theirs")
    git("checkout", "-q", "feature")
    assert list(texts(app, "main")) == ["src/App.tsx"], "what main did since is not ours"


def test_a_project_in_a_folder_of_the_repository(app: Path, git: Git) -> None:
    write_files(
        app, {"apps/web/package.json": "{}\n", "apps/web/a.ts": "old\n", "apps/web/.env.local": "K=1\n"}
    )
    git("add", "-Af")
    git("commit", "-qm", "Two apps")
    write_files(app, {"apps/web/a.ts": "new\n", "src/App.tsx": "other\n"})
    (app / "apps/web/.env.local").unlink()
    assert texts(app / "apps/web") == {"a.ts": "old\n"}, "paths from the project; secrets are never read"
    assert texts(app / "apps/web", "HEAD~1") == {"a.ts": None, "package.json": None}


def test_what_an_outer_repository_ignores_is_new(app: Path, git: Git) -> None:
    write_files(app, {".gitignore": "made/\n", "made/app/package.json": "{}\n", "made/app/a.ts": "x\n"})
    assert texts(app / "made/app") == {"a.ts": None, "package.json": None}


def test_line_endings_and_byte_order_marks_are_no_change(app: Path, git: Git) -> None:
    place = app / "src/App.tsx"
    text = place.read_bytes()
    place.write_bytes(b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n"))
    assert texts(app) == {}
    place.write_bytes(text.replace(b"Hello", b"Hi").replace(b"\n", b"\r\n"))
    assert texts(app) == {"src/App.tsx": text.decode().replace("\n", "\r\n")}


def test_escapes_in_an_earlier_text_stay(app: Path, git: Git) -> None:
    write_files(app, {"src/a.ts": "const red = '\x1b[31m';\r\n\tconst b = 1;\n"})
    git("add", "-A")
    git("commit", "-qm", "x")
    write_files(app, {"src/a.ts": "const red = '\x1b[32m';\r\n\tconst b = 1;\n"})
    assert texts(app)["src/a.ts"] == "const red = '\x1b[31m';\r\n\tconst b = 1;\n"


def test_a_worktree_and_packed_objects(app: Path, git: Git) -> None:
    git("gc", "-q")
    git("worktree", "add", "-q", "../tree", "-b", "other")
    write_files(app.parent / "tree", {"src/App.tsx": "x\n"})
    assert list(texts(app.parent / "tree")) == ["src/App.tsx"]


def test_programs_that_a_repository_names_are_not_run(app: Path, git: Git) -> None:
    trap = app.parent / "trap"
    program = app.parent / "program"
    program.write_text(f"#!/bin/sh\ntouch {trap}\ncat\n")
    program.chmod(0o755)
    for name in (
        "core.fsmonitor",
        "core.pager",
        "diff.x.textconv",
        "filter.x.clean",
        "filter.x.smudge",
        "core.hooksPath",
    ):
        git("config", name, str(program))
    write_files(app, {".gitattributes": "* diff=x filter=x\n", "src/App.tsx": "changed\n"})
    trap.unlink(missing_ok=True)
    assert "src/App.tsx" in texts(app, "main")
    assert not trap.exists()


@pytest.mark.parametrize("name", ["HEAD", "objects", "packed-refs", "refs/heads/main"])
def test_a_broken_repository_is_said_in_a_sentence(app: Path, git: Git, name: str) -> None:
    git("pack-refs", "--all")
    git("gc", "-q")
    place = app / ".git" / name
    if place.is_dir():
        for pack in place.rglob("*.pack"):
            pack.chmod(0o644)
            pack.write_bytes(b"PACK" + b"\xff\0" * 100)
    else:
        place.write_bytes(b"\xff\0nonsense\n" * 9)
    with pytest.raises(ProjectError):
        earlier(app, "main")
