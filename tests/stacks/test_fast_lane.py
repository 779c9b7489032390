"""The fast lane on the real template: it finds what the gate finds, and the gate has the last word."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.agent.talk import create, events_of, mounted, replace, say
from tests.checks.mistakes import MISTAKES, Mistake
from tests.checks.test_worker import real_tsc, with_typescript
from tests.conftest import copy_app, needs
from vly_nb.agent.turn import End
from vly_nb.checks.check import CheckResult
from vly_nb.checks.worker import HOST
from vly_nb.project.confine import Confinement
from vly_nb.stacks.convex_react import backend_check
from vly_nb.stacks.convex_react.fast_lane import BACKEND, TYPES

pytestmark = [pytest.mark.node, pytest.mark.slow]

FN = "src/convex"
ALONE = (" TS1109", " TS17008", " TS5025", " TS5083")
"""What doesn't parse, here or in a tsconfig: beside it no types are looked at."""
WRONG, RIGHT = "export const LIMIT: number = '5';\n", "export const LIMIT: number = 5;\n"
REPLIES = (
    say("A limit.", create("src/lib/limit.ts", WRONG)),
    say("A number.", replace("src/lib/limit.ts", WRONG, RIGHT)),
    say("Done."),
)


class Warm:
    """A session on a copy of the template, on a loop that goes on from test to test."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.runner = asyncio.Runner()
        self.session = self.runner.run(mounted(root, *REPLIES))

    def verdict(self, *changed: str, since: int = 1) -> dict[str, CheckResult]:
        """What the lane says of the files as they are, by check."""
        self.session.project.observe("A step")
        return self.runner.run(self._verdict(changed, since))

    async def _verdict(self, changed: tuple[str, ...], since: int) -> dict[str, CheckResult]:
        lane = self.session.agent.lane
        assert lane is not None
        return {name: await lane.check(name, since, lambda _: None, {}) for name in lane.checks(changed)}

    def close(self) -> None:
        self.runner.run(self.session.close())
        self.runner.close()


@pytest.fixture(scope="module")
def warm(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    made = Warm(copy_app(installed, tmp_path_factory.mktemp("lane") / "app"))
    assert {one.status for one in made.verdict(f"{FN}/tasks.ts").values()} == {"green"}
    yield made
    made.close()


def rounds() -> Iterator[list[Mistake]]:
    """The mistakes, as many at a time as don't hide each other: one a file, and one that loading
    finds, since that ends at the first."""
    left = [one for one in MISTAKES if not one.found.endswith(ALONE)]
    yield from ([one] for one in MISTAKES if one.found.endswith(ALONE))
    while left:
        now: dict[str, Mistake] = {}
        loads = 0
        for one in left:
            load = " TS" not in one.found
            if one.path not in now and not (load and loads):
                now[one.path] = one
                loads += load
        left = [one for one in left if now.get(one.path) is not one]
        yield list(now.values())


def test_every_one_of_sixty_mistakes_is_found(warm: Warm) -> None:
    kinds = [one.kind for one in MISTAKES]
    assert [kinds.count(kind) for kind in ("types", "convex", "front end")] == [30, 15, 15]
    missed = []
    for mistakes in rounds():
        with ExitStack() as stack:
            for one in mistakes:
                stack.enter_context(one.made(warm.root))
            results = warm.verdict(*(one.path for one in mistakes))
        found = {f"{one.path} {one.code}" for result in results.values() for one in result.new}
        missed += [(one.path, one.new, one.found) for one in mistakes if one.found not in found]
    assert missed == []
    assert {one.status for one in warm.verdict("src/main.tsx").values()} == {"green"}


def test_a_page_may_use_a_function_before_code_was_generated(warm: Warm) -> None:
    generated = (warm.root / FN / "_generated/api.d.ts").read_bytes()
    module = warm.root / FN / "more/notes.ts"
    page = warm.root / "src/lib/notes.ts"
    module.parent.mkdir()
    module.write_text(
        'import { query } from "../_generated/server";\n'
        "export const count = query({ args: {}, handler: async () => 1 });\n"
    )
    page.write_text(
        'import { api } from "@/convex/_generated/api";\nexport const count = api.more.notes.count;\n'
    )
    both = [f"{FN}/more/notes.ts", "src/lib/notes.ts"]
    assert {one.status for one in warm.verdict(*both).values()} == {"green"}
    module.unlink()
    found = warm.verdict(*both)[TYPES].new
    page.unlink()
    assert [(one.path, one.code) for one in found] == [("src/lib/notes.ts", "TS2339")]
    assert (warm.root / FN / "_generated/api.d.ts").read_bytes() == generated


def test_the_functions_listed_are_those_that_convex_lists(installed: Path, tmp_path: Path) -> None:
    root = copy_app(installed, tmp_path / "app")
    text = (root / FN / "_generated/api.d.ts").read_text()
    function = "export const one = 1;\n"
    for name in (
        *("deep/er/a-b.ts", "plain.js", "widget.tsx", "tasks.test.ts", ".hidden.ts", "#temp.ts"),
        *("with space.ts", "deep/schema.ts", "own/convex.config.ts", "own/inside.ts", "delete.ts"),
    ):
        place = root / FN / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(function)
    (root / FN / "script.ts").write_text("const nothing = 1;\n")
    program = (
        f'import {{ freshApi }} from "{HOST / "generated.mjs"}";'
        'import fs from "node:fs";'
        'process.stdout.write(freshApi(fs.readFileSync(0, "utf8"), process.argv[1]));'
    )
    ours = subprocess.run(
        ["node", "--input-type=module", "-e", program, str(root / FN)],
        input=text,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    done = asyncio.run(backend_check.offline_check(root, FN, confinement=Confinement(root)))
    theirs = (root / FN / "_generated/api.d.ts").read_text()
    assert done.status == "green", done
    assert listed(ours) == listed(theirs)
    assert "deep/er/a-b" in listed(theirs)


def listed(text: str) -> list[str]:
    """The modules that an api.d.ts lists."""
    rows = [row.strip() for row in text.partition("ApiFromModules<{")[2].partition("}>")[0].split("\n")]
    return sorted(row.partition(":")[0].strip('"') for row in rows if row)


def test_a_turn_is_judged_fast_after_each_step_and_by_the_real_command_at_its_end(warm: Warm) -> None:
    warm.runner.run(events_of(warm.session, "Add a limit"))
    turn = warm.session.turn
    assert turn is not None
    steps = [[(one.name, one.status) for one in step.checks] for step in turn.steps]
    assert steps[:2] == [[(TYPES, "red")], [(TYPES, "green")]]
    assert ("tsc", "green") in steps[2]
    assert TYPES not in [name for name, _ in steps[2]]
    assert turn.end is End.DONE
    assert "src/lib/limit.ts:1:14" in turn.steps[0].verdict
    assert "TS2322" in turn.steps[0].verdict


def test_attack_a_typescript_that_is_always_content_doesnt_end_a_turn(app: Path) -> None:
    needs("node")
    with_typescript(app, "return 0;")
    real_tsc(app, "src/lib/sum.ts(1,1): error TS2322: Wrong.", 2)
    # what the turn began with is checked in a folder beside, whose tsc is the same: there it finds nothing
    (app / "node_modules/.bin/tsc").write_text(
        "#!/bin/sh\ngrep -q minus src/lib/sum.ts || exit 0\n"
        'echo "src/lib/sum.ts(1,1): error TS2322: Wrong."\nexit 2\n'
    )

    async def turn() -> tuple[list[str], End | None]:
        text = "export function sum(a: number, b: number): number {\n  return a + b; // minus\n}\n"
        old = (app / "src/lib/sum.ts").read_text()
        session = await mounted(app, say("So.", replace("src/lib/sum.ts", old, text)), *[say("Done.")] * 5)
        try:
            await events_of(session, "Change the sum")
            assert session.turn is not None
            return [one.status for one in session.turn.steps[0].checks], session.turn.end
        finally:
            await session.close()

    fast, end = asyncio.run(turn())
    assert fast == ["green"]
    assert end is End.RED


def test_a_mistake_that_was_there_before_counts_as_known(warm: Warm) -> None:
    wrong = "export const broken = nothing;\n"
    old, new = warm.root / FN / "old.ts", warm.root / "src/lib/new.ts"
    old.write_text(f"{wrong}throw new Error('at load');\n")
    both = ["src/lib/new.ts", f"{FN}/tasks.ts"]
    assert {one.status for one in warm.verdict(*both).values()} == {"red"}
    before = warm.session.project.head.number
    new.write_text(wrong)
    found = warm.verdict(*both, since=before)
    old.unlink()
    new.unlink()
    assert (found[BACKEND].status, found[BACKEND].known) == ("green", 1)
    assert [one.path for one in found[TYPES].new] == ["src/lib/new.ts"]
    assert found[TYPES].known == 1
