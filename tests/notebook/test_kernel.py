"""The whole way, in a real kernel: a cell, the agent, a fake model on a socket, the project on disk."""

from __future__ import annotations

import time
from collections.abc import Callable
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.fake_model import Fault, call, create, edit, message, text
from tests.notebook.conftest import Room
from tests.notebook.test_reading import TYPESCRIPT

pytestmark = pytest.mark.slow

BLUE = message(
    text("I make the headline blue."),
    edit("src/App.tsx", "text-xl", "text-xl text-blue-600"),
    usage={"input_tokens": 1200, "output_tokens": 34},
)


def test_a_wish_from_cell_to_disk(room: Callable[..., Room]) -> None:
    here = room([BLUE, "The headline is **blue** now."])
    ran = here.run("%%vly\nMake the headline blue")
    assert ran.ok, ran.error
    assert "text-blue-600" in (here.app / "src/App.tsx").read_text()
    assert [step["step"] for step in ran.steps] == [1, 2]
    assert ran.steps[0]["version"] == 2
    assert ran.steps[0]["changes"][0]["path"] == "src/App.tsx"
    assert '+  return <h1 className="text-xl text-blue-600">' in unescape(ran.html)
    assert "What changed: src/App.tsx (+1 −1)." in ran.text
    assert "To undo it: `%vly undo`." in ran.text
    assert "text-blue-600" in here.run("%vly diff").text
    undone = here.run("%vly undo")
    assert "as it was in version 1" in undone.text
    assert "text-blue-600" not in (here.app / "src/App.tsx").read_text()
    assert here.run("%vly redo").ok
    assert "text-blue-600" in (here.app / "src/App.tsx").read_text()
    assert here.run("%vly goto 1").ok
    table = here.run("%vly versions")
    assert "→ 5" in table.text
    assert "<table" in table.html
    assert "turn 1" in here.run("%vly cost").text


def test_a_prompt_reaches_the_model_byte_for_byte(room: Callable[..., Room]) -> None:
    awkward = [">>> x\n... y", "%vly undo", "é\u2028\x0c{x}$x\n\n", "   indented\n  `${a}`"]
    prompts = [TYPESCRIPT.strip("\n") + "  ", *awkward]
    here = room(["I see."] * len(prompts))
    assert here.run("x = 'expanded'").ok
    for prompt in prompts:
        ran = here.run(f"%%vly --only 'src/{{x}}/$x'\n{prompt}")
        assert ran.ok, ran.error
        assert here.prompt == prompt.removesuffix("\n")


def test_a_step_a_cell(room: Callable[..., Room]) -> None:
    here = room(
        [BLUE, message(text("I add a page."), create("src/New.tsx", "export const a = 1;\n")), "Done."]
    )
    first = here.run("%%vly --step\nMake it blue and add a page")
    assert [step["step"] for step in first.steps] == [1]
    assert first.next_input == "%vly next"
    second = here.run("%vly next")
    assert [step["step"] for step in second.steps] == [2]
    assert "asked: “Make it blue and add a page”" in second.text
    last = here.run("%vly next")
    assert last.next_input is None
    assert "Done" in last.text
    assert not here.run("%vly next").ok


def test_a_review_by_file_and_hunk(room: Callable[..., Room]) -> None:
    def both() -> list[Any]:
        first, second = edit("src/App.tsx", "Hello", "Welcome"), edit("src/lib/sum.ts", "a + b", "b + a")
        return [text("I change both."), first, second]

    other = [text("I change one."), create("src/New.tsx", "export const a = 1;\n")]
    here = room([both(), "The sum is turned.", other, "Nothing then."])
    proposed = here.run("%%vly --review\nChange both")
    assert proposed.ok
    assert proposed.steps[0]["state"] == "waiting"
    assert "Welcome" not in (here.app / "src/App.tsx").read_text()
    assert "%vly apply src/App.tsx" in proposed.text
    assert here.kernel.complete("%vly apply src/l") == ["%vly apply src/lib/sum.ts"]
    assert here.kernel.complete("%vly apply src/lib/sum.ts:") == ["%vly apply src/lib/sum.ts:1"]
    for wrong, said in [
        ("src/Apq.tsx", "src/App.tsx"),
        ("src/App.tsx:9", "9"),
        ("src/App.tsx:x", "which hunks"),
    ]:
        refused = here.run(f"%vly apply {wrong}")
        assert not refused.ok
        assert said in refused.error
        assert "Traceback" not in refused.error
    applied = here.run("%vly apply src/lib/sum.ts:1")
    assert applied.ok, applied.error
    assert "b + a" in (here.app / "src/lib/sum.ts").read_text()
    assert "Welcome" not in (here.app / "src/App.tsx").read_text()
    assert "Welcome" in str(here.model.requests[-1]["messages"])
    assert here.run("%vly undo").ok
    again = here.run("%%vly --review\nAdd one")
    assert again.ok, again.error
    assert again.steps[0]["state"] == "waiting", again.text
    rejected = here.run("%vly reject because it's fine as it is?")
    assert rejected.ok, rejected.error
    assert "it's fine as it is?" in str(here.model.requests[-1]["messages"][-1])
    assert not (here.app / "src/New.tsx").exists()


