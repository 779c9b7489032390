"""search_code: find text in the project."""

from __future__ import annotations

from vly_nb.project.search import search
from vly_nb.tools.tool import Effect, Outcome, tool
from vly_nb.tools.workbench import Workbench


async def search_code(bench: Workbench, pattern: str, glob: str | None = None) -> Outcome:
    """Search the project's files for a regular expression (ripgrep's syntax).

    `glob` limits it to some files, such as `src/**/*.tsx`. Answers with
    path:line: text. What git ignores and secret files are never searched.
    """
    found = await search(bench.project, pattern, glob)
    text = "\n".join(f"{m.path}:{m.line}: {m.text}" for m in found)
    return Outcome(text or "Nothing found.", line=f"{len(found)} matches", foreign=True)


SEARCH = tool(
    search_code, effect=Effect.READ, line=lambda a: f"searching for “{str(a.get('pattern', ''))[:60]}”"
)
