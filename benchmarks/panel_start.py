"""JupyterLab's start with the side panel open, against the same JupyterLab without the extension."""

from __future__ import annotations

import json
import shutil
import statistics
import tempfile
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import FLAGS
from tests.browser.deck import start_lab
from tests.browser.lab import Lab, private, running

LIMIT = 200.0  # ms that the panel may add
RUNS = 9
SEEN = "() => document.querySelector('.vly-first')?.checkVisibility() ?? false"
READY = """async () => {
    await window.jupyterapp.restored;
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    return performance.now();
}"""


def rows() -> list[tuple[str, str, str, str, str]]:
    """The medians of starts in turn, in one browser, caches warm; none without Chromium."""
    chromium = shutil.which("chromium")
    if chromium is None:
        return []
    with ExitStack() as stack, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        pages = [opened(browser, stack, with_panel) for with_panel in (True, False)]
        took: tuple[list[float], list[float]] = ([], [])
        for _ in range(RUNS):
            for times, page in zip(took, pages, strict=True):
                times.append(start(page))
        assert [page.evaluate(SEEN) for page in pages] == [True, False]
        browser.close()
    ours, theirs = (statistics.median(times) for times in took)
    added = ours - theirs
    return [
        (
            f"JupyterLab's start with the panel open: {added:+.0f} ms, of {LIMIT:.0f} allowed",
            f"{ours:.0f} ms",
            "without the extension",
            f"{theirs:.0f} ms",
            f"{ours / theirs:.2f}",
        )
    ]


def opened(browser: Browser, stack: ExitStack, with_panel: bool) -> Page:
    """A page with JupyterLab in which the panel is open, or which has no such extension."""
    place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    environ = private(place / "jupyter")
    if not with_panel:
        config = Path(environ["JUPYTER_CONFIG_DIR"]) / "labconfig" / "page_config.json"
        config.parent.mkdir(parents=True)
        config.write_text(json.dumps({"disabledExtensions": {"vly_nb": True}}))
    (place / "lab").mkdir()
    lab: Lab = stack.enter_context(running(place / "lab", environ))
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.goto(lab.address(base="lab/workspaces/start"))
    start_lab(page)
    if with_panel:
        page.evaluate("() => window.jupyterapp.commands.execute('vly:open')")
    page.wait_for_timeout(3000)  # the layout is saved a little later
    start(page)
    return page


def start(page: Page) -> float:
    """Load it anew; milliseconds until everything is restored and drawn."""
    page.reload()
    page.wait_for_function("() => window.jupyterapp?.restored", polling=10)
    return float(page.evaluate(READY))
