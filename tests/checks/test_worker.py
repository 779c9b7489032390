"""The type worker, with a TypeScript made to be hostile: it is the project's, so it may be anything."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import needs, write_files
from vly_nb.checks.check import CheckResult
from vly_nb.checks.worker import HOST, MOST_FAILURES, Unanswered, Worker
from vly_nb.project.project import Project
from vly_nb.sandbox.sandbox import Tier
from vly_nb.stacks.convex_react.fast_lane import BACKEND, TYPES, FastLane

pytestmark = pytest.mark.slow

LONG = 30.0  # seconds of patience where an answer is expected
SECRET = "hush-4711-do-not-tell"
TYPESCRIPT = """
const fs = require("node:fs");
exports.version = "5.9.9";
exports.sys = {};
exports.createSemanticDiagnosticsBuilderProgram = () => {};
exports.createSolutionBuilderHost = (system, create, report) => ({ report });
exports.createSolutionBuilder = (host, roots) => ({ build: () => build(host.report, roots[0]) });
exports.formatDiagnostics = (found) => found.join("\\n");
let builds = 0;
const born = String(process.hrtime.bigint());
function build(report, root) { builds += 1; BODY }
"""


def with_typescript(root: Path, body: str, version: str = "5.9.9") -> None:
    """A TypeScript in the project whose builds do what `body` says."""
    write_files(
        root,
        {
            "tsconfig.json": "{}",
            "node_modules/typescript/package.json": json.dumps(
                {"name": "typescript", "version": version, "main": "index.js"}
            ),
            "node_modules/typescript/index.js": TYPESCRIPT.replace("BODY", body),
        },
    )


def asked(root: Path, work: Callable[[Worker, Project], Awaitable[Any]], tier: Tier | None = None) -> Any:
    """Do it with a worker on the project, which is ended then."""
    needs("node")

    async def whole() -> Any:
        project = Project.open(root, tier=tier)
        argv = ["node", str(HOST / "types.mjs"), str(project.root), ""]
        worker = Worker(project, "the type worker", lambda: argv, [HOST])
        try:
            return await work(worker, project)
        finally:
            await worker.close()
            project.close()

    return asyncio.run(whole())


async def one(worker: Worker, _: Project) -> dict[str, Any]:
    return await worker.ask(LONG)


def test_it_answers_again_and_again_and_is_the_same_program(app: Path) -> None:
    with_typescript(app, "report(`${born} ${builds}`); return 2;")

    async def thrice(worker: Worker, _: Project) -> list[str]:
        return [(await worker.ask(LONG))["output"] for _ in range(3)]

    said = [words.split() for words in asked(app, thrice)]
    assert [words[1] for words in said] == ["1", "2", "3"]
    assert len({words[0] for words in said}) == 1


def test_it_is_started_anew_when_the_lock_or_typescript_changes_and_after_a_crash(app: Path) -> None:
    with_typescript(app, 'if (fs.existsSync(root + "/crash")) process.abort(); report(born); return 0;')

    async def work(worker: Worker, _: Project) -> list[str]:
        births = [(await worker.ask(LONG))["output"]]
        for path in ("pnpm-lock.yaml", "node_modules/typescript/package.json", "package.json"):
            place = app / path
            place.write_text((place.read_text() if place.exists() else "") + "\n")
            births.append((await worker.ask(LONG))["output"])
        (app / "crash").touch()
        with pytest.raises(Unanswered, match="broke down"):
            await worker.ask(LONG)
        (app / "crash").unlink()
        return [*births, (await worker.ask(LONG))["output"]]

    births = asked(app, work)
    assert len(set(births)) == len(births) == 5


@pytest.mark.parametrize(
    "body",
    [
        'fs.writeSync(1, "no json\\n"); return 0;',
        'fs.writeSync(1, "[1]\\n"); return 0;',
        'fs.writeSync(1, "[".repeat(200000) + "\\n"); return 0;',
        'for (let n = 0; n < 100; n++) fs.writeSync(1, "x".repeat(1 << 16)); return 0;',
        "process.reallyExit(0);",
    ],
    ids=["garbage", "a list", "deep", "without end", "gone"],
)
def test_attack_what_is_no_answer_isnt_taken_for_one(app: Path, body: str) -> None:
    with_typescript(app, body)
    with pytest.raises(Unanswered):
        asked(app, one)


def test_attack_a_build_that_never_ends_is_ended(app: Path) -> None:
    with_typescript(app, "while (true);")

    async def hung(worker: Worker, _: Project) -> None:
        with pytest.raises(Unanswered, match="took longer than 2 seconds"):
            await worker.ask(2)
        with_typescript(app, "return 0;")
        assert (await worker.ask(LONG))["code"] == 0

    asked(app, hung)


def test_attack_answers_to_other_questions_are_passed_over(app: Path) -> None:
    other = json.dumps(json.dumps({"id": 77, "code": 0, "output": ""}) + "\n")
    with_typescript(app, f'fs.writeSync(1, {other}); report("real"); return 2;')
    assert asked(app, one)["output"] == "real"


def test_attack_it_reads_no_key_and_writes_nothing(app: Path) -> None:
    (app / ".env.local").write_text(f"KEY={SECRET}\n")
    with_typescript(
        app,
        """
        for (const name of [".env.local", ".env.later"]) {
          try { report(fs.readFileSync(`${root}/${name}`, "utf8")); } catch (e) { report(e.code); }
        }
        try { fs.writeFileSync(`${root}/src/App.tsx`, "mine"); } catch (e) { report(e.code); }
        return 2;
        """,
    )
    before = (app / "src/App.tsx").read_text()

    async def twice(worker: Worker, _: Project) -> list[str]:
        first = (await worker.ask(LONG))["output"]
        (app / ".env.later").write_text(f"KEY={SECRET}\n")  # it is there while the worker lives
        return [first, (await worker.ask(LONG))["output"]]

    assert SECRET not in "".join(asked(app, twice))
    assert (app / "src/App.tsx").read_text() == before


def test_files_that_come_or_are_replaced_are_read(app: Path, tier: Tier) -> None:
    (app / ".env.local").write_text(f"KEY={SECRET}\n")
    with_typescript(
        app,
        """
        for (const name of ["vite.config.ts", "src/App.tsx", "extra/a.ts"]) {
          try { report(fs.readFileSync(`${root}/${name}`, "utf8")); } catch (e) { report(e.code); }
        }
        return 2;
        """,
    )

    async def twice(worker: Worker, _: Project) -> str:
        await worker.ask(LONG)
        for name in ("vite.config.ts", "src/App.tsx", "extra/a.ts"):
            (app / name).parent.mkdir(exist_ok=True)
            (app / "beside").write_text(f"new {name}")
            (app / "beside").rename(app / name)
        return str((await worker.ask(LONG))["output"])

    assert asked(app, twice, tier).split("\n") == ["new vite.config.ts", "new src/App.tsx", "new extra/a.ts"]


def test_a_typescript_that_cant_be_asked_is_said_once(app: Path) -> None:
    with_typescript(app, "return 0;")
    place = app / "node_modules/typescript/index.js"
    place.write_text('exports.version = "7.0.1";')

    async def unfit(worker: Worker, _: Project) -> str:
        for _ in range(2):
            with pytest.raises(Unanswered, match=r"TypeScript 7\.0\.1 has no createSolutionBuilder"):
                await worker.ask(LONG)
        return worker.why

    assert asked(app, unfit) == "TypeScript 7.0.1 has no createSolutionBuilder"


def test_what_fails_again_and_again_stays_off_until_something_changes(app: Path) -> None:
    with_typescript(app, "process.reallyExit(1);")

    async def work(worker: Worker, project: Project) -> list[str]:
        for _ in range(MOST_FAILURES):
            assert worker.why == ""
            with pytest.raises(Unanswered):
                await worker.ask(LONG)
        off = worker.why
        with_typescript(app, "return 0;")
        (app / "package.json").write_text('{"name": "other"}\n')
        again = worker.why
        await worker.ask(LONG)
        return [off, again, worker.why]

    assert asked(app, work) == ["the type worker broke down", "", ""]


def test_a_stop_leaves_it_warm_and_its_late_answer_isnt_taken_for_the_next(app: Path) -> None:
    slow = "if (builds === 2) { const end = Date.now() + 1500; while (Date.now() < end); }"
    with_typescript(app, f"{slow} report(String(builds)); return 2;")

    async def stopped(worker: Worker, _: Project) -> str:
        await worker.ask(LONG)
        asking = asyncio.create_task(worker.ask(LONG))
        await asyncio.sleep(0.3)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        return str((await worker.ask(LONG))["output"])

    assert asked(app, stopped) == "3"


# -- what the lane makes of it -----------------------------------------------------------


def judged(root: Path) -> CheckResult:
    """The lane's verdict on a step that made a file."""

    async def whole() -> CheckResult:
        project = Project.open(root)
        (root / "src/new.ts").write_text("export const page = 1;\n")
        project.observe("A step")
        lane = FastLane(project, None)
        try:
            return await lane.check(TYPES, 1, lambda _: None, {})
        finally:
            await lane.close()
            project.close()

    return asyncio.run(whole())


