"""Fifteen ways to break an app: each becomes a Diagnostic by itself, with file and line where it has one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import copy_app, needs
from vly_nb.diagnostics import Diagnostic
from vly_nb.preview.preview import Preview
from vly_nb.project.changes import ChangeSet, FileChange
from vly_nb.project.project import Project

LANDING = "src/pages/Landing.tsx"
HEAD = 'import { Button } from "@/components/ui/button";\n'
OPEN = "export default function Landing() {\n"
EFFECT = 'import { useEffect } from "react";\n'


@dataclass(frozen=True)
class Breakage:
    name: str
    path: str
    old: str
    new: str
    code: str
    said: str
    place: str | None
    """Text of the line that is to be named; None where there is no line."""
    severity: str = "error"


def effect(body: str) -> str:
    return f"{OPEN}  useEffect(() => {{\n    {body}\n  }}, []);\n"


BREAKAGES = [
    Breakage("syntax", LANDING, OPEN, OPEN + "  const = 3;\n", "compile", "Unexpected token", "const = 3"),
    Breakage(
        "missing module",
        LANDING,
        HEAD,
        HEAD + 'import { gone } from "@/lib/gone";\ngone();\n',
        "compile",
        'Failed to resolve import "@/lib/gone"',
        "@/lib/gone",
    ),
    Breakage(
        "missing package",
        LANDING,
        HEAD,
        HEAD + 'import gone from "no-such-package";\ngone();\n',
        "compile",
        "no-such-package",
        "no-such-package",
    ),
    Breakage(
        "css", "src/index.css", "", "\n.a { @apply no-such-utility; }\n", "compile", "no-such-utility", None
    ),
    Breakage(
        "missing export",
        LANDING,
        HEAD,
        HEAD + 'import { nothere } from "@/lib/utils";\nnothere();\n',
        "page-error",
        "nothere",
        None,
    ),
    Breakage(
        "throws while drawn",
        LANDING,
        OPEN,
        OPEN + '  if (Math.random() >= 0) throw new Error("drawn badly");\n',
        "page-error",
        "drawn badly",
        "drawn badly",
    ),
    Breakage(
        "undefined",
        LANDING,
        OPEN,
        OPEN + "  const list: string[] = JSON.parse('null');\n  list.map(String);\n",
        "page-error",
        "Cannot read properties of null",
        "list.map",
    ),
    Breakage(
        "throws in an effect",
        LANDING,
        HEAD + "|" + OPEN,
        EFFECT + HEAD + "|" + effect('throw new Error("in the effect");'),
        "page-error",
        "in the effect",
        "in the effect",
    ),
    Breakage(
        "rejected promise",
        LANDING,
        HEAD + "|" + OPEN,
        EFFECT + HEAD + "|" + effect('void Promise.reject(new Error("nobody catches me"));'),
        "rejection",
        "nobody catches me",
        "nobody catches me",
    ),
    Breakage(
        "window error",
        LANDING,
        HEAD + "|" + OPEN,
        EFFECT + HEAD + "|" + effect('setTimeout(() => { throw new Error("later"); }, 20);'),
        "page-error",
        "later",
        "later",
    ),
    Breakage(
        "console",
        LANDING,
        HEAD + "|" + OPEN,
        EFFECT + HEAD + "|" + effect('console.error("it is %s", "wrong");'),
        "console",
        "it is wrong",
        "it is",
        "warning",
    ),
    Breakage(
        "blank page",
        "src/main.tsx",
        "createRoot(",
        "if (location.hash) createRoot(",
        "blank-screen-probe",
        "blank",
        None,
    ),
    Breakage(
        "broken config",
        "vite.config.ts",
        "export default",
        "const = 3;\nexport default",
        "dead-server",
        "vite.config.ts",
        None,
    ),
    Breakage(
        "too wide for a phone",
        LANDING,
        "<PageLayout>",
        '<PageLayout><div className="w-[900px]">wide</div>',
        "mobile-overflow-probe",
        "wide",
        None,
        "warning",
    ),
    Breakage(
        "too faint",
        LANDING,
        "<PageLayout>",
        '<PageLayout><p style={{ color: "#ccc", background: "#fff" }}>dim</p>',
        "contrast-probe",
        "dim",
        None,
        "warning",
    ),
]


def broken(text: str, one: Breakage) -> str:
    if not one.old:
        return text + one.new
    for old, new in zip(one.old.split("|"), one.new.split("|"), strict=True):
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


class Broken:
    """The project with one breakage in it at a time: the next one comes with the mend of the one before."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.good = {path: project.read(path).data for path in {one.path for one in BREAKAGES}}

    def be(self, one: Breakage | None) -> str:
        """The text of the broken file."""
        after = dict(self.good)
        if one is not None:
            after[one.path] = broken(self.good[one.path].decode(), one).encode()
        now = {path: self.project.read(path).data for path in after}
        files = [FileChange(path, now[path], after[path]) for path in after if now[path] != after[path]]
        self.project.apply(ChangeSet(tuple(files)), label=one.name if one else "Mend it")
        return after[one.path].decode() if one else ""


def misplaced(one: Breakage, found: Diagnostic, text: str) -> bool:
    """Whether what was found isn't where it is, or not as bad as it is."""
    line = next(n for n, words in enumerate(text.splitlines(), 1) if one.place and one.place in words)
    at = found.range.line if found.range else 0
    return (found.path, at, found.severity) != (one.path, line, one.severity)


@pytest.mark.node
@pytest.mark.slow
async def test_every_breakage_becomes_the_right_diagnostic(installed: Path, tmp_path: Path) -> None:
    """And goes away by itself: it isn't found any more when the next one is looked at."""
    needs("chromium")
    project = Project.open(copy_app(installed, tmp_path / "shop"))
    preview = Preview(project)
    project.pause = preview.paused
    app, wrong = Broken(project), []
    try:
        await preview.start()
        clean = await preview.look([LANDING], 0)
        assert clean is not None and clean.result.status == "green", clean
        for number, (one, before) in enumerate(zip([*BREAKAGES, None], [None, *BREAKAGES], strict=True), 1):
            text = app.be(one)
            looked = await preview.look([each.path for each in (before, one) if each], number)
            assert looked is not None
            left = [d for d in preview.found if before and is_it(before, d) and not (one and is_it(one, d))]
            new = [d for d in looked.result.new if one and is_it(one, d)]
            if left or (one and not new):
                wrong.append((one, [str(d) for d in (*left, *looked.result.new)]))
            elif one and one.place and misplaced(one, new[0], text):
                wrong.append((one, [f"{new[0].where}: {new[0]}"]))
        assert not [d for d in preview.found if d.severity == "error"]
    finally:
        await preview.stop()
        project.close()
    assert wrong == []


def is_it(one: Breakage, found: Diagnostic) -> bool:
    return found.code == one.code and one.said in found.message


def test_every_breakage_has_a_name_of_its_own() -> None:
    assert len({one.name for one in BREAKAGES}) == len(BREAKAGES) == 15
    assert all(re.fullmatch(r"[a-z ]+", one.name) for one in BREAKAGES)
