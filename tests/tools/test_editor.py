"""The editor tool on odd files: what it shows, what it keeps, what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from vly_nb.errors import ToolError
from vly_nb.project.project import Project
from vly_nb.stacks.stacks import stack_of
from vly_nb.tools.draft import Draft
from vly_nb.tools.editor import EDITOR
from vly_nb.tools.tools import DELETE
from vly_nb.tools.workbench import Workbench


@pytest.fixture
def bench(app: Path) -> Workbench:
    project = Project.open(app)
    return Workbench(project, stack_of(app), Draft(project))


async def edit(bench: Workbench, **arguments: Any) -> str:
    return (await EDITOR.run(bench, **EDITOR.parse(arguments))).text


def write(bench: Workbench, label: str = "x") -> None:
    change = bench.draft.change_set()
    bench.project.apply(change, label=label)
    bench.draft.written(change)


async def test_view_numbers_lines_and_says_how_to_see_the_rest(bench: Workbench, app: Path) -> None:
    (app / "src/long.ts").write_text("".join(f"const a{n} = {n};\n" for n in range(1, 2501)))
    shown = await edit(bench, command="view", path="src/long.ts")
    assert shown.splitlines()[0] == "     1\tconst a1 = 1;"
    assert "500 more lines" in shown and "[2001, 2500]" in shown
    assert (await edit(bench, command="view", path="src/long.ts", view_range=[2499, -1])).splitlines() == [
        "  2499\tconst a2499 = 2499;",
        "  2500\tconst a2500 = 2500;",
    ]
    with pytest.raises(ToolError, match="1 to 2500"):
        await edit(bench, command="view", path="src/long.ts", view_range=[2501, 2502])


async def test_view_lists_a_folder_without_what_git_ignores_and_secrets(bench: Workbench, app: Path) -> None:
    (app / ".env.local").write_text("KEY=planted")
    (app / "node_modules").mkdir()
    (app / "node_modules/x.js").write_text("1")
    shown = (await edit(bench, command="view", path=".")).splitlines()
    assert "src/App.tsx" in shown and "src/convex/" in shown
    assert not any("env" in line or "node_modules" in line for line in shown)
    assert await edit(bench, command="view", path="src/convex") == "src/convex/tasks.ts"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("crlf.ts", b"const a = 1;\r\nconst b = 2;\r\n"),
        ("bom.ts", b"\xef\xbb\xbfconst a = 1;\nconst b = 2;\n"),
    ],
)
async def test_an_edit_keeps_line_endings_and_the_byte_order_mark(
    bench: Workbench, app: Path, name: str, data: bytes
) -> None:
    (app / "src" / name).write_bytes(data)
    await edit(
        bench,
        command="str_replace",
        path=f"src/{name}",
        old_str="const a = 1;\nconst b = 2;",
        new_str="const a = 1;\nconst b = 3;",
    )
    write(bench)
    assert (app / "src" / name).read_bytes() == data.replace(b"2", b"3")
    await edit(bench, command="view", path=f"src/{name}")
    await edit(bench, command="create", path=f"src/{name}", file_text="let c;\nlet d;\n")
    write(bench)
    ending = b"\r\n" if b"\r\n" in data else b"\n"
    mark = data[:3] if data[:3] == b"\xef\xbb\xbf" else b""
    assert (app / "src" / name).read_bytes() == mark + b"let c;" + ending + b"let d;" + ending


async def test_a_binary_a_huge_and_a_linked_file_are_refused_in_a_sentence(
    bench: Workbench, app: Path
) -> None:
    (app / "a.bin").write_bytes(b"\0\1\2")
    (app / "huge.ts").write_bytes(b"x" * 3_000_000)
    (app / "link.ts").symlink_to("/etc/hostname")
    for name, word in (
        ("a.bin", "binary"),
        ("huge.ts", "too big"),
        ("link.ts", "link"),
        ("none.ts", "isn't there"),
    ):
        with pytest.raises(ToolError, match=word):
            await edit(bench, command="view", path=name)
        with pytest.raises(ToolError):
            await edit(bench, command="str_replace", path=name, old_str="a", new_str="b")


async def test_a_file_that_was_not_read_is_not_overwritten(bench: Workbench) -> None:
    with pytest.raises(ToolError, match="exists already"):
        await edit(bench, command="create", path="src/App.tsx", file_text="x")
    await edit(bench, command="view", path="src/App.tsx")
    await edit(bench, command="create", path="src/App.tsx", file_text="export default 1;\n")


async def test_edits_of_one_step_see_each_other(bench: Workbench, app: Path) -> None:
    await edit(bench, command="create", path="src/a.ts", file_text="const a = 1;\n")
    await edit(bench, command="insert", path="src/a.ts", insert_line=1, insert_text="const b = 2;\n")
    await edit(bench, command="str_replace", path="src/a.ts", old_str="const b = 2;", new_str="const b = 3;")
    assert not (app / "src/a.ts").exists()
    write(bench)
    assert (app / "src/a.ts").read_text() == "const a = 1;\nconst b = 3;\n"


async def test_a_deletion_is_a_change_like_any_other(bench: Workbench, app: Path) -> None:
    await DELETE.run(bench, path="src/lib/sum.ts")
    write(bench)
    assert not (app / "src/lib").exists()
    bench.project.undo()
    assert "sum" in (app / "src/lib/sum.ts").read_text()


async def test_a_path_outside_the_project_is_refused(bench: Workbench) -> None:
    for path in ("../x.ts", "/etc/passwd", "src/../../x"):
        with pytest.raises(ToolError):
            await edit(bench, command="view", path=path)
        with pytest.raises(ToolError):
            await edit(bench, command="create", path=path, file_text="x")
