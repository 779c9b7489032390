"""The first minute: with no notebook open, each of three buttons ends where one can ask."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.deck import SENDABLE, SIDE, Deck
from tests.browser.lab import Lab
from tests.conftest import FILES, needs, write_files
from tests.fake_model import FakeModel

pytestmark = pytest.mark.slow

WISH = 'Make the headline on the landing page say "Everything you meant to do." and let its button say '
WISH += '"Start today".'
PATH = "() => window.jupyterapp.shell.currentWidget.context.path"


@pytest.fixture
def empty(room: Page, lab: Lab) -> Iterator[Deck]:
    """JupyterLab with nothing open but the panel."""
    deck = Deck(room, lab, FakeModel(), "", lab.folder)
    deck.command("application:close-all")
    deck.command("vly:open")
    yield deck
    deck.name = room.evaluate(PATH)
    deck.close()


def can_ask(deck: Deck) -> None:
    """A wish can be sent, and three are there to click."""
    deck.page.wait_for_function(SENDABLE, arg=SIDE, timeout=120_000)
    expect(deck.panel.locator(".vly-start .vly-choice")).to_have_count(3)
    deck.panel.locator(".vly-start .vly-choice").first.click()
    expect(deck.panel.locator(".vly-prompt")).to_have_value(
        "Make the landing page feel warm and friendly, with a headline that says what the app does"
    )


@pytest.mark.node
def test_a_new_app(empty: Deck) -> None:
    needs("node", "Install Node 20 or newer.")
    empty.panel.get_by_label("The new app’s name").fill("Not A Name")
    empty.button("New app").click()
    expect(empty.panel.get_by_role("alert")).to_contain_text("small letters")
    empty.panel.get_by_label("The new app’s name").fill("fresh-app")
    empty.button("New app").click()
    expect(empty.panel.get_by_role("status").first).to_contain_text("One moment")
    can_ask(empty)
    assert empty.cells == ["%load_ext vly_nb", "%vly new fresh-app"]
    assert (empty.app / "fresh-app" / "package.json").exists()
    empty.page.frame_locator(".jp-OutputArea iframe").locator("h1").first.wait_for(timeout=60_000)
    empty.quiet("%vly preview stop\n%vly backend stop")


def test_a_folder(empty: Deck) -> None:
    write_files(empty.app / "my-own-app", FILES)
    empty.panel.get_by_role("button", name="Open a folder…").click()
    dialog = empty.page.get_by_role("dialog")
    dialog.get_by_text("my-own-app").click()
    dialog.get_by_role("button", name="Select").click()
    can_ask(empty)
    assert empty.cells == ["%load_ext vly_nb", "%vly mount my-own-app"]
    expect(empty.panel.locator(".vly-name")).to_have_text("my-own-app")


@pytest.mark.node
def test_the_tutorial(empty: Deck) -> None:
    """It needs no key: the wishes of its cells are answered from its tape."""
    needs("node", "Install Node 20 or newer.")
    empty.panel.get_by_role("button", name="Try the tutorial").click()
    can_ask(empty)
    assert empty.page.evaluate(PATH) == "vly-tutorial/01-first-change.ipynb"
    expect(empty.panel.locator(".vly-nokey")).to_have_count(0, timeout=60_000)
    empty.ask(WISH)
    empty.panel.locator(".vly-end").wait_for(timeout=180_000)  # its checks are real ones
    empty.idle()
    app = empty.app / "vly-tutorial" / "first-app"
    assert "Everything you meant to do." in (app / "src/pages/Landing.tsx").read_text()
    expect(empty.panel.get_by_text("replayed, verified").first).to_be_attached()
