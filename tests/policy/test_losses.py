"""edit-not-destructive: what a change takes away is noted, what was asked for or moved is not."""

from __future__ import annotations

from vly_nb.diagnostics import Severity
from vly_nb.policy.losses import losses
from vly_nb.policy.program import Program
from vly_nb.project.changes import ChangeSet, FileChange

FN = "src/convex"
LONG = "".join(f"export const value{n} = {n};\n" for n in range(30))
MAIN = """\
import { Route, Routes } from "react-router";

export const app = (
  <Routes>
    <Route path="/" element={<Landing />} />
    <Route path="/tasks" element={<Tasks />} />
  </Routes>
);
"""
SCHEMA = """\
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  tasks: defineTable({ title: v.string() }),
  notes: defineTable({ body: v.string() }),
});
"""


def said(before: dict[str, str], wish: str = "Make it nicer", **after: str | None) -> list[str]:
    """The notes on a change; new texts are given as `src__a_ts`."""
    new = {name.replace("__", "/").replace("_", "."): text for name, text in after.items()}
    files = {path: text for path, text in (before | new).items() if text is not None}
    changes = [
        FileChange(
            path,
            before[path].encode() if path in before else None,
            text.encode() if text is not None else None,
        )
        for path, text in new.items()
    ]
    program = Program(FN, files.get, lambda: tuple(files))
    found = list(losses(program, ChangeSet(tuple(changes)), wish))
    assert all((d.code, d.severity) == ("edit-not-destructive", Severity.WARNING) for d in found)
    return [d.message for d in found]


def test_a_rewrite_that_drops_a_third_of_a_file_is_noted() -> None:
    kept = "".join(LONG.splitlines(keepends=True)[:18])
    (note,) = said({"src/a.ts": LONG}, src__a_ts=kept)
    assert note.startswith("12 of the 30 lines of this file are gone.")
    assert said({"src/a.ts": LONG}, src__a_ts="".join(LONG.splitlines(keepends=True)[:22])) == []


def test_a_small_file_may_be_written_anew() -> None:
    assert said({"src/a.ts": "const a = 1;\nconst b = 2;\nconst c = 3;\n"}, src__a_ts="const a = 1;\n") == []


def test_other_lines_in_their_place_are_no_loss() -> None:
    assert said({"src/a.ts": LONG}, src__a_ts=LONG.replace("value", "other")) == []


def test_an_export_that_is_still_imported_is_noted() -> None:
    files = {
        "src/lib/dates.ts": "export function long() {}\nexport function short() {}\n",
        "src/a.ts": 'import { long } from "@/lib/dates";\nlong();\n',
    }
    (note,) = said(files, src__lib__dates_ts="export function short() {}\n")
    assert note.startswith("long: no longer exported here")
    assert said(files, src__lib__dates_ts="export function long() {}\n") == []


def test_routes_and_tables_that_go_are_noted() -> None:
    (note,) = said(
        {"src/main.tsx": MAIN},
        src__main_tsx=MAIN.replace('    <Route path="/tasks" element={<Tasks />} />\n', ""),
    )
    assert note.startswith("The routes /tasks are gone.")
    (note,) = said(
        {f"{FN}/schema.ts": SCHEMA},
        src__convex__schema_ts=SCHEMA.replace("  notes: defineTable({ body: v.string() }),\n", ""),
    )
    assert note.startswith("The tables notes are gone")


# -- the catalogue's trap: legitimate refactors -------------------------------------------


def test_what_moves_to_another_file_is_not_lost() -> None:
    lines = LONG.splitlines(keepends=True)
    files = {"src/a.ts": LONG, "src/b.ts": 'import { value3 } from "./a";\n'}
    split = said(
        files,
        src__a_ts="".join(lines[15:]),
        src__values_ts="".join(lines[:15]),
        src__b_ts='import { value3 } from "./values";\n',
    )
    assert split == []


def test_an_export_that_is_passed_on_is_not_lost() -> None:
    files = {"src/a.ts": "export const one = 1;\n", "src/b.ts": 'import { one } from "./a";\n'}
    moved = said(files, src__a_ts='export * from "./c";\n', src__c_ts="export const one = 1;\n")
    assert moved == []


def test_routes_that_move_to_another_file_are_not_lost() -> None:
    rest = 'import { routes } from "./routes";\nexport const app = routes;\n'
    assert said({"src/main.tsx": MAIN}, src__main_tsx=rest, src__routes_tsx=MAIN) == []


def test_what_was_asked_for_is_not_noted() -> None:
    kept = "".join(LONG.splitlines(keepends=True)[:5])
    for wish in ("Remove the pricing section", "Refactor this", "Please simplify the page"):
        assert said({"src/a.ts": LONG}, wish, src__a_ts=kept) == []


def test_files_that_are_new_deleted_or_no_text_are_not_looked_at() -> None:
    assert said({"src/a.ts": LONG}, src__a_ts=None) == []
    assert said({}, src__a_ts=LONG) == []
    change = ChangeSet((FileChange("public/a.png", b"\0" * 900, b"\xff"),))
    assert list(losses(Program(FN, lambda path: None, tuple), change)) == []
