"""Judging: the commands about the stack's rules: lint, fix, allow, unlock."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence

from vly_nb.diagnostics import Diagnostic, Severity
from vly_nb.errors import VlyError
from vly_nb.notebook.bundle import changes_data, rules_data
from vly_nb.notebook.desk import Desk
from vly_nb.notebook.lines import split, suggestion
from vly_nb.notebook.render import rules_html
from vly_nb.notebook.tables import table
from vly_nb.notebook.travelling import BACK_LINES, show
from vly_nb.notebook.words import many
from vly_nb.session import Session

SHOWN = 200  # places listed


async def lint(desk: Desk, rest: str) -> None:
    """What the rules say of the project."""
    words = split(rest)
    every = "--all" in words
    named = [word for word in words if word != "--all"]
    session = desk.mounted
    if every or named:
        found = await asyncio.to_thread(session.lint)
        if named:
            found = [d for d in found if d.path and _named(d.path, named)]
        known = 0
    else:
        found, known = await asyncio.to_thread(session.lint_since_mount)
    desk.outputs.show(_table(found, session) if found else {"text/plain": "The rules have nothing to say."})
    if known and not every:
        was = "was" if known == 1 else "were"
        desk.outputs.say(f"{many(known, 'complaint')} more {was} there when you mounted the project: "
                         "%vly lint --all")  # fmt: skip
    if fixes := sum(bool(d.fix) for d in found):
        desk.outputs.say(f"{many(fixes, 'place')} can be mended without a model: %vly fix")


def _named(path: str, names: Sequence[str]) -> bool:
    return any(path == name or path.startswith(f"{name.rstrip('/')}/") for name in names)


def _table(found: Sequence[Diagnostic], session: Session) -> dict[str, str]:
    count = Counter(d.severity for d in found)
    title = ", ".join(many(count[s], s.value) for s in Severity if count[s])
    if len(found) > SHOWN:
        title += f"; the first {SHOWN} are listed"
    rows = [(d.where, d.severity.value, d.code, f"{d.message} {d.advice}".strip()) for d in found[:SHOWN]]
    shown = table(rows, ["where", "", "rule", "what"], f"{title}. %vly help RULE says why")
    why = rules_html(rules_data(found, session.stack.about))
    return {**shown, "text/html": shown["text/html"] + why}


async def fix(desk: Desk, rest: str) -> None:
    """Write the mechanical fixes, as a version."""
    session = desk.mounted
    before = session.project.head.number
    version = await asyncio.to_thread(session.fix)
    if version is None:
        desk.outputs.say("There is nothing that can be mended without a model.")
        return
    change = session.project.changes_between(before, version.number)
    words = f"{version.label}. This is version {version.number}; %vly undo takes it back."
    show(desk, words, changes_data(change.changes, lines=BACK_LINES), version.number)


async def allow(desk: Desk, rest: str) -> None:
    """List the places that ask for an allowance, or confirm some of them."""
    session = desk.mounted
    asked = await asyncio.to_thread(session.asked)
    words = split(rest)
    if not asked:
        desk.outputs.say("No place asks. Write `// vly-allow RULE: reason` above it first.")
        return
    if not words:
        rows = [(str(n), one.path, one.rule, one.reason) for n, one in enumerate(asked, 1)]
        desk.outputs.show(table(rows, ["", "where", "rule", "why"], "These places ask: %vly allow N, or all"))
        return
    numbers = [str(n) for n in range(1, len(asked) + 1)]
    chosen = numbers if words == ["all"] else words
    if unknown := [word for word in chosen if word not in numbers]:
        raise VlyError(f"There is no place {unknown[0]}.", suggestion(unknown[0], numbers, "%vly allow {}"))
    session.allow([asked[int(word) - 1] for word in dict.fromkeys(chosen)])
    desk.outputs.say(f"Allowed: {many(len(set(chosen)), 'place')}. It is kept in vly-policy.json.")


async def unlock(desk: Desk, rest: str) -> None:
    """Open what is read-only for one turn."""
    what = rest.strip() or "auth"
    desk.mounted.unlock(what)
    desk.outputs.say(f"{what} is unlocked until the turn that runs next ends.")
