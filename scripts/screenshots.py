"""Make docs/images/: from what `make demo` left in demo/, and of the panel in a real JupyterLab.

    python scripts/screenshots.py            # all; needs Chromium, Node and pnpm
    python scripts/screenshots.py panel      # the panel's only
    python scripts/screenshots.py app        # the app's only: preview, data, schema

The pictures come from a session whose model is scripted; the app, the edits and the
checks are real.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE))

from tests.browser.conftest import FLAGS  # noqa: E402
from tests.browser.deck import Deck, start_lab  # noqa: E402
from tests.browser.lab import private, running  # noqa: E402
from tests.fake_model import FakeModel, Fault, call, create, edit, text  # noqa: E402
from vly_nb.stacks.new_app import new_app  # noqa: E402

PAGE = HERE / "demo" / "01-first-change.html"
IMAGES = HERE / "docs" / "images"
WIDTH, HEIGHT = 940, 860
QUOTES = """\
const quotes = [
  "The secret of getting ahead is getting started.",
  "Well begun is half done.",
];

export function Quote() {
  return <blockquote className="text-lg">{quotes[new Date().getDate() % quotes.length]}</blockquote>;
}
"""
APP = "todo-app"
PAGE_FILE = "src/pages/Landing.tsx"
WISHES = [
    "Make the landing page feel welcoming, with a headline that says what the app does",
    "Show a different quote every day under the headline",
]
WITHOUT_KEY = "import os; [os.environ.pop(name) for name in list(os.environ) if name.startswith('ANTHROPIC')]"


def replies() -> list[object]:
    """What the model says, in order."""
    view = call("str_replace_based_edit_tool", command="view", path=PAGE_FILE)
    headline = edit(PAGE_FILE, "Get it off your mind.", "Everything you meant to do.")
    softer = edit(
        PAGE_FILE,
        "One short list for the small things you'd otherwise forget, on every device you own.",
        "Write it down, tick it off, feel better: one short list, on every device you own.",
    )
    import_quote = edit(
        PAGE_FILE,
        'import { PageLayout } from "@/components/PageLayout";',
        'import { PageLayout } from "@/components/PageLayout";\nimport { Quote } from "@/components/Quote";',
    )
    line = '          <p className="mt-6 max-w-md text-lg text-muted-foreground sm:text-xl">{hero.text}</p>\n'
    show = edit(PAGE_FILE, line, f"{line}          <Quote />\n")
    quotes = create("src/components/Quote.tsx", QUOTES)
    return [
        [text("I look at the landing page first."), view],
        [text("Give the page a headline that says what it is for, and a friendlier line."), headline, softer],
        "The landing page now opens with **Everything you meant to do**, and a friendlier line below it.",
        [text("Add the quotes, and show the day's one."), quotes, import_quote, show],
        Fault.slow(0.4, [text("The quote of the day is in place. I look at how it fits on a phone. "), view]),
    ]  # fmt: skip


def demo(browser: Browser) -> None:
    """Pictures of the demo's page."""
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    # The page names scripts of other hosts (MathJax) that a picture doesn't need.
    page.route(
        "**/*",
        lambda route: route.continue_() if route.request.url.startswith("file:") else route.abort(),
    )
    page.goto(PAGE.as_uri(), wait_until="domcontentloaded")
    for name, heading in (("steps", "A wish"), ("step-by-step", "Step by step")):
        top = page.locator("h2", has_text=heading).first.bounding_box()
        assert top is not None
        clip = {"x": 0, "y": top["y"] - 10, "width": WIDTH, "height": HEIGHT}
        page.screenshot(path=IMAGES / f"{name}.png", full_page=True, clip=clip)


@contextmanager
def laid(browser: Browser, folder: Path, said: list[object]) -> Iterator[Deck]:
    """A JupyterLab with nothing open, its left side put away; `said` is what the model says."""
    with FakeModel(said) as model, running(folder, private(folder.parent / f"jupyter{len(said)}")) as lab:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(40_000)
        page.goto(lab.address(base="lab"))
        start_lab(page)
        deck = Deck.lay(page, lab, model)
        deck.app = folder / APP
        deck.command("application:toggle-left-area")
        deck.command("application:close-all")
        yield deck


def panel(browser: Browser, folder: Path) -> None:
    """Pictures of the side panel, light and dark, narrow and wide; of a step, a review, versions."""
    with laid(browser, folder, replies()) as deck:
        session(deck.page, deck)


