"""read_versions: what was changed before, and how."""

from __future__ import annotations

from vly_nb.tools.tool import Effect, Outcome, tool
from vly_nb.tools.workbench import Workbench

SHOWN = 30
DIFF_CHARACTERS = 20_000


async def read_versions(bench: Workbench, number: int | None = None) -> Outcome:
    """List the project's versions, newest first, or show what one version changed.

    `number` shows that version's diff against the one before it.
    """
    versions = bench.project.versions
    if number is None:
        lines = [f"{v.number}. {v.label} ({v.kind}; {', '.join(v.changed[:6])})" for v in versions[-SHOWN:]]
        return Outcome("\n".join(reversed(lines)), line=f"{len(versions)} versions", foreign=True)
    older = max(number - 1, 1)
    diff = bench.project.changes_between(older, number).unified()
    cut = f"\n… {len(diff) - DIFF_CHARACTERS} more characters" if len(diff) > DIFF_CHARACTERS else ""
    text = diff[:DIFF_CHARACTERS] + cut or "This version changed nothing."
    return Outcome(text, line=f"version {number}", foreign=True)


VERSIONS = tool(read_versions, effect=Effect.READ, line=lambda _: "looking at earlier versions")
