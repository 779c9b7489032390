"""Routes: the paths that an app answers, read from its `<Route>`s."""

from __future__ import annotations

import re

from ast_grep_py import SgNode

from vly_nb.policy.classes import attributes, elements, tag_of
from vly_nb.policy.program import Program
from vly_nb.policy.questions import question
from vly_nb.policy.source import Source, remembered, unquoted


@question
def routes_of(program: Program, entry: str) -> list[re.Pattern[str]] | None:
    """Patterns of the paths, of all files that the entry loads; None where they can't all be seen."""
    found: list[re.Pattern[str]] = []
    for path in sorted(program.reached_from(entry)):
        facts = program.facts(path)
        routed = facts is not None and any(
            one.module.startswith("react-router")
            and {"Route", "createBrowserRouter", "useRoutes"} & {*one.names}
            for one in facts.imports
        )
        source = program.source(path) if routed else None
        if source is None:
            continue
        if source.names.get("createBrowserRouter") or source.names.get("useRoutes"):
            return None
        own = _routes(source)
        if own is None:
            return None
        found += own
    return found or None


@remembered
def _routes(source: Source) -> list[re.Pattern[str]] | None:
    """The paths of one file's routes; None when one isn't written there."""
    found: list[re.Pattern[str]] = []
    for element in elements(source):
        if tag_of(element) != "Route":
            continue
        parts = [_part(element)]
        above = element.parent()
        for _ in range(30):
            if above is None:
                break
            opening = above.field("open_tag") if above.kind() == "jsx_element" else None
            if opening is not None and opening != element and tag_of(opening) == "Route":
                parts.append(_part(opening))
            above = above.parent()
        if None in parts:
            return None
        path = "/".join(part.strip("/") for part in reversed(parts) if part)
        if path.strip("/") == "*" and "element" in attributes(element) and len(found) > 0:
            continue  # "not found" answers nothing
        found.append(_pattern(path))
    return found


def _part(element: SgNode) -> str | None:
    """A route's own path; "" without one."""
    held = attributes(element)
    return unquoted(held["path"]) if "path" in held else ""


def _pattern(path: str) -> re.Pattern[str]:
    parts = [part for part in path.split("/") if part]
    text = ""
    for part in parts:
        if part == "*":
            text += "(?:/.*)?"
        elif part.startswith(":"):
            text += "(?:/[^/]+)?" if part.endswith("?") else "/[^/]+"
        else:
            text += f"(?:/{re.escape(part[:-1])})?" if part.endswith("?") else f"/{re.escape(part)}"
    return re.compile(text or "/?")
