"""Stages: the panel in each place where people have it, on the newest kernel and on an old one.

A stage is one notebook with its kernel and its model, open for all tests of a module: what a test
needs of the model it says (`stage.model.say(…)`), and it leaves no turn open.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.deck import READY, SIDE, WIDGET, Deck, start_lab
from tests.browser.lab import Lab
from tests.conftest import once
from tests.fake_model import FakeModel

OLD = "6.31.0"
LAB, NOTEBOOK, BARE = "JupyterLab", "Notebook 7", "widget"
NEW_KERNEL, OLD_KERNEL = "python3", "old"


class Stage(Deck):
    """A deck in one of the places. In "widget" the front end hasn't got our extension."""

    place: str
    kernel: str

    @property
    def old(self) -> bool:
        """Whether nothing gets through to the kernel while a cell runs."""
        return self.kernel == OLD_KERNEL

    @property
    def in_cells(self) -> bool:
        """Whether wishes and buttons become cells."""
        return self.place != BARE

    def enter(self) -> Stage:
        """Load the page, connect the kernel to the model, mount the project."""
        if self.place == BARE:
            self.page.route("**/extensions/vly_nb/**", lambda route: route.abort())
        self.load()
        self.begin()
        return self

    def load(self) -> None:
        """Open the notebook's page, or load it anew."""
        lab = self.place == LAB
        workspace = f"lab/workspaces/w{time.monotonic_ns()}/tree"
        self.page.goto(self.lab.address(self.name, base=workspace if lab else "notebooks"))
        start_lab(self.page)
        self.page.wait_for_function("() => window.jupyterapp.shell.currentWidget?.context?.isReady")
        self.show()

    def begin(self) -> None:
        """All that a fresh kernel needs."""
        self.page.evaluate(READY)
        self.quiet(f"import os; os.environ.update({self.model.environ!r})")
        self.quiet(f"import ipykernel; assert (ipykernel.__version__ == {OLD!r}) is {self.old}")
        self.run("%load_ext vly_nb")
        self.run(f"%vly mount {self.app.name}")
        if not self.in_cells:
            self.command("notebook:clear-all-cell-outputs")  # a panel of a kernel that is gone
            self.run("%vly panel")
        self.ready()

    def show(self) -> None:
        """The widget stands in its cell."""
        if self.in_cells:
            super().show()

    def mode(self, name: str) -> None:
        """How far vly goes by itself."""
        self.panel.get_by_label("How far vly goes by itself").select_option(name)

    @property
    def ends(self) -> int:
        """How many turns have ended."""
        return self.panel.locator(".vly-end").count()


@contextmanager
def stage_in(browser: Browser, lab: Lab, place: str, kernel: str) -> Iterator[Stage]:
    """A page of its own with a notebook in it."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(60_000)
    with FakeModel() as model:
        made = laid(page, lab, model, place, kernel)
        yield made.enter()
        made.close()
    context.close()


def laid(page: Page, lab: Lab, model: FakeModel, place: str, kernel: str) -> Stage:
    """A stage that nobody has entered yet."""
    made = Stage.lay(page, lab, model, kernel=kernel)
    assert isinstance(made, Stage)
    made.place, made.kernel = place, kernel
    made.root = WIDGET if place == BARE else SIDE
    return made


@pytest.fixture(scope="session")
def old_kernel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python with the older ipykernel and otherwise this one's packages."""
    return once(tmp_path_factory, "old", older) / "bin" / "python"


def older(place: Path) -> None:
    """Make that environment."""
    venv.create(place)
    own = Path(sysconfig.get_path("purelib", vars={"base": str(place), "platbase": str(place)}))
    (own / "others.pth").write_text(sysconfig.get_path("purelib") + "\n")
    argv = [sys.executable, "-m", "pip", "--python", str(place), "install", "-q", "--no-deps"]
    argv.append(f"ipykernel=={OLD}")
    done = subprocess.run(argv, capture_output=True, text=True)
    if done.returncode and not os.environ.get("VLY_TESTS_NEED_ALL"):
        pytest.skip(f"ipykernel {OLD} can't be installed: {done.stderr[-200:]}")
    assert done.returncode == 0, done.stderr


def offer(lab: Lab, python: Path) -> None:
    """Let a server know of the old kernel."""
    spec = Path(lab.environ["JUPYTER_DATA_DIR"]) / "kernels" / OLD_KERNEL / "kernel.json"
    spec.parent.mkdir(parents=True, exist_ok=True)
    argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec.write_text(json.dumps({"argv": argv, "display_name": "Old", "language": "python"}))