def test_a_question_is_answered_by_number_or_words(room: Callable[..., Room]) -> None:
    def question() -> list[Any]:
        asking = call("ask_person", question="Which blue?", choices=["Sky", "Navy"])
        return [text("I need to know."), asking]

    here = room([question(), "Navy it is.", question(), "Teal it is."])
    asked = here.run("%%vly\nMake it blue")
    assert "%vly next 2" in asked.text
    assert here.run("%vly next 2").ok
    assert "Navy" in str(here.model.requests[1]["messages"][-1])
    here.run("%%vly\nMake it blue again")
    assert here.run("%vly next can it be teal?").ok
    assert "can it be teal?" in str(here.model.requests[3]["messages"][-1])


@pytest.mark.parametrize(
    "cell",
    [
        "%vly moutn small", "%vly goto 99", "%vly goto", "%vly diff 1 2 3 4", "%vly diff nothing.tsx",
        "%vly mount", "%vly mount /nowhere/at/all", "%vly next", "%vly apply", "%vly reject",
        "%vly mode fast", "%vly redo", "%vly undo now", "%vly help nothing", "%vly versions many",
        "%vly new", "%vly new a b", "%vly new ../x", "%vly only 'x", "%vly tape /nowhere/at/all.jsonl",
        "%%vly\n", "%%vly\n   \n", "%%vly --stpe\nx", "%%vly make it blue\nx",
        "%%vly --docs nothing\nMake it blue",
    ],
)  # fmt: skip
def test_bad_input_is_one_sentence_and_the_next_cell_works(shared: Room, cell: str) -> None:
    ran = shared.run(cell)
    assert not ran.ok
    assert ran.error.startswith("vly: ")
    assert "Traceback" not in ran.error
    assert len(ran.error) < 400
    assert shared.run("%vly status").ok


