"""Loading is light: what `%load_ext vly_nb` imports, and how long it takes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEAVY = (
    "anthropic",
    "nbformat",
    "pydantic",
    "ipywidgets",
    "anywidget",
    "dulwich",
    "nh3",
    "markdown_it",
    "ast_grep_py",
)

SCRIPT = """
import json, sys, time
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
before = set(sys.modules)
start = time.process_time()
shell.run_cell("%load_ext vly_nb")
took = time.process_time() - start
loaded = sorted(set(sys.modules) - before)
result = shell.run_cell("%vly help")
print(json.dumps({"took": took, "loaded": loaded, "ok": result.success}))
"""


def run(script: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_loading_is_light() -> None:
    runs = [json.loads(run(SCRIPT).splitlines()[-1]) for _ in range(3)]
    for name in HEAVY:
        assert not [module for module in runs[0]["loaded"] if module.split(".")[0] == name], name
    assert "vly_nb.session" not in runs[0]["loaded"]
    assert min(one["took"] for one in runs) < 0.05


def test_importing_does_nothing() -> None:
    out = run(
        "import sys; before = set(sys.modules); import vly_nb; new = set(sys.modules) - before; "
        "print([m for m in new if m.startswith('vly_nb.')], vly_nb.__version__, dir(vly_nb))"
    )
    assert out.startswith("[]")
    assert "Session" in out


def test_a_terminal_of_ipython_awaits_commands() -> None:
    script = (
        "from IPython.core.interactiveshell import InteractiveShell as S; s = S.instance(); "
        "s.run_cell('%load_ext vly_nb'); s.run_cell('%vly help undo'); s.run_cell('%vly status')"
    )
    out = run(script)
    assert "take back the last change" in out
    assert "No project is mounted." in out
