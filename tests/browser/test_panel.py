"""The side panel in a real JupyterLab: send, stream, stop, review, undo, queue, reload, restart."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from playwright.sync_api import expect

from tests.browser.deck import Deck, steps_of
from tests.checks.test_tsc import stand_in
from tests.conftest import FILES, write_files
from tests.fake_model import Fault, call, edit, text

pytestmark = pytest.mark.slow

TWO_PARTS = "".join(f"export const a{n} = {n};\n" for n in range(30))
Opened = Callable[..., Deck]


LOOK_AND_EDIT = [
    [text("I look at the page."), call("str_replace_based_edit_tool", command="view", path="src/App.tsx")],
    [text("Say Welcome."), edit("src/App.tsx", "Hello", "Welcome")],
    "The headline says **Welcome** now.",
]


def test_a_wish_becomes_cells_that_run_to_its_end(opened: Opened) -> None:
    deck = opened(LOOK_AND_EDIT)
    deck.ask("Say Welcome in the headline")
    deck.ended()
    assert "Welcome" in deck.text()
    assert deck.cells[2:] == ["%%vly --step\nSay Welcome in the headline", "%vly next", "%vly next"]
    cards = deck.panel.locator(".vly-card .vly-title")
    assert cards.all_inner_texts() == ["I look at the page.", "Say Welcome."]
    expect(deck.panel.locator(".vly-end strong")).to_have_text("Welcome")
    # The same card stands in the cell, and its button works.
    in_cell = deck.page.locator(".jp-Notebook .vly-in-cell")
    assert in_cell.count() == 3
    deck.button("Undo this turn").click()
    deck.until(lambda: "Hello" in deck.text())
    deck.idle()
    in_cell.nth(1).get_by_role("button", name="Go to version 2").click()
    deck.until(lambda: "Welcome" in deck.text())
    deck.idle()
    assert deck.cells[-2:] == ["%vly goto 1", "%vly goto 2"]


def test_the_panel_says_what_goes_on(opened: Opened) -> None:
    deck = opened([Fault.slow(0.05, [text("Looking. " * 20), edit("src/App.tsx", "Hello", "Hi")]), "Done."])
    deck.ask("Say Hi")
    expect(deck.button("Stop")).to_be_visible(timeout=60_000)
    expect(deck.panel.locator(".vly-live-words")).to_contain_text("Looking.")
    expect(deck.panel.locator(".vly-doing-words")).to_contain_text(re.compile("writing|preparing a change"))
    deck.ended()
    expect(deck.button("Stop")).to_be_hidden()


STOP = """async () => {
    const panel = document.querySelector('.vly-side');
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const start = performance.now();
    panel.querySelector('.vly-stop').click();
    let heard = 0;
    for (;;) {
        await frame();
        const over = panel.querySelector('.vly-end') !== null;
        if (!heard && (over || panel.querySelector('.vly-doing').textContent.includes('stopping'))) {
            heard = performance.now() - start;
        }
        if (over || performance.now() - start > 10000) { return [heard, performance.now() - start]; }
    }
}"""
PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
PASTE = """(picture) => {
    const bytes = Uint8Array.from(atob(picture), (c) => c.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], 'shot one.png', {type: 'image/png'}));
    const event = new ClipboardEvent('paste', {clipboardData: data, bubbles: true});
    document.querySelector('.vly-prompt').dispatchEvent(event);
}"""
NEVER = "4711.4712"  # seconds; a number by which the program is known
PHASES = {
    "waiting for the model": Fault.stall(after=0),
    "streaming": Fault.slow(0.05, "A long answer. " * 200),
    "running a command": [text("I look."), call("bash", command="cat src/pipe")],  # nobody writes into it
    "checking": [text("Say Hi."), edit("src/App.tsx", "Hello", "Hi")],
}
PROGRAMS = {"running a command": b"cat\0src/pipe\0", "checking": f"sleep\0{NEVER}\0".encode()}


def runs(words: bytes) -> bool:
    """Whether a program with this command line runs."""
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if process.read_bytes().endswith(words):
                return True
    return False


@pytest.mark.parametrize("phase", PHASES)
def test_stop_is_heard_at_once(opened: Opened, phase: str) -> None:
    deck = opened([PHASES[phase]])
    if phase == "checking":
        stand_in(deck.app, f"exec sleep {NEVER}")
    os.mkfifo(deck.app / "src/pipe")
    deck.ask("Something that takes long")
    if phase == "streaming":
        expect(deck.panel.locator(".vly-live-words")).to_contain_text("long answer")
    elif phase == "waiting for the model":
        deck.until(deck.model.asked.is_set)
    else:
        deck.until(lambda: runs(PROGRAMS[phase]))
        said = "cat src/pipe" if phase == "running a command" else "checking"
        expect(deck.panel.locator(".vly-doing-words")).to_contain_text(said)
    heard, over = deck.page.evaluate(STOP)
    print(f"stop, {phase}: heard after {heard:.0f} ms, over after {over:.0f} ms")
    assert heard < 3_000 and over < 10_000  # ten times what it takes: others may use this machine
    expect(deck.panel.locator(".vly-end")).to_contain_text("Stopped")
    if phase in PROGRAMS:
        assert not runs(PROGRAMS[phase])
    else:
        assert deck.model.dropped.wait(10)


def test_review_by_part(opened: Opened) -> None:
    parts = [
        edit("src/lib/many.ts", "a1 = 1;", "a1 = 100;"),
        edit("src/lib/many.ts", "a25 = 25;", "a25 = 2500;"),
    ]
    replies = [[text("Two parts."), *parts], "Done.", [text("Another."), parts[1]], "All right."]
    deck = opened(replies, {"src/lib/many.ts": TWO_PARTS})
    deck.panel.get_by_label("How far vly goes by itself").select_option("review")
    deck.ask("Change both")
    review = deck.panel.locator(".vly-review")
    review.get_by_label("Take part 1 of src/lib/many.ts").uncheck()
    expect(review.locator(".vly-primary").first).to_have_text("Apply 1 of 2 parts")
    assert "a1 = 1;" in deck.text("src/lib/many.ts"), "nothing is written before"
    review.locator(".vly-primary").first.click()
    deck.ended()
    assert "a1 = 1;" in deck.text("src/lib/many.ts") and "a25 = 2500;" in deck.text("src/lib/many.ts")
    assert deck.cells[-1] == "%vly apply src/lib/many.ts:2"
    told = str(deck.model.requests[1]["messages"][-1])
    assert "accepted a part of it" in told and "a1 = 100" in told


def test_a_whole_review_by_keyboard_alone(opened: Opened) -> None:
    parts = [
        edit("src/lib/many.ts", "a1 = 1;", "a1 = 100;"),
        edit("src/lib/many.ts", "a25 = 25;", "a25 = 2500;"),
    ]
    replies = [
        [text("Two."), *parts],
        [text("One more."), edit("src/App.tsx", "Hello", "Ho")],
        "As you like.",
    ]
    deck = opened(replies, {"src/lib/many.ts": TWO_PARTS})
    deck.panel.get_by_label("How far vly goes by itself").select_option("review")
    deck.ask("Change both")
    review = deck.panel.locator(".vly-review")
    review.wait_for()
    keys = deck.page.keyboard
    deck.panel.get_by_label("What would you like to change?").focus()
    for _ in range(40):  # back from the prompt, as a person goes
        keys.press("Shift+Tab")
        if review.evaluate("(node) => node.contains(document.activeElement)"):
            break
    keys.press("n")
    keys.press("n")
    keys.press("x")
    keys.press("a")
    expect(review.locator(".vly-hunk")).to_have_count(1)
    assert "a1 = 1;" in deck.text("src/lib/many.ts") or "a25 = 25;" in deck.text("src/lib/many.ts")
    review.locator(".vly-hunk").focus()
    keys.press("r")
    keys.type("The old word was fine?")
    keys.press("Enter")
    deck.ended()
    assert "Hello" in deck.text()
    assert "The old word was fine?" in str(deck.model.requests[2]["messages"][-1])


def test_what_waits_in_the_queue_comes_next(opened: Opened) -> None:
    deck = opened([Fault.slow(0.1, "One, slowly. " * 40), "Two."])
    deck.ask("First wish")
    expect(deck.panel.locator(".vly-live-words")).to_contain_text("One")
    deck.ask("Second wish")
    expect(deck.panel.locator(".vly-queue li")).to_have_count(1)
    deck.ended(2)
    expect(deck.panel.locator(".vly-queue li")).to_have_count(0)
    assert deck.cells[-1] == "%%vly --step\nSecond wish"


def test_a_page_loaded_anew_in_mid_run(opened: Opened) -> None:
    deck = opened(["Before.", Fault.slow(0.2, "A slow answer goes on. " * 60)])
    deck.ask("First")
    deck.ended()
    deck.save()
    deck.ask("Second")
    expect(deck.panel.locator(".vly-live-words")).to_contain_text("slow answer")
    deck.reload()
    expect(deck.panel.locator(".vly-live-words")).to_contain_text("slow answer", timeout=60_000)
    asked = deck.panel.locator(".vly-asked")
    assert asked.all_inner_texts() == ["First", "Second"]
    before = len(deck.panel.locator(".vly-live-words").inner_text())
    deck.page.wait_for_timeout(400)
    assert len(deck.panel.locator(".vly-live-words").inner_text()) > before, "it goes on"
    deck.button("Stop").click()
    expect(deck.panel.locator(".vly-end").nth(1)).to_contain_text("Stopped")


def test_a_kernel_started_again(opened: Opened) -> None:
    deck = opened([*LOOK_AND_EDIT, "Hello again."])
    deck.ask("Say Welcome")
    deck.ended()
    deck.page.evaluate(
        "async () => { await window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart(); }"
    )
    deck.panel.locator(".vly-first").wait_for()
    deck.page.evaluate("async () => { await window.jupyterapp.shell.currentWidget.sessionContext.ready; }")
    deck.quiet(f"import os; os.environ.update({deck.model.environ!r})")
    deck.run("%load_ext vly_nb")
    deck.run(f"%vly mount {deck.app.name}")
    deck.ready()
    expect(deck.panel.locator(".vly-card")).to_have_count(2)
    deck.ask("Are you there?")
    deck.ended(2)
    expect(deck.panel.locator(".vly-end").nth(1)).to_contain_text("Hello again.")


def test_two_notebooks_two_projects(opened: Opened) -> None:
    one = opened(["This is one."])
    one.ask("Who is there?")
    one.ended()
    two = opened(["This is two."])
    expect(two.panel.locator(".vly-name")).to_have_text(two.app.name)
    assert two.panel.locator(".vly-end").count() == 0
    two.ask("And there?")
    two.ended()
    two.command("docmanager:open", path=one.name)
    expect(one.panel.locator(".vly-name")).to_have_text(one.app.name)
    expect(one.panel.locator(".vly-end")).to_contain_text("This is one.")


def test_apply_and_stop_while_a_plain_cell_runs(opened: Opened) -> None:
    proposed = [text("Proposed."), edit("src/App.tsx", "Hello", "Welcome")]
    deck = opened([proposed, Fault.slow(0.05, "Slowly. " * 300)])
    deck.run("%vly mode review")
    deck.ask("Say Welcome")
    review = deck.panel.locator(".vly-review")
    review.wait_for()
    deck.run("import time\nfor n in range(300): time.sleep(0.1)", wait=False)
    deck.page.wait_for_timeout(500)
    review.locator(".vly-primary").first.click()
    deck.until(lambda: "Welcome" in deck.text(), 15)  # some 0.2 s; the plain cell takes 30
    assert deck.cell_runs
    expect(deck.panel.locator(".vly-live-words")).to_contain_text("Slowly.")
    deck.button("Stop").click()
    deck.panel.locator(".vly-end").wait_for()
    assert deck.cell_runs, "the plain cell runs on"
    deck.command("notebook:interrupt-kernel")


def test_without_cells(opened: Opened) -> None:
    deck = opened([*LOOK_AND_EDIT, "Two."])
    before = deck.cells
    deck.panel.get_by_label("In the notebook").uncheck()
    deck.ask("Say Welcome")
    deck.ended()
    assert "Welcome" in deck.text() and deck.cells == before
    deck.button("Undo this turn").click()
    deck.until(lambda: "Hello" in deck.text())
    assert deck.cells == before


def test_buttons_in_a_saved_notebook(opened: Opened) -> None:
    """They act on the proposal that waits and on versions that are there; on no others."""
    first = [text("One."), edit("src/App.tsx", "Hello", "One")]
    second = [text("Two."), edit("src/App.tsx", "One", "Two")]
    deck = opened([first, "Done.", second, "Done."])
    deck.run("%vly mode review")
    deck.ask("Say One")
    in_cell = deck.page.locator(".jp-Notebook .vly-in-cell")
    in_cell.locator(".vly-primary").first.click()
    deck.ended()
    deck.ask("Say Two")
    in_cell.locator(".vly-primary").first.wait_for()
    deck.save()
    assert len(steps_of(deck.lab.folder / deck.name)) >= 2
    deck.reload()
    expect(in_cell.locator(".vly-primary:visible")).to_have_count(1)  # the old proposal has no buttons
    expect(in_cell.first).to_contain_text("no longer waits")
    in_cell.locator(".vly-primary:visible").click()
    deck.until(lambda: "Two" in deck.text())


def test_a_file_opens_at_its_line_and_shows_what_is_written(opened: Opened) -> None:
    change = edit("src/lib/many.ts", "a25 = 25;", "a25 = 2500;")
    deck = opened([[text("Change."), change], "Done."], {"src/lib/many.ts": TWO_PARTS})
    deck.command("docmanager:open", path=f"{deck.app.name}/src/lib/many.ts")
    deck.command("docmanager:open", path=deck.name)
    deck.ask("Change a25")
    deck.ended()
    deck.panel.get_by_label("Open src/lib/many.ts in the editor").click()
    deck.page.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget.context.path.endsWith('many.ts')"
    )
    current = "window.jupyterapp.shell.currentWidget"
    deck.page.wait_for_function(f"() => {current}.content.editor.getCursorPosition().line === 22")
    # It was open before: it is read again when the kernel tells of a new version.
    source = f"{current}.content.editor.model.sharedModel.getSource()"
    deck.page.wait_for_function(f"() => {source}.includes('a25 = 2500')")


def test_files_and_cells_are_completed(opened: Opened) -> None:
    deck = opened([])
    prompt = deck.panel.locator(".vly-prompt")
    prompt.click()
    deck.page.keyboard.type("Look at @sum")
    offers = deck.panel.get_by_role("option")
    expect(offers.first).to_have_text("@src/lib/sum.ts")
    deck.page.keyboard.press("Enter")
    expect(prompt).to_have_value("Look at @src/lib/sum.ts ")
    deck.page.keyboard.type("and @In")
    expect(offers.first).to_have_text(re.compile(r"@In\[\d+\]"))


def test_a_pasted_picture_is_kept_beside_the_notebook(opened: Opened) -> None:
    deck = opened(["I see it."])
    deck.panel.locator(".vly-prompt").click()
    deck.page.evaluate(PASTE, PICTURE)
    expect(deck.panel.locator(".vly-prompt")).to_have_value(re.compile("@attachments/shot-one.*png"))
    deck.page.keyboard.type("what is this?")
    deck.page.keyboard.press("Enter")
    deck.ended()
    kinds = [block["type"] for block in deck.model.requests[0]["messages"][-1]["content"]]
    assert "image" in kinds


def test_a_notebook_made_so_runs_again_on_its_tape(opened: Opened, tmp_path: Path) -> None:
    deck = opened(LOOK_AND_EDIT)
    deck.run("%vly tape made.tape")
    deck.ask("Say Welcome in the headline")
    deck.ended()
    deck.save()
    document = nbformat.read(deck.lab.folder / deck.name, as_version=4)
    write_files(tmp_path / deck.app.name, FILES)
    shutil.copy(deck.lab.folder / "made.tape", tmp_path)
    client = NotebookClient(document, timeout=60, resources={"metadata": {"path": str(tmp_path)}})
    client.execute(env=deck.lab.environ)  # no key, no endpoint
    nbformat.write(document, tmp_path / "again.ipynb")
    steps = steps_of(tmp_path / "again.ipynb")
    assert [step["replay"]["verified"] for step in steps] == [True, True, True]
