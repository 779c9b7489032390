"""How long a page's own thread is busy at a stretch, whatever else the machine does meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Page

CATEGORIES = ["toplevel", "devtools.timeline"]


@contextmanager
def busy(page: Page) -> Iterator[list[float]]:
    """CPU milliseconds of each task of the page's main thread within; filled when it ends."""
    events: list[dict[str, Any]] = []
    ended: list[object] = []
    found: list[float] = []
    browser = page.context.new_cdp_session(page)
    browser.on("Tracing.dataCollected", lambda data: events.extend(data["value"]))
    browser.on("Tracing.tracingComplete", lambda data: ended.append(data))
    config = {"includedCategories": CATEGORIES}
    browser.send("Tracing.start", {"traceConfig": config, "transferMode": "ReportEvents"})
    yield found
    browser.send("Tracing.end")
    while not ended:
        page.wait_for_timeout(20)
    browser.detach()
    layouts = Counter((one["pid"], one["tid"]) for one in events if one["name"] == "Layout")
    main = layouts.most_common(1)[0][0]
    tasks = (one for one in events if (one["pid"], one["tid"]) == main and "RunTask" in one["name"])
    found += [one["tdur"] / 1000 for one in tasks if "tdur" in one]
