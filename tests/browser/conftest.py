"""A real JupyterLab and a real Chromium, one of each for all browser tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.lab import Lab, private, running
from tests.browser.panels import opened, room  # noqa: F401 - fixtures
from tests.browser.stages import old_kernel  # noqa: F401 - a fixture
from tests.conftest import needs
from vly_nb.preview.browser import chromium

expect.set_options(timeout=60_000)  # others may use this machine, too

CHROMIUM = chromium()
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
    "--autoplay-policy=no-user-gesture-required",
]


@pytest.fixture(scope="package")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab, serving an empty folder."""
    with running(tmp_path_factory.mktemp("lab"), private(tmp_path_factory.mktemp("jupyter"))) as lab:
        yield lab


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium."""
    needs("chromium", "Install Chromium, for example: apt-get install chromium")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab of its own, with no cookies of another test."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    context.close()
