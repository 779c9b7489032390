"""`make tapes`: record the tutorials' tapes from replies written by hand.

Each tutorial is run by a real kernel against a loopback server that speaks the
Messages API and says those replies, so a tape holds just what a live session
would have left: the replies, and digests of what really came of them.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import tempfile
from pathlib import Path
from types import ModuleType

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE))

from tests.fake_model import FakeModel  # noqa: E402 - the path is set above

TUTORIALS = {"01-first-change": "first_change"}


def main() -> None:
    for name, replies in TUTORIALS.items():
        with tempfile.TemporaryDirectory() as folder:
            print(f"recording {name}.tape")
            record(name, loaded(replies).REPLIES, Path(folder))


def record(name: str, replies: list[object], folder: Path) -> None:
    """Run one tutorial live in `folder` and take its tape home."""
    notebook = nbformat.read(HERE / "notebooks" / f"{name}.ipynb", as_version=4)
    with FakeModel(replies) as fake:
        os.environ |= {
            "ANTHROPIC_BASE_URL": fake.url,
            "ANTHROPIC_API_KEY": "written-by-hand",
            "VLY_NB_WEB": "1",
            "VLY_NB_DATA": str(folder / "data"),
        }
        os.environ["VLY_NB_MODEL"] = "written-by-hand"
        NotebookClient(
            notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
        ).execute()
    if len(fake.requests) != len(replies):
        sys.exit(
            f"{name}: {len(fake.requests)} requests for {len(replies)} replies; the notebook and they differ"
        )
    shutil.copy(folder / f"{name}.tape", HERE / "notebooks" / f"{name}.tape")


def loaded(name: str) -> ModuleType:
    """A file of replies, as a module."""
    spec = importlib.util.spec_from_file_location(name, HERE / "notebooks" / "replies" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
