"""Edits: several hundred mutated edits of real sources, whose right answer is known by construction.

`pytest -s tests/project/test_edits.py -k table` prints what came of each kind.
"""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vly_nb.errors import ToolError
from vly_nb.project.edits import Edited, decode, insert, replace

SOURCES = {path.name: path.read_text("utf-8") for path in sorted(Path(__file__).parent.glob("sources/*"))}


@dataclass(frozen=True)
class Case:
    """An edit as sent, and the text that must come out; None when it must be refused."""

    kind: str
    text: str
    old: str
    new: str
    expected: str | None

    def run(self) -> str | None:
        try:
            return replace(self.text, self.old, self.new).text
        except ToolError:
            return None


@dataclass(frozen=True)
class Base:
    """A true edit: lines `start:end` of a file become `new`."""

    lines: tuple[str, ...]
    start: int
    end: int
    new: tuple[str, ...]

    @property
    def old(self) -> tuple[str, ...]:
        return self.lines[self.start : self.end]

    def result(self, ending: str = "\n") -> str:
        return ending.join([*self.lines[: self.start], *self.new, *self.lines[self.end :]])

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def bases(rng: random.Random, text: str) -> Iterator[Base]:
    """Unique runs of lines with a change of an identifier, a line more, a line less, or all new."""
    lines = tuple(text.split("\n"))
    while True:
        start = rng.randrange(len(lines) - 8)
        end = start + rng.randint(2, 6)
        old = lines[start:end]
        if not old[0].strip() or not old[-1].strip():
            continue
        if bare(text).count(bare("\n".join(old))) != 1 or sum(len(line.strip()) > 12 for line in old) < 2:
            continue
        at = rng.choice([n for n, line in enumerate(old) if re.search(r"[a-zA-Z]{4}", line)])
        indent = re.match(r"[ \t]*", old[at])[0]  # type: ignore[index]
        fresh = f"{indent}reportProgress({rng.randrange(10_000)}, state);"
        new = list(old)
        match rng.choice(["rename", "more", "less", "other"]):
            case "rename":
                new[at] = re.sub(r"[a-zA-Z]{4,}", lambda m: m[0] + "Renamed", new[at], count=1)
            case "more":
                new.insert(at, fresh)
            case "less":
                new[at : at + 1] = []
            case _:
                new[at] = fresh
        yield Base(lines, start, end, tuple(new))


def bare(text: str) -> str:
    return "\n".join(line.strip() for line in text.translate(str.maketrans("‘’“”", "''\"\"")).split("\n"))


def numbered(base: Base, rng: random.Random) -> Case:
    old = [f"{base.start + n + 1:6}\t{line}" for n, line in enumerate(base.old)]
    new = list(base.new)
    if rng.random() < 0.5:  # the model numbers its own lines on, too
        new = [f"{base.start + n + 1:6}\t{line}" for n, line in enumerate(new)]
    end = rng.choice(["", "\n"])
    return Case("line numbers", base.text, "\n".join(old) + end, "\n".join(new) + end, base.result())


def outer_blank(base: Base, rng: random.Random) -> Case:
    top, bottom = rng.choice([("\n\n\n", "\n\n\n"), ("\n \n\n", ""), ("", "\n\n\n")])
    old, new = top + "\n".join(base.old) + bottom, top + "\n".join(base.new) + bottom
    return Case("outer blank lines", base.text, old, new, base.result())


def trailing_in_old(base: Base, rng: random.Random) -> Case:
    at = rng.randrange(len(base.old))
    old = [line + ("  " if n == at else "") for n, line in enumerate(base.old)]
    kept = base.old[at]
    new = [line + ("  " if line == kept else "") for line in base.new]
    return Case("trailing space (edit)", base.text, "\n".join(old), "\n".join(new), base.result())


