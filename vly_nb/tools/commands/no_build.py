"""NO_BUILD: the environment that makes builds end with a sentence in every node of a command."""

from __future__ import annotations

import json
from pathlib import Path

GUARD = Path(__file__).with_name("no_build.cjs")
"""Loaded before a node program's own code; a sandbox has to let it be read."""

NO_BUILD = {"NODE_OPTIONS": f"--require {json.dumps(str(GUARD), ensure_ascii=False)}"}
"""For commands of the agent only: the preview and the checks run without it."""
