"""`--only GLOB`: the gate that keeps a turn's writes inside what the person named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pathspec import GitIgnoreSpec

from vly_nb.diagnostics import Diagnostic
from vly_nb.project.changes import ChangeSet
from vly_nb.project.project import Guard, Project


def only_guard(globs: Sequence[str]) -> tuple[Guard, ...]:
    """A gate that refuses files outside these globs (gitignore's syntax); none for no globs."""
    if not globs:
        return ()
    allowed = GitIgnoreSpec.from_lines(globs)

    def inside(_: Project, change: ChangeSet) -> Iterable[Diagnostic]:
        for path in change.paths:
            if not allowed.match_file(path):
                yield Diagnostic(
                    "outside-only",
                    f"The person limited this to {', '.join(globs)}; {path} is outside.",
                    path,
                    source="gate",
                )

    return (inside,)
