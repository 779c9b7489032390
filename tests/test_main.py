"""The command line, as a process and as a function, on small real projects."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest

from tests.conftest import FILES, needs, write_files
from vly_nb.__main__ import main
from vly_nb.policy.rules import RULES
from vly_nb.project.project import Project

ROOT = Path(__file__).parents[1]
COLLECT = """\
import { query } from "./_generated/server";

export const all = query({
  args: {},
  handler: async (ctx) => await ctx.db.query("tasks").collect(),
});
"""
CLEAN = COLLECT.replace("all", "list").replace("collect()", "take(50)")
BIGINT = 'import { v } from "convex/values";\n\nexport const amount = v.bigint();\n'
INLINE = 'export const Box = () => <div style={{ color: "red" }}>x</div>;\n'

Lint = Callable[..., tuple[int, str, str]]
KEYS = ["path", "line", "column", "end_line", "end_column", "severity", "code", "message", "fixable"]


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A small project that no rule complains about."""
    return write_files(tmp_path / "small", {**FILES, "src/convex/tasks.ts": CLEAN})


@pytest.fixture
def lint(app: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Lint:
    """(exit code, stdout, stderr) of a command in the small app, which is the current folder."""
    monkeypatch.chdir(app)
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)

    def run(*arguments: str, command: str = "lint") -> tuple[int, str, str]:
        try:
            code = main([command, *arguments])
        except SystemExit as stop:
            code = int(stop.code or 0)
        return code, *capsys.readouterr()

    return run


def process(
    root: Path, *arguments: str, encoding: str = "", **options: Any
) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "vly_nb", "lint", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding}
    return subprocess.run(
        argv, cwd=root, env=environment, text=True, timeout=60, **{"capture_output": True, **options}
    )


def git(root: Path, *arguments: str) -> None:
    needs("git")
    who = ("-c", "user.name=x", "-c", "user.email=x@y", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True)


def codes(out: str) -> list[str]:
    return [one["code"] for one in json.loads(out)]


# -- exit codes and formats ----------------------------------------------------------


def test_a_clean_project_is_0_and_findings_are_1(app: Path, lint: Lint) -> None:
    assert lint() == (0, "nothing found\n", "")
    write_files(app, {"src/convex/all.ts": COLLECT})
    code, out, _ = lint()
    assert code == 1 and out.startswith("src/convex/all.ts:5:55: error no-collect: ")
    assert out.endswith("1 error\n")
    write_files(app, {"src/convex/all.ts": "export {};\n", "src/Box.tsx": INLINE})
    assert lint()[0] == 1, "what is reported counts, whatever its weight"
    assert lint("--quiet") == (0, "nothing found\n", ""), "with --quiet only errors are"


def test_json_is_one_array_of_just_these_keys(app: Path, lint: Lint) -> None:
    assert json.loads(lint("--format", "json")[1]) == []
    write_files(app, {"src/convex/all.ts": COLLECT, "src/convex/big.ts": BIGINT})
    code, out, err = lint("--format", "json")
    found = json.loads(out)
    assert code == 1 and err == ""
    assert [list(one) for one in found] == [KEYS] * len(found)
    at = {one["code"]: one for one in found}
    assert {key: at["no-collect"][key] for key in KEYS if key != "message"} == {
        "path": "src/convex/all.ts", "line": 5, "column": 55, "end_line": 5, "end_column": 64,
        "severity": "error", "code": "no-collect", "fixable": False,
    }  # fmt: skip
    assert at["v-bigint-deprecated"]["fixable"] is True
    assert COLLECT.splitlines()[4][54:63] == "collect()", "columns count from 1, the end is outside"


def test_paths_are_the_project_s_from_wherever_it_is_called(app: Path, lint: Lint, monkeypatch: Any) -> None:
    write_files(app, {"src/convex/all.ts": COLLECT})
    for place, given in (
        (app.parent, "small"),
        (app / "src/convex", "all.ts"),
        (app / "src/lib", "../convex"),
    ):
        monkeypatch.chdir(place)
        assert [one["path"] for one in json.loads(lint("--format", "json", given)[1])] == [
            "src/convex/all.ts"
        ]


