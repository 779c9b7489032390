"""Linter: all rules over all files of a project, with what is known kept for the next time.

    linter = Linter(policy, tree)
    linter.all()                      every diagnostic, debt too
    linter.since(before)              what is new against the files as they were

What was said stands until something changes that it rests on (kept.py), and can be kept on
disk (`load`, `dump`).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

import ast_grep_py

from vly_nb.diagnostics import Diagnostic, Range, Severity
from vly_nb.policy.allowances import Allowance
from vly_nb.policy.fixes import fixed
from vly_nb.policy.kept import NO_FILE, Kept
from vly_nb.policy.policy import Policy
from vly_nb.policy.program import Program
from vly_nb.policy.rule import Context, HoldsData, holds_nothing
from vly_nb.policy.source import is_script
from vly_nb.policy.tree import Tree

_PASSES = 10  # one fix may uncover another


class Linter:
    """See the module's top. `paths` are asked for by `all`; the tree is refreshed by whoever holds it."""

    def __init__(
        self, policy: Policy, tree: Tree, *, request: str | None = "", holds_data: HoldsData = holds_nothing
    ) -> None:
        """`request` and `holds_data` as in Context, for the rules about changes."""
        self.policy = policy
        self.tree = tree
        self._request = request
        self._holds_data = holds_data
        self._alone = policy.only(lambda rule: rule.alone)
        self._together = policy.only(lambda rule: not rule.alone)
        self._kept = Kept()
        self._program: Program | None = None

    def all(self, paths: Iterable[str] | None = None) -> list[Diagnostic]:
        """Every diagnostic of these files, or of all, sorted by path and place."""
        program = self._now()
        wanted = sorted(self.tree.stamps if paths is None else self.tree.stamps.keys() & set(paths))
        found = [self._said_alone(path) for path in wanted]
        found += [self._said_together(path, program) for path in reversed(wanted)]  # the last trees are kept
        return sorted((diagnostic for said in found for diagnostic in said), key=position)

    def _now(self) -> Program:
        """The project as it is; what no longer stands is forgotten."""
        if self._program is None or self._kept.stamps != self.tree.stamps:
            self._program = self.tree.program(self.policy.functions)
            self._kept.settle(self._program, self.tree.stamps)
        return self._program

    def _said_alone(self, path: str) -> list[Diagnostic]:
        """What the rules say that look at one file, which is kept."""
        if path not in self._kept.alone:
            text = self.tree.read(path) if self.policy.rules_for(path) else None
            self._kept.keep_alone(path, self._alone.lint(path, text) if text is not None else [])
            if text is not None and is_script(path):
                self.tree.facts(path)  # while its tree is at hand
        return self._kept.alone[path].diagnostics

    def _said_together(self, path: str, program: Program) -> list[Diagnostic]:
        """What the rules say that look at several, which is kept with what they have asked."""
        if path not in self._kept.together:
            text, noting = self.tree.read(path) if self._together.rules_for(path) else None, program.noting()
            said = self._together.lint(path, text, Context(noting)) if text is not None else []
            self._kept.keep_together(path, said, noting)
        return self._kept.together[path].diagnostics

    def since(self, before: Mapping[str, str | None]) -> tuple[list[Diagnostic], int]:
        """What is new against the files as they were, and how many errors are debt.

        `before` has the earlier texts of the files that changed, None for those that were not
        there. New is what has no like in the same file before, or stands on a touched line;
        in a file that didn't change, what another file's change has brought.
        """
        program = self._now()
        now = Context(program, request=self._request, holds_data=self._holds_data)
        then = self.tree.program(self.policy.functions, before)
        new: list[Diagnostic] = []
        for path in before:
            text = self.tree.read(path)
            if text is not None and self.policy.rules_for(path):
                new += self.policy.news(before[path], text, path, now, Context(then))
        old = 0
        for path, said in self._elsewhere(before, program).items():
            earlier = said
            if not self._kept.stands(path, then):
                earlier = self._together.lint(path, self.tree.read(path) or "", Context(then))
            known = Counter(d.identity for d in earlier)
            for diagnostic in said:
                known[diagnostic.identity] -= 1
                if known[diagnostic.identity] < 0:
                    new.append(diagnostic)
                else:
                    old += diagnostic.severity is Severity.ERROR
        return sorted(new, key=position), old

    def _elsewhere(self, changed: Mapping[str, str | None], now: Program) -> dict[str, list[Diagnostic]]:
        """What the rules of several files say of the files that did not change."""
        found = {
            path: self._said_together(path, now)
            for path in self.tree.stamps
            if path not in changed and self._together.rules_for(path)
        }
        return {path: said for path, said in found.items() if said}

    def mended(
        self, paths: Collection[str] | None = None, before: Mapping[str, str | None] | None = None
    ) -> dict[str, str]:
        """The texts of the files that fixes change, with all of them in, by path; nothing is written.

        With `before`, as in `since`, only what is new is mended.
        """
        said = self.all(paths) if before is None else self.since(before)[0]
        wanted = {d.path for d in said if d.fix and d.path and (paths is None or d.path in paths)}
        then = Context(self.tree.program(self.policy.functions, before))
        found: dict[str, str] = {}
        for path in sorted(wanted):
            text = first = self.tree.read(path) or ""
            for _ in range(_PASSES):
                now = Context(self.tree.program(self.policy.functions, found))
                if before is None:
                    said = self.policy.lint(path, text, now)
                else:
                    said = self.policy.news(before.get(path, first), text, path, now, then)
                mended, used = fixed(text, said)
                if not used:
                    break
                text = found[path] = mended
            if text == first:
                found.pop(path, None)
        return found

    def asked(self) -> list[Allowance]:
        """The places for which a comment asks, and that nobody has allowed yet."""
        context = Context(self._now())
        left = Counter(self.policy.allowances)
        found = []
        for path in sorted(self.tree.stamps):
            text = self.tree.read(path) if self.policy.rules_for(path) else None
            for one in self.policy.asked(path, text, context) if text and "vly-allow" in text else ():
                if left[one] > 0:
                    left[one] -= 1
                else:
                    found.append(one)
        return found

    # between two runs

    def load(self, place: Path) -> None:
        """Take up what was kept at a place; nothing when it isn't there, or doesn't fit."""
        with suppress(*NO_FILE):
            kept = Kept.load(place, self._of(), self.tree)
            if kept is not None:
                program = self.tree.program(self.policy.functions)
                kept.settle(program, self.tree.stamps)
                self._kept, self._program = kept, program

    def dump(self, place: Path) -> None:
        """Keep what is known of the files that are there. Raises OSError."""
        self._now()
        self._kept.dump(place, self._of(), self.tree)

    def _of(self) -> str:
        """What the answers depend on besides the files."""
        said = [self.policy.functions, *self.policy.ids, *sorted(map(repr, self.policy.allowances)), _code()]
        return hashlib.sha256("\n".join(said).encode("utf-8", "replace")).hexdigest()


def code_in(*folders: Path) -> str:
    """A text that differs when the programs in these folders do."""
    files = sorted(file for folder in folders for file in folder.rglob("*") if file.suffix in (".py", ".so"))
    stamps = ((file, file.stat()) for file in files)
    return "\n".join(f"{file} {found.st_size} {found.st_mtime_ns}" for file, found in stamps)


@cache
def _code() -> str:
    """The rules' own code, and the parser's."""
    return code_in(Path(__file__).parent, Path(ast_grep_py.__file__).parent)


def debt(every: Iterable[Diagnostic], new: Iterable[Diagnostic]) -> list[Diagnostic]:
    """What of all is not new."""
    known = Counter((one.identity, one.severity) for one in new)
    left = []
    for one in every:
        known[one.identity, one.severity] -= 1
        if known[one.identity, one.severity] < 0:
            left.append(one)
    return left


def position(diagnostic: Diagnostic) -> tuple[str, int, int, str]:
    """By what diagnostics are sorted."""
    place = diagnostic.range or Range(0)
    return diagnostic.path or "", place.line, place.column, diagnostic.code