def trailing_in_file(base: Base, rng: random.Random) -> Case | None:
    """The file's own trailing space stays on a line that is kept."""
    at = rng.randrange(base.start, base.end - 1)
    kept = base.lines[at]
    if base.old.count(kept) > 1:
        return None
    lines = [line + (" \t" if n == at else "") for n, line in enumerate(base.lines)]
    out = [line + (" \t" if line == kept else "") for line in base.new]
    expected = "\n".join([*lines[: base.start], *out, *lines[base.end :]])
    return Case("trailing space (file)", "\n".join(lines), "\n".join(base.old), "\n".join(base.new), expected)


def curl(line: str) -> str:
    line = re.sub(r'"([^"]*)"', r"“\1”", line)
    return line.replace("'", "’")


def curly_in_edit(base: Base, rng: random.Random) -> Case | None:
    old, new = "\n".join(base.old), "\n".join(base.new)
    if old == curl(old) or re.search("[‘’“”]", old):
        return None
    return Case("curly quotes (edit)", base.text, curl(old), curl(new), base.result())


def curly_in_file(base: Base, rng: random.Random) -> Case | None:
    """Typographic text in the file, plain quotes in the edit; the changed line has none."""
    straight = str.maketrans("‘’“”", "''\"\"")
    old, new = "\n".join(base.old), "\n".join(base.new)
    if old == old.translate(straight):
        return None
    return Case(
        "curly quotes (file)", base.text, old.translate(straight), new.translate(straight), base.result()
    )


def indented(base: Base, rng: random.Random) -> Case:
    add = rng.choice(["  ", "    ", "\t"])
    old = [add + line if line.strip() else line for line in base.old]
    new = [add + line if line.strip() else line for line in base.new]
    return Case("indent more", base.text, "\n".join(old), "\n".join(new), base.result())


def outdented(base: Base, rng: random.Random) -> Case | None:
    least = min(len(line) - len(line.lstrip()) for line in (*base.old, *base.new) if line.strip())
    if not least:
        return None
    old = [line[least:] if line.strip() else line for line in base.old]
    new = [line[least:] if line.strip() else line for line in base.new]
    return Case("indent less", base.text, "\n".join(old), "\n".join(new), base.result())


def crlf_file(base: Base, rng: random.Random) -> Case:
    text = base.text.replace("\n", "\r\n")
    return Case("CRLF file", text, "\n".join(base.old), "\n".join(base.new), base.result("\r\n"))


def crlf_edit(base: Base, rng: random.Random) -> Case:
    return Case("CRLF edit", base.text, "\r\n".join(base.old), "\r\n".join(base.new), base.result())


def mixed_file(base: Base, rng: random.Random) -> Case | None:
    """Every line keeps the ending it has; only a changed run is replaced by as long a one."""
    if len(base.new) != len(base.old):
        return None
    ends = [rng.choice(["\n", "\r\n"]) for _ in base.lines]
    text = "".join(line + end for line, end in zip(base.lines, ends, strict=True))
    after = [*base.lines[: base.start], *base.new, *base.lines[base.end :]]
    expected = "".join(line + end for line, end in zip(after, ends, strict=True))
    return Case("mixed endings", text, "\n".join(base.old), "\n".join(base.new), expected)


def crlf_and_trailing(base: Base, rng: random.Random) -> Case:
    old = "".join(line + " \n" for line in base.old)
    new = "".join(line + "\n" for line in base.new)
    return Case("CRLF, trailing space", base.text.replace("\n", "\r\n"), old, new, base.result("\r\n"))


def exact(base: Base, rng: random.Random) -> Case:
    return Case("exact", base.text, "\n".join(base.old), "\n".join(base.new), base.result())


def replaced(base: Base, lines: list[str]) -> tuple[str, str]:
    return "\n".join(lines), "\n".join(base.new)


def twice(base: Base, rng: random.Random) -> Case:
    text = base.text + "\n" + "\n".join(base.old) + "\n"
    return Case("! there twice", text, "\n".join(base.old), "\n".join(base.new), None)