SARIF = {  # what the objects that we write must and may hold: SARIF 2.1.0, §3 and its JSON schema
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "runs": {"type": "array", "items": {"$ref": "#/$defs/run"}},
    },
    "$defs": {
        "run": {
            "type": "object",
            "additionalProperties": False,
            "required": ["tool", "results"],
            "properties": {
                "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                "results": {"type": "array", "items": {"$ref": "#/$defs/result"}},
                "tool": {
                    "required": ["driver"],
                    "properties": {
                        "driver": {
                            "required": ["name"],
                            "properties": {
                                "name": {"type": "string"},
                                "rules": {
                                    "type": "array",
                                    "uniqueItems": True,
                                    "items": {"$ref": "#/$defs/rule"},
                                },
                            },
                            "additionalProperties": False,
                        }
                    },
                    "additionalProperties": False,
                },
            },
        },
        "text": {
            "required": ["text"],
            "properties": {"text": {"type": "string", "minLength": 1}, "markdown": {"type": "string"}},
            "additionalProperties": False,
        },
        "level": {"enum": ["none", "note", "warning", "error"]},
        "rule": {
            "required": ["id"],
            "properties": {
                "id": {"type": "string"},
                **{
                    name: {"$ref": "#/$defs/text"} for name in ("shortDescription", "fullDescription", "help")
                },
                "defaultConfiguration": {"properties": {"level": {"$ref": "#/$defs/level"}}},
                "properties": {"properties": {"tags": {"type": "array", "items": {"type": "string"}}}},
            },
            "additionalProperties": False,
        },
        "result": {
            "required": ["message", "ruleId", "locations"],
            "properties": {
                "ruleId": {"type": "string"},
                "level": {"$ref": "#/$defs/level"},
                "message": {"$ref": "#/$defs/text"},
                "locations": {
                    "minItems": 1,
                    "items": {
                        "required": ["physicalLocation"],
                        "properties": {
                            "physicalLocation": {
                                "required": ["artifactLocation", "region"],
                                "properties": {
                                    "artifactLocation": {
                                        "required": ["uri"],
                                        "properties": {
                                            "uri": {"type": "string", "pattern": "^[\\w./~%-]+$"},
                                            "uriBaseId": {"type": "string"},
                                        },
                                        "additionalProperties": False,
                                    },
                                    "region": {
                                        "required": ["startLine"],
                                        "properties": {
                                            name: {"type": "integer", "minimum": 1}
                                            for name in ("startLine", "startColumn", "endLine", "endColumn")
                                        },
                                        "additionalProperties": False,
                                    },
                                },
                                "additionalProperties": False,
                            }
                        },
                        "additionalProperties": False,
                    },
                },
            },
            "additionalProperties": False,
        },
    },
}


def test_sarif_is_as_its_standard_says(app: Path, lint: Lint) -> None:
    code, out, _ = lint("--format", "sarif")
    jsonschema.validate(json.loads(out), SARIF)
    assert code == 0 and json.loads(out)["runs"][0]["results"] == []
    odd = "src/convex/a b%20[x]#ü?.ts"
    write_files(app, {odd: COLLECT, "src/convex/big.ts": BIGINT, "src/Box.tsx": INLINE})
    code, out, _ = lint("--format", "sarif")
    log = json.loads(out)
    jsonschema.validate(log, SARIF)
    (run,) = log["runs"]
    results = run["results"]
    assert code == 1 and {one["ruleId"] for one in results} <= {
        one["id"] for one in run["tool"]["driver"]["rules"]
    }
    assert {one["level"] for one in results} >= {"error", "note"}
    uris = {one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in results}
    assert odd in {unquote(uri) for uri in uris}


def test_github_s_lines_are_annotations(app: Path, lint: Lint, monkeypatch: Any) -> None:
    assert lint("--format", "github") == (0, "", "")
    write_files(app, {"src/convex/a,b:c%.ts": COLLECT, "src/Box.tsx": INLINE})
    monkeypatch.setenv("GITHUB_WORKSPACE", str(app.parent))
    code, out, _ = lint("--format", "github")
    assert code == 1
    lines = out.splitlines()
    assert all(
        re.fullmatch(r"::(error|warning|notice) file=small/src/[^,:]+(,\w+=[^,:]+)+::.+", one)
        for one in lines
    )
    (error,) = [one for one in lines if "no-collect" in one]
    assert error.startswith(
        "::error file=small/src/convex/a%2Cb%3Ac%25.ts,title=no-collect,line=5,col=55,endLine=5::"
    )


