"""The panel where things are hard: a slow link, a server that drops messages, a person's own colours."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.deck import Deck, start_lab
from tests.browser.lab import extensions, private, serving
from tests.browser.test_panel import STOP
from tests.browser.test_panel_figures import FLOOD, SHOWN
from tests.fake_model import FakeModel, Fault, call, edit, text

pytestmark = pytest.mark.slow

Opened = Callable[..., Deck]
LIMITS = ["--ZMQChannelsWebsocketConnection.iopub_msg_rate_limit=12"]
LIMITS += ["--ZMQChannelsWebsocketConnection.rate_limit_window=1"]


def test_over_a_slow_link_nothing_is_lost(opened: Opened) -> None:
    """300 ms each way and 40 KB a second; what is clicked is shown at once all the same."""
    deck = opened(
        [Fault.slow(0.05, "Slowly. " * 100), [text("Say Hi."), edit("src/App.tsx", "Hello", "Hi")], "Done."]
    )
    link = deck.page.context.new_cdp_session(deck.page)
    link.send("Network.enable")
    slow = {"offline": False, "latency": 300, "downloadThroughput": 40_000, "uploadThroughput": 40_000}
    link.send("Network.emulateNetworkConditions", slow)
    deck.quiet(FLOOD)
    deck.page.wait_for_function(f"() => ({SHOWN})()[0] === 5000", timeout=60_000)
    deck.quiet("shown.set()")
    deck.panel.locator(".vly-notice").wait_for()
    deck.ask("Tell me")
    expect(deck.panel.locator(".vly-live-words")).to_contain_text("Slowly.")
    heard, _ = deck.page.evaluate(STOP)
    assert heard < 3_000
    deck.ended()
    deck.ask("Say Hi")
    deck.ended(2)
    assert "Hi" in deck.text()
    link.send("Network.emulateNetworkConditions", {**slow, "latency": 0, "downloadThroughput": -1})
    link.detach()


@pytest.fixture
def strict(browser: Browser, tmp_path: Path) -> Iterator[Callable[[FakeModel], Deck]]:
    """A server that lets through twelve messages a second."""
    folder = tmp_path / "served"
    folder.mkdir()
    argv = [sys.executable, "-m", "jupyterlab", "--LabApp.expose_app_in_browser=True", *LIMITS]
    argv += [f"--LabApp.extra_labextensions_path={extensions(folder)}"]
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(60_000)
    with serving(argv, folder, private(tmp_path / "jupyter")) as lab:

        def enter(model: FakeModel) -> Deck:
            deck = Deck.lay(page, lab, model)
            page.goto(lab.address(base="lab"))
            start_lab(page)
            return deck.open()

        yield enter
    page.close()


def test_a_server_that_drops_messages(strict: Callable[[FakeModel], Deck]) -> None:
    """More updates than the server lets through: the panel notices, and is filled anew."""
    replies = [
        [text("I look. " * 300), call("str_replace_based_edit_tool", command="view", path="src/App.tsx")],
        [text("Say Welcome. " * 2), edit("src/App.tsx", "Hello", "Welcome")],
        "It says Welcome.",
    ]
    with FakeModel(Fault.slow(0.004, reply) for reply in replies) as model:
        deck = strict(model)
        deck.panel.get_by_label("In the notebook").uncheck()
        deck.ask("Say Welcome")
        deck.panel.locator(".vly-end").wait_for(timeout=60_000)
        expect(deck.panel.locator(".vly-end")).to_contain_text("It says Welcome.")
        expect(deck.panel.locator(".vly-card")).to_have_count(2)
        expect(deck.button("Stop")).to_be_hidden(timeout=60_000)
        assert "rate exceeded" in deck.lab.folder.with_suffix(".log").read_text(), "some were dropped"
        deck.close()


def test_no_rate_warning_at_the_usual_limits(opened: Opened) -> None:
    deck = opened([])
    deck.quiet(FLOOD)
    deck.quiet("shown.set()")
    deck.panel.locator(".vly-notice").wait_for()
    assert "rate exceeded" not in deck.lab.folder.with_suffix(".log").read_text()


def test_reduced_motion_and_forced_colours(opened: Opened) -> None:
    deck = opened([[text("Say Hi."), edit("src/App.tsx", "Hello", "Hi")], Fault.slow(0.05, "Well. " * 200)])
    deck.ask("Say Hi")
    expect(deck.panel.locator(".vly-live-words")).to_contain_text("Well.")
    moves = "(node) => getComputedStyle(node).animationName"
    assert deck.panel.locator(".vly-dot").evaluate(moves) == "vly-pulse"
    deck.page.emulate_media(reduced_motion="reduce", forced_colors="active")
    assert deck.panel.locator(".vly-dot").evaluate(moves) == "none"
    line = deck.panel.locator(".vly-add").first
    expect(line.locator(".vly-sign")).to_have_text("+")  # colour is never the only sign
    selected = deck.panel.get_by_role("tab", selected=True)
    assert selected.evaluate("(node) => getComputedStyle(node).outlineStyle") == "solid"
    deck.button("Stop").click()
    deck.ended()
    deck.page.emulate_media(reduced_motion="no-preference", forced_colors="none")
