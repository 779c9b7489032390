"""Make docs/images/ from what `make demo` left in demo/. Needs Chromium.

python scripts/screenshots.py
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).resolve().parent.parent
PAGE = HERE / "demo" / "01-first-change.html"
IMAGES = HERE / "docs" / "images"
WIDTH, HEIGHT = 940, 860
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)


def main() -> None:
    chromium = shutil.which("chromium")
    if chromium is None or not PAGE.exists():
        sys.exit("This needs Chromium, and demo/ as `make demo` leaves it.")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS.split())
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
        browser.close()


if __name__ == "__main__":
    main()
