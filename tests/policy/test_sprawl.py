"""minimal-diff: a change that goes far beyond the wish is noted; building an app is not."""

from __future__ import annotations

import pytest

from vly_nb.diagnostics import Severity
from vly_nb.policy.sprawl import sprawl
from vly_nb.project.changes import ChangeSet, FileChange

LONG = "".join(f"const value{n} = {n};\n" for n in range(400))
TWO = """\
export function first(a: string) {
  const text = 'one';
  return [a, text];
}

export function second(b: string) {
  return b;
}
"""


def file(path: str, before: str | None, after: str | None) -> FileChange:
    return FileChange(
        path, before.encode() if before is not None else None, after.encode() if after is not None else None
    )


def notes(*changes: FileChange, wish: str = "Make the headline blue") -> list[str]:
    found = list(sprawl(ChangeSet(changes), wish))
    assert all((d.code, d.severity) == ("minimal-diff", Severity.INFO) for d in found)
    return [f"{d.where} {d.message}".strip() for d in found]


def many(count: int) -> list[FileChange]:
    return [file(f"src/f{n}.ts", "const a = 1;\n", "const a = 2;\n") for n in range(count)]


def test_more_than_eight_files_or_six_hundred_lines_are_noted() -> None:
    assert notes(*many(8)) == []
    assert notes(*many(9))[0].startswith("This changes 9 files")
    (note,) = notes(file("src/a.ts", LONG, LONG.replace("value", "other")))
    assert "800 lines" in note


# -- the catalogue's trap: the first build of an app is large ---------------------------


def test_the_first_build_of_an_app_is_not_called_large() -> None:
    new = [file(f"src/pages/P{n}.tsx", None, LONG) for n in range(12)]
    assert notes(*new, file("src/pages/Landing.tsx", LONG, LONG.replace("value", "hero"))) == []
    gone = [file(f"src/components/C{n}.tsx", LONG, None) for n in range(12)]
    assert notes(*gone) == []


@pytest.mark.parametrize(
    "wish",
    [
        "Build an app for sharing recipes",
        "Rename the brand everywhere",
        "Translate every page",
        "Redesign it",
        "x" * 700,
    ],
)
def test_a_large_wish_may_have_a_large_answer(wish: str) -> None:
    assert notes(*many(20), wish=wish) == []


# -- formatting --------------------------------------------------------------------------


def test_formatting_in_a_function_that_is_not_touched_is_noted() -> None:
    after = TWO.replace("'one'", '"one"').replace("return b;", "return b + b;")
    assert notes(file("src/a.ts", TWO, after)) == [
        "src/a.ts:2:1 Only the formatting differs here; put it back. Keep the edit to what the wish needs."
    ]
    wrapped = TWO.replace("  return [a, text];\n", "  return [\n    a,\n    text,\n  ]\n")
    (note,) = notes(file("src/a.ts", TWO, wrapped))
    assert note.startswith("src/a.ts:3:1")


def test_formatting_beside_a_real_change_of_the_same_function_is_fine() -> None:
    after = TWO.replace("'one'", '"one"').replace("return [a, text]", "return [text, a]")
    assert notes(file("src/a.ts", TWO, after)) == []
    before = "export const A = () => (\n  <p>\n    hello\n  </p>\n);\n"
    deeper = "export const A = () => (\n  <div>\n    <p>\n      hello\n    </p>\n  </div>\n);\n"
    assert notes(file("src/A.tsx", before, deeper)) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("const a = 'x y';\n", "const a = 'xy';\n"),
        ("const a = <p>Hello world</p>;\n", "const a = <p>Helloworld</p>;\n"),
        ("const a = [1, 2];\n", "const a = [12];\n"),
        ("return a;\n", "returna;\n"),
        ('const a = "it\'s";\n', "const a = 'its';\n"),
    ],
)
def test_a_change_of_meaning_is_no_formatting(before: str, after: str) -> None:
    assert notes(file("src/a.tsx", before, after)) == []


def test_only_code_is_looked_at_for_formatting() -> None:
    assert notes(file("README.md", "a  b\n", "a b\n")) == []
    assert notes(FileChange("src/a.ts", b"\xff\xfe", b"\xff")) == []
    assert notes(file("src/a.ts", "const a = 1;\n", "const a = 1;\n\n\n")) == []
