"""A notebook that was run is a document: with no CSS and no scripts it still tells the story."""

from __future__ import annotations

import os
import re
import sys
from html import unescape
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.conftest import FILES, write_files
from tests.fake_model import FakeModel, create, edit, message, text
from tests.notebook.kernel import ROOT

pytestmark = pytest.mark.slow

CELLS = [
    "%load_ext vly_nb",
    "%vly mount small",
    "%%vly --step\nMake the headline blue & {bold}",
    "%vly next",
    "%vly next",
    "%vly versions",
    "%vly undo",
]
REPLIES = [
    message(text("I make the headline blue."), edit("src/App.tsx", "text-xl", "text-xl text-blue-600")),
    message(text("I add <b>a list</b>."), create("src/Rows.tsx", "export const row = 1;\n" * 50)),
    "The headline is **blue**.\n\n```ts\nconst x = 1\n```\n\nLook at the start page.",
]


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from nbclient import NotebookClient

    folder = tmp_path_factory.mktemp("document")
    write_files(folder / "small", FILES)
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    with FakeModel(REPLIES) as model, pytest.MonkeyPatch.context() as patch:
        path = os.pathsep.join([*filter(None, [os.environ.get("PYTHONPATH")]), str(ROOT)])
        for name, value in {**model.environ, "PYTHONPATH": path, "IPYTHONDIR": str(folder / ".i")}.items():
            patch.setenv(name, value)
        (folder / ".i").mkdir()
        client = NotebookClient(made, resources={"metadata": {"path": str(folder)}}, timeout=60)
        client.create_kernel_manager()
        assert client.km is not None
        assert client.km.kernel_spec is not None
        client.km.kernel_spec.argv = [sys.executable, *client.km.kernel_spec.argv[1:]]
        client.execute()
    nbformat.validate(made)
    return made


def stripped(html: str) -> str:
    """The words of a page: no styles, no scripts, no attributes, no tags."""
    body = re.sub(r"(?is)<(style|script|head)\b.*?</\1>", "", html)
    return unescape(re.sub(r"(?s)<[^>]+>", "", body))


def test_the_story_without_css(notebook: Any) -> None:
    from nbconvert import HTMLExporter

    html, _ = HTMLExporter().from_notebook_node(notebook)
    story = stripped(html)
    for words in (
        "Make the headline blue & {bold}",  # what was asked
        "asked: “Make the headline blue & {bold}”",
        "Step 1 · I make the headline blue.",
        "src/App.tsx changed, +1 −1",
        '-  return <h1 className="text-xl">Hello</h1>;\n+  return <h1 className="text-xl text-blue-600">',
        "Version 2 — %vly goto 2",
        "src/Rows.tsx new file, +50",
        "+export const row = 1;",
        "Version 3 — %vly goto 3",
        "The headline is blue.",
        "What changed: src/App.tsx (+1 −1), src/Rows.tsx (+50).",
        "%vly goto 1 all of this turn",
        "This is version 4",
    ):
        assert words in story, words
    assert re.search(r"tsc: \w+", story)
    assert not re.search(r"[{]bold[}]”\s*\nasked", story)


def test_every_step_has_its_three_forms(notebook: Any) -> None:
    mime = "application/vnd.vly.step+json"
    outputs = [output.data for cell in notebook.cells for output in cell.outputs if "data" in output]
    steps = [data for data in outputs if mime in data]
    assert [data[mime]["step"] for data in steps] == [1, 2, 3]
    assert all({"text/html", "text/plain", mime} == set(data) for data in steps)
    assert not any("vnd.jupyter.widget" in mime for data in outputs for mime in data)
    assert "widgets" not in notebook.metadata


def test_html_needs_nothing_that_is_stripped(notebook: Any) -> None:
    html = "".join(
        output.data.get("text/html", "")
        for cell in notebook.cells
        for output in cell.outputs
        if "data" in output
    )
    assert not re.search(r"<(style|script|svg|iframe|link|img)\b|\son\w+=|\sdata-|\sid=|\sclass=|var\(", html)


def test_a_small_notebook(notebook: Any, tmp_path: Path) -> None:
    nbformat.write(notebook, tmp_path / "run.ipynb")
    assert (tmp_path / "run.ipynb").stat().st_size < 120_000
