"""Gates: what a path alone forbids, and what is said about it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from vly_nb.errors import Refused
from vly_nb.project.changes import ChangeSet, FileChange
from vly_nb.project.gates import GATES
from vly_nb.project.project import Project


@pytest.fixture
def project(app: Path) -> Iterator[Project]:
    opened = Project.open(app, protected=("src/convex/auth.ts", "src/convex/auth/**", "*.ipynb"))
    yield opened
    opened.close()


REFUSED = [
    ("outside-project", "../a.ts"),
    ("outside-project", "/etc/cron.d/a"),
    ("outside-project", "src/../../a.ts"),
    ("outside-project", "src//a.ts"),
    ("outside-project", "./a.ts"),
    ("outside-project", "src/"),
    ("outside-project", ""),
    ("outside-project", "."),
    ("outside-project", "src\\a.ts"),
    ("outside-project", "a\0b.ts"),
    ("outside-project", "a\nb.ts"),
    ("outside-project", "a\x1b[2J.ts"),
    ("outside-project", "a\u2028b.ts"),
    ("outside-project", "a\ud800b.ts"),
    ("outside-project", "x" * 256),
    ("outside-project", "/".join(["deep"] * 300)),
    ("secret-file", ".env"),
    ("secret-file", ".env.local"),
    ("secret-file", ".ENV.local"),
    ("secret-file", "src/.Env"),
    ("secret-file", "certs/server.KEY"),
    ("secret-file", ".npmrc"),
    ("protected-file", ".git/hooks/pre-commit"),
    ("protected-file", ".Git/config"),
    ("protected-file", ".GIT/config"),
    ("protected-file", ".g\u200cit/config"),
    ("protected-file", "src/.git/config"),
    ("protected-file", ".vly/journal/x"),
    ("protected-file", ".VLY/lock"),
    ("protected-file", "node_modules/react/index.js"),
    ("protected-file", "src/convex/_generated/api.d.ts"),
    ("protected-file", "pnpm-lock.yaml"),
    ("protected-file", "package-lock.json"),
    ("protected-file", "packages/a/yarn.lock"),
    ("protected-file", "bun.lockb"),
    ("protected-file", "notebooks/first.tape"),
    ("protected-file", "src/convex/auth.ts"),
    ("protected-file", "src/convex/auth/emailOtp.ts"),
    ("protected-file", "deep/work.ipynb"),
    ("stray-file", "bash"),
    ("stray-file", "typescript"),
    ("stray-file", "TSX"),
    ("stray-file", "json"),
    ("stray-file", "plaintext"),
    ("stray-file", "src/src/App.tsx"),
    ("stray-file", "src/App.tsx "),
    ("stray-file", "src/App."),
    ("stray-file", "src/App.tsx (new)"),
    ("stray-file", "`src/App.tsx`"),
    ("stray-file", "npm install"),
    *(
        ("stray-file", name)
        for name in ("sh", "sql", "diff", "plan", "markdown", "kotlin", "csv", "html", "css")
    ),
    ("stray-file", 'say "hi"'),
    ("stray-file", "import {useState} from 'react';"),
    ("stray-file", "^src/.*$"),
    ("stray-file", "[a-z]{2,3}"),
    ("stray-file", "(?:tsx|ts)"),
    ("stray-file", "tsx:src/App.tsx"),
    ("stray-file", "src/App.tsx:12"),
    ("link", "src/App.tsx/inside.ts"),
    ("link", "src/lib"),
    ("link", "linked/new.ts"),
    ("link", "linked.ts"),
    ("ignored-file", "dist/out.js"),
    ("ignored-file", "inner/theirs.ts"),
]


@pytest.mark.parametrize(("code", "path"), REFUSED, ids=[f"{code} {path[:30]!r}" for code, path in REFUSED])
def test_a_path_that_may_not_be_written_is_refused_with_a_reason(
    project: Project, code: str, path: str
) -> None:
    root = project.root
    (root / "linked").symlink_to("src")
    (root / "linked.ts").symlink_to("src/App.tsx")
    (root / "inner/.git").mkdir(parents=True)
    (root / "inner/.git/HEAD").write_text("ref: refs/heads/main\n")
    before = {one: one.lstat().st_mtime_ns for one in root.rglob("*") if ".vly" not in one.parts}
    both = ChangeSet((FileChange(path, None, b"x"), FileChange("src/fine.ts", None, b"x")))
    with pytest.raises(Refused) as caught:
        project.apply(both, label="no")
    [said] = caught.value.diagnostics
    assert (said.code, said.source) == (code, "gate")
    assert said.message.endswith((".", "?"))
    assert said.path is not None
    assert said.path.isprintable()
    assert before == {one: one.lstat().st_mtime_ns for one in root.rglob("*") if ".vly" not in one.parts}


ALLOWED = [
    *(
        "README.md",
        "readme.md",
        "Makefile",
        "Dockerfile",
        "LICENSE",
        "Procfile",
        "CNAME",
        "plan.md",
        "src/bash",
        "scripts/json",
        ".env.example",
    ),
    *("src/routes/$id.tsx", "src/routes/[id].tsx", "src/(group)/page.tsx", "public/assets/My photo.png"),
    *("src/@types/x.d.ts", "src/ünï.ts", "src/convex/auth2.ts", ".github/workflows/ci.yml", "generated/x.ts"),
    *("src/gitignore.ts", "vly.config.ts", "src/keys.ts"),
]


@pytest.mark.parametrize("path", ALLOWED)
def test_an_honest_path_is_written(project: Project, path: str) -> None:
    project.apply(ChangeSet((FileChange(path, None, b"x"),)), label="fine")
    assert (project.root / path).read_bytes() == b"x"


def test_a_stray_file_may_be_cleaned_up(project: Project) -> None:
    (project.root / "bash").write_text("pnpm install\n")
    project.apply(ChangeSet((FileChange("bash", b"pnpm install\n", None),)), label="clean up")
    assert not (project.root / "bash").exists()


def test_readme_and_README_are_two_files_where_the_disk_says_so(project: Project) -> None:  # noqa: N802
    project.apply(ChangeSet((FileChange("README.md", None, b"1"),)), label="one")
    if (project.root / "readme.md").exists():
        assert project.relative("readme.md") == "README.md"
    else:
        project.apply(ChangeSet((FileChange("readme.md", None, b"2"),)), label="two")
        assert (project.root / "README.md").read_bytes() == b"1"


def test_undo_may_write_what_an_edit_may_not(project: Project) -> None:
    """A lock file that the package manager wrote comes back with the package."""
    (project.root / "pnpm-lock.yaml").write_text("old\n")
    project.observe("install")
    (project.root / "pnpm-lock.yaml").write_text("new\n")
    project.observe("add a package")
    project.undo()
    assert (project.root / "pnpm-lock.yaml").read_text() == "old\n"


def test_every_gate_is_in_the_list() -> None:
    import vly_nb.project.gates as module

    named = {
        name
        for name, one in vars(module).items()
        if callable(one) and getattr(one, "__annotations__", {}).get("return") == "Diagnostic | None"
    }
    assert named == {gate.__name__ for gate in GATES}
