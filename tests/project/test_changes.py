"""Changes and hunks: any subset can be taken, what is left is the rest, and git understands the diff."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vly_nb.errors import ProjectError
from vly_nb.project.changes import ChangeSet, FileChange

LINES = st.lists(st.sampled_from(["a", "b", "c", "", "  x", "é", "\u2028y", "z\x0c", "\r"]), max_size=40)
NAMES = ["plain.ts", "with space.ts", 'quo"te.ts', "ünï.ts", "deep/er/x.ts"]
ENDINGS = st.sampled_from(["\n", "\r\n"])


@st.composite
def texts(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """A text and an edit of it: lines taken out, put in, replaced; either may end without a line feed."""
    ending = draw(ENDINGS)
    before = [f"{number} {line}" for number, line in enumerate(draw(LINES))]
    after: list[str] = []
    for line in before:
        what = draw(st.sampled_from("kkkkkkkdrib"))
        after += {"k": [line], "d": [], "r": [line + "!"], "i": ["new", line], "b": [line, "", "new"]}[what]
    ends = draw(st.booleans()), draw(st.booleans())
    both = (
        ending.join(lines) + (ending if end and lines else "")
        for lines, end in zip((before, after), ends, strict=True)
    )
    return tuple(text.encode() for text in both)  # type: ignore[return-value]


@settings(max_examples=300, deadline=None)
@given(texts(), st.data())
def test_any_hunks_and_the_rest_make_the_whole(pair: tuple[bytes, bytes], data: st.DataObject) -> None:
    before, after = pair
    whole = ChangeSet((FileChange("a.ts", before, after),))
    numbers = [hunk.number for hunk in whole.changes[0].hunks]
    assert numbers == list(range(1, len(numbers) + 1))
    taken = frozenset(data.draw(st.sets(st.sampled_from(numbers)))) if numbers else frozenset()
    chosen = whole.pick({"a.ts": taken})
    middle = chosen.changes[0].after if chosen else before
    left = whole.without(chosen)
    assert (left.changes[0].before if left else middle) == middle
    assert (left.changes[0].after if left else middle) == after
    if left and chosen:  # the rest is exactly the hunks that were not taken
        assert len(left.changes[0].hunks) <= len(numbers) - len(taken) + 1
        assert left.changes[0].added == whole.changes[0].added - chosen.changes[0].added
        assert left.changes[0].removed == whole.changes[0].removed - chosen.changes[0].removed


@settings(max_examples=300, deadline=None)
@given(texts())
def test_all_hunks_are_the_change_and_none_are_nothing(pair: tuple[bytes, bytes]) -> None:
    change = FileChange("a.ts", *pair)
    assert change.pick(frozenset(hunk.number for hunk in change.hunks)) == change
    assert change.pick(frozenset()).after == change.before
    assert change.inverse().inverse() == change
    lines = pair[1].decode().split("\n")
    for hunk in change.hunks:
        assert hunk.before_count == sum(tag != "+" for tag, _ in hunk.lines)
        assert hunk.after_count == sum(tag != "-" for tag, _ in hunk.lines)
    for number in change.touched_lines:
        assert 1 <= number <= len(lines)
    assert len(change.touched_lines) == change.added


@settings(max_examples=40, deadline=None)
@given(
    texts(),
    st.sampled_from(["plain.ts", "with space.ts", 'quo"te.ts', "ünï.ts", "deep/er/x.ts"]),
    st.sampled_from("mcd"),
)
def test_git_applies_our_diff(pair: tuple[bytes, bytes], name: str, kind: str) -> None:
    if shutil.which("git") is None:
        pytest.skip("git isn't installed")
    before = None if kind == "c" else pair[0]
    after = None if kind == "d" else pair[1]
    change = FileChange(name, before, after)
    if before == after or not change.hunks:
        return
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, name)
        place.parent.mkdir(parents=True, exist_ok=True)
        if before is not None:
            place.write_bytes(before)
        diff = change.unified().encode()
        done = subprocess.run(["git", "apply", "-"], cwd=folder, input=diff, capture_output=True)
        assert done.returncode == 0, done.stderr
        assert (place.read_bytes() if place.exists() else None) == after


def test_a_diff_reads_as_git_prints_it() -> None:
    change = FileChange("src/a.ts", b"one\ntwo\nthree", b"one\n2\nthree\n", 0o755)
    assert change.unified() == (
        "diff --git a/src/a.ts b/src/a.ts\n--- a/src/a.ts\n+++ b/src/a.ts\n@@ -1,3 +1,3 @@\n"
        " one\n-two\n-three\n"
        "\\ No newline at end of file\n+2\n+three\n"
    )
    assert (change.kind, change.added, change.removed) == ("modified", 2, 2)
    assert change.touched_lines == {2, 3}


def test_a_binary_file_is_taken_whole_or_not_at_all() -> None:
    change = ChangeSet((FileChange("a.png", b"\x89PNG\0", b"\x89PNG\0\1"),))
    assert change.changes[0].binary
    assert change.changes[0].hunks == ()
    assert "Binary files" in change.unified()
    assert change.pick({"a.png": None}) == change
    with pytest.raises(ProjectError, match="can only be taken whole"):
        change.pick({"a.png": frozenset({1})})


def test_a_hunk_or_a_path_that_isnt_there_is_named() -> None:
    change = ChangeSet((FileChange("a.ts", b"1\n", b"2\n"),))
    with pytest.raises(ProjectError, match=r"a\.ts has no hunks 3, 4: it has 1 to 1"):
        change.pick({"a.ts": frozenset({1, 3, 4})})
    with pytest.raises(ProjectError, match=r"b\.ts isn't in the change set"):
        change.pick({"b.ts": None})


def test_a_set_is_sorted_and_has_each_path_once() -> None:
    one, two = FileChange("b", None, b"1"), FileChange("a", None, b"2")
    assert ChangeSet((one, two)).paths == ("a", "b")
    with pytest.raises(ValueError, match="changed twice"):
        ChangeSet((one, FileChange("b", None, b"3")))
    assert not ChangeSet()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x\n" * 20_000, "x\n" * 9_000 + "y\n" + "x\n" * 12_000),
        ("".join(f"{n % 7}\n" for n in range(20_000)), "".join(f"{n % 5}\n" for n in range(20_000))),
        ("".join(f"{n}\n" for n in range(50_000)), "".join(f"{n}\n" for n in range(50_000) if n % 100)),
    ],
    ids=["one line over and over", "few lines mixed", "many small hunks"],
)
def test_a_text_made_to_stall_the_matcher_is_still_quick(before: str, after: str) -> None:
    change = FileChange("a", before.encode(), after.encode())
    began = time.process_time()
    hunks = change.hunks
    assert time.process_time() - began < 3
    assert hunks
    assert change.pick(frozenset(hunk.number for hunk in hunks[::2])).after is not None
