"""The preview in a real JupyterLab: behind the proxy as on a hub, through restarts, reloads and crashes."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.browser.deck import READY, Deck, start_lab
from tests.browser.lab import Lab, private, running
from tests.conftest import copy_app
from tests.fake_model import FakeModel, call, edit, text

pytestmark = [pytest.mark.slow, pytest.mark.node]

LANDING = "src/pages/Landing.tsx"
HEADLINE = "Get it off your mind."


def lay(page: Page, lab: Lab, model: FakeModel, installed: Path) -> Deck:
    deck = Deck.lay(page, lab, model)
    shutil.rmtree(deck.app)
    copy_app(installed, deck.app)
    return deck.open()


def frame(deck: Deck) -> FrameLocator:
    """The newest preview in the notebook that is shown."""
    return deck.page.frame_locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-OutputArea iframe >> nth=-1")


def port(deck: Deck) -> int:
    return int(json.loads((deck.app / ".vly/services/preview.json").read_text())["port"])


def vite(deck: Deck) -> int:
    """The pid of the dev server of this deck's app."""
    mark = str(port(deck))
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = place.read_bytes().decode().split("\0")
        except OSError:
            continue
        if words[0].endswith("node") and mark in words:
            return int(place.parent.name)
    raise AssertionError("no Vite")


def change(deck: Deck, old: str, new: str) -> None:
    place = deck.app / LANDING
    place.write_text(place.read_text().replace(old, new))


def signs_in(deck: Deck) -> str:
    """The page reaches the stand-in by the notebook's own address; vly's own browser reaches it directly.

    Gives the code that it took.
    """
    asked: list[str] = []
    deck.page.on("request", lambda request: asked.append(request.url))
    deck.page.on("websocket", lambda line: asked.append(line.url))
    inside = frame(deck)
    inside.get_by_role("link", name="Start your list").first.click()
    inside.get_by_label("E-mail address").fill("demo@example.com")
    inside.get_by_role("button", name="Send me a code").click()
    inside.get_by_text("Check your e-mail").wait_for()
    deck.run("%vly backend mails")
    said = deck.page.locator(".jp-OutputArea").last.inner_text()
    code = re.findall(r"\b\d{6}\b", said)[0]
    inside.locator("input[autocomplete=one-time-code]").fill(code)
    inside.get_by_text("Return the library books").wait_for()
    notebook = urlsplit(deck.lab.url).netloc
    assert {urlsplit(url).netloc for url in asked if "/api/" in url} == {notebook}
    assert any(url.startswith("ws://") and "/_page/" in url for url in asked)
    deck.run("%vly preview errors")
    assert "Nothing is wrong" in deck.page.locator(".jp-OutputArea").last.inner_text()
    deck.run("%vly preview")
    expect(frame(deck).locator("h1").first).to_have_text(HEADLINE, timeout=60_000)
    return code


def restart_kernel(deck: Deck) -> None:
    deck.page.evaluate(
        "async () => { await window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart(); }"
    )
    deck.page.evaluate(READY)
    deck.quiet(f"import os; os.environ.update({deck.model.environ!r})")


