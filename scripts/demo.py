"""`make demo`: a fresh app, changed in a notebook by a real kernel, the model's half from a tape.

Everything but the model is real: the install, the edits, the gates, tsc, the
versions. It fails unless every step comes out as it was recorded.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbconvert import HTMLExporter

HERE = Path(__file__).resolve().parent.parent
NAME = "01-first-change"
STEP = "application/vnd.vly.step+json"
NODE = 20


def main() -> int:
    need_node()
    folder = HERE / "demo"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for source in (f"{NAME}.ipynb", f"{NAME}.tape"):
        shutil.copy(HERE / "notebooks" / source, folder / source)
    started = time.monotonic()
    notebook = nbformat.read(folder / f"{NAME}.ipynb", as_version=4)
    failure = run(notebook, folder)
    nbformat.write(notebook, folder / f"{NAME}.ipynb")
    page, _ = HTMLExporter().from_notebook_node(notebook)
    (folder / f"{NAME}.html").write_text(page, encoding="utf-8")
    steps = list(bundles(notebook))
    table(steps)
    verified = bool(steps) and all((step.get("replay") or {}).get("verified") for step in steps)
    print(f"\n{len(steps)} steps in {time.monotonic() - started:.0f} s, with no key and no model.")
    if failure:
        print(f"\nA cell failed: {failure}")
    if failure or not verified:
        print("Not every step came out as recorded. The notebook says where it drifted:")
    print(f"\n  the notebook   demo/{NAME}.ipynb\n  as a page      demo/{NAME}.html")
    print("  the app        demo/first-app   (cd there, then: pnpm dev)")
    print("\nTo go on:\n  make lab                      the same in JupyterLab")
    print("  export ANTHROPIC_API_KEY=…    then ask for changes of your own with %%vly")
    return 0 if verified and not failure else 1


def need_node() -> None:
    """Stop with a sentence when Node isn't there or too old."""
    node = shutil.which("node")
    if node is None:
        sys.exit(f"vly: the demo's app needs Node {NODE} or newer, which isn't here. Install it, then again.")
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = re.match(r"v(\d+)", said)
    if major is None or int(major[1]) < NODE:
        sys.exit(f"vly: the demo's app needs Node {NODE} or newer; this is {said.strip() or 'unknown'}.")


def run(notebook: nbformat.NotebookNode, folder: Path) -> str:
    """Run all cells, saying which; the failure's last line, or ""."""
    total = sum(cell.cell_type == "code" for cell in notebook.cells)
    done = iter(range(1, total + 1))

    def begin(cell: nbformat.NotebookNode, cell_index: int) -> None:
        if cell.cell_type == "code":
            line = next((text for text in cell.source.splitlines() if text.strip()), "")
            print(f"  [{next(done)}/{total}] {line[:90]}", flush=True)

    client = NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        on_cell_start=begin,
    )
    os.environ["VLY_NB_DATA"] = str(folder / "data")  # the demo's keys are its own
    print("vly: running the notebook with a real kernel; the first cell installs the app's packages")
    try:
        client.execute()
    except CellExecutionError as error:
        return (error.evalue or error.ename or "unknown").splitlines()[-1]
    return ""


def bundles(notebook: nbformat.NotebookNode):
    """The steps that the notebook shows, as data."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if STEP in data:
                yield data[STEP]


def table(steps: list[dict]) -> None:
    """One line a step."""
    print(f"\n  {'step':<5} {'what':<58} {'checks':<16} {'version':<8} replay")
    for number, step in enumerate(steps, 1):
        checks = ", ".join(f"{c['name']} {c['status']}" for c in step.get("checks", ())) or "-"
        replay = step.get("replay") or {}
        word = "verified" if replay.get("verified") else f"DRIFTED {', '.join(replay.get('drifted', ()))}"
        title = step.get("title", "")[:57]
        print(f"  {number:<5} {title:<58} {checks[:16]:<16} {step.get('version') or '-'!s:<8} {word}")


if __name__ == "__main__":
    sys.exit(main())
