"""What `pip install` brings: the side panel, in an environment with no Node and nothing of this tree."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.deck import Deck, start_lab
from tests.browser.lab import ROOT, private, serving
from tests.fake_model import FakeModel, edit, text

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, made of a copy, so that nothing but its files can matter."""
    place = tmp_path_factory.mktemp("wheel")
    left = shutil.ignore_patterns("node_modules", ".venv", ".git", "lib", "__pycache__", "demo")
    shutil.copytree(ROOT, place / "tree", ignore=left)
    argv = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(place), str(place / "tree")]
    done = subprocess.run(argv, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return next(place.glob("*.whl"))


def test_the_wheel_brings_the_panel(wheel: Path, tmp_path: Path) -> None:
    """What `pip install` puts where JupyterLab looks."""
    subprocess.run([sys.executable, "-m", "zipfile", "-e", str(wheel), str(tmp_path)], check=True)
    data = next(tmp_path.glob("*.data")) / "data" / "share" / "jupyter" / "labextensions" / "vly_nb"
    listed = json.loads((data / "package.json").read_text())
    assert (data / listed["jupyterlab"]["_build"]["load"]).exists()
    assert (data / "static" / "tutorial" / "01-first-change.ipynb").exists()
    assert (data / "install.json").exists()
    assert (tmp_path / "vly_nb" / "notebook" / "static" / "panel.js").exists()


def test_installed_with_no_node_it_drives_a_turn(wheel: Path, browser: Browser, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    venv.create(bare)
    argv = [sys.executable, "-m", "pip", "--python", str(bare), "install", "-q", "--no-compile"]
    argv.append(f"{wheel}[lab]")
    done = subprocess.run(argv, capture_output=True, text=True)
    if done.returncode and not os.environ.get("VLY_TESTS_NEED_ALL"):
        pytest.skip(f"JupyterLab can't be installed: {done.stderr[-200:]}")
    assert done.returncode == 0, done.stderr
    environ = private(tmp_path / "jupyter")
    del environ["PYTHONPATH"]  # this tree
    environ["PATH"] = str(bare / "bin")
    assert shutil.which("node", path=environ["PATH"]) is None
    folder = tmp_path / "served"
    folder.mkdir()
    command = [str(bare / "bin" / "jupyter"), "lab", "--LabApp.expose_app_in_browser=True"]
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(60_000)
    replies = [[text("Say Welcome."), edit("src/App.tsx", "Hello", "Welcome")], "It says Welcome."]
    with FakeModel(replies) as model, serving(command, folder, environ) as lab:
        deck = Deck.lay(page, lab, model)
        page.goto(lab.address(base="lab"))
        start_lab(page)
        deck.open()
        deck.quiet(f"import vly_nb; assert vly_nb.__file__.startswith({str(bare)!r})")
        deck.ask("Say Welcome")
        deck.ended()
        assert "Welcome" in deck.text()
        expect(deck.panel.locator(".vly-end")).to_contain_text("It says Welcome.")
        deck.close()
    page.close()
