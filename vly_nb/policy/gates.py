"""Gates: what the contents of a change say against it, before a byte is written.

    guards = (syntax_gate(confirm), policy_gate(policy))
    project.apply(change, label="…", guards=guards)
    report(policy, project, change)     what doesn't refuse, and is told

Each is a Guard: it sees the whole change and answers with what is new and wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePosixPath
from weakref import WeakKeyDictionary

from vly_nb.diagnostics import Diagnostic, Severity
from vly_nb.policy.policy import Policy
from vly_nb.policy.program import Program
from vly_nb.policy.rule import Context
from vly_nb.policy.source import BIGGEST, parsed
from vly_nb.policy.syntax import broken, judged, suspects
from vly_nb.policy.tree import Tree
from vly_nb.project.changes import ChangeSet, FileChange
from vly_nb.project.project import Guard, Project

Confirm = Callable[[str, str], list[Diagnostic] | None]
"""A second opinion on (path, text): its syntax errors, or None when there is nobody to ask."""

_SHOWN = 5  # syntax errors of one file


def syntax_gate(confirm: Confirm | None = None) -> Guard:
    """Refuses a text that doesn't parse, where the one before did or there was none.

    The grammar misreads some valid modern TypeScript, so where it stumbles `confirm` is asked;
    without an answer only what no compiler would take is refused.
    """

    def guard(project: Project, change: ChangeSet) -> Iterator[Diagnostic]:
        for path, before, after in _texts(change):
            if judged(path):
                yield from _syntax(confirm, path, before, after)

    return guard


def policy_gate(policy: Policy) -> Guard:
    """Refuses new errors of the rules that one file alone decides."""

    def guard(project: Project, change: ChangeSet) -> Iterator[Diagnostic]:
        for diagnostic in _news(policy, project, change):
            if diagnostic.severity is Severity.ERROR and _refuses(policy, diagnostic):
                yield diagnostic

    return guard


def report(policy: Policy, project: Project, change: ChangeSet, wish: str = "") -> list[Diagnostic]:
    """What is new in a change and doesn't refuse it: warnings, and errors that another file can cure."""
    return [
        diagnostic
        for diagnostic in _news(policy, project, change, wish)
        if diagnostic.severity is not Severity.ERROR or not _refuses(policy, diagnostic)
    ]


def _refuses(policy: Policy, diagnostic: Diagnostic) -> bool:
    rule = policy.rule(diagnostic.code)
    return rule is not None and rule.refuses


def _syntax(confirm: Confirm | None, path: str, before: str | None, after: str) -> Sequence[Diagnostic]:
    if judged(path) == "script" and not suspects(parsed(path, after)):
        return ()
    found = _errors(confirm, path, after)
    if not found or (before is not None and _errors(confirm, path, before)):
        return ()
    return found[:_SHOWN]


def _errors(confirm: Confirm | None, path: str, text: str) -> list[Diagnostic]:
    if judged(path) == "script":
        if not suspects(parsed(path, text)):
            return []
        opinion = confirm(path, text) if confirm is not None else None
        if opinion is not None:
            return opinion
    unmistakable = broken(path, text)
    return [unmistakable] if unmistakable is not None else []


def _news(policy: Policy, project: Project, change: ChangeSet, wish: str = "") -> Iterator[Diagnostic]:
    context = Context(_program(policy, project, change), changing=True, request=wish)
    for path, before, after in _texts(change):
        yield from policy.news(before, after, path, context)


_PROGRAMS: WeakKeyDictionary[Project, tuple[ChangeSet, Program]] = WeakKeyDictionary()


def _program(policy: Policy, project: Project, change: ChangeSet) -> Program:
    """The project with the change in it: the same for the gate, and for the report right after."""
    kept = _PROGRAMS.get(project)
    if kept is None or kept[0] is not change or kept[1].functions != policy.functions:
        over = {one.path: _text(one.after) for one in change.changes}
        kept = _PROGRAMS[project] = (change, tree_of(project).later(policy.functions, over))
    return kept[1]


_TREES: WeakKeyDictionary[Project, Tree] = WeakKeyDictionary()


def tree_of(project: Project) -> Tree:
    """The project's files as texts, kept from one change to the next; refreshed by who asks."""
    if project not in _TREES:
        _TREES[project] = Tree(project.folder)
    return _TREES[project]


def before_of(change: ChangeSet) -> dict[str, str | None]:
    """The texts that a change's files had, None for those that were not there; for `Linter.since`."""
    return {one.path: _text(one.before) for one in change.changes}


def _texts(change: ChangeSet) -> Iterator[tuple[str, str | None, str]]:
    """(path, text before, text after) of the text files that there will be.

    A file that was moved (its like was deleted in the same change) has the old one's text
    before, so that moving brings no old debt to account.
    """
    for one in change.changes:
        after = _text(one.after)
        if after is None or one.before == one.after or len(after) > BIGGEST:
            continue
        before = _text(one.before)
        yield one.path, before if one.before is not None else _moved_from(change, one), after


def _moved_from(change: ChangeSet, new: FileChange) -> str | None:
    gone = [one for one in change.changes if one.after is None and one.before is not None]
    same = [one for one in gone if one.before == new.after]
    name = PurePosixPath(new.path).name
    named = [one for one in gone if PurePosixPath(one.path).name == name]
    return _text((same or named)[0].before) if same or named else None


def _text(data: bytes | None) -> str | None:
    """UTF-8 without its byte-order mark; None for no file, or another encoding."""
    if data is None:
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
