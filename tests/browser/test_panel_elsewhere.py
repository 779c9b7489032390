"""The panel in Notebook 7, and on an ipykernel without subshells."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Lab, private, running
from tests.browser.deck import READY, Deck, start_lab
from tests.fake_model import FakeModel, Fault, edit, text

pytestmark = pytest.mark.slow

OLD = "6.31.0"
PROPOSED = [text("Say Welcome."), edit("src/App.tsx", "Hello", "Welcome")]


@pytest.fixture(scope="module")
def old_kernel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python with the older ipykernel and otherwise this one's packages."""
    place = tmp_path_factory.mktemp("old")
    venv.create(place, with_pip=True)
    own = Path(sysconfig.get_path("purelib", vars={"base": str(place), "platbase": str(place)}))
    (own / "others.pth").write_text(sysconfig.get_path("purelib") + "\n")
    python = place / "bin" / "python"
    argv = [str(python), "-m", "pip", "install", "-q", "--no-deps", f"ipykernel=={OLD}"]
    done = subprocess.run(argv, capture_output=True, text=True)
    if done.returncode and not os.environ.get("VLY_TESTS_NEED_ALL"):
        pytest.skip(f"ipykernel {OLD} can't be installed: {done.stderr[-200:]}")
    assert done.returncode == 0, done.stderr
    return python


@pytest.fixture
def page_of(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(30_000)
    yield page
    context.close()


def serve(tmp_path: Path, kernel: Path | None = None) -> tuple[Path, dict[str, str]]:
    folder = tmp_path / "served"
    folder.mkdir()
    environ = private(tmp_path / "jupyter")
    if kernel is not None:
        spec = Path(environ["JUPYTER_DATA_DIR"]) / "kernels" / "old" / "kernel.json"
        spec.parent.mkdir(parents=True)
        argv = [str(kernel), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        spec.write_text(json.dumps({"argv": argv, "display_name": "Old", "language": "python"}))
    return folder, environ


def notebook_page(page: Page, lab: Lab, deck: Deck) -> None:
    page.goto(lab.address(deck.name, base="notebooks"))
    start_lab(page)
    page.wait_for_function("() => window.jupyterapp.shell.currentWidget?.context?.isReady")
    page.evaluate(READY)
    deck.quiet(f"import os; os.environ.update({deck.model.environ!r})")
    deck.command("vly:open")
    deck.run("%load_ext vly_nb")
    deck.run(f"%vly mount {deck.app.name}")
    deck.ready()


def test_in_notebook_7(page_of: Page, tmp_path: Path) -> None:
    folder, environ = serve(tmp_path)
    replies = [
        [text("Say Hi."), edit("src/App.tsx", "Hello", "Hi")],
        "Done.",
        Fault.slow(0.1, "Long. " * 200),
    ]
    with FakeModel(replies) as model, running(folder, environ, notebook=True) as lab:
        deck = Deck.lay(page_of, lab, model)
        notebook_page(page_of, lab, deck)
        deck.ask("Say Hi")
        deck.ended()
        assert "Hi" in deck.text()
        assert page_of.locator(".jp-Notebook .vly-in-cell").count() == 2
        deck.ask("Talk")
        expect(deck.panel.locator(".vly-live-words")).to_contain_text("Long.")
        deck.button("Stop").click()
        expect(deck.panel.locator(".vly-end").nth(1)).to_contain_text("Stopped")
        deck.button("Undo this turn").click()
        deck.until(lambda: "Hello" in deck.text())


def test_on_an_older_ipykernel(page_of: Page, tmp_path: Path, old_kernel: Path) -> None:
    """Nothing gets through while a plain cell runs; it is done when the cell ends. Stop interrupts."""
    folder, environ = serve(tmp_path, old_kernel)
    with FakeModel([PROPOSED, "Done.", Fault.stall(after=0)]) as model, running(folder, environ) as lab:
        page_of.goto(lab.address(base="lab"))
        start_lab(page_of)
        deck = Deck.lay(page_of, lab, model, kernel="old").open()
        deck.quiet(f"import ipykernel; assert ipykernel.__version__ == '{OLD}'")
        deck.panel.get_by_label("How far vly goes by itself").select_option("review")
        deck.ask("Say Welcome")
        review = deck.panel.locator(".vly-review")
        review.wait_for()
        deck.run("import time; time.sleep(2)", wait=False)
        review.locator(".vly-primary").first.click()
        deck.ended()
        assert "Welcome" in deck.text()
        deck.ask("Wait for ever")
        deck.until(model.asked.is_set)
        deck.button("Stop").click()
        expect(deck.panel.locator(".vly-end").nth(1)).to_contain_text("Stopped")
        assert model.dropped.wait(2)


def test_the_wheel_brings_the_panel(tmp_path: Path) -> None:
    """What `pip install` puts where JupyterLab looks; no Node is needed."""
    root = Path(__file__).resolve().parents[2]
    argv = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(tmp_path), str(root)]
    done = subprocess.run(argv, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    place = tmp_path / "unpacked"
    subprocess.run(
        [sys.executable, "-m", "zipfile", "-e", str(*tmp_path.glob("*.whl")), str(place)], check=True
    )
    data = next(place.glob("*.data")) / "data" / "share" / "jupyter" / "labextensions" / "vly_nb"
    listed = json.loads((data / "package.json").read_text())
    assert (data / listed["jupyterlab"]["_build"]["load"]).exists()
    assert (data / "static" / "tutorial" / "01-first-change.ipynb").exists()
    assert (data / "install.json").exists()
    assert (place / "vly_nb" / "notebook" / "static" / "panel.js").exists()
