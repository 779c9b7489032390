"""The panel's figures, its accessibility, the widget, and hostile texts, in a real JupyterLab."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.deck import Deck
from tests.browser.lab import ROOT
from tests.browser.payloads import PAYLOADS
from tests.browser.tasks import busy
from tests.fake_model import call, create, edit, text

pytestmark = pytest.mark.slow

Opened = Callable[..., Deck]
AXE = ROOT / "labextension" / "node_modules" / "axe-core" / "axe.min.js"
WATCH = """() => {
    window.__gaps = [];
    let last = performance.now();
    const frame = (now) => {
        window.__gaps.push(now - last);
        last = now;
        window.__watch = requestAnimationFrame(frame);
    };
    window.__watch = requestAnimationFrame((now) => { last = now; frame(now); });
}"""
GAP = "() => { cancelAnimationFrame(window.__watch); return Math.max(...window.__gaps.slice(1)); }"
FLOOD = """
import asyncio, sys, threading, time
from vly_nb.agent import events
from vly_nb.agent.turn import Turn
from vly_nb.notebook.extension import desk_of
desk = desk_of(get_ipython())
took, shown = [], threading.Event()
async def flood():
    yield events.StepStarted(1)
    start = time.monotonic()
    for n in range(5000):
        yield events.TextGrew(f"w{n:04} ")
        wait = start + n / 2500 - time.monotonic()
        if wait > 0:
            await asyncio.sleep(wait)
    took.append(time.monotonic() - start)
    while not shown.is_set():  # what grows makes room for the step's end
        await asyncio.sleep(0.05)
    yield events.Notice(f"it took {took[0]:.3f}")
