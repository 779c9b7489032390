"""TOOLS: all that the model may call, in the order it is sent (which caches count on)."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from vly_nb.errors import ToolError
from vly_nb.tools.ask import ASK
from vly_nb.tools.checking import CHECKS
from vly_nb.tools.data import READ, RUN
from vly_nb.tools.editor import DELETE, EDITOR
from vly_nb.tools.packages import PACKAGES
from vly_nb.tools.previewing import ERRORS, SCREENSHOT
from vly_nb.tools.search import SEARCH
from vly_nb.tools.shell import BASH
from vly_nb.tools.tool import Tool
from vly_nb.tools.versions import VERSIONS

TOOLS: tuple[Tool, ...] = (
    EDITOR,
    DELETE,
    BASH,
    SEARCH,
    CHECKS,
    VERSIONS,
    PACKAGES,
    ASK,
    ERRORS,
    SCREENSHOT,
    READ,
    RUN,
)

BY_NAME = {tool.name: tool for tool in TOOLS}


def named(name: str) -> Tool:
    """The tool of that name. Raises ToolError with the nearest names."""
    if name in BY_NAME:
        return BY_NAME[name]
    near = difflib.get_close_matches(name, BY_NAME, n=2, cutoff=0.4) or list(BY_NAME)
    raise ToolError(f"There is no tool `{name[:60]}`. There is: {', '.join(near)}.")


def specs(web: Sequence[Mapping[str, Any]] = ()) -> list[Mapping[str, Any]]:
    """What the model is sent of all tools."""
    return [*(tool.spec for tool in TOOLS), *web]
