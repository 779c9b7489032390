"""auth-files-read-only: files and blocks that say so, what sign-in needs, and what stays open."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import write_files
from vly_nb.policy.read_only import blocks, file_is_marked
from vly_nb.project.changes import ChangeSet, FileChange
from vly_nb.project.project import Project
from vly_nb.stacks.convex_react.stack import HERE
from vly_nb.stacks.stacks import stack_of

SHEET = """\
@import "tailwindcss";

/* DO NOT CHANGE: the base of the theme */
:root {
  --radius: 0.5rem;
  --primary: oklch(0.2 0 0);
}

.mine {
  color: red;
}
"""
TOOLBAR = """\
import { useState } from "react";

// DO NOT MODIFY
export function bar(a: number) {
  return a + 1;
}

export const mine = 1;
"""
PAGE = """\
export default function Page() {
  return (
    <main>
      {/* DO NOT CHANGE */}
      <footer>
        Made with vly
      </footer>
      <p>mine</p>
    </main>
  );
}
"""


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """The template, with some marked files."""
    root = tmp_path / "app"
    shutil.copytree(HERE / "template", root)
    write_files(
        root,
        {
            "src/index2.css": SHEET,
            "src/toolbar.ts": TOOLBAR,
            "src/pages/Marked.tsx": PAGE,
            "src/marked.ts": '"use client";\n\n// THIS FILE IS READ ONLY. DO NOT EDIT\nexport const a = 1;\n',
            "src/instrumentation.tsx": "export const a = 1;\n",
            "src/vly/vly-toolbar-readonly.tsx": "export const a = 1;\n",
            "src/convex/http.ts": "// DO NOT MODIFY\n" + (root / "src/convex/http.ts").read_text(),
        },
    )
    opened = Project.open(root, protected=stack_of(root).read_only(root))
    yield opened
    opened.close()


def refused(project: Project, path: str, old: str | None = None, new: str = "") -> list[str]:
    """Codes of what stands against replacing `old` in a file (deleting it, if None)."""
    before = project.read(path).data if project.exists(path) else None
    text = (before or b"").decode()
    assert old is None or old in text
    after = None if old is None else (text.replace(old, new, 1) if old else new).encode()
    change = ChangeSet((FileChange(path, before, after),))
    guards = stack_of(project.root).guards(project)
    return [d.code for d in project.judge(change, guards) if d.severity == "error"]


MARKED = "auth-files-read-only"


@pytest.mark.parametrize(
    ("path", "old", "code"),
    [
        ("src/convex/auth.ts", "providers", "protected-file"),
        ("src/convex/auth.config.ts", "providers", "protected-file"),
        ("src/convex/auth/emailOtp.ts", "15", "protected-file"),
        ("src/convex/auth/google.ts", "", "protected-file"),
        ("src/convex/_generated/api.d.ts", "import", "protected-file"),
        ("src/hooks/use-auth.ts", "isLoading", MARKED),
        ("src/instrumentation.tsx", "1", MARKED),
        ("src/vly/vly-toolbar-readonly.tsx", "1", MARKED),
        ("src/marked.ts", "1", MARKED),
        ("src/convex/users.ts", "getCurrentUser(ctx);\n  },", MARKED),
        ("src/index2.css", "0.5rem", MARKED),
        ("src/index2.css", "/* DO NOT CHANGE: the base of the theme */\n", MARKED),
        ("src/index2.css", ":root {\n", MARKED),
        ("src/toolbar.ts", "a + 1", MARKED),
        ("src/toolbar.ts", "// DO NOT MODIFY\n", MARKED),
        ("src/pages/Marked.tsx", "Made with vly", MARKED),
    ],
)
def test_what_is_read_only_is_not_changed(project: Project, path: str, old: str, code: str) -> None:
    found = refused(project, path, old, "export const b = 2;\n")
    assert [one for one in found if one != "syntax"] == [code]
    if project.exists(path):
        assert refused(project, path) == [code]


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("src/index2.css", "red", "blue"),
        ("src/index2.css", "@import", "/* more */\n@import"),
        ("src/toolbar.ts", "mine = 1", "mine = 2"),
        ("src/pages/Marked.tsx", "<p>mine</p>", "<p>yours</p>"),
        ("src/convex/users.ts", 'throw new ConvexError("Please', 'throw new ConvexError("Do please'),
        ("src/main.tsx", "<StrictMode>", "<StrictMode key={1}>"),
    ],
)
def test_beside_what_is_read_only_there_is_room(project: Project, path: str, old: str, new: str) -> None:
    assert refused(project, path, old, new) == []


def test_a_block_may_move_but_not_be_taken_into_a_comment(project: Project) -> None:
    block = TOOLBAR[TOOLBAR.index("// DO NOT") : TOOLBAR.index("\nexport const mine")]
    moved = TOOLBAR.replace(block, "") + "\n" + block
    assert refused(project, "src/toolbar.ts", TOOLBAR, moved) == []
    assert refused(project, "src/toolbar.ts", block, f"/*\n{block}*/\n") == [MARKED]
    assert refused(project, "src/toolbar.ts", block, f"const a = `\n{block}`;\n") == [MARKED]


def test_attack_a_file_made_unreadable_is_still_a_change_of_its_block(project: Project) -> None:
    before = project.read("src/toolbar.ts").data
    change = ChangeSet((FileChange("src/toolbar.ts", before, before + b"\xff"),))
    found = project.judge(change, stack_of(project.root).guards(project))
    assert [d.code for d in found] == [MARKED]


# -- the catalogue's traps -----------------------------------------------------------------


def test_http_routes_can_be_added(project: Project) -> None:
    """Whatever its first line says; that the sign-in routes stay is the rule auth-http-routes'."""
    route = 'http.route({ path: "/hook", method: "POST", handler: hook });\n\nexport default'
    assert refused(project, "src/convex/http.ts", "export default", route) == []
    text = project.read("src/convex/http.ts").data.decode()
    lost = text.replace("auth.addHttpRoutes(http);\n", "")
    change = ChangeSet((FileChange("src/convex/http.ts", text.encode(), lost.encode()),))
    project.apply(change, label="x", guards=stack_of(project.root).guards(project))
    remarks = stack_of(project.root).remarks(project, change, "")
    assert "auth-http-routes" in [d.code for d in remarks if d.severity == "error"]


