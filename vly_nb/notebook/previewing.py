"""Previewing: the commands about the running app: preview, screenshot."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from html import escape
from pathlib import Path

from jupyter_core.paths import jupyter_runtime_dir

from vly_nb.backend.backends import EMBEDDED
from vly_nb.backend.embedded import Embedded
from vly_nb.diagnostics import Diagnostic
from vly_nb.errors import VlyError
from vly_nb.notebook import pictures
from vly_nb.notebook.bundle import diagnostic_data
from vly_nb.notebook.desk import Desk
from vly_nb.notebook.display import Live
from vly_nb.notebook.lines import shown, split, suggestion
from vly_nb.notebook.outputs import Bundle
from vly_nb.notebook.render import diagnostics_html, quiet
from vly_nb.notebook.waiting import beating
from vly_nb.notebook.words import complaint
from vly_nb.preview.preview import Preview, is_front_end
from vly_nb.preview.vite_log import without_ours
from vly_nb.progress import Report, silent
from vly_nb.sandbox.system import package
from vly_nb.session import Session

VERBS = ("stop", "restart", "log", "errors")
FLAGS = ("--mobile", "--direct", "--proxy")
FRAME = "border:1px solid rgba(127,127,127,.45);border-radius:6px;background:#fff"
LOG = 12_000  # bytes of the log that are shown


async def preview(desk: Desk, rest: str) -> None:
    """Show the app running, or stop it, start it anew, show what its server said."""
    words = split(rest)
    flags = [word for word in words if word.startswith("--")]
    verbs = [word for word in words if not word.startswith("--")]
    for word in flags:
        if word not in FLAGS:
            raise VlyError(f"There is no option {shown(word)}.", suggestion(word, FLAGS, "%vly preview {}"))
    if len(verbs) > 1 or (verbs and verbs[0] not in VERBS):
        raise VlyError(
            f"%vly preview doesn't know {shown(verbs[0])}.", suggestion(verbs[0], VERBS, "%vly preview {}")
        )
    app = desk.mounted.preview
    match verbs:
        case ["stop"]:
            ran = await desk.engine.call(app.stop())
            desk.outputs.say("The preview is stopped." if ran else "The preview wasn't running.")
        case ["log"]:
            desk.outputs.show({"text/plain": without_ours(app.log()[0])[-LOG:] or "Nothing was printed yet."})
        case ["errors"]:
            await errors(desk, app)
        case _:
            if verbs:
                await desk.engine.call(app.stop())
            await start(desk, app, flags)


async def start(desk: Desk, app: Preview, flags: list[str]) -> None:
    """Have it run and show it here."""
    output = desk.outputs.growing()
    live = Live(output, "Preview", doing="starting Vite")
    async with beating(live.beat):
        await backing(desk, live)
        url = await desk.engine.call(app.start(front_end(flags)))
    output.put(framed(app.path, url, mobile="--mobile" in flags), final=True)
    say_where_mails_are(desk)


async def backing(desk: Desk, live: Live) -> None:
    """Have the stand-in run first, where the app uses it; the page is shown without, too."""
    if missing := await desk.engine.call(backed(desk.mounted, live.report)):
        desk.outputs.say(missing)


async def backed(session: Session, report: Report = silent) -> str:
    """Have the stand-in run, where the app uses it; "", or what the person should know if it doesn't."""
    backends = session.backends
    if backends is None or backends.embedded is None or backends.choice != EMBEDDED:
        return ""
    try:
        await backends.current(report)
    except VlyError as error:
        return f"The page has no backend: {error}"
    return ""


def mailbox(session: Session) -> Embedded | None:
    """The stand-in that keeps the codes people sign in with; None when none runs, or nobody signs in."""
    there = session.backends.there() if session.stack.signing and session.backends else None
    return there if isinstance(there, Embedded) else None


def say_where_mails_are(desk: Desk) -> None:
    """Where the code is that somebody signs in with, for an app that runs on the stand-in."""
    if mailbox(desk.mounted):
        desk.outputs.say(
            "To sign in, take any address: the stand-in sends no mail, `%vly backend mails` shows its code."
        )


