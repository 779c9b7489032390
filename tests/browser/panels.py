"""Fixtures of the panel's tests: one page with JupyterLab, a notebook of its own for each test."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page

from tests.browser.deck import Deck, start_lab
from tests.browser.lab import Lab
from tests.fake_model import FakeModel

Opened = Callable[..., Deck]


@pytest.fixture(scope="module")
def room(browser: Browser, lab: Lab) -> Iterator[Page]:
    """One page with JupyterLab for all tests here; each opens a notebook of its own."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(60_000)
    errors: list[str] = []

    def note(error: Error) -> None:
        if "extensions/vly_nb" in (error.stack or ""):  # JupyterLab has some of its own
            errors.append(error.stack or "")

    page.on("pageerror", note)
    # A workspace of its own: what another test left open must not come back here.
    page.goto(lab.address(base=f"lab/workspaces/w{time.monotonic_ns()}"))
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
