"""Search: the same lines from ripgrep and from Python, never a secret's, and no pattern that holds us up."""

from __future__ import annotations

import asyncio
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import write_files
from vly_nb.errors import ToolError
from vly_nb.project.project import Project
from vly_nb.project.search import LONGEST_LINE, Match, search

WITHOUT = pytest.param("python", id="python")
WITH = pytest.param(
    "rg", id="rg", marks=pytest.mark.skipif(shutil.which("rg") is None, reason="ripgrep isn't installed")
)
MIXED = {
    "src/a.ts": "const one = 1;\r\nconst two = 'Zwei ü';\r\n\r\n\tone();  \r\nlast one",
    "src/b.tsx": "\ufeffimport x\n<One a={1} />\n// \u2028 odd\n$(price).00 [x] {y} \\d\n",
    "src/deep/c.css": ".one { color: red }\n\n\n",
    "README.md": "One\none one\nONE\n",
    "empty.ts": "",
}


@pytest.fixture
def project(app: Path) -> Iterator[Project]:
    write_files(app, MIXED)
    (app / "bin.dat").write_bytes(b"one\0one\n")
    (app / "latin.txt").write_bytes(b"one \xe9\n")
    opened = Project.open(app)
    yield opened
    opened.close()


@pytest.fixture
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    if request.param == "python":
        monkeypatch.setenv("PATH", str(tmp_path))
    return str(request.param)


PATTERNS = [
    *(
        "one",
        "^one",
        "one$",
        "^$",
        r"\bone\b",
        "[Oo]ne",
        "o.e",
        "ü",
        r"const (one|two) = ",
        r"^\s+one",
        r"\d;$",
    ),
    *("(one ?){2}", r"\$\(price\)", r"[^a-z ]{3}", r"^import", "one|red", r"\w+\(\);", r"o{1}ne\s*$", "x|"),
    *(r"\\d", "…", r"\.one \{", ".", ""),
]


async def test_ripgrep_and_python_find_the_same(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    if shutil.which("rg") is None:
        pytest.skip("ripgrep isn't installed")
    for pattern in filter(None, PATTERNS):
        for case in (True, False):
            with_rg = await search(project, pattern, case=case)
            with monkeypatch.context() as patch:
                patch.setenv("PATH", "")
                assert await search(project, pattern, case=case) == with_rg, pattern


@pytest.mark.parametrize("engine", [WITHOUT, WITH], indirect=True)
async def test_lines_are_found_where_they_are(project: Project, engine: str) -> None:
    assert await search(project, "one", "*.ts", case=False) == [
        Match("src/a.ts", 1, "const one = 1;"),
        Match("src/a.ts", 4, "\tone();  "),
        Match("src/a.ts", 5, "last one"),
    ]
    assert await search(project, "^import x$", "*.tsx") == [Match("src/b.tsx", 1, "import x")]
    assert await search(project, "$(price).00 [x] {y} \\d", regex=False) == [
        Match("src/b.tsx", 4, "$(price).00 [x] {y} \\d")
    ]
    assert await search(project, "nowhere") == []
    found = await search(project, "one", case=False, limit=3)
    assert len(found) == 3
    assert found == (await search(project, "one", case=False))[:3]


@pytest.mark.parametrize("engine", [WITHOUT, WITH], indirect=True)
async def test_what_ripgrep_doesnt_know_python_does(project: Project, engine: str) -> None:
    assert [match.line for match in await search(project, r"(?<=const )two")] == [2]
    assert [match.line for match in await search(project, r"(one) \1")] == [2]


@pytest.mark.parametrize("engine", [WITHOUT, WITH], indirect=True)
async def test_a_long_line_is_cut(project: Project, engine: str) -> None:
    (project.root / "long.js").write_text("needle" + "x" * 100_000 + "\n")
    [match] = await search(project, "needle")
    assert len(match.text) == LONGEST_LINE + 1
    assert match.text.endswith("…")


@pytest.mark.parametrize("engine", [WITHOUT, WITH], indirect=True)
async def test_attack_secrets_ignored_files_and_links_are_not_searched(
    project: Project, engine: str, tmp_path: Path
) -> None:
    (tmp_path / "outside.ts").write_text("needle\n")
    write_files(
        project.root,
        {
            ".env.local": "needle\n",
            "src/key.pem": "needle\n",
            "dist/out.js": "needle\n",
            "node_modules/p/i.js": "needle\n",
            ".git/config": "needle\n",
            ".vly/x": "needle\n",
            ".ignore": "src\n",
            ".rgignore": "src\n",
            "src/found.ts": "needle\n",
        },
    )
    (project.root / "src/link.ts").symlink_to(tmp_path / "outside.ts")
    (project.root / "elsewhere").symlink_to(tmp_path)
    assert await search(project, "needle") == [Match("src/found.ts", 1, "needle")]
    assert await search(project, "needle", ".env*") == []


@pytest.mark.parametrize("engine", [WITHOUT, WITH], indirect=True)
@pytest.mark.parametrize(
    ("pattern", "said"), [("(", "no regular expression"), ("", "empty"), ("a\nb", "line by line")]
)
async def test_a_pattern_that_makes_no_sense_is_said(
    project: Project, engine: str, pattern: str, said: str
) -> None:
    with pytest.raises(ToolError, match=said):
        await search(project, pattern)


@pytest.mark.parametrize("engine", [WITHOUT, WITH], indirect=True)
async def test_attack_a_pattern_that_looks_like_an_option(project: Project, engine: str) -> None:
    for pattern in ("--files", "-e", "--pre=touch /tmp/x", "-"):
        assert isinstance(await search(project, pattern), list)


@pytest.mark.slow
async def test_attack_a_pattern_that_never_ends_is_ended(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Backtracking without end, in a process of its own: the kernel's loop goes on meanwhile."""
    monkeypatch.setattr("vly_nb.project.search.PATIENCE", 1.0)
    (project.root / "a.txt").write_text("a" * 200 + "!\n")
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            await asyncio.sleep(0.02)
            beats += 1

    task = asyncio.create_task(beat())
    began = time.monotonic()
    with pytest.raises(ToolError, match="too long"):
        await search(project, r"(a+)+\1$")
    task.cancel()
    assert time.monotonic() - began < 5
    assert beats > 15


def test_attack_a_program_in_the_project_is_not_run(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`rg` in the project, found through a relative PATH, and modules that Python might import."""
    mark = tmp_path / "ran"
    write_files(project.root, {"rg": f"#!/bin/sh\ntouch {mark}\n", "json.py": f"open({str(mark)!r}, 'w')\n"})
    (project.root / "rg").chmod(0o755)
    monkeypatch.chdir(project.root)
    monkeypatch.setenv("PATH", f".::{project.root}")
    monkeypatch.setenv("PYTHONPATH", str(project.root))
    assert asyncio.run(search(project, "const one")) == [Match("src/a.ts", 1, "const one = 1;")]
    assert not mark.exists()
    assert sys.executable


async def test_what_people_wrote_comes_before_bundles(app: Path) -> None:
    write_files(app, {"docs/bundle.js": f"const sum={'1+' * 2_000}1;\n"})
    with_bundle = Project.open(app)
    found = await search(with_bundle, "sum", limit=50)
    assert [match.path for match in found] == ["src/lib/sum.ts", "docs/bundle.js"]
    with_bundle.close()
