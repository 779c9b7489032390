"""The tutorials run by a real kernel on their tapes: every step verified, and the page tells the story."""

from __future__ import annotations

import html
import re
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter

from tests.conftest import needs

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
STEP = "application/vnd.vly.step+json"


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> nbformat.NotebookNode:
    """01-first-change, run from top to bottom on a fresh app."""
    needs("node", "Install Node 20 or newer.")
    folder = tmp_path_factory.mktemp("tutorial")
    for suffix in (".ipynb", ".tape"):
        shutil.copy(NOTEBOOKS / f"01-first-change{suffix}", folder)
    notebook = nbformat.read(folder / "01-first-change.ipynb", as_version=4)
    NotebookClient(
        notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    ).execute()
    return notebook


def steps(notebook: nbformat.NotebookNode) -> list[dict[str, Any]]:
    return [
        output["data"][STEP]
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if STEP in output.get("data", {})
    ]


@pytest.mark.slow
@pytest.mark.node
def test_every_step_comes_out_as_recorded(executed: nbformat.NotebookNode) -> None:
    found = steps(executed)
    assert len(found) >= 5
    assert [step["replay"] for step in found] == [{"verified": True, "drifted": []}] * len(found)


@pytest.mark.slow
@pytest.mark.node
def test_a_gate_refuses_a_check_turns_red_and_both_are_mended(executed: nbformat.NotebookNode) -> None:
    found = steps(executed)
    refused = next(place for place, step in enumerate(found) if step["refusals"])
    assert {one["code"] for one in found[refused]["refusals"]} == {"no-db-filter", "no-collect"}
    assert not found[refused]["changes"] and found[refused + 1]["changes"]
    statuses = [[check["status"] for check in step["checks"]] for step in found]
    red = statuses.index(["red"])
    assert statuses[red + 1] == ["green"]
    assert any(one["code"].startswith("TS") for check in found[red]["checks"] for one in check["new"])


@pytest.mark.slow
@pytest.mark.node
def test_stripped_of_all_style_the_page_still_tells_the_story(executed: nbformat.NotebookNode) -> None:
    page, _ = HTMLExporter().from_notebook_node(executed)
    body = re.sub(r"(?is)<(script|style)\b.*?</\1>", "", page)
    bare = re.sub(r"(?s)<(/?\w+)[^>]*>", r"<\1>", body)
    story = html.unescape(re.sub(r"(?s)<[^>]+>", "", bare))
    told = [
        'Make the headline on the landing page say "Everything you meant to do."',
        "src/pages/Landing.tsx",
        '-  headline: "Get it off your mind.",',
        '+  headline: "Everything you meant to do.",',
        "tsc: fine",
        "Version 2",
        "no-collect",
        "types, fast: 2 new errors",
        "TS18048",
        "+          {urgent !== undefined && urgent.length > 0",
        "verified",
        "Undo: ",
    ]
    place = 0
    for words in told:
        found = story.find(words, place if words not in ("verified", "Version 2") else 0)
        assert found >= 0, f"the page doesn't tell: {words!r} (in this order)"
        place = max(place, found)
