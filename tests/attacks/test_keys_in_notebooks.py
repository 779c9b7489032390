"""Attacks on keys through a notebook: its file, its tape, and all else on the disk."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from tests.attacks.test_redaction import FORMS, KEY, kept_in, leaks
from tests.conftest import FILES, write_files
from tests.fake_model import FakeModel, call, create, text

pytestmark = pytest.mark.slow


def test_attack_the_notebook_file_and_all_that_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A whole notebook run by a kernel: a file that holds the key in every form is printed, put in,
    quoted by the model and written about; then everything on the disk is searched."""
    held = {f"node_modules/x/{n}.txt": f"{form}\n" for n, form in enumerate(FORMS.values())}
    write_files(tmp_path / "small", {**FILES, **held, ".env.local": f"OPENAI_API_KEY={KEY}\n"})
    printing = [call("bash", command=f"cat {name}") for name in held]
    replies: list[Any] = [
        [text(f"I look, and find {KEY}."), *printing],
        [text(f"Blue for {KEY}."), create("src/blue.ts", "export const blue = 1;\n")],
        f"Done. The key is {KEY}, or {KEY[::-1]}.",
        "Seen.",
    ]
    cells = ["%load_ext vly_nb", "%vly mount small", "%vly tape t.tape", "%%vly\nLook and make it blue"]
    cells += ["f = open('small/node_modules/x/0.txt').read()", "%%vly\nWhat is in $`f` then?"]
    commands = ("versions", "diff", "cost", "status", "keys", "keys import", "keys")
    cells += [f"%vly {command}" for command in commands]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    with FakeModel(replies) as fake:
        for name, value in fake.environ.items():
            monkeypatch.setenv(name, value)
        for name in ("JUPYTER_DATA_DIR", "IPYTHONDIR", "JUPYTER_RUNTIME_DIR"):
            (tmp_path / "jupyter" / name).mkdir(parents=True)
            monkeypatch.setenv(name, str(tmp_path / "jupyter" / name))
        client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}})
        client.execute()
        nbformat.write(notebook, tmp_path / "n.ipynb")
        assert len(fake.requests) == 4
        assert leaks(json.dumps(fake.requests, ensure_ascii=False)) == []
    shown = json.dumps(notebook.cells, ensure_ascii=False)
    assert "⟨OPENAI_API_KEY hidden⟩" in shown and "OPENAI_API_KEY" in shown
    assert not (tmp_path / "small/.env.local").exists()
    shutil.rmtree(tmp_path / "small/node_modules")
    found = {name: leaks(kept) for name, kept in kept_in(tmp_path)}
    assert {name: traces for name, traces in found.items() if traces} == {}
    for kind in ("n.ipynb", "t.tape", "objects/"):
        assert any(kind in name for name in found), "what was searched is there"