def twice_when_normalised(base: Base, rng: random.Random) -> Case:
    shape = rng.choice([lambda line: line + " ", lambda line: "  " + line, lambda line: line + "\t"])
    text = base.text + "\n" + "\n".join(shape(line) for line in base.old) + "\n"
    old = [line + "   " for line in base.old]
    if shape("x").startswith(" "):
        old = ["    " + line for line in base.old]
    return Case("! twice when normalised", text, "\n".join(old), "\n".join(base.new), None)


def applied(base: Base, rng: random.Random) -> Case | None:
    if set(base.new) <= set(base.old):
        return None  # a line less: what is left says nothing about what was
    return Case("! already applied", base.result(), "\n".join(base.old), "\n".join(base.new), None)


def applied_look_alike(base: Base, rng: random.Random) -> Case | None:
    """It was done; a copy of the old text with another indent must not be hit by the second sending."""
    if set(base.new) <= set(base.old):
        return None
    copy = "\n".join("        " + line for line in base.old)
    old = [line + " " for line in base.old]
    return Case(
        "! applied, look-alike left", f"{base.result()}\n{copy}\n", "\n".join(old), "\n".join(base.new), None
    )


def stale(base: Base, rng: random.Random) -> Case | None:
    at = rng.randrange(base.start, base.end)
    lines = list(base.lines)
    lines[at] = re.sub(r"[a-zA-Z]{3,}", "somebodyElse", lines[at], count=1)
    if lines[at] == base.lines[at]:
        return None
    return Case("! partially stale", "\n".join(lines), "\n".join(base.old), "\n".join(base.new), None)


def string_space(base: Base, rng: random.Random) -> Case | None:
    old = [re.sub(r'"(\w[^" ]*) ', r'"\1  ', line) for line in base.old]
    if old == list(base.old):
        return None
    return Case("! space in a string", base.text, *replaced(base, old), None)


def wrong_line(base: Base, rng: random.Random) -> Case | None:
    old = list(base.old)
    other = rng.choice(base.lines)
    at = rng.randrange(len(old))
    if other.strip() == old[at].strip() or not other.strip():
        return None
    old[at] = other
    if bare("\n".join(old)) in bare(base.text):
        return None
    return Case("! a wrong line", base.text, *replaced(base, old), None)


def wrong_name(base: Base, rng: random.Random) -> Case | None:
    old = list(base.old)
    at = rng.randrange(len(old))
    old[at] = re.sub(r"[a-z]{3,}", lambda m: m[0][:-1] + "q", old[at], count=1)
    if old[at] == base.old[at] or "\n".join(old) in base.text:
        return None
    return Case("! a wrong name", base.text, *replaced(base, old), None)


def uneven_indent(base: Base, rng: random.Random) -> Case | None:
    old = ["  " + line for line in base.old]
    old[-1] = " " + old[-1]
    if sum(bool(line.strip()) for line in base.old) < 2:
        return None
    return Case("! uneven indent", base.text, *replaced(base, old), None)


def swapped(base: Base, rng: random.Random) -> Case | None:
    old = list(base.old)
    old[0], old[-1] = old[-1], old[0]
    if old[0].strip() == old[-1].strip() or bare("\n".join(old)) in bare(base.text):
        return None
    return Case("! lines swapped", base.text, *replaced(base, old), None)


KINDS: list[Callable[[Base, random.Random], Case | None]] = [
    exact, crlf_file, crlf_edit, mixed_file, crlf_and_trailing, numbered, outer_blank, trailing_in_old,
    trailing_in_file, curly_in_edit, curly_in_file, indented, outdented, twice, twice_when_normalised,
    applied, applied_look_alike, stale, string_space, wrong_line, wrong_name, uneven_indent, swapped,
]  # fmt: skip


def cases(seed: int = 1, each: int = 6) -> list[Case]:
    rng = random.Random(seed)
    found = []
    for text in SOURCES.values():
        supply = bases(rng, text)
        for kind in KINDS:
            made = (kind(next(supply), rng) for _ in range(60))
            found += [case for case in made if case and case.old != case.new][:each]
    return found


