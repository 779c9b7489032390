"""What people do with the panel, in every place, on the newest ipykernel and on 6.31.

JupyterLab on the newest one is `test_panel.py`'s, which looks more closely.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.lab import Lab
from tests.browser.stages import BARE, LAB, NEW_KERNEL, NOTEBOOK, OLD_KERNEL, Stage, laid, offer, stage_in
from tests.fake_model import FakeModel, Fault, edit, text

pytestmark = pytest.mark.slow

PLACES = [(LAB, OLD_KERNEL)] + [
    (place, kernel) for place in (NOTEBOOK, BARE) for kernel in (NEW_KERNEL, OLD_KERNEL)
]
_numbers = itertools.count(1)
MANY = "".join(f"export const a{n} = {n};\n" for n in range(30))
SLOWLY = Fault.slow(0.05, "Slowly it is told. " * 200)


@pytest.fixture(scope="module", params=PLACES, ids=lambda place: "-".join(place))
def stage(request: pytest.FixtureRequest, browser: Browser, lab: Lab) -> Iterator[Stage]:
    place, kernel = request.param
    if kernel == OLD_KERNEL:
        offer(lab, request.getfixturevalue("old_kernel"))
    with stage_in(browser, lab, place, kernel) as made:
        yield made


def two_parts(stage: Stage) -> tuple[str, list[object]]:
    """A fresh file, and a reply that proposes two parts of it."""
    path = f"src/lib/many{next(_numbers)}.ts"
    (stage.app / path).write_text(MANY)
    return path, [
        text("Two parts."),
        edit(path, "a1 = 1;", "a1 = 100;"),
        edit(path, "a25 = 25;", "a25 = 2500;"),
    ]


def test_send_stream_and_stop(stage: Stage) -> None:
    stage.model.say(SLOWLY)
    stage.ask("Tell me")
    expect(stage.panel.locator(".vly-live-words")).to_contain_text("told. Slowly")
    turns = stage.ends
    stage.button("Stop").click()
    stage.ended(turns + 1)
    expect(stage.panel.locator(".vly-end").last).to_contain_text("Stopped")
    assert stage.model.dropped.wait(10)


def test_review_by_part_then_undo_and_a_version(stage: Stage) -> None:
    path, parts = two_parts(stage)
    stage.model.say(parts, "Done.")
    stage.mode("review")
    stage.ask("Change both")
    review = stage.panel.locator(".vly-review")
    review.get_by_label(f"Take part 1 of {path}").uncheck()
    assert stage.text(path) == MANY, "nothing is written before"
    turns = stage.ends
    review.get_by_role("button", name="Apply 1 of 2 parts").click()
    stage.ended(turns + 1)
    changed = stage.text(path)
    assert "a1 = 1;" in changed and "a25 = 2500;" in changed
    stage.tab("Versions")
    head = stage.panel.locator(".vly-here b").inner_text()
    stage.button("Undo").click()
    stage.until(lambda: stage.text(path) == MANY)
    stage.idle()
    stage.button(f"Go to version {head}").click()
    stage.until(lambda: stage.text(path) == changed)
    stage.idle()
    stage.tab("Chat")
    assert ("%vly undo" in stage.cells) is stage.in_cells


def test_reject_with_a_reason(stage: Stage) -> None:
    path, parts = two_parts(stage)
    stage.model.say(parts, "As you like.")
    stage.mode("review")
    stage.ask("Change both")
    review = stage.panel.locator(".vly-review")
    review.get_by_role("button", name="Reject…").click()
    stage.page.keyboard.type("It was fine")
    turns = stage.ends
    stage.page.keyboard.press("Enter")
    stage.ended(turns + 1)
    assert stage.text(path) == MANY and "It was fine" in str(stage.model.requests[-1]["messages"][-1])


def test_what_waits_comes_next(stage: Stage) -> None:
    stage.mode("run")
    stage.model.say(Fault.slow(0.1, "One, slowly. " * 40), "Two.")
    turns = stage.ends
    stage.ask("First wish")
    expect(stage.panel.locator(".vly-live-words")).to_contain_text("One")
    stage.ask("Second wish")
    expect(stage.panel.locator(".vly-queue li")).to_have_count(1)
    stage.ended(turns + 2)
    expect(stage.panel.locator(".vly-end").last).to_contain_text("Two.")


def test_apply_and_stop_while_a_plain_cell_runs(stage: Stage) -> None:
    """At once on the newest kernel; on an old one when the cell ends."""
    path, parts = two_parts(stage)
    stage.model.say(parts, SLOWLY)
    stage.mode("review")
    stage.ask("Change both")
    review = stage.panel.locator(".vly-review")
    review.wait_for()
    stage.run(f"import time\nfor n in range({20 if stage.old else 300}): time.sleep(0.1)", wait=False)
    stage.page.wait_for_function("() => document.querySelector('.jp-InputPrompt')")
    stage.until(lambda: stage.cell_runs)
    turns = stage.ends
    review.get_by_role("button", name="Apply").click()
    stage.until(lambda: "a1 = 100;" in stage.text(path), 15)
    expect(stage.panel.locator(".vly-live-words")).to_contain_text("Slowly")
    assert stage.cell_runs or stage.old
    stage.button("Stop").click()
    stage.panel.locator(".vly-end").nth(turns).wait_for()
    assert stage.cell_runs or stage.old, "the plain cell runs on"
    stage.command("notebook:interrupt-kernel")
    stage.idle()
    stage.mode("run")


def test_a_page_loaded_anew_in_mid_run(stage: Stage) -> None:
    stage.model.say("Before.", Fault.slow(0.2, "A slow answer goes on. " * 60))
    turns = stage.ends
    stage.ask("First")
    stage.ended(turns + 1)
    stage.save()
    stage.ask("Second")
    live = stage.panel.locator(".vly-live-words")
    expect(live).to_contain_text("slow answer")
    stage.load()
    if stage.old and stage.in_cells:  # nothing is heard before the cell ends, but it can be ended
        stage.button("Stop what runs").click()
    else:
        expect(live).to_contain_text("slow answer")
        before = len(live.inner_text())
        stage.until(lambda: len(live.inner_text()) > before)
        stage.button("Stop").click()
    expect(stage.panel.locator(".vly-asked").last).to_have_text("Second")
    stage.panel.locator(".vly-end").nth(turns + 1).wait_for()
    expect(stage.panel.locator(".vly-end").last).to_contain_text("Stopped")


def test_two_notebooks_two_projects(stage: Stage) -> None:
    stage.model.say("This is one.")
    turns = stage.ends
    stage.ask("Who is there?")
    stage.ended(turns + 1)
    other = stage.page.context.new_page()
    with FakeModel(["This is two."]) as model:
        two = laid(other, stage.lab, model, stage.place, stage.kernel).enter()
        expect(two.panel.locator(".vly-name")).to_have_text(two.app.name)
        assert two.ends == 0
        two.ask("And there?")
        two.ended()
        expect(two.panel.locator(".vly-end")).to_contain_text("This is two.")
        two.close()
    other.close()
    expect(stage.panel.locator(".vly-name")).to_have_text(stage.app.name)
    assert stage.ends == turns + 1


def test_a_kernel_started_again(stage: Stage) -> None:
    """The last one here: what was said is there again, and one can go on."""
    stage.save()
    stage.page.evaluate(
        "async () => { await window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart(); }"
    )
    turns = stage.ends
    stage.begin()
    stage.until(lambda: stage.ends >= min(turns, 1))
    stage.model.say("Hello again.")
    asked = stage.panel.locator(".vly-end").filter(has_text="Hello again.")
    stage.ask("Are you there?")
    asked.wait_for()
    stage.idle()