def test_a_file_s_name_cannot_forge_an_annotation_or_steer_a_terminal(app: Path, lint: Lint) -> None:
    write_files(app, {"src/convex/x\n::error::owned\x1b[2J.ts": COLLECT})
    assert lint("--format", "github")[1].count("\n") == 1
    out = lint()[1]
    assert out.count("\n") == 2 and "\x1b" not in out


# -- what is new, and what is debt ---------------------------------------------------


def test_in_git_what_was_committed_is_debt(app: Path, lint: Lint) -> None:
    write_files(app, {"src/convex/all.ts": COLLECT, "src/convex/big.ts": BIGINT})
    git(app, "init")
    assert codes(lint("--format", "json")[1]) == ["no-collect", "v-bigint-deprecated"], (
        "nothing is committed yet"
    )
    git(app, "add", "-A")
    git(app, "commit", "-m", "x")
    assert lint() == (
        0,
        "nothing found\n",
        "vly: left out as debt: 2 errors. --all lists what was there before.\n",
    )
    assert codes(lint("--format", "json", "--all")[1]) == ["no-collect", "v-bigint-deprecated"]

    write_files(app, {"src/convex/all.ts": "// one more line\n" + COLLECT, "src/convex/new.ts": COLLECT})
    code, out, err = lint("--format", "json")
    assert code == 1 and [one["path"] for one in json.loads(out)] == ["src/convex/new.ts"]
    assert "2 errors" in err

    write_files(app, {"src/convex/all.ts": COLLECT.replace('"tasks")', '"tasks" )')})
    assert codes(lint("--format", "json")[1]) == ["no-collect"] * 2, "a touched line counts"
    assert lint("src/convex/big.ts")[0] == 0 and lint("src/convex/new.ts")[0] == 1


def test_since_a_revision(app: Path, lint: Lint) -> None:
    git(app, "init")
    git(app, "add", "-A")
    git(app, "commit", "-m", "clean")
    write_files(app, {"src/convex/all.ts": COLLECT})
    git(app, "add", "-A")
    git(app, "commit", "-m", "debt")
    assert lint()[0] == 0
    code, out, err = lint("--since", "HEAD~1", "--format", "json")
    assert (code, codes(out), err) == (1, ["no-collect"], "")
    code, out, err = lint("--since", "nowhere")
    assert code == 2 and out == "" and "knows no revision nowhere" in err


def test_what_another_file_s_change_brings_is_new(app: Path, lint: Lint) -> None:
    page = 'import { api } from "@/convex/_generated/api";\n\nexport const one = api.tasks.list;\n'
    write_files(app, {"src/lib/one.ts": page})
    git(app, "init")
    git(app, "add", "-A")
    git(app, "commit", "-m", "x")
    assert lint("--select", "function-ref-exists")[0] == 0
    text = CLEAN.replace("const list", "const every")
    write_files(app, {"src/convex/tasks.ts": text})
    found = json.loads(lint("--select", "function-ref-exists", "--format", "json")[1])
    assert [one["path"] for one in found] == ["src/lib/one.ts"]


def test_rules_about_changes_see_the_revision(app: Path, lint: Lint) -> None:
    schema = """\
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({ tasks: defineTable({ title: v.string(), note: v.optional(v.string()) }) });
"""
    pages = {
        f"src/pages/{name}.tsx": f"export default function {name}() {{\n  return <p>x</p>;\n}}\n"
        for name in "AB"
    }
    write_files(
        app,
        {"src/convex/schema.ts": schema, "src/lib/first.ts": "export const f = (a: any) => a;\n", **pages},
    )
    git(app, "init")
    git(app, "add", "-A")
    git(app, "commit", "-m", "start")
    write_files(
        app,
        {
            "src/convex/schema.ts": schema.replace("v.optional(v.string())", "v.string()"),
            "src/lib/first.ts": "export const f = (a: string[]) => a.at(0)!;\n",
            "src/pages/C.tsx": pages["src/pages/A.tsx"].replace("A", "C"),
        },
    )
    rules = ("--select", "schema-breaking-change,no-new-page,null-safety", "--format", "json")

    def found(*more: str) -> list[tuple[str, str, str]]:
        return [(one["path"], one["code"], one["severity"]) for one in json.loads(lint(*rules, *more)[1])]

    wanted = [
        ("src/convex/schema.ts", "schema-breaking-change", "warning"),  # no database to ask
        ("src/lib/first.ts", "null-safety", "error"),
        ("src/pages/C.tsx", "no-new-page", "info"),  # no wish to read
    ]
    assert found() == found("--since", "HEAD") == wanted
    assert found("--all") == [], "they are about changes"
    git(app, "add", "-A")
    git(app, "commit", "-m", "Let people export their tasks")
    assert found() == []
    assert found("--since", "HEAD~1") == [*wanted[:2], ("src/pages/C.tsx", "no-new-page", "warning")]
    git(app, "commit", "--amend", "-m", "Add a page for the export")
    assert found("--since", "HEAD~1") == wanted[:2], "what the commits say is the wish"


