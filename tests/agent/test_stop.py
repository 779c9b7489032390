"""A stop at every await of a run: the history stays valid and the project whole."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from tests.agent.talk import call, create, replace, say, valid, view
from tests.conftest import FILES, write_files
from vly_nb.agent.turn import End
from vly_nb.model.scripted import Scripted
from vly_nb.session import Session

PAIR = ("export const first = 1;\n", "export const second = 2;\n")


def replies() -> list[object]:
    return [
        say(
            "I look around first.",
            view("src/App.tsx"),
            view("src/lib/sum.ts"),
            call("search_code", pattern="sum"),
        ),
        say(
            "Two files and a command.",
            create("src/first.ts", PAIR[0]),
            create("src/second.ts", PAIR[1]),
            call("bash", command="ls src"),
            replace("src/App.tsx", "Hello", "Hi"),
        ),
        "Done: there are two new files.",
    ]


async def ticks(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def stopped_after(root: Path, count: int) -> bool:
    """Cancel a turn after so many rounds of the event loop; False when it had ended by then."""
    model = Scripted([*replies(), "And now the next.", "And the next."])
    session = await Session.mount(root, model=model)
    try:

        async def turn() -> None:
            async for _ in session.ask("Go"):
                pass

        running = asyncio.ensure_future(turn())
        await ticks(count)
        ended = running.done()
        running.cancel()
        await asyncio.wait([running])
        assert session.turn is None or session.turn.end in (End.STOPPED, End.DONE)
        if not ended and session.turn is not None and session.turn.end is End.DONE:
            # The stop came while the last check's files were being noted: all was done by then.
            assert session.agent.green == session.project.head.number
        elif not ended and session.turn is not None:
            assert session.turn.end_note
        whole(root, session)
        async for _ in session.ask("Then this"):
            pass
        assert session.turn is not None and session.turn.end in (End.DONE, End.EMPTY)
        for request in model.requests:
            valid(request.messages)
        whole(root, session)
        return not ended
    finally:
        await session.close()


def whole(root: Path, session: Session) -> None:
    """Both new files or none, nothing half, and the last version is what is on disk."""
    pair = [(root / name).exists() for name in ("src/first.ts", "src/second.ts")]
    assert pair in ([True, True], [False, False])
    if all(pair):
        assert ((root / "src/first.ts").read_text(), (root / "src/second.ts").read_text()) == PAIR
    assert session.project.observe("leftover") is None, "what is on disk is a version"


@pytest.mark.slow
def test_a_stop_at_every_await_leaves_a_valid_history_and_a_whole_project(tmp_path: Path) -> None:
    count = ended = 0
    while ended < 3:
        root = write_files(tmp_path / str(count), FILES)
        if not asyncio.run(stopped_after(root, count)):
            ended += 1
        shutil.rmtree(root)
        # Every early await; where only threads and programs are awaited, ticks pass by the thousand.
        count += 1 if count < 150 else max(1, count // 12)
    assert count > 150


async def test_a_stop_while_a_command_runs_ends_it_within_a_second(app: Path) -> None:
    model = Scripted([say("Wait.", call("bash", command="sleep 60")), "Fine."])
    session = await Session.mount(app, model=model)

    async def turn() -> None:
        async for _ in session.ask("Go"):
            pass
        async for _ in session.go_on(answer="yes"):
            pass

    running = asyncio.ensure_future(turn())
    await asyncio.sleep(0.8)
    assert not running.done()
    started = asyncio.get_running_loop().time()
    assert session.stop()
    await asyncio.wait([running])
    assert asyncio.get_running_loop().time() - started < 20
    async for _ in session.ask("Next"):
        pass
    for request in model.requests:
        valid(request.messages)