def test_without_a_project(tmp_path: Path) -> None:
    from tests.notebook.kernel import Kernel

    with Kernel(tmp_path) as kernel:
        kernel.run("%load_ext vly_nb")
        for cell in ("%%vly\nMake it blue", "%vly undo", "%vly next"):
            ran = kernel.run(cell)
            assert not ran.ok
            assert "No project is mounted." in ran.error
            assert "%vly mount PATH" in ran.error
        assert kernel.run("%vly help").ok
        assert "%vly" in str(kernel.run("%vly?").reply["payload"])
        assert kernel.run("%vly undo?").ok
        assert len(kernel.complete("%vly mo")) == 3


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One kernel for cells that change nothing."""
    from tests.conftest import FILES, write_files
    from tests.fake_model import FakeModel
    from tests.notebook.kernel import Kernel

    folder = tmp_path_factory.mktemp("shared")
    app = write_files(folder / "small", FILES)
    with FakeModel() as model, Kernel(folder, model.environ) as kernel:
        kernel.run("%load_ext vly_nb")
        kernel.run("%vly mount small")
        yield Room(kernel, model, app)


def test_completion_in_a_kernel(shared: Room) -> None:
    assert shared.kernel.complete("%vly go") == ["%vly goto"]
    assert shared.kernel.complete("%vly goto ") == ["%vly goto 1"]
    assert shared.kernel.complete("%vly mount sm") == ["%vly mount small/"]
    assert shared.kernel.complete("%%vly --re") == ["%%vly --review"]
    assert shared.kernel.complete("%%vly\nlook at @src/m") == ["%%vly\nlook at @src/main.tsx"]
    assert "import" in shared.kernel.complete("impor")[0]


def asked(here: Room, count: int) -> Callable[[], bool]:
    """True a moment after the model got its `count`-th request."""
    since: list[float] = []

    def now() -> bool:
        if len(here.model.requests) >= count and not since:
            since.append(time.monotonic())
        return bool(since) and time.monotonic() - since[0] > 0.5

    return now


@pytest.mark.parametrize(
    "reply",
    [
        Fault.stall(after=0),
        Fault.stall(after=5),
        Fault.slow(0.2, "word " * 200),
        Fault.status_of(529, "overloaded_error", retry_after="60"),
    ],
    ids=["before the answer", "silence in the answer", "in the answer", "before a new try"],
)
def test_an_interrupt_stops_within_a_second(room: Callable[..., Room], reply: Any) -> None:
    here = room(["Hello.", reply, "All is well."])
    assert here.run("%%vly\nhello").ok  # the SDK is imported by now
    ran = here.run("%%vly\nMake it blue", interrupt_when=asked(here, 2))
    assert 0 < ran.stopping < 10
    assert not ran.ok
    assert ran.error.startswith("vly: Stopped.")
    assert "Traceback" not in ran.error
    after = here.run("%%vly\nGo on")
    assert after.ok, after.error
    assert "All is well." in after.text


def test_the_step_under_way_is_whole_or_undone(room: Callable[..., Room]) -> None:
    here = room([BLUE, Fault.stall(after=4), "Fine."])
    ran = here.run("%%vly\nMake it blue", interrupt_when=asked(here, 2))
    assert not ran.ok
    assert [step["version"] for step in ran.steps] == [2]
    assert "text-blue-600" in (here.app / "src/App.tsx").read_text()
    assert here.run("%vly undo").ok


def test_at_most_two_updates_a_second(room: Callable[..., Room]) -> None:
    here = room(["Hello.", Fault.slow(0.01, "word " * 1500)])
    here.run("%%vly\nhello")
    ran = here.run("%%vly\nTell me much")
    assert ran.ok
    assert ran.seconds > 2
    times = [when for when, _ in ran.updates]
    assert len(times) <= 2 * ran.seconds + 1
    assert all(later - earlier > 0.4 for earlier, later in pairwise(times[:-1]))  # the last one is the end


def test_mentions_go_with_the_prompt(room: Callable[..., Room]) -> None:
    here = room(["I see."])
    here.run("rows = ['first', 'second']")
    ran = here.run("%%vly\nPut $`rows[1]` into @src/App.tsx like {this} and $`that`")
    assert "put in: rows[1] (6 bytes), src/App.tsx (79 bytes)" in ran.text
    assert "$`that` is left as written" in ran.text
    words = [block["text"] for block in here.last_words]
    assert "Put $`rows[1]` into @src/App.tsx like {this} and $`that`" in words
    assert any("second" in block for block in words[-2:])
    assert any("<h1 className" in block for block in words[-2:])


def test_a_dead_endpoint_is_a_sentence(tmp_path: Path, app: Path) -> None:
    from tests.fake_model import closed_port
    from tests.notebook.kernel import Kernel

    environ = {"ANTHROPIC_BASE_URL": closed_port(), "ANTHROPIC_API_KEY": "sk-fake"}
    with Kernel(tmp_path, environ) as kernel:
        kernel.run("%load_ext vly_nb")
        assert kernel.run("%vly mount small").ok
        ran = kernel.run("%%vly\nMake it blue")
        assert not ran.ok
        assert ran.error.startswith("vly: ")
        assert kernel.run("%vly status").ok


def test_reloading_the_extension_gives_the_project_back(room: Callable[..., Room]) -> None:
    here = room()
    assert here.run("%reload_ext vly_nb").ok
    assert not here.run("%vly status").ok
    assert here.run("%vly mount small").ok
    assert here.run("%vly mount small").ok
    assert here.run("%vly unmount").ok
    start = time.monotonic()
    assert here.run("%vly mount small").ok
    assert time.monotonic() - start < 20


def test_a_replay_costs_nothing_and_says_verified(room: Callable[..., Room]) -> None:
    here = room([BLUE, "The headline is blue."])
    assert here.run("%vly tape demo.jsonl").ok
    assert here.run("%%vly\nMake it blue").ok
    assert len(here.model.requests) == 2
    assert here.run("%vly goto 1").ok
    for cell in ("%vly unmount", "%vly mount small", "%vly tape demo.jsonl"):
        assert here.run(cell).ok
    replayed = here.run("%%vly --step\nMake it blue")
    assert replayed.ok, replayed.error
    assert "replayed, verified" in replayed.text
    assert replayed.steps[0]["replay"] == {"verified": True, "drifted": []}
    assert replayed.next_input is None
    assert "text-blue-600" in (here.app / "src/App.tsx").read_text()
    assert here.run("%vly next").ok
    assert len(here.model.requests) == 2


SLOW_TSC = {
    "tsconfig.json": "{}",
    "node_modules/typescript/package.json": '{"name": "typescript", "version": "5.9.3"}',
    "node_modules/.bin/tsc": "#!/bin/sh\nsleep 86399\n",
}


@pytest.mark.parametrize("cell", ["%vly check", "%%vly\nMake it blue"])
def test_an_interrupt_ends_the_program_that_checks(room: Callable[..., Room], cell: str) -> None:
    here = room(["Hello.", BLUE, "Done."], SLOW_TSC)
    (here.app / "node_modules/.bin/tsc").chmod(0o755)
    assert here.run("%%vly\nhello").ok
    ran = here.run(cell, interrupt_when=sleeping)
    assert 0 < ran.stopping < 10  # some 0.3 s; the compiler takes a day
    assert ran.error.startswith("vly: Stopped.")
    time.sleep(0.7)
    assert not sleeping()
    assert here.run("%vly status").ok


def sleeping() -> bool:
    """Whether our slow compiler runs."""
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if place.read_bytes().startswith(b"sleep\x0086399"):
                return True
        except OSError:
            continue
    return False