# -- choosing ------------------------------------------------------------------------


def test_select_and_ignore(app: Path, lint: Lint) -> None:
    write_files(app, {"src/convex/all.ts": COLLECT, "src/convex/big.ts": BIGINT})
    assert codes(lint("--format", "json", "--select", "no-collect, no-db-filter")[1]) == ["no-collect"]
    assert codes(lint("--format", "json", "--ignore", "no-collect")[1]) == ["v-bigint-deprecated"]
    assert lint("--select", "no-collect", "--ignore", "no-collect")[0] == 0


@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_an_unknown_rule_gets_the_nearest_name(lint: Lint, option: str) -> None:
    code, out, err = lint(option, "no-db-filter,no-colect")
    assert (code, out) == (2, "") and "no-colect" in err and "Did you mean no-collect?" in err
    assert "python -m vly_nb rule" in lint(option, "xyzzy")[2]


def test_what_could_not_be_done_is_2_and_one_sentence(app: Path, lint: Lint) -> None:
    outside = app.parent / "outside"
    outside.mkdir()
    (app / "link").symlink_to(outside)
    for given in (
        ["nowhere"],
        [str(outside)],
        ["src", str(outside)],
        ["src", ".."],
        ["link"],
        ["src", "link"],
    ):
        code, out, err = lint(*given)
        assert (code, out) == (2, ""), given
        assert err.startswith("vly: ") and err.count("\n") == 1 and "Traceback" not in err
    for wrong in (["--format", "xml"], ["--nonsense"], ["--since"], ["--all", "--since", "x"]):
        assert lint(*wrong)[0] == 2


def test_a_path_that_holds_nothing_of_the_project_is_said(app: Path, lint: Lint) -> None:
    write_files(app, {"dist/a.ts": COLLECT, ".env.local": "KEY=1\n"})
    for given in ("dist", ".env.local"):
        code, _, err = lint(given)
        assert code == 0 and f"{given} holds no file of the project" in err


# -- fixing --------------------------------------------------------------------------


def test_fix_mends_what_is_reported_as_a_version_of_its_own(app: Path, lint: Lint) -> None:
    write_files(app, {"src/convex/old.ts": BIGINT, "src/convex/all.ts": COLLECT})
    git(app, "init")
    git(app, "add", "-A")
    git(app, "commit", "-m", "x")
    write_files(app, {"src/convex/new.ts": "\ufeff" + BIGINT.replace("\n", "\r\n")})
    code, out, err = lint("--fix")
    assert code == 0 and "Mended 1 file by rule." in err
    mended = "\ufeff" + BIGINT.replace("bigint", "int64").replace("\n", "\r\n")
    assert (app / "src/convex/new.ts").read_bytes().decode() == mended
    assert "bigint" in (app / "src/convex/old.ts").read_text(), "debt is left alone"
    project = Project.open(app)
    project.undo()
    project.close()
    assert "bigint" in (app / "src/convex/new.ts").read_text("utf-8"), "and it can be taken back"

    code, out, _ = lint("--format", "json", command="fix")
    assert code == 1 and codes(out) == ["no-collect"], "fix mends debt too, and reports what is left"
    assert "bigint" not in (app / "src/convex/old.ts").read_text()
    assert "Mended" not in lint(command="fix")[2]


