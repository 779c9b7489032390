"""The type check: the reader on real output, and the real compiler on real projects."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import needs, write_files
from vly_nb.checks import tsc
from vly_nb.checks.baseline import link_packages
from vly_nb.checks.check import CheckResult, lines_of, subtract, within
from vly_nb.diagnostics import Diagnostic, Severity
from vly_nb.project.changes import ChangeSet, FileChange
from vly_nb.project.project import Project
from vly_nb.stacks.convex_react import pnpm, type_check

TEMPLATE = Path(type_check.__file__).parent / "template"

# -- the reader: what TypeScript 5.6, 5.8, 6.0 and 7.0 printed, put together and shortened by hand ----

PLAIN = """\
src/(group)/a(1).tsx(1,19): error TS2307: Cannot find module './nowhere' or its corresponding \
type declarations.
src/(group)/a(1).tsx(3,21): error TS2322: Type '(c: number) => void' is not assignable to \
type '(c: string) => void'.
  Types of parameters 'c' and 'c' are incompatible.
    Type 'string' is not assignable to type 'number'.
src/c.ts(1,7): error TS2322: Type 'string' is not assignable to type 'number'.
error TS2318: Cannot find global type 'Array'.
error TS5083: Cannot read file '/somewhere/app/tsconfig.app.json'.
tsconfig.node.json(1,139): error TS5023: Unknown compiler option 'nosuchoption'.
"""

PRETTY = """\
\x1b[96msrc/(group)/a(1).tsx\x1b[0m:\x1b[93m1\x1b[0m:\x1b[93m19\x1b[0m - \x1b[91merror\x1b[0m\x1b[90m TS2307\
: \x1b[0mCannot find module './nowhere' or its corresponding type declarations.

\x1b[7m1\x1b[0m import { x } from "./nowhere";
\x1b[7m \x1b[0m \x1b[91m                  ~~~~~~~~~~~\x1b[0m

\x1b[96msrc/(group)/a(1).tsx\x1b[0m:\x1b[93m3\x1b[0m:\x1b[93m21\x1b[0m - \x1b[91merror\x1b[0m\x1b[90m TS2322\
: \x1b[0mType '(c: number) => void' is not assignable to type '(c: string) => void'.
  Types of parameters 'c' and 'c' are incompatible.
    Type 'string' is not assignable to type 'number'.

\x1b[7m3\x1b[0m const v: A = { a: { b: (c: number) => {} } };
\x1b[7m \x1b[0m \x1b[91m                    ~\x1b[0m

  \x1b[96msrc/(group)/a(1).tsx\x1b[0m:\x1b[93m2\x1b[0m:\x1b[93m20\x1b[0m
    \x1b[7m2\x1b[0m interface A { a: { b: (c: string, d: number) => void } }
    \x1b[7m \x1b[0m \x1b[96m                   ~\x1b[0m
    The expected type comes from property 'b' which is declared here on type '{ b: (c: string) => void; }'

\x1b[96msrc/c.ts\x1b[0m:\x1b[93m1\x1b[0m:\x1b[93m7\x1b[0m - \x1b[91merror\x1b[0m\x1b[90m TS2322: \
\x1b[0mType 'string' is not assignable to type 'number'.

\x1b[7m1\x1b[0m const é: number = "";
\x1b[7m \x1b[0m \x1b[91m      ~\x1b[0m

\x1b[91merror\x1b[0m\x1b[90m TS2318: \x1b[0mCannot find global type 'Array'.

\x1b[91merror\x1b[0m\x1b[90m TS5083: \x1b[0mCannot read file '/somewhere/app/tsconfig.app.json'.

\x1b[96mtsconfig.node.json\x1b[0m:\x1b[93m1\x1b[0m:\x1b[93m139\x1b[0m - \x1b[91merror\x1b[0m\x1b[90m TS5023: \
\x1b[0mUnknown compiler option 'nosuchoption'.

\x1b[7m1\x1b[0m { "compilerOptions": { "target": "ES2022", "nosuchoption": true
\x1b[7m \x1b[0m \x1b[91m                              ~~~~~~~~~~~~~~\x1b[0m


Found 6 errors in 3 files.

Errors  Files
     2  src/(group)/a(1).tsx\x1b[90m:1\x1b[0m
     1  src/c.ts\x1b[90m:1\x1b[0m
"""

SOURCES = {
    "src/(group)/a(1).tsx": ['import { x } from "./nowhere";', "interface A {}", "const v: A =  {};"],
    "src/c.ts": ['const é: number = "";'],
}


def lines(path: str) -> list[str]:
    return SOURCES.get(path, [])


@pytest.mark.parametrize("output", [PLAIN, PRETTY], ids=["plain", "pretty"])
def test_output_like_the_real_one_is_read(output: str) -> None:
    found = tsc.parse(output, lines)
    assert [(d.code, d.where) for d in found] == [
        ("TS2307", "src/(group)/a(1).tsx:1:19"),
        ("TS2322", "src/(group)/a(1).tsx:3:21"),
        ("TS2322", "src/c.ts:1:7"),
        ("TS2318", ""),
        ("TS5083", ""),
        ("TS5023", "tsconfig.node.json:1:139"),
    ]
    assert {d.source for d in found} == {"tsc"}
    assert {d.severity for d in found} == {Severity.ERROR}
    assert found[0].snippet == 'import { x } from "./nowhere";'
    assert found[1].message.splitlines() == [
        "Type '(c: number) => void' is not assignable to type '(c: string) => void'.",
        "  Types of parameters 'c' and 'c' are incompatible.",
        "  Type 'string' is not assignable to type 'number'.",
    ]
    assert found[3].snippet == ""


def test_output_with_nothing_to_say_and_windows_line_ends() -> None:
    assert tsc.parse("", lines) == ()
    assert tsc.parse("Version 5.9.3\n\n> app@0.0.0 typecheck\n", lines) == ()
    assert tsc.parse(PLAIN.replace("\n", "\r\n"), lines) == tsc.parse(PLAIN, lines)


def test_a_file_of_two_projects_is_told_once() -> None:
    line = "src/c.ts(1,7): error TS2322: Type 'string' is not assignable to type 'number'.\n"
    assert len(tsc.parse(line * 2, lines)) == 1


def test_identity_outlives_other_wording_and_moved_lines() -> None:
    then = tsc.parse('src/c.ts(1,7): error TS2322: Type \'"a" | "b"\' is wrong.\n', lines)
    now = tsc.parse(
        'src/c.ts(3,7): error TS2322: Type \'"b" | "a"\' is wrong.\n',
        lambda _: ["", "", lines("src/c.ts")[0]],
    )
    assert subtract(now, then) == ()
    assert len(subtract([*now, *now], then)) == 1


def test_attack_endless_output_is_cut() -> None:
    many = "".join(f"src/c.ts({n},1): error TS1: x\n" for n in range(1, 5000))
    assert len(tsc.parse(many, lines)) == tsc.MOST
    long = "src/c.ts(1,7): error TS1: " + "x" * 100_000 + "\n" + "  more and more\n" * 10_000
    [found] = tsc.parse(long, lines)
    assert len(found.message) <= 1500


def test_attack_lines_made_to_be_slow_or_to_overflow() -> None:
    began = time.monotonic()
    for bad in ("(1,", ":1:1 ", "(", " - ", "a(1,1): error "):
        tsc.parse((bad * 30_000 + "\n") * 3, lines)
    assert time.monotonic() - began < 10
    assert tsc.parse("a.ts(" + "9" * 5000 + ",1): error TS1: x", lines) == ()
    [found] = tsc.parse("a.ts(999999999,1): error TS1: x", lines)
    assert found.snippet == ""


def test_attack_a_message_cannot_bring_escapes() -> None:
    [found] = tsc.parse("a.ts(1,1): error TS1: \x1b]8;;http://evil\x07x\x1b[2J\x00y\n", lines)
    assert found.message == "xy"


def test_attack_a_secret_or_a_file_outside_is_not_quoted(tmp_path: Path) -> None:
    (tmp_path / "outside.ts").write_text("KEY")
    root = tmp_path / "app"
    write_files(root, {".env.local": "KEY", "src/a.ts": "const a = 1;\n", "node_modules/x/i.d.ts": "KEY"})
    (root / "src/link.ts").symlink_to(tmp_path / "outside.ts")
    (root / "src/env.ts").symlink_to(root / ".env.local")
    quoted = lines_of(root)
    assert quoted("src/a.ts")[0] == "const a = 1;"
    for path in ("../outside.ts", str(tmp_path / "outside.ts"), "src/link.ts", "src/env.ts", ".env.local"):
        assert quoted(path) == ()
    for path in ("node_modules/x/i.d.ts", "src", "src/none.ts", "a\0b", "x" * 5000):
        assert quoted(path) == ()
    os.mkfifo(root / "src/pipe.ts")
    assert quoted("src/pipe.ts") == ()


def test_the_projects_folder_is_taken_out_of_paths(tmp_path: Path) -> None:
    assert within(tmp_path, f"error TS5083: Cannot read file '{tmp_path}/tsconfig.app.json'.") == (
        "error TS5083: Cannot read file 'tsconfig.app.json'."
    )


# -- the compiler ------------------------------------------------------------------


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template with its packages, for all tests here; none of them writes into it."""
    needs("node")
    needs("npm")
    root = tmp_path_factory.mktemp("installed") / "app"
    shutil.copytree(TEMPLATE, root)
    asyncio.run(pnpm.install(root, frozen=True))
    return root


CONFIG = {
    "compilerOptions": {
        "target": "ES2022",
        "lib": ["ES2022"],
        "types": [],
        "module": "ESNext",
        "moduleResolution": "bundler",
        "strict": True,
        "noEmit": True,
        "incremental": True,  # the one that believes times
        "tsBuildInfoFile": "./node_modules/.tmp/a.tsbuildinfo",
    },
    "include": ["src"],
}


@pytest.fixture
def small(installed: Path, tmp_path: Path) -> Path:
    """Three files and the real compiler, `incremental` on. Its packages lie above, as in a workspace."""
    root = installed / "apps" / tmp_path.name
    write_files(
        root,
        {
            "tsconfig.json": '{ "files": [], "references": [{ "path": "./tsconfig.app.json" }] }',
            "tsconfig.app.json": json.dumps(CONFIG),
            ".gitignore": "node_modules\ngenerated\n",
            "src/a.ts": "export const a: number = 1;\n",
            "src/b.ts": 'import { a } from "./a";\n\nexport const b: number = a;\n',
        },
    )
    link_packages(installed, root)
    return root


@contextmanager
def opened(root: Path) -> Iterator[Project]:
    project = Project.open(root)
    try:
        yield project
    finally:
        project.close()


def write(project: Project, path: str, text: str) -> int:
    """One change, by the one door; the version's number."""
    before = (project.root / path).read_bytes() if (project.root / path).exists() else None
    return project.apply(ChangeSet((FileChange(path, before, text.encode()),)), label=path).number


async def checked(project: Project, since: int = 1) -> CheckResult:
    return await type_check.type_check(project, since, lambda _: None)


@pytest.mark.slow
@pytest.mark.node
async def test_every_edit_and_undo_is_noticed_however_quick(small: Path) -> None:
    with opened(small) as project:
        for n in range(5):
            write(project, "src/a.ts", f'export const a: number = "{n}";\n')
            red = await checked(project)
            assert (red.status, [d.where for d in red.new]) == ("red", ["src/a.ts:1:14"])
            project.undo()
            assert (await checked(project)).status == "green"


@pytest.mark.slow
@pytest.mark.node
async def test_attack_a_file_with_an_old_time_is_noticed(small: Path) -> None:
    """`tsc -b` alone is fooled here: it takes a file older than its build info for unchanged."""
    with opened(small) as project:
        assert (await checked(project)).status == "green"
        (small / "src/a.ts").write_text('export const a: number = "wrong";\n')
        os.utime(small / "src/a.ts", (1_000_000_000, 1_000_000_000))
        assert (await checked(project)).status == "red"


@pytest.mark.slow
@pytest.mark.node
async def test_only_what_is_new_is_told(small: Path) -> None:
    (small / "src/a.ts").write_text('export const a: number = "old";\n')
    with opened(small) as project:
        old = await checked(project)
        assert (old.status, old.new, old.known) == ("green", (), 1)
        moved = '// a line above\nexport const a: number = "old";\n'
        write(project, "src/a.ts", moved)
        result = await checked(project)
        assert (result.status, result.new, result.known) == ("green", (), 1)
        write(project, "src/a.ts", moved + 'export const c: number = "new";\n')
        result = await checked(project)
        assert (result.status, result.known) == ("red", 1)
        assert [d.where for d in result.new] == ["src/a.ts:3:14"]
        assert result.new[0].snippet == 'export const c: number = "new";'
        assert result.command == "npx tsc -b --noEmit"
        assert 0 < result.seconds < 180


@pytest.mark.slow
@pytest.mark.node
async def test_a_broken_config_is_known_again_though_it_names_another_folder(small: Path) -> None:
    (small / "tsconfig.app.json").unlink()
    with opened(small) as project:
        result = await checked(project)
        assert (result.status, result.new, result.known) == ("green", (), 1)
    [told] = (await type_check.types_of(small)).new
    assert told.code in ("TS5083", "TS6053")
    assert str(small) not in told.message


@pytest.mark.slow
@pytest.mark.node
async def test_generated_code_that_git_ignores_is_there_for_the_older_version(small: Path) -> None:
    """Without it `(n) => n` would be an error there, and hide the same one here."""
    api = "export const twice = (f: (n: number) => number): number => f(f(1));\n"
    uses = 'import { twice } from "./generated/api";\n\nexport const b: number = twice((n) => n);\n'
    write_files(small, {"src/generated/api.ts": api, "src/b.ts": uses})
    with opened(small) as project:
        write(project, "src/b.ts", uses.replace("./generated/api", "./nowhere"))
        result = await checked(project)
    assert [(d.code, d.where) for d in result.new] == [
        ("TS2307", "src/b.ts:1:23"),
        ("TS7006", "src/b.ts:3:33"),
    ]


@pytest.mark.slow
@pytest.mark.node
async def test_the_template_is_green_and_real_mistakes_in_it_are_found(
    installed: Path, tmp_path: Path
) -> None:
    root = installed / "apps" / tmp_path.name
    shutil.copytree(TEMPLATE, root)
    link_packages(installed, root)
    entries = sorted(path.name for path in (installed / "node_modules").iterdir())
    with opened(root) as project:
        assert (await checked(project)).status == "green"
        page = (root / "src/pages/NotFound.tsx").read_text()
        write(project, "src/pages/NotFound.tsx", 'import { nothing } from "@/nowhere";\n' + page)
        tasks = (root / "src/convex/tasks.ts").read_text()
        write(project, "src/convex/tasks.ts", tasks + "\nexport const wrong: number = v.string();\n")
        write(project, "src/lib/more.tsx", "export const More = () => <Missing size={1} />;\n")
        result = await checked(project)
    assert result.status == "red"
    assert {(d.code, d.path) for d in result.new} == {
        ("TS2307", "src/pages/NotFound.tsx"),
        ("TS2322", "src/convex/tasks.ts"),
        ("TS2304", "src/lib/more.tsx"),
    }
    assert all(d.snippet for d in result.new)
    assert sorted(path.name for path in (installed / "node_modules").iterdir()) == entries
    assert not list((installed / "node_modules").glob(".tmp/*"))


# -- when it can't be run -------------------------------------------------------------


def stand_in(root: Path, script: str, version: str = "5.9.3") -> None:
    """A compiler that does as the script says: a real program, for what the real one does rarely."""
    write_files(
        root,
        {
            "tsconfig.json": "{}",
            "src/a.ts": "export {};\n",
            "node_modules/typescript/package.json": json.dumps({"version": version}),
            "node_modules/.bin/tsc": f"#!/bin/sh\n{script}\n",
        },
    )
    (root / "node_modules/.bin/tsc").chmod(0o755)


async def test_not_installed_no_config_and_too_old_are_told(tmp_path: Path) -> None:
    result = await type_check.types_of(tmp_path)
    assert (result.status, result.note[:28]) == ("skipped", "There is no tsconfig.json, s")
    (tmp_path / "tsconfig.json").write_text("{}")
    result = await type_check.types_of(tmp_path)
    assert result.status == "could not run"
    assert result.note == "TypeScript isn't installed here: run `pnpm install` in the app's folder."
    stand_in(tmp_path, "exit 0", version="5.5.4")
    result = await type_check.types_of(tmp_path)
    assert result.status == "could not run"
    assert result.note.startswith("TypeScript 5.5.4 doesn't know this check")


@pytest.mark.parametrize("version", ["5.6.0", "6.0.3", "7.0.2", "7.1.0-dev.20261101"])
async def test_versions_that_know_the_check(tmp_path: Path, version: str) -> None:
    stand_in(tmp_path, 'test "$*" = "-b --noEmit --force --pretty false"', version)
    assert (await type_check.types_of(tmp_path)).status == "green"


@pytest.mark.parametrize(
    ("script", "note"),
    [
        ("exec sleep 30", "took longer than"),
        ("exit 127", "Node isn't installed here"),
        ("echo 'FATAL ERROR: Reached heap limit - JavaScript heap out of memory'; exit 134", "out of memory"),
        ("kill -9 $$", "broke down (code "),
    ],
)
async def test_a_compiler_that_breaks_down_says_nothing_about_the_code(
    tmp_path: Path, script: str, note: str
) -> None:
    stand_in(tmp_path, script)
    result = await type_check.types_of(tmp_path, timeout=1)
    assert (result.status, result.new) == ("could not run", ())
    assert note in result.note


@pytest.mark.parametrize("script", ["echo something odd; exit 1", "exit 2"])
async def test_a_failure_in_unknown_words_is_still_red(tmp_path: Path, script: str) -> None:
    stand_in(tmp_path, script)
    result = await type_check.types_of(tmp_path)
    assert result.status == "red"
    [found] = result.new
    assert isinstance(found, Diagnostic)
    assert found.message in ("something odd", "It ended with code 2 and said nothing.")


async def test_more_new_complaints_than_anybody_reads_are_counted(tmp_path: Path) -> None:
    """All of 900 known ones are known: a cut before they are taken away would hide the new ones."""
    tell = 'while [ $i -lt %d ]; do i=$((i+1)); echo "src/a.ts($i,1): error TS$i: x"; done'
    stand_in(tmp_path, f"i=0; {tell % 900}; test ! -e src/more.ts || {tell % 1200}; exit 1")
    with opened(tmp_path) as project:
        result = await checked(project)
        assert (result.status, result.known) == ("green", 900)
        write(project, "src/more.ts", "export {};\n")
        result = await checked(project)
        assert (result.status, result.known, len(result.new)) == ("red", 900, 200)
        assert result.note == "The first 200 of 300 are shown."