flow = desk.hub.follow(flood())
"""
SHOWN = """() => {
    const words = document.querySelector('.vly-side .vly-live-words').textContent;
    return [(words.match(/w\\d{4} /g) || []).length, performance.now()];
}"""


def test_five_thousand_deltas(opened: Opened) -> None:
    deck = opened([])
    deck.page.evaluate(WATCH)
    deck.quiet(FLOOD)
    start = deck.page.evaluate("() => performance.now()")
    deck.page.wait_for_function(f"() => ({SHOWN})()[0] === 5000", timeout=60_000)
    shown = (deck.page.evaluate("() => performance.now()") - start) / 1000
    gap = deck.page.evaluate(GAP)
    deck.quiet("shown.set()")
    notice = deck.panel.locator(".vly-notice")
    notice.wait_for()
    took = float(notice.inner_text().removeprefix("it took "))
    print(f"5,000 deltas: made in {took:.2f} s, shown after {shown:.2f} s, longest frame {gap:.0f} ms")
    assert shown < took * 1.2 + 3 and gap < 3_000  # ten times what it takes: others may use this machine


def entries(count: int) -> str:
    """A conversation of that many steps, as `.vly/chat.jsonl` holds it."""
    line = {"tag": "+", "text": "const answer = 42; // a line of code"}
    lines = [line, {**line, "tag": "-"}, {**line, "tag": " "}] * 8
    places = {"before_start": 1, "before_count": 9, "after_start": 1, "after_count": 9}
    hunk = {"number": 1, **places, "lines": lines}
    change = {"path": "src/App.tsx", "kind": "modified", "added": 8, "removed": 8, "hunks": [hunk]}
    usage = {"input": 1000, "output": 50}
    told = []
    for n in range(1, count + 1):
        data = {"schema": 1, "turn": 1, "step": n, "title": f"Step number {n} of many", "version": 1}
        data |= {"said": "Words. " * 40, "changes": [change], "calls": [{"line": "editing"}], "usage": usage}
        entry = {"kind": "step", "n": n, "key": f"old.1.{n}", "run": "old", "data": data}
        told.append(json.dumps({**entry, "html": "<p>Words of the model.</p>"}))
    return "\n".join(told) + "\n"


SCROLL = """async () => {
    const scroll = document.querySelector('.vly-side .vly-scroll');
    const seen = new Set();
    const inPage = () => scroll.querySelectorAll('.vly-card').length;
    const frame = async (by) => {
        scroll.scrollTop = Math.max(0, scroll.scrollTop + by);
        await new Promise(requestAnimationFrame);
        for (const title of scroll.querySelectorAll('.vly-title')) { seen.add(title.textContent); }
    };
    let most = 0;
    for (let n = 0; n < 5000 && seen.size < 1000; n++) { await frame(-900); most = Math.max(most, inPage()); }
    const up = seen.size;
    seen.clear();
    const last = 'Step number 1000 of many';
    for (let n = 0; n < 5000 && !seen.has(last); n++) { await frame(2000); most = Math.max(most, inPage()); }
    return [up, seen.size, most];
}"""
OPENED = """async ([name, last]) => {
    const start = performance.now();
    await window.jupyterapp.commands.execute('docmanager:open', {path: name});
    const shown = () => [...document.querySelectorAll('.vly-side .vly-title')].at(-1)?.textContent === last;
    while (!shown()) { await new Promise(requestAnimationFrame); }
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    return performance.now() - start;
}"""


def test_a_conversation_of_a_thousand_steps(opened: Opened) -> None:
    other = opened([], mount=False)
    deck = opened([], mount=False)
    (deck.app / ".vly").mkdir(mode=0o700)
    (deck.app / ".vly" / "chat.jsonl").write_text(entries(1000))
    last = "Step number 1000 of many"
    deck.mount()
    expect(deck.panel.locator(".vly-title").last).to_have_text(last)
    deck.page.evaluate(WATCH)
    with busy(deck.page) as tasks:
        up, down, most = deck.page.evaluate(SCROLL)
    gap = deck.page.evaluate(GAP)
    assert (up, down) == (1000, 1000) and most <= 80
    # Open it anew, now that all of it is known to the page.
    times = []
    for _ in range(3):
        other.command("docmanager:open", path=other.name)
        expect(deck.panel.locator(".vly-title")).to_have_count(0)
        times.append(deck.page.evaluate(OPENED, [deck.name, last]))
    opening = sorted(times)[1]
    print(f"1,000 steps: shown in {opening:.0f} ms; longest frame {gap:.0f} ms, its work {max(tasks):.0f} ms")
    assert opening < 10_000 and max(tasks) < 100  # the frame itself is longer when others use this machine
    deck.panel.locator(".vly-scroll").evaluate("(node) => { node.scrollTop = 0; }")
    deck.button("↓ Latest").click()
    expect(deck.panel.locator(".vly-version").last).to_be_in_viewport()
    expect(deck.panel.locator(".vly-title").last).to_have_text(last)


def test_the_widget_drives_the_same_session(opened: Opened) -> None:
    proposed = [text("Say Welcome."), edit("src/App.tsx", "Hello", "Welcome")]
    deck = opened([proposed, "Done in the widget."])
    deck.run("%vly mode review")
    deck.run("%vly panel")
    widget = deck.page.locator(".jp-Notebook .vly-widget")
    widget.locator(".vly-prompt").fill("Say Welcome")
    widget.locator(".vly-prompt").press("Enter")
    widget.locator(".vly-review .vly-primary").first.click()
    expect(widget.locator(".vly-end")).to_contain_text("Done in the widget.")
    assert "Welcome" in deck.text()
    expect(deck.panel.locator(".vly-end")).to_contain_text("Done in the widget.")  # both listen


def test_attack_nothing_runs_in_the_panel(opened: Opened) -> None:
    some = [payload.replace("SERVER", "http://127.0.0.1:9") for payload in PAYLOADS]
    writes = [create(f"src/file{n}.md", f"{payload}\n") for n, payload in enumerate(some[:12])]
    replies = [
        [text("\n\n".join(some[:20])), *writes, call("bash", command=f"cat {some[3]}")],
        [text(some[5]), call("ask_person", question="\n".join(some[20:]), choices=some[:6])],
        "\n\n".join(some),
    ]
    deck = opened(replies)
    deck.page.evaluate(TRAP)
    deck.ask("\n".join(some[:10]))
    deck.panel.locator(".vly-review .vly-choice").first.wait_for()
    deck.panel.get_by_label("Your own answer").fill(some[7])
    deck.button("Answer").click()
    deck.ended()
    deck.tab("Versions")
    deck.tab("Chat")
    deck.page.wait_for_timeout(500)
    assert deck.page.evaluate("() => window.__hacked") == []
    bad = "img, script, iframe, svg, object, embed, form[action], [style], [onclick]"
    bad += ", a:not([href^=http]):not([href^=mailto])[href]"
    assert deck.panel.locator(".vly-scroll").locator(bad).count() == 0
    assert deck.panel.inner_text().count("hacked") > 10, "they are shown"


@pytest.mark.skipif(
    not AXE.exists() and not os.environ.get("VLY_TESTS_NEED_ALL"),
    reason="npm ci in labextension/ brings axe-core",
)
@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast"])
def test_accessible_by_axe(opened: Opened, theme: str) -> None:
    bad = 'import { Link } from "react-router-dom";\nexport const a = Link;\n'
    deck = opened(
        [
            [text("Say Welcome."), edit("src/App.tsx", "Hello", "Welcome")],
            "The **headline** is done.",
            [text("One more."), edit("src/App.tsx", "Welcome", "Hi")],
        ]
    )
    (deck.app / "src/new.tsx").write_text(bad)
    deck.command("apputils:change-theme", theme=theme)
    deck.ask("Say Welcome")
    deck.ended()
    deck.panel.get_by_label("How far vly goes by itself").select_option("review")
    deck.ask("Say Hi")
    deck.panel.locator(".vly-review").wait_for()
    deck.page.add_script_tag(path=str(AXE))
    found: list[Any] = []
    for tab in ("Chat", "Versions", "Problems", "Keys", "Cost"):
        deck.tab(tab)
        deck.page.wait_for_timeout(600)
        found += [(tab, one) for one in deck.page.evaluate(RUN_AXE)]
    deck.command("apputils:change-theme", theme="JupyterLab Light")
    assert not found, found


TRAP = """() => {
    window.__hacked = [];
    window.hacked = (...words) => window.__hacked.push(words.join(' ') || 'x');
}"""
RUN_AXE = """async () => {
    const where = {include: [['.vly-side'], ['.vly-in-cell']]};
    const found = await window.axe.run(where, {resultTypes: ['violations']});
    const about = (node) => `${node.html.slice(0, 160)} ${node.failureSummary}`;
    return found.violations
        .filter((one) => ['serious', 'critical'].includes(one.impact))
        .map((one) => `${one.id}: ${one.nodes.slice(0, 3).map(about).join(' | ')}`);
}"""


def test_the_bundles_are_small() -> None:
    built = ROOT / "labextension" / "built" / "static"
    sizes = {path.name: path.stat().st_size for path in built.glob("*.js")}
    widget = Path(ROOT / "vly_nb" / "notebook" / "static" / "panel.js").stat().st_size
    print(f"bundles: JupyterLab {sum(sizes.values()) / 1000:.0f} KB, widget {widget / 1000:.0f} KB")
    assert sum(sizes.values()) < 150_000 and widget < 150_000
