"""Losses: what a change takes away that may still be wanted (edit-not-destructive).

A note to the model, never a refusal: taking away is often just what was asked for. What moved to
another file of the same change isn't lost, and a wish that speaks of removing is answered.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from vly_nb.diagnostics import Diagnostic, Severity
from vly_nb.policy.classes import attributes, elements, tag_of
from vly_nb.policy.facts import facts_of
from vly_nb.policy.gates import before_of
from vly_nb.policy.program import Program
from vly_nb.policy.source import Source, is_script, parsed, unquoted
from vly_nb.project.changes import ChangeSet

CODE = "edit-not-destructive"
_SHARE = 0.3  # of a file's lines
_FEW = 10  # lines; of a file that has no more nothing is said
_NAMED = 8  # names in one sentence
_ASKED = re.compile(
    r"\b(?:remov\w*|delet\w*|drop\w*|get rid of|clean\w*|clear\w*|strip\w*|without|no longer|less|fewer|only"
    r"|short\w*|simpl\w*|slim\w*|split\w*|extract\w*|mov\w*|merg\w*|renam\w*|replac\w*|rewrit\w*|refactor\w*"
    r"|redesign\w*|start over|from scratch|undo|revert\w*|instead)\b",
    re.I,
)


def losses(program: Program, change: ChangeSet, wish: str = "") -> Iterator[Diagnostic]:
    """What a change loses; `program` is the project with the change in it."""
    before, after = before_of(change), before_of(change.inverse())
    gained = Counter(line for path in after for line in _gained(before[path], after[path]))
    for path, old in before.items():
        new = after[path]
        if old is None or new is None or old == new:
            continue
        if missing := _exports(program, path, old, new):
            yield _note(path, f"{_listed(missing)}: no longer exported here, and still imported elsewhere.")
        if _ASKED.search(wish):
            continue
        if missing := _tables(program, path, old, new):
            yield _note(path, f"The tables {_listed(missing)} are gone from the schema.")
        if missing := _routes(path, old, new, after):
            yield _note(path, f"The routes {_listed(missing)} are gone.")
        lost, of = _lines(old, new, gained)
        if of > _FEW and lost > _SHARE * of and len(_code(new)) < (1 - _SHARE) * of:
            yield _note(path, f"{lost} of the {of} lines of this file are gone.")


def _note(path: str, said: str) -> Diagnostic:
    more = "Unless that is meant, put them back and edit only what the wish is about."
    return Diagnostic(CODE, f"{said} {more}", path, severity=Severity.WARNING, source="gate")


def _code(text: str) -> list[str]:
    return [line for line in map(str.strip, text.split("\n")) if line]


def _gained(old: str | None, new: str | None) -> Iterator[str]:
    """The lines that a file has more of than before."""
    yield from (Counter(_code(new or "")) - Counter(_code(old or ""))).elements()


def _lines(old: str, new: str, gained: Counter[str]) -> tuple[int, int]:
    """How many lines are gone that no file of the change has got, and how many there were."""
    lost = Counter(_code(old)) - Counter(_code(new)) - gained
    return lost.total(), len(_code(old))


def _exports(program: Program, path: str, old: str, new: str) -> set[str]:
    """Names that are no longer exported and that another file imports."""
    gone = {one.name for one in facts_of(path, old).exports} - {
        one.name for one in facts_of(path, new).exports
    }
    if not gone - {"*"} or any(one.name == "*" for one in facts_of(path, new).exports):
        return set()
    found: set[str] = set()
    for other in program.scripts:
        facts = program.facts(other) if other != path else None
        for one in facts.imports if facts is not None else ():
            if gone.intersection(one.names) and program.resolve(other, one.module) == path:
                found |= gone.intersection(one.names)
    return found


def _tables(program: Program, path: str, old: str, new: str) -> set[str]:
    if path != f"{program.functions}/schema.ts":
        return set()
    was, now = facts_of(path, old).schema, facts_of(path, new).schema
    if was is None or now is None or now.open:
        return set()
    return was.tables.keys() - now.tables.keys()


def _routes(path: str, old: str, new: str, after: Mapping[str, str | None]) -> set[str]:
    """Paths that a file routed and that no file of the change does any more."""
    if not is_script(path) or "path" not in old:
        return set()
    gone = _routed(parsed(path, old)) - _routed(parsed(path, new))
    for other, text in after.items() if gone else ():
        if text is not None and is_script(other):
            gone -= _routed(parsed(other, text))
    return gone


def _routed(source: Source) -> set[str]:
    """The paths of a file's `<Route>`s, and of route objects where react-router is imported."""
    texts = [attributes(one).get("path") for one in elements(source) if tag_of(one) == "Route"]
    if any(imported.module.startswith("react-router") for imported in source.imports.values()):
        keys = (key.parent() for key in source.properties.get("path", ()))
        texts += [pair.field("value") for pair in keys if pair is not None and pair.kind() == "pair"]
    return {path for text in texts if (path := unquoted(text)) is not None}


def _listed(names: set[str]) -> str:
    shown = sorted(names)[:_NAMED]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")
