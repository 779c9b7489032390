"""`%load_ext vly_nb`: milliseconds, and what it pulls in."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys

LIMIT = 50.0
HEAVY = ("anthropic", "nbformat", "ipywidgets", "anywidget", "pydantic", "dulwich", "ast_grep_py")
CODE = """
import json, sys, time
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
before, began = set(sys.modules), time.perf_counter()
shell.run_line_magic("load_ext", "vly_nb")
took = (time.perf_counter() - began) * 1000
print(json.dumps([took, sorted({name.split(".")[0] for name in set(sys.modules) - before})]))
"""


def rows() -> list[tuple[str, str, str, str, str]]:
    """The median of seven fresh processes."""
    runs = [
        json.loads(
            subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True).stdout
        )
        for _ in range(7)
    ]
    took = statistics.median(run[0] for run in runs)
    heavy = sorted(set(HEAVY) & set(runs[0][1]))
    what = f"%load_ext vly_nb (heavy imports: {', '.join(heavy) or 'none'})"
    return [(what, f"{took:.1f} ms", "the limit", f"{LIMIT:.0f} ms", f"{took / LIMIT:.2f}")]