async def errors(desk: Desk, app: Preview) -> None:
    """Look at the app now and say what is wrong with it."""
    output = desk.outputs.growing()
    live = Live(output, "Preview", doing="looking at the page")
    async with beating(live.beat):
        looked = await desk.engine.call(app.look((), app.since))
    if looked is None:
        raise VlyError("The preview isn't running.", "Start it with `%vly preview`.")
    output.put(wrong(app.found, looked.result.note), final=True)


async def again(desk: Desk, changed: Sequence[str]) -> None:
    """Look at the app once more after files changed with nobody at work; nothing when it doesn't run."""
    app = desk.mounted.preview
    if not any(map(is_front_end, changed)) or not await desk.engine.call(app.can_be_seen()):
        return
    output = desk.outputs.growing()
    live = Live(output, "Preview", doing="looking at the page")
    async with beating(live.beat):
        found = await desk.engine.call(desk.mounted.went_wrong(changed))
    output.put(wrong(found), final=True)


def wrong(found: Sequence[Diagnostic], note: str = "") -> Bundle:
    """What is wrong with the page."""
    complaints = [diagnostic_data(one) for one in found]
    words = [complaint(one) for one in complaints] or ["Nothing is wrong with the page."]
    html = diagnostics_html(complaints) or escape(words[0])
    return {
        "text/html": html + (quiet(escape(note)) if note else ""),
        "text/plain": "\n".join([*words, *([note] if note else [])]),
    }


async def screenshot(desk: Desk, rest: str) -> None:
    """Put a picture of a page here."""
    words = split(rest)
    routes = [word for word in words if word != "--mobile"]
    if len(routes) > 1 or any(not route.startswith("/") for route in routes):
        raise VlyError(
            "A picture is of one page, by its path.", "For example: %vly screenshot --mobile /tasks"
        )
    route = routes[0] if routes else "/"
    taken = await desk.engine.call(desk.mounted.preview.picture(route, mobile="--mobile" in words))
    pictures.show(desk.outputs, taken)


def framed(path: str, url: str, *, mobile: bool) -> Bundle:
    """The app inline. Where frames are taken out (a saved notebook) the sentence and the link stay."""
    source = path if path != "/" else url
    width, height = ("390px", "844px") if mobile else ("100%", "640px")
    title = "The app, as on a phone" if mobile else "The app"
    here = escape(source, quote=True)
    words = f"The app runs at {url} on the notebook's machine. `%vly preview stop` ends it."
    html = (
        f'<iframe src="{here}" title="{title}" style="width:{width};max-width:100%;height:{height};{FRAME}" '
        'allow="clipboard-write"></iframe>'
        + quiet(
            f'The app is running: <a href="{here}" target="_blank" rel="noopener">open it in a tab</a> '
            f"(on the notebook's machine: {escape(url)}). <code>%vly preview stop</code> ends it."
        )
    )
    return {"text/html": html, "text/plain": words}


def front_end(flags: list[str]) -> str:
    """The address of the notebook server behind whose proxy the app is to be; "" for directly.

    Directly only where the browser surely is on this machine, since that keeps the app's code apart from the
    notebook's; else through jupyter-server-proxy, which works wherever the notebook does.
    """
    server = notebook_server()
    if "--direct" in flags or server is None:
        return ""
    local = server.get("hostname") in ("localhost", "127.0.0.1", "::1") and server.get("base_url") == "/"
    away = any(
        name in os.environ for name in ("SSH_CONNECTION", "JUPYTERHUB_SERVICE_PREFIX", "JUPYTERHUB_USER")
    )
    if (local and not away and "--proxy" not in flags) or package("jupyter_server_proxy") is None:
        return ""
    return str(server.get("base_url") or "/")


def notebook_server() -> dict[str, object] | None:
    """What the server that started this kernel says of itself; its token is left where it is."""
    try:
        parent = int(os.environ.get("JPY_PARENT_PID", ""))
        told = json.loads(Path(jupyter_runtime_dir(), f"jpserver-{parent}.json").read_text("utf-8"))
        return {name: told.get(name) for name in ("base_url", "hostname")}
    except (OSError, ValueError, AttributeError):
        return None