def real_tsc(root: Path, said: str, code: int) -> None:
    """What `node_modules/.bin/tsc` says, when it is asked."""
    place = root / "node_modules/.bin/tsc"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(f"#!/bin/sh\necho '{said}'\nexit {code}\n")
    place.chmod(0o755)


@pytest.mark.parametrize(
    "body",
    [
        "process.reallyExit(0);",
        "return 2;",  # red, and nothing to say
        'report("error TS1: x"); return 0;',  # green, with a complaint
        'report("src/a.ts: what nobody can read"); return 2;',
    ],
)
def test_without_a_fast_answer_the_real_command_speaks(app: Path, body: str) -> None:
    with_typescript(app, body)
    real_tsc(app, "", 0)
    result = judged(app)
    assert (result.name, result.status) == ("tsc", "green")


def test_a_typescript_that_is_too_old_or_not_there_leaves_things_as_they_were(app: Path) -> None:
    project = Project.open(app)
    lane = FastLane(project, None)
    assert lane.why == "TypeScript isn't set up here"
    assert lane.checks(["src/App.tsx"]) == ["tsc"]
    with_typescript(app, "return 0;", version="5.5.4")
    assert lane.why == "TypeScript 5.5.4 is too old"
    with_typescript(app, "return 0;")
    assert (lane.why, lane.checks(["src/App.tsx", "src/convex/tasks.ts"])) == ("", [TYPES])
    assert lane.checks(["src/index.css"]) == []
    write_files(app, {"node_modules/convex/package.json": "{}"})
    assert lane.checks(["src/convex/tasks.ts"]) == [BACKEND, TYPES]
    (app / "package.json").write_text("{}")
    assert lane.checks(["src/convex/tasks.ts"]) == [TYPES], "there is no backend any more"
    project.close()


def test_attack_a_flood_of_complaints_is_capped(app: Path) -> None:
    needs("node")
    with_typescript(
        app, "for (let n = 1; n < 3000; n++) report(`src/App.tsx(${n},1): error TS1: x`); return 2;"
    )
    real_tsc(app, "", 0)
    result = judged(app)
    assert (result.name, result.status, len(result.new)) == (TYPES, "red", 200)
    assert result.note.startswith("The first 200 of")
