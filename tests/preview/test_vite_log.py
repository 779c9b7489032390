"""What Vite's log tells, in whatever order and pieces it comes."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.conftest import write_files
from vly_nb.preview.vite_log import ViteLog, without_ours

WRITTEN = 1_795_684_401_909_694_388  # nanoseconds
STYLE, PAGE = "src/index.css", "src/pages/Landing.tsx"


def saw(path: str, after: int = 0) -> str:
    """A file was written so many milliseconds after the first."""
    return f"vly: saw {WRITTEN + after * 1_000_000} {path}\n"


def failed(root: Path, path: str, after: int, whose: str = "Internal server") -> str:
    return (
        f"9:13:22 AM [vite] {whose} error: no-such-utility in {path}\n"
        f"  Plugin: a-plugin\n  File: {root}/{path}:3:2\n  1 | a\n"
        f"vly: failed {WRITTEN // 1_000_000 + after}\n"
    )


def updated(*paths: str) -> str:
    return f"9:13:22 AM [vite] (client) hmr update {', '.join(f'/{path}' for path in paths)}\n"


class Told:
    """A log that grows."""

    def __init__(self, root: Path) -> None:
        self.text = ""
        self.log = ViteLog(root, lambda offset: (self.text[offset:], len(self.text)))

    def tell(self, *lines: str) -> list[str | None]:
        """The files that are complained about then."""
        self.text += "".join(lines)
        return [one.path for one in self.log.read()]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_files(tmp_path, {STYLE: ".a {}\n", PAGE: "export {};\n"})


def test_a_module_is_complained_about_until_it_is_taken_up_anew(root: Path) -> None:
    told = Told(root)
    assert told.tell(saw(PAGE), failed(root, PAGE, 5, "Pre-transform")) == [PAGE]
    assert told.tell(saw(STYLE), updated(STYLE)) == [PAGE]
    assert told.tell(updated(STYLE, PAGE)) == []


def test_a_stylesheet_is_not_mended_by_the_pages_that_use_it(root: Path) -> None:
    """Tailwind fails only for who asks first; that may be because of a page, before the sheet's own news."""
    told = Told(root)
    assert told.tell(saw(PAGE), updated(STYLE, PAGE), failed(root, STYLE, 20)) == [STYLE]
    assert told.tell(saw(STYLE, 1), updated(STYLE)) == [STYLE]
    assert told.tell(saw(PAGE, 900), updated(STYLE, PAGE)) == [STYLE]
    assert told.tell(saw(STYLE, 1000)) == []


@pytest.mark.parametrize("path", [STYLE, "src/theme.css"])
def test_it_is_mended_by_any_stylesheet_also_by_one_that_goes(root: Path, path: str) -> None:
    told = Told(root)
    assert told.tell(failed(root, STYLE, 20)) == [STYLE]
    assert told.tell(f"vly: saw 0 {path}\n") == []


def test_what_failed_before_it_was_written_again_counts_no_more(root: Path) -> None:
    assert Told(root).tell(saw(STYLE), failed(root, STYLE, 20), saw(STYLE, 30)) == []


def test_in_pieces_it_tells_the_same(root: Path) -> None:
    told, text = Told(root), saw(PAGE) + failed(root, STYLE, 20) + saw(STYLE, 1) + failed(root, PAGE, 40)
    for letter in text:
        last = told.tell(letter)
    assert last == [STYLE, PAGE]
    assert told.log.knows(PAGE, WRITTEN) and told.log.knows(STYLE, WRITTEN + 1_000_000)


def test_an_error_that_never_ends_holds_nothing_up(root: Path) -> None:
    told = Told(root)
    assert told.tell("[vite] Internal server error: a plugin printed this\n") == []
    told.tell(saw(PAGE))
    assert told.log.knows(PAGE, WRITTEN)


def test_what_was_written_before_it_ran_is_known(root: Path) -> None:
    told = Told(root)
    told.tell(f"vly: up {WRITTEN // 1_000_000 + 5}\n", saw(PAGE, 10))
    assert told.log.knows(STYLE, WRITTEN) and not told.log.knows(STYLE, WRITTEN + 7_000_000)
    assert not told.log.knows(PAGE, WRITTEN + 11_000_000)


ERROR = "[vite] Internal server error: a\n"
HOSTILE = {
    "a number without end": f"vly: saw {'9' * 100_000} {PAGE}\nvly: up {'9' * 100_000}\n",
    "plugins and no file": ERROR + "  Plugin: b\n" * 100_000,
    "files and no end": ERROR + "  Plugin: b\n  File: c\n" * 50_000,
    "a place of colons": f"{ERROR}  Plugin: b\n  File: {':1' * 200_000}\nvly: failed 1\n",
    "a name of colons": f"{ERROR}  Plugin: b\n  File: {':' * 400_000}\nvly: failed 1\n",
    "a name that is none": f"{ERROR}  Plugin: b\n  File: a\0b\nvly: failed 1\n",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_attack_a_plugin_prints_what_would_take_for_ever(root: Path, text: str) -> None:
    told, began = Told(root), time.process_time()
    assert told.tell(text, saw(PAGE)) == []
    assert time.process_time() - began < 5
    assert told.log.knows(PAGE, WRITTEN)


def test_a_person_is_shown_what_vite_printed(root: Path) -> None:
    whole = saw(PAGE) + updated(PAGE) + "vly: failed 1\n"
    assert without_ours(whole) == updated(PAGE)