def test_fix_waits_for_nobody_who_has_the_project_open(app: Path, lint: Lint) -> None:
    write_files(app, {"src/convex/old.ts": BIGINT})
    project = Project.open(app)
    code, out, err = lint("--fix")
    project.close()
    assert (code, out) == (2, "") and "already mounted" in err
    assert (app / "src/convex/old.ts").read_text() == BIGINT


# -- the world around ----------------------------------------------------------------


def test_it_reads_no_stdin(app: Path) -> None:
    reading, writing = os.pipe()  # nothing is ever written to it, and it isn't closed
    done = process(app, stdin=reading)
    os.close(reading)
    os.close(writing)
    assert (done.returncode, done.stdout) == (0, "nothing found\n")


def test_a_reader_that_goes_away_is_no_crash(app: Path) -> None:
    write_files(app, {f"src/convex/f{n}.ts": COLLECT for n in range(20)})
    reading, writing = os.pipe()
    os.close(reading)
    done = process(app, stdout=writing, stderr=subprocess.PIPE, capture_output=False)
    os.close(writing)
    assert done.returncode == 2 and done.stderr == ""


def test_a_terminal_of_few_letters(app: Path) -> None:
    write_files(app, {"src/convex/ü.ts": COLLECT})
    done = process(app, "--no-cache", encoding="ascii")
    assert done.returncode == 1 and "\\xfc.ts" in done.stdout


READ_ONLY = """\
import encodings.utf_8_sig, os, sys
from vly_nb.__main__ import main
if os.geteuid() == 0:
    os.seteuid(65534)
sys.exit(main(sys.argv[1:]))
"""


def test_a_read_only_folder_is_judged_and_not_mended() -> None:
    with tempfile.TemporaryDirectory() as made:
        root = write_files(Path(made), {**FILES, "src/convex/tasks.ts": CLEAN, "src/convex/old.ts": BIGINT})
        for place in (root, *root.rglob("*")):
            place.chmod(0o555 if place.is_dir() else 0o444)

        def run(*arguments: str) -> subprocess.CompletedProcess[str]:
            argv = [sys.executable, "-c", READ_ONLY, "lint", *arguments, str(root)]
            return subprocess.run(argv, capture_output=True, text=True, timeout=60, cwd=ROOT)

        done = run()
        assert done.returncode == 1 and "v-bigint-deprecated" in done.stdout and done.stderr == ""
        done = run("--fix")
        assert done.returncode == 2 and "can't be written" in done.stderr and "Traceback" not in done.stderr
        assert not (root / ".vly").exists()
        for place in (root, *root.rglob("*")):
            place.chmod(0o755)


def test_what_is_kept_does_not_follow_a_link_out(app: Path, lint: Lint) -> None:
    treasure = app.parent / "treasure"
    treasure.write_text("mine")
    (app / ".vly").mkdir()
    (app / ".vly" / "lint.json").symlink_to(treasure)
    assert lint()[0] == 0
    assert treasure.read_text() == "mine"
    (app / ".vly" / "lint.json").unlink()
    (app / ".vly" / ".gitignore").unlink()
    (app / ".vly").rmdir()
    elsewhere = app.parent / "elsewhere"
    elsewhere.mkdir()
    (app / ".vly").symlink_to(elsewhere)
    assert lint()[0] == 0
    assert list(elsewhere.iterdir()) == []


def test_a_kept_answer_of_another_shape_is_not_believed(app: Path, lint: Lint) -> None:
    write_files(app, {"src/convex/all.ts": COLLECT})
    assert lint()[0] == 1
    place = app / ".vly" / "lint.json"
    kept = json.loads(place.read_text())
    for forged in ({**kept, "of": "x"}, {**kept, "alone": []}, [], {"of": kept["of"]}, "x"):
        place.write_text(json.dumps(forged))
        assert lint()[0] == 1


# -- pages ---------------------------------------------------------------------------


def test_a_rule_s_page_and_the_list_of_rules(lint: Lint) -> None:
    code, out, _ = lint(command="rule")
    assert code == 0 and [line.split()[0] for line in out.splitlines()] == [rule.id for rule in RULES]
    code, out, _ = lint("no-collect", command="rule")
    assert code == 0 and out.startswith("# no-collect\n") and "## Bad" in out
    code, _, err = lint("no-colect", command="rule")
    assert code == 2 and "Did you mean no-collect?" in err