def test_what_sign_in_needs_can_be_made_where_it_is_missing(project: Project) -> None:
    (project.root / "src/hooks/use-auth.ts").unlink()
    project.observe("gone")
    assert refused(project, "src/hooks/use-auth.ts", "", "export const useAuth = () => 1;\n") == []


def test_a_project_without_convex_auth_has_its_own_way_to_sign_in(app: Path) -> None:
    write_files(
        app,
        {
            "src/hooks/use-auth.ts": "export const useAuth = () => 1;\n",
            "src/convex/users.ts": "export const currentUser = 1;\n",
        },
    )
    project = Project.open(app)
    assert refused(project, "src/hooks/use-auth.ts", "1", "2") == []
    assert refused(project, "src/convex/users.ts", "1", "2") == []
    project.close()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("src/a.ts", "// do not modify the list while it is read\nconst a = 1;\n"),
        ("src/a.ts", 'const a = "DO NOT CHANGE";\n'),
        ("src/a.tsx", "const a = <p>DO NOT MODIFY</p>;\n"),
        ("README.md", "# DO NOT CHANGE\n\nThis is how.\n"),
        ("src/a.ts", "import a;\n// END: DO NOT CHANGE\nconst a = 1;\n"),
        ("src/a.json", '{ "// DO NOT CHANGE": 1 }\n'),
    ],
)
def test_prose_and_texts_are_no_marks(path: str, text: str) -> None:
    assert not file_is_marked(path, text)
    assert blocks(path, text) == []


@pytest.mark.parametrize(
    ("path", "text", "marked"),
    [
        ("a.ts", "/*\n  Sign-in.\n  THIS FILE IS READ ONLY\n*/\nimport a from 'a';\n", True),
        ("a.ts", "// DO NOT MODIFY\nimport a from 'a';\n", True),
        ("a.ts", "\n\n\n\n\n// DO NOT MODIFY\nimport a from 'a';\n", False),
        ("a.ts", "import a from 'a';\n// DO NOT MODIFY\nconst b = 1;\n", False),
        ("a.css", "/* DO NOT CHANGE */\n:root {}\n", False),
        ("a.css", "/* THIS FILE IS READ ONLY */\n:root {}\n", True),
        ("a.css", "/* DO NOT CHANGE THIS FILE */\n:root {}\n", True),
        ("index.html", "<!-- DO NOT MODIFY -->\n<html></html>\n", True),
        ("a.yaml", "# DO NOT CHANGE\na: 1\n", True),
    ],
)
def test_only_the_head_of_a_file_speaks_for_all_of_it(path: str, text: str, marked: bool) -> None:
    assert file_is_marked(path, text) is marked


@pytest.mark.parametrize(
    ("path", "text", "first", "last"),
    [
        ("a.ts", "let a;\nconst o = {\n  // DO NOT CHANGE\n  b: [\n    1,\n  ],\n  c: 2,\n};\n", 3, 6),
        ("a.ts", "let a;\nconst b = 1; // DO NOT CHANGE\nconst c = 2;\n", 2, 2),
        ("a.css", ":root {\n  /* DO NOT MODIFY */\n  --a: 1;\n  --b: 2;\n\n  --c: 3;\n}\n", 2, 4),
        ("a.css", '/* DO NOT CHANGE */\n@import "a";\n@custom-variant b (&:is(.b *));\n\n.c {}\n', 1, 3),
        ("a.ts", "let a;\n// DO NOT CHANGE\nconst b = 1;\nconst c = 2;\n", 2, 3),
        ("a.css", "/* BEGIN: DO NOT CHANGE */\n.a {}\n.b {}\n/* END: DO NOT CHANGE */\n.c {}\n", 1, 4),
        ("a.yaml", "a: 1\n# DO NOT CHANGE\nb: 1\nc: 1\n\nd: 1\n", 2, 5),  # and the empty line
        ("a.html", "<p></p>\n<!-- DO NOT CHANGE -->\n<div>\n  <b></b>\n</div>\n<i></i>\n", 2, 5),
    ],
)
def test_a_block_goes_from_its_mark_to_its_end(path: str, text: str, first: int, last: int) -> None:
    ((line, _),) = blocks(path, text)
    assert line == first
    lines = text.split("\n")
    inside = [n for n in range(1, len(lines) + 1) if not _same(path, lines, n)]
    assert inside == list(range(first, last + 1))


def _same(path: str, lines: list[str], number: int) -> bool:
    """Whether the block is still the same when this line has something more at its end."""
    changed = [*lines[: number - 1], lines[number - 1] + " /**/", *lines[number:]]
    digests = [digest for _, digest in blocks(path, "\n".join(lines))]
    return [digest for _, digest in blocks(path, "\n".join(changed))] == digests