def test_mutated_edits_table() -> None:
    """None wrong, at least 95 % right."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    wrong, refused = [], []
    for case in cases():
        total[case.kind] += 1
        got = case.run()
        if got == case.expected:
            right[case.kind] += 1
        elif got is None:
            refused.append(case)
        else:
            wrong.append(case)
    print(f"\n{'kind':28} {'cases':>5} {'right':>5}")
    for kind in total:
        print(f"{kind:28} {total[kind]:5} {right[kind]:5}")
    print(f"{'all':28} {total.total():5} {right.total():5}   wrong {len(wrong)}, refused {len(refused)}")
    assert total.total() >= 300
    assert not wrong, wrong[0]
    assert right.total() >= 0.95 * total.total(), refused[0]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 7))
def test_mutated_edits_of_other_seeds_are_never_wrong(seed: int) -> None:
    results = [(case, case.run()) for case in cases(seed, 20)]
    wrong = [case for case, got in results if got is not None and got != case.expected]
    assert not wrong, wrong[0]
    assert sum(got == case.expected for case, got in results) >= 0.95 * len(results)


F = "function a() {\n  foo(1);\n  bar(2);\n}\n\nfunction b() {\n  foo(1);\n  baz(3);\n}\n"


def refusal(text: str, old: str, new: str) -> str:
    with pytest.raises(ToolError) as caught:
        replace(text, old, new)
    return str(caught.value)


def test_each_tier_names_itself() -> None:
    tiers = {
        "exact": replace(F, "  bar(2);", "  bar(4);"),
        "line endings": replace(F, "foo(1);\r\n  bar(2);", "foo(1);\r\n  bar(4);"),
        "line numbers": replace(F, "     3\t  bar(2);\n", "     3\t  bar(4);\n"),
        "outer blank lines": replace(F, "\n\n  bar(2);\n\n", "\n\n  bar(4);\n\n"),
        "trailing space": replace(F, "  bar(2); ", "  bar(4);"),
        "indent": replace(F, "foo(1);\nbar(2);", "foo(1);\nbar(4);"),
    }
    want = F.replace("bar(2)", "bar(4)")
    for tier, edited in tiers.items():
        assert (edited.tier, edited.text, edited.end_line) == (tier, want, 3)
    assert replace('say("x");\n', "say(“x”);", "say(“y”);") == Edited('say("y");\n', "curly quotes", 1, 1)


def test_what_a_refusal_says() -> None:
    assert "empty" in refusal(F, "", "x")
    assert "the same" in refusal(F, "a", "a")
    assert "2 times, at lines 2, 7" in refusal(F, "  foo(1);", "x")
    message = refusal(F, "  foo(1);\n  barz(2);", "x")
    assert "     3\t  bar(2);" in message and "Line 3 differs" in message
    assert "Already applied: `new` stands at line 8" in refusal(F, "  old(1);", "  baz(3);")
    assert "nor anything like it" in refusal(F, "@@@@@@@@", "x")


def test_an_insertion_sent_twice_is_refused() -> None:
    once = replace(F, "  bar(2);", "  bar(2);\n  bar2();").text
    assert "Already applied" in refusal(once, "  bar(2);", "  bar(2);\n  bar2();")
    before = replace(F, "foo(1);\n  bar", "foo(1);\n  bar2();\n  bar").text
    assert "Already applied" in refusal(before, "foo(1);\n  bar", "foo(1);\n  bar2();\n  bar")


def test_dollar_signs_and_backslashes_are_only_text() -> None:
    assert replace("a b c", "b", r"$& \1 $1 \g<0>").text == r"a $& \1 $1 \g<0> c"


def test_typographic_quotes_in_the_file_stay_where_the_line_is_changed_beside_them() -> None:
    text = "<p>It’s “great”</p>\n<b>x</b>\n"
    edited = replace(text, '<p>It\'s "great"</p>', '<p>It\'s "awesome"</p>')
    assert edited.text == "<p>It’s “awesome”</p>\n<b>x</b>\n"
    # whether plain quotes in the middle are text or code, nobody can tell
    assert "other quotes" in refusal(text, '<p>It\'s "great"</p>', '<p>{"It was"} <i>"great"</i></p>')


def test_a_byte_order_mark_stays() -> None:
    data = b"\xef\xbb\xbfconst a = 1;\r\nconst b = 2;\r\n"
    text = decode(data)
    assert (text.bom, text.text[:5]) == (True, "const")
    assert text.encode() == data
    assert replace("\ufeff" + text.text, "const a = 1;\nconst b", "let a = 1;\nconst b").text == (
        "\ufefflet a = 1;\r\nconst b = 2;\r\n"
    )


@pytest.mark.parametrize("data", [b"\xff\xfea\0", b"caf\xe9", b"a\0b"])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(ToolError, match=r"logo\.png"):
        decode(data, "logo.png")


@pytest.mark.parametrize(
    ("text", "after", "new", "want"),
    [
        ("a\r\nb\r\n", 1, "x\ny\n", "a\r\nx\r\ny\r\nb\r\n"),
        ("a\nb", 2, "c", "a\nb\nc"),
        ("a\nb", 2, "c\n", "a\nb\nc\n"),
        ("a\nb", 1, "c", "a\nc\nb"),
        ("a\n", 0, "z", "z\na\n"),
        ("", 0, "z\n", "z\n"),
        ("a\n", 1, "\n", "a\n\n"),
    ],
)
def test_insert(text: str, after: int, new: str, want: str) -> None:
    assert insert(text, after, new).text == want


@pytest.mark.parametrize(
    ("after", "new", "why"),
    [(9, "x", "no line 9"), (-1, "x", "no line -1"), (1, "", "empty"), (1, "b\n", "Already applied")],
)
def test_insert_refuses(after: int, new: str, why: str) -> None:
    with pytest.raises(ToolError, match=why):
        insert("a\nb\n", after, new)


@pytest.mark.parametrize(
    ("text", "old"),
    [
        ("a\n" * 200_000, "  a\n" * 50_000),
        (" " * 1_000_000, " " * 1000 + "x"),
        ("a" * 1_000_000, "a" * 50_000 + "b"),
        ("x = 1;\n" * 100_000, "y = 1;\n" * 20_000),
    ],
)
def test_a_hostile_edit_cannot_hang_the_editor(text: str, old: str) -> None:
    began = time.process_time()
    with pytest.raises(ToolError):
        replace(text, old, "new")
    assert time.process_time() - began < 5


def test_an_edit_never_splits_a_line_ending() -> None:
    """A place found to the letter could begin at the LF of a CRLF, and leave a lone CR."""
    with pytest.raises(ToolError):
        replace("a\r\na", "\na", "a\na")
    assert replace("a\r\nb\r\nc", "a\n", "x\n").text == "x\r\nb\r\nc"


lines = st.lists(st.sampled_from(["a", " a", "  b", "", "c ", "\tc", "“q”", '"q"', "1\ta", "}"]), max_size=8)


@settings(max_examples=300, deadline=None)
@given(lines, lines, lines, st.sampled_from(["\n", "\r\n"]))
def test_whatever_is_edited_the_rest_of_the_file_stays(
    body: list[str], old: list[str], new: list[str], ending: str
) -> None:
    """Property: outside the lines written, not a byte differs; and an edit is refused or not the same."""
    text = ending.join(body)
    try:
        edited = replace(text, "\n".join(old), "\n".join(new))
    except ToolError:
        return
    head = text.split(ending)[: edited.line - 1]
    assert edited.text.split(ending)[: edited.line - 1] == head
    tail = edited.text.split(ending)[edited.end_line :]
    assert new[-1:] == [""] or not tail or text.split(ending)[-len(tail) :] == tail
    assert ending not in text or ending == "\n" or "\n" not in edited.text.replace("\r\n", "")
