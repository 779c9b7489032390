"""Deck: a notebook in a real JupyterLab with the side panel beside it, a fake model, a small project."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Locator, Page

from tests.browser.lab import Lab
from tests.conftest import FILES, write_files
from tests.fake_model import FakeModel

_numbers = itertools.count(1)

READY = """async () => {
    const panel = window.jupyterapp.shell.currentWidget;
    await panel.revealed;
    await panel.sessionContext.ready;
    await panel.sessionContext.session.kernel.info;
}"""
QUIET = """async (code) => {
    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
    const reply = await kernel.requestExecute({code, store_history: false}).done;
    if (reply.content.status !== 'ok') { throw new Error(reply.content.evalue); }
}"""
ADD = """async ([source, run]) => {
    const panel = window.jupyterapp.shell.currentWidget;
    const cells = panel.content.model.sharedModel;
    const last = cells.cells.length - 1;
    if (cells.cells[last].getSource() === '') { cells.cells[last].setSource(source); }
    else { cells.insertCell(last + 1, {cell_type: 'code', source, metadata: {}}); }
    panel.content.activeCellIndex = cells.cells.length - 1;
    const ran = window.jupyterapp.commands.execute('notebook:run-cell');
    if (run) { await ran; }
}"""
RUNNING = """() => [...document.querySelectorAll('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-InputPrompt')]
    .some((node) => node.textContent.includes('*'))"""
SENDABLE = "(root) => document.querySelector(`${root} .vly-send`)?.disabled === false"
SIDE, WIDGET = ".vly-side", ".jp-Notebook .vly-widget"
SOURCES = (
    "() => window.jupyterapp.shell.currentWidget.content.model.sharedModel.cells.map((c) => c.getSource())"
)


@dataclass
class Deck:
    """One notebook and all that belongs to it."""

    page: Page
    lab: Lab
    model: FakeModel
    name: str
    app: Path
    root: str = SIDE

    @classmethod
    def lay(
        cls,
        page: Page,
        lab: Lab,
        model: FakeModel,
        files: dict[str, str] | None = None,
        kernel: str = "python3",
    ) -> Deck:
        """Write a project and a notebook beside it; nothing is opened yet."""
        number = next(_numbers)
        name, app = f"n{number}.ipynb", lab.folder / f"app{number}"
        write_files(app, {**FILES, **(files or {})})
        document = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("")])
        document.metadata["kernelspec"] = {
            "name": kernel,
            "display_name": "Python 3",
            "language": "python",
        }
        nbformat.write(document, lab.folder / name)
        return cls(page, lab, model, name, app)

    def open(self, *, mount: bool = True) -> Deck:
        """Open the notebook in the Lab that is there, connect the kernel to the model, mount the project."""
        self.command("docmanager:open", path=self.name)
        self.page.wait_for_function(
            "(name) => window.jupyterapp.shell.currentWidget?.context?.path === name", arg=self.name
        )
        self.page.evaluate(READY)
        self.quiet(f"import os; os.environ.update({self.model.environ!r})")
        self.show()
        if mount:
            self.mount()
        return self

    def show(self) -> None:
        """Bring the side panel to the front."""
        self.command("vly:open")

    def mount(self) -> None:
        """Load the extension, mount the project, and wait until a wish can be sent."""
        self.run("%load_ext vly_nb")
        self.run(f"%vly mount {self.app.name}")
        self.ready()

    def ready(self) -> None:
        """Wait until a wish can be sent."""
        self.page.wait_for_function(SENDABLE, arg=self.root)

    # -- the notebook --------------------------------------------------------------
    def command(self, name: str, **arguments: Any) -> None:
        self.page.evaluate(
            "async ([name, args]) => { await window.jupyterapp.commands.execute(name, args); }",
            [name, arguments],
        )

    def quiet(self, code: str) -> None:
        """Run code in the kernel, not in a cell."""
        self.page.evaluate(QUIET, code)

    def run(self, source: str, *, wait: bool = True) -> None:
        """Run a cell at the notebook's end."""
        self.page.evaluate(ADD, [source, wait])

    @property
    def cells(self) -> list[str]:
        return [source for source in self.page.evaluate(SOURCES) if source]

    def save(self) -> None:
        self.command("docmanager:save")

    def text(self, path: str = "src/App.tsx") -> str:
        return (self.app / path).read_text(encoding="utf-8")

    # -- the panel -------------------------------------------------------------------
    @property
    def panel(self) -> Locator:
        return self.page.locator(self.root)

    def ask(self, words: str) -> None:
        self.panel.locator(".vly-prompt").fill(words)
        self.panel.locator(".vly-prompt").press("Enter")

    def ended(self, count: int = 1) -> None:
        """Wait for that many turns' ends, and for the notebook to be at rest."""
        self.panel.locator(".vly-end").nth(count - 1).wait_for()
        self.idle()

    def idle(self) -> None:
        """Wait until no cell runs."""
        self.page.wait_for_function(f"() => !({RUNNING})()")

    @property
    def cell_runs(self) -> bool:
        return bool(self.page.evaluate(RUNNING))

    def button(self, name: str) -> Locator:
        return self.panel.get_by_role("button", name=name, exact=True)

    def tab(self, name: str) -> None:
        self.panel.get_by_role("tab", name=name).click()

    def until(self, true: Callable[[], bool], seconds: float = 60) -> float:
        """Wait until something outside the page is so; how long it took."""
        start = time.monotonic()
        while not true():
            assert time.monotonic() - start < seconds, "it didn't come true"
            self.page.wait_for_timeout(20)
        return time.monotonic() - start

    def reload(self) -> None:
        """Load the page anew and wait until the notebook is there again."""
        self.page.reload()
        start_lab(self.page)
        self.page.wait_for_function(
            "(name) => window.jupyterapp.shell.currentWidget?.context?.path === name", arg=self.name
        )
        self.show()

    def close(self) -> None:
        """Shut the kernel down and close the notebook, whatever is not saved."""
        self.page.evaluate(
            """async (name) => {
                const app = window.jupyterapp;
                for (const widget of [...app.shell.widgets('main')]) {
                    const context = widget.context;
                    if (context?.path === name) { await context.sessionContext?.shutdown(); }
                    if (context) { context.model.dirty = false; }
                    widget.close?.();
                }
            }""",
            self.name,
        )


def start_lab(page: Page) -> None:
    """Wait until JupyterLab is there."""
    page.wait_for_function("() => window.jupyterapp?.restored")
    page.evaluate("async () => { await window.jupyterapp.restored; }")


def steps_of(notebook: Path) -> list[dict[str, Any]]:
    """The steps' data as a notebook's outputs hold it."""
    document = json.loads(notebook.read_text())
    mime = "application/vnd.vly.step+json"
    outputs = [output for cell in document["cells"] for output in cell.get("outputs", ())]
    return [output["data"][mime] for output in outputs if mime in output.get("data", {})]
