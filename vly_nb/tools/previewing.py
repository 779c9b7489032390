"""preview_errors, screenshot: the running app, as the model may know it."""

from __future__ import annotations

import re

from vly_nb.diagnostics import Diagnostic
from vly_nb.errors import ToolError
from vly_nb.tools.tool import Effect, Outcome, tool
from vly_nb.tools.workbench import Workbench

OFF = "The preview isn't running; only the person starts it (`%vly preview`). Go on without it."
ROUTE = re.compile(r"/[\w\-./~%]{0,200}")
TOLD = 30


async def preview_errors(bench: Workbench) -> Outcome:
    """Look at the running app now: compile errors, errors in the page and its console, a blank page.

    This also happens by itself after each step that changes what a page shows.
    """
    looked = await bench.preview.look((), bench.preview.since) if bench.preview else None
    if looked is None:
        raise ToolError(OFF)
    found = bench.preview.found if bench.preview else ()
    words = "\n".join(map(_told, found[:TOLD])) or "Nothing is wrong with the page."
    return Outcome(
        "\n".join(filter(None, (words, looked.result.note))), line=f"{len(found)} found", foreign=True
    )


def _told(one: Diagnostic) -> str:
    return f"{one}" + (f"\n    advice: {one.advice}" if one.advice else "")


async def screenshot(bench: Workbench, route: str = "/", mobile: bool = False) -> Outcome:
    """Look at a page of the running app: a picture of `route`, at 390 px wide with `mobile`."""
    if bench.preview is None or not await bench.preview.can_be_seen():
        raise ToolError(OFF)
    if not ROUTE.fullmatch(route) or ".." in route:
        raise ToolError("`route` is a path within the app, such as `/tasks`.")
    picture = await bench.preview.picture(route, mobile=mobile)
    return Outcome(f"{picture.words}:", line=picture.words, picture=picture.png)


ERRORS = tool(preview_errors, effect=Effect.ACT, line=lambda _: "looking at the preview")
SCREENSHOT = tool(
    screenshot, effect=Effect.ACT, line=lambda a: f"taking a picture of {str(a.get('route', '/'))[:60]}"
)
