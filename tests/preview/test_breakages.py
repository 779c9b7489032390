"""Fifteen ways to break an app: each becomes a Diagnostic by itself, with file and line where it has one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import copy_app, needs
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


@pytest.mark.node
@pytest.mark.slow
async def test_every_breakage_becomes_the_right_diagnostic(installed: Path, tmp_path: Path) -> None:
    needs("chromium")
    project = Project.open(copy_app(installed, tmp_path / "shop"))
    preview = Preview(project)
    project.pause = preview.paused
    wrong = []
    try:
        await preview.start()
        clean = await preview.look([LANDING], 0)
        assert clean is not None and clean.result.status == "green", clean
        for number, one in enumerate(BREAKAGES, 1):
            good = project.read(one.path).data
            text = broken(good.decode(), one)
            project.apply(ChangeSet((FileChange(one.path, good, text.encode()),)), label="Break it")
            looked = await preview.look([one.path], number)
            assert looked is not None
            new = [d for d in looked.result.new if d.code == one.code and one.said in d.message]
            if not new:
                wrong.append((one.name, [str(d) for d in looked.result.new]))
            elif one.place is not None:
                line = next(n for n, words in enumerate(text.splitlines(), 1) if one.place in words)
                d = new[0]
                if (
                    d.path != one.path
                    or d.range is None
                    or d.range.line != line
                    or d.severity != one.severity
                ):
                    wrong.append((one.name, d.where, line, d.severity))
            project.apply(ChangeSet((FileChange(one.path, text.encode(), good),)), label="Mend it")
            looked = await preview.look([one.path], number)
            assert looked is not None
            left = [str(d) for d in preview.found]
            if [d for d in preview.found if d.severity == "error"]:
                wrong.append((one.name, "is still there", left))
    finally:
        await preview.stop()
        project.close()
    assert wrong == []


def test_every_breakage_has_a_name_of_its_own() -> None:
    assert len({one.name for one in BREAKAGES}) == len(BREAKAGES) == 15
    assert all(re.fullmatch(r"[a-z ]+", one.name) for one in BREAKAGES)