def test_on_a_hub_through_restart_reload_crash_and_a_second_project(
    page: Page, installed: Path, tmp_path: Path
) -> None:
    environ = private(tmp_path / "jupyter")
    (tmp_path / "served").mkdir()
    decks: list[Deck] = []
    with FakeModel() as model, running(tmp_path / "served", environ, base="/user/x") as lab:
        try:
            page.goto(lab.address(base="lab"))
            start_lab(page)
            deck = lay(page, lab, model, installed)
            decks.append(deck)
            deck.run("%vly seed")  # the stand-in
            deck.run("%vly preview")
            expect(frame(deck).locator("h1").first).to_have_text(HEADLINE, timeout=60_000)
            number = port(deck)
            source = page.locator(".jp-OutputArea iframe").last.get_attribute("src")
            assert source == f"/user/x/proxy/absolute/{number}/"

            code = signs_in(deck)

            page.wait_for_timeout(1000)  # Vite's own connection opens after the page is drawn
            change(deck, HEADLINE, "Seen at once.")  # HMR comes through the proxy, too
            expect(frame(deck).locator("h1").first).to_have_text("Seen at once.", timeout=60_000)

            server = vite(deck)
            restart_kernel(deck)
            assert vite(deck) == server
            deck.run("%load_ext vly_nb")
            deck.run(f"%vly mount {deck.app.name}")
            deck.run("%vly preview")
            expect(frame(deck).locator("h1").first).to_have_text("Seen at once.", timeout=60_000)
            assert (vite(deck), port(deck)) == (server, number)

            deck.save()
            deck.reload()
            expect(frame(deck).locator("h1").first).to_have_text("Seen at once.", timeout=60_000)

            os.kill(vite(deck), signal.SIGKILL)
            deck.page.evaluate(READY)
            deck.run("%vly preview")
            expect(frame(deck).locator("h1").first).to_have_text("Seen at once.", timeout=60_000)
            assert vite(deck) != server and port(deck) == number

            deck.tab("Preview")  # the panel's own tab, on the same server
            beside = deck.panel.frame_locator("iframe.vly-preview")
            expect(beside.locator("h1").first).to_have_text("Seen at once.", timeout=60_000)
            screen, wide = deck.panel.locator("iframe.vly-preview"), "(frame) => frame.clientWidth"
            assert screen.evaluate(wide) == 390
            deck.button("Phone").click()
            assert screen.evaluate(wide) == 1280
            box, room = screen.bounding_box(), deck.panel.bounding_box()
            assert box is not None and room is not None and box["width"] <= room["width"]
            expect(deck.panel.get_by_text(f"{code} for demo@example.com")).to_be_visible()
            deck.run("%vly backend stop")
            deck.button("Stop").click()
            expect(deck.panel.get_by_text("The app isn’t running.")).to_be_visible(timeout=60_000)
            deck.button("Start").click()
            expect(beside.locator("h1").first).to_have_text("Seen at once.", timeout=60_000)
            assert port(deck) == number
            expect(deck.panel.get_by_text("The stand-in sends no mail")).to_be_visible()  # it runs again
            deck.button("Look for a code").click()

            other = lay(page, lab, model, installed)
            decks.append(other)
            other.run("%vly preview --mobile")
            expect(frame(other).locator("h1").first).to_have_text(HEADLINE, timeout=60_000)
            assert port(other) != number
            box = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) iframe").last.bounding_box()
            assert box is not None and box["width"] <= 400
            other.run("%vly preview stop")
            with pytest.raises(AssertionError, match="no Vite"):
                vite(other)
            assert vite(deck)
        finally:
            for one in decks:
                one.run("%vly preview stop\n%vly backend stop")


def test_errors_come_by_themselves_and_pictures_are_taken(
    page: Page, installed: Path, tmp_path: Path
) -> None:
    """A step that breaks the page is told so; the next one mends it, and the pictures show the change."""
    broken = [text("Say more."), edit(LANDING, "const hero = {", "const hero = nothing + {")]
    mended = [text("Mend it."), edit(LANDING, "const hero = nothing + {", "const hero = {")]
    louder = [text("Louder."), edit(LANDING, HEADLINE, "Much louder now.")]
    environ = private(tmp_path / "jupyter")
    (tmp_path / "served").mkdir()
    looks = [text("Look."), call("screenshot", route="/", mobile=True), call("preview_errors")]
    with (
        FakeModel([broken, mended, louder, looks, "Done.", "It is broken."]) as model,
        running(tmp_path / "served", environ) as lab,
    ):
        page.goto(lab.address(base="lab"))
        start_lab(page)
        deck = lay(page, lab, model, installed)
        try:
            deck.run("%vly preview")
            expect(frame(deck).locator("h1").first).to_have_text(HEADLINE, timeout=60_000)
            assert port(deck) != 0
            deck.run("%vly screenshot --mobile /")
            deck.run("%%vly\nMake it louder")
            outputs = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-OutputArea")
            expect(outputs.get_by_text("nothing is not defined").first).to_be_visible(timeout=60_000)
            told = json.dumps(model.requests[1])
            assert "nothing is not defined" in told and f"{LANDING}:" in told
            assert "<tool-data>" in told.split("The checks after this step")[1]
            results = model.requests[4]["messages"][-1]["content"]
            shot, errors = (one["content"] for one in results if one["type"] == "tool_result")
            assert [block["type"] for block in shot] == ["text", "image"]
            assert shot[1]["source"]["media_type"] == "image/png" and "Nothing is wrong" in str(errors)
            assert page.locator(".jp-OutputArea img").count() >= 3  # the phone's, before, after
            expect(frame(deck).locator("h1").first).to_have_text("Much louder now.")
            deck.run("%vly goto 2")
            expect(outputs.last).to_contain_text("nothing is not defined")
            deck.run("%vly undo")
            expect(outputs.last).to_contain_text("Nothing is wrong with the page.")
            deck.run("%vly goto 2")
            deck.run("%%vly\nWhat do you see?")
            assert "went wrong before this wish" in json.dumps(model.requests[-1]["messages"][-1])
        finally:
            deck.run("%vly preview stop")
