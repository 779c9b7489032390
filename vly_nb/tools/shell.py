"""The bash tool, in the shape models are trained on.

Until there is a sandbox behind the same door, only commands from a list run,
without a shell; anything else is put to the person first.
https://docs.claude.com/en/docs/agents-and-tools/tool-use/bash-tool
"""

from __future__ import annotations

from vly_nb.errors import ToolError
from vly_nb.tools.tool import Effect, Outcome, tool
from vly_nb.tools.workbench import Workbench


async def bash(bench: Workbench, command: str | None = None, restart: bool = False) -> Outcome:
    """Run a command in the project's folder."""
    raise ToolError("placeholder until commands.py lands")


BASH = tool(bash, builtin="bash_20250124", effect=Effect.ACT, line=lambda a: f"running {str(a.get('command', ''))[:80]}")
