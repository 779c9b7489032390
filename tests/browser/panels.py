"""Fixtures of the panel's tests: one page with JupyterLab, a notebook of its own for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.deck import Deck, start_lab
from tests.fake_model import FakeModel

if TYPE_CHECKING:
    from tests.browser.conftest import Lab

Opened = Callable[..., Deck]


@pytest.fixture(scope="module")
def room(browser: Browser, lab: Lab) -> Iterator[Page]:
    """One page with JupyterLab for all tests here; each opens a notebook of its own."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(20_000)
    errors: list[str] = []
    page.on(
        "pageerror", lambda error: errors.append(str(error)) if "Canceled future" not in str(error) else None
    )
    page.goto(lab.address(base="lab"))
    start_lab(page)
    yield page
    context.close()
    assert not errors, errors


@pytest.fixture
def opened(room: Page, lab: Lab) -> Iterator[Opened]:
    """`opened(replies)` opens a notebook on a model that gives these."""
    models: list[FakeModel] = []
    decks: list[Deck] = []

    def open_one(replies: Any = (), files: dict[str, str] | None = None, **options: Any) -> Deck:
        models.append(FakeModel(replies).__enter__())
        decks.append(Deck.lay(room, lab, models[-1], files))
        return decks[-1].open(**options)

    yield open_one
    for deck in decks:
        deck.close()
    for model in models:
        model.__exit__()
