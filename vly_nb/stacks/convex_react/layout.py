"""Where things are in a project of this stack."""

from __future__ import annotations

import json
import re

from vly_nb.errors import ToolError
from vly_nb.project.project import Project

DEFAULT_FUNCTIONS = "convex"


def functions_folder(project: Project) -> str | None:
    """The folder of the Convex functions, as convex.json names it; None when there is no backend.

    Never assumed (SPEC, stack): without convex.json it is Convex's own default, `convex/`.
    """
    try:
        told = json.loads(project.read("convex.json").text or "{}")
    except (ToolError, ValueError):
        told = {}
    named = told.get("functions") if isinstance(told, dict) else None
    folder = named.strip("/").removeprefix("./") if isinstance(named, str) else DEFAULT_FUNCTIONS
    return folder if re.search(r'"convex"\s*:', package_json(project)) else None


def package_json(project: Project) -> str:
    """package.json's text, "" when it can't be read."""
    try:
        return project.read("package.json").text or ""
    except ToolError:
        return ""
