"""What a prompt mentions is put in beside it; what it can't have is left, and said."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from vly_nb.notebook.mentions import PICTURE, VALUE, PutIn, put_in
from vly_nb.project.project import Project

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class Frame:
    shape = (2, 1)

    def to_string(self) -> str:
        return "   a\n0  1"


@pytest.fixture
def project(app: Path) -> Iterator[Project]:
    opened = Project.open(app)
    yield opened
    opened.close()


def mention(project: Project, prompt: str, hidden: dict[str, Any] | None = None, **names: Any) -> PutIn:
    return put_in(prompt, project, names, hidden or {})


def text_of(found: PutIn) -> str:
    return "\n".join(block.get("text", "") for block in found.blocks)


def test_a_value_is_put_in(project: Project) -> None:
    found = mention(project, "Show $`rows[0]` and $`len(rows)`", rows=["first", "second"])
    assert found.names == ["rows[0] (5 bytes)", "len(rows) (1 bytes)"]
    assert "first" in text_of(found)


def test_a_table_is_put_in_as_it_prints(project: Project) -> None:
    assert "shape (2, 1)\n   a\n0  1" in text_of(mention(project, "$`df`", df=Frame()))


def test_a_big_value_is_cut_and_says_so(project: Project) -> None:
    found = mention(project, "$`big`", big="é" * 100_000)
    assert len(text_of(found).encode()) < VALUE + 300
    assert found.names == ["big (first 4 KB of 195 KB)"]
    assert "cut: this is the first 4 KB" in text_of(found)


@pytest.mark.parametrize(
    "code", ["css$`a b c`", "$`for (;;) {}`", "$`'just text'`", "$`1 + 1`", "`${x}`", "$` `"]
)
def test_pasted_code_is_only_text(project: Project, code: str) -> None:
    found = mention(project, code, x=1)
    assert found.blocks == []


def test_an_unknown_name_is_left_and_noted(project: Project) -> None:
    found = mention(project, "$`nothing.here`")
    assert found.blocks == []
    assert found.notes == ["$`nothing.here` is left as written: there is no nothing in this notebook."]


def test_an_expression_that_fails_is_left_and_noted(project: Project) -> None:
    found = mention(project, "$`x[9]`", x=[])
    assert found.blocks == []
    assert "IndexError" in found.notes[0]


@pytest.mark.parametrize(
    "code",
    [
        "get_ipython().system('touch hacked')",
        "__import__('os').system('touch hacked')",
        "open('hacked', 'w')",
        "x.__class__.__mro__",
        "(lambda: x)()",
        "[y := x]",
        "exec('import os')",
    ],
)
def test_attack_pasted_marks_run_nothing_of_the_shell(
    project: Project, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shell = {"get_ipython": lambda: None, "open": open}
    found = mention(project, f"$`{code}`", hidden=shell, x=1, **shell)
    assert found.blocks == []
    assert not (tmp_path / "hacked").exists()


def test_a_file_is_put_in_with_numbers(project: Project) -> None:
    found = mention(project, "Look at @src/App.tsx, and @src/main.tsx.")
    assert found.names == ["src/App.tsx (79 bytes)", "src/main.tsx (55 bytes)"]
    assert "    2\t  return <h1" in text_of(found)


def test_words_with_an_at_are_no_files(project: Project) -> None:
    found = mention(
        project,
        "mail ann@example.org, @media, @convex-dev/auth, import x from '@/lib/sum.ts'; `@src/App.tsx`",
    )
    assert found == PutIn()


def test_a_missing_file_is_noted(project: Project) -> None:
    found = mention(project, "see @src/Apq.tsx")
    assert found.blocks == []
    assert "@src/Apq.tsx is left as written" in found.notes[0]


def test_attack_a_secret_file_is_never_put_in(project: Project) -> None:
    (project.root / ".env.local").write_text("KEY=sk-live-1234567890")
    found = mention(
        project, 'use @.env.local and @".env.local" and @../small/.env.local and @src/../.env.local'
    )
    assert found.blocks == []
    assert "1234567890" not in str(found)


def test_attack_a_path_out_of_the_project(project: Project) -> None:
    (project.root.parent / "other.txt").write_text("not yours")
    (project.root / "link.txt").symlink_to(project.root.parent / "other.txt")
    found = mention(project, f"@../other.txt @link.txt @{project.root.parent}/other.txt")
    assert found.blocks == []


def test_a_picture(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    beside = tmp_path / "beside"
    beside.mkdir()
    monkeypatch.chdir(beside)
    (project.root / "public").mkdir()
    (project.root / "public" / "a.png").write_bytes(PNG)
    (beside / "shot.png").write_bytes(PNG)
    (beside / "big.png").write_bytes(PNG + b"\0" * PICTURE)
    (beside / "fake.png").write_text("<svg>")
    (beside / "link.png").symlink_to(beside / "shot.png")
    found = mention(project, "@public/a.png @shot.png @big.png @fake.png @link.png @../beside/shot.png")
    assert found.names == ["public/a.png (70 bytes)", "shot.png (70 bytes)"]
    assert [block["source"]["media_type"] for block in found.blocks] == ["image/png"] * 2
    assert "limit" in found.notes[0]
    assert "not a PNG" in found.notes[1]


def test_cells(project: Project) -> None:
    found = mention(project, "@In[1] @Out[1] @Out[7]", In=["", "1 + 1"], Out={1: 2})
    assert found.names == ["In[1] (5 bytes)", "Out[1] (1 bytes)"]
    assert found.notes == ["@Out[7] is left as written: there is no such cell in this session."]
