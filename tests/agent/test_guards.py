"""The guards in a turn: what is only noted is written and told, what is refused is not written."""

from __future__ import annotations

import json
from pathlib import Path

from tests.agent.talk import create, events_of, replace, say, view
from tests.conftest import write_files
from vly_nb.agent.events import TurnedAway
from vly_nb.agent.turn import End
from vly_nb.model.scripted import Scripted
from vly_nb.session import Session

LONG = "".join(f"export const value{n} = {n};\n" for n in range(30))


async def test_a_note_is_told_and_holds_nothing_up(app: Path) -> None:
    write_files(app, {"src/values.ts": LONG})
    model = Scripted(
        [
            say("I look.", view("src/values.ts")),
            say("I write it anew.", create("src/values.ts", "export const value1 = 1;\n")),
            "Done.",
        ]
    )
    session = await Session.mount(app, model=model)
    await events_of(session, "Make the first value nicer")
    assert (app / "src/values.ts").read_text() == "export const value1 = 1;\n"
    told = json.dumps(model.requests[-1].messages, ensure_ascii=False)
    assert "warning edit-not-destructive: 29 of the 30 lines of this file are gone." in told
    assert [d.code for d in session.turns[0].steps[1].diagnostics] == ["edit-not-destructive"]
    assert session.turns[0].end is End.DONE
    await session.close()


async def test_what_a_program_writes_is_no_sprawl(app: Path) -> None:
    write_files(app, {"pnpm-lock.yaml": LONG, "src/convex/_generated/api.d.ts": LONG})
    session = await Session.mount(app, model=Scripted([]))
    before = session.project.head.number
    write_files(app, {"pnpm-lock.yaml": LONG[:40], "src/convex/_generated/api.d.ts": LONG[:40]})
    session.project.observe("pnpm")
    change = session.project.changes_between(before, before + 1)
    assert len(change.changes) == 2
    assert session.stack.remarks(session.project, change, "Add a package") == []
    await session.close()


async def test_a_marked_block_is_refused_with_its_line(app: Path) -> None:
    text = "export const a = 1;\n\n// DO NOT CHANGE\nexport const b = 2;\n"
    write_files(app, {"src/b.ts": text})
    model = Scripted(
        [say("I look.", view("src/b.ts")), say("I edit.", replace("src/b.ts", "b = 2", "b = 3")), "No."]
    )
    session = await Session.mount(app, model=model)
    events = await events_of(session, "Make b three")
    (refused,) = [one for one in events if isinstance(one, TurnedAway)]
    assert [(d.code, d.where) for d in refused.diagnostics] == [("auth-files-read-only", "src/b.ts:3:1")]
    assert (app / "src/b.ts").read_text() == text
    assert "This block says that it is not to be changed" in json.dumps(model.requests[-1].messages)
    await session.close()


async def test_a_fix_leaves_what_is_marked_as_it_is(app: Path) -> None:
    routed = 'import { Link } from "react-router-dom";\n\nexport const link = Link;\n'
    write_files(app, {"src/a.tsx": routed, "src/b.tsx": f"// THIS FILE IS READ ONLY\n{routed}"})
    session = await Session.mount(app, model=Scripted([]))
    version = session.fix()
    assert version is not None and version.changed == ("src/a.tsx",)
    assert '"react-router"' in (app / "src/a.tsx").read_text()
    await session.close()