def session(page: Page, deck: Deck) -> None:
    """The session that is shown."""
    deck.command("vly:open")
    wide(page, 400)
    picture(page, "panel-first")
    deck.open(mount=False)
    deck.quiet(WITHOUT_KEY)
    deck.mount()
    picture(page, "panel-key")
    deck.quiet(f"import os; os.environ.update({deck.model.environ!r})")
    deck.ask(WISHES[0])
    deck.ended()
    picture(page, "panel")
    dark(deck, "panel-dark")
    step = page.locator(".jp-Notebook .vly-in-cell").nth(1)
    step.scroll_into_view_if_needed()
    step.screenshot(path=IMAGES / "panel-step.png")
    deck.panel.get_by_label("How far vly goes by itself").select_option("review")
    deck.ask(WISHES[1])
    deck.panel.locator(".vly-review").wait_for()
    deck.idle()
    deck.panel.get_by_label(f"Take part 2 of {PAGE_FILE}").focus()
    picture(page, "panel-review")
    dark(deck, "panel-review-dark")
    page.set_viewport_size({"width": 1760, "height": 800})
    wide(page, 1440)
    picture(page, "panel-wide")
    page.set_viewport_size({"width": 1280, "height": 800})
    wide(page, 320)
    picture(page, "panel-narrow")
    deck.tab("Versions")
    deck.panel.locator(".vly-timeline summary").first.click()
    page.wait_for_timeout(600)
    picture(page, "panel-versions")


def app(browser: Browser, folder: Path) -> None:
    """Pictures of the app that runs: on its own, beside the notebook; of its data and its schema."""
    louder = edit(PAGE_FILE, "Get it off your mind.", "Everything you meant to do.")
    said: list[object] = [[text("Say what the app does."), louder], "The headline says what the app does."]
    with laid(browser, folder, said) as deck:
        deck.open()
        try:
            beside(deck.page, deck)
            alone(browser, deck)
        finally:
            deck.run("%vly preview stop")
            deck.run("%vly backend stop")


def beside(page: Page, deck: Deck) -> None:
    """The notebook, and the app in the panel's tab; what the cells show."""
    deck.run("%vly seed")
    for name, line in (("data", "%vly db tasks"), ("schema", "%vly db --schema")):
        deck.run(line)
        output = page.locator(".jp-Notebook .jp-OutputArea-output").last
        output.scroll_into_view_if_needed()
        page.wait_for_timeout(400)
        output.screenshot(path=IMAGES / f"{name}.png")
    deck.tab("Preview")
    deck.button("Start").click()
    frame = deck.panel.frame_locator("iframe.vly-preview")
    frame.locator("h1").first.wait_for()
    wide(page, 460)
    deck.run(f"%%vly\n{WISHES[0]}")
    deck.idle()
    page.get_by_text("/ before").evaluate("(words) => words.scrollIntoView()")
    picture(page, "preview-beside")


def alone(browser: Browser, deck: Deck) -> None:
    """The template's own pages, as on a desktop and as on a phone."""
    for name, width, height in (("app-desktop", 1280, 800), ("app-phone", 390, 844)):
        page = browser.new_page(viewport={"width": width, "height": height})
        page.goto(deck.panel.locator("iframe.vly-preview").evaluate("(frame) => frame.src"))
        page.locator("h1").first.wait_for()
        page.wait_for_timeout(800)
        page.screenshot(path=IMAGES / f"{name}.png")
        page.close()


def dark(deck: Deck, name: str) -> None:
    """The same in the dark theme."""
    deck.command("apputils:change-theme", theme="JupyterLab Dark")
    deck.page.wait_for_timeout(800)
    picture(deck.page, name)
    deck.command("apputils:change-theme", theme="JupyterLab Light")
    deck.page.wait_for_timeout(500)


def wide(page: Page, width: int) -> None:
    """Drag the side panel's edge."""
    box = page.locator(".vly-side").bounding_box()
    assert box is not None
    y = box["y"] + 300
    page.mouse.move(box["x"] - 1, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - width, y, steps=4)
    page.mouse.up()


def picture(page: Page, name: str) -> None:
    """Take one, when everything has settled."""
    page.mouse.move(700, 790)
    page.wait_for_timeout(500)
    page.screenshot(path=IMAGES / f"{name}.png")


def main() -> None:
    """Make them all, or those that were named."""
    chromium = shutil.which("chromium")
    wanted = sys.argv[1:] or ["demo", "panel", "app"]
    if chromium is None or ("demo" in wanted and not PAGE.exists()):
        sys.exit("This needs Chromium, and demo/ as `make demo` leaves it.")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "lab"
        folder.mkdir()
        asyncio.run(new_app(APP, parent=folder))
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            if "demo" in wanted:
                demo(browser)
            if "panel" in wanted:
                panel(browser, folder)
            if "app" in wanted:
                app(browser, folder)
            browser.close()


if __name__ == "__main__":
    main()
