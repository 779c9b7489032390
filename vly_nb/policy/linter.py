"""Linter: all rules over all files of a project, with what is known kept for the next time.

    linter = Linter(policy, tree)
    linter.all()                      every diagnostic, debt too
    linter.since(before)              what is new against the files as they were

What an `alone` rule says of a file stands until the file changes; what the others say until
any file does. Both can be kept on disk (`load`, `dump`).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from vly_nb.diagnostics import Diagnostic, Range, Severity, TextEdit
from vly_nb.policy.allowances import Allowance
from vly_nb.policy.fixes import fixed
from vly_nb.policy.policy import Policy
from vly_nb.policy.rule import Context, HoldsData, holds_nothing
from vly_nb.policy.tree import Tree

_PASSES = 10  # one fix may uncover another

Kept = dict[str, tuple[str, list[Diagnostic]]]
"""Path → (of what state, what was said)."""


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
        self._kept: dict[str, Kept] = {"alone": {}, "together": {}}

    def all(self, paths: Iterable[str] | None = None) -> list[Diagnostic]:
        """Every diagnostic of these files, or of all, sorted by path and place."""
        program = self.tree.program(self.policy.functions)
        context = Context(program)
        whole = self._state()
        found: list[Diagnostic] = []
        for path in sorted(self.tree.stamps if paths is None else paths):
            if not self.policy.rules_for(path):
                continue
            stamp = repr(self.tree.stamps.get(path))
            found += self._asked("alone", self._alone, path, stamp, context)
            found += self._asked("together", self._together, path, whole, context)
        return sorted(found, key=position)

    def _asked(self, name: str, policy: Policy, path: str, state: str, context: Context) -> list[Diagnostic]:
        kept = self._kept[name].get(path)
        if kept is not None and kept[0] == state:
            return kept[1]
        text = self.tree.read(path) if policy.rules_for(path) else None
        said = policy.lint(path, text, context) if text is not None else []
        self._kept[name][path] = (state, said)
        return said

    def _state(self) -> str:
        every = "\n".join(f"{path} {stamp}" for path, stamp in sorted(self.tree.stamps.items()))
        return hashlib.sha256(every.encode()).hexdigest()

    def since(self, before: Mapping[str, str | None]) -> tuple[list[Diagnostic], int]:
        """What is new against the files as they were, and how many errors are debt.

        `before` has the earlier texts of the files that changed, None for those that were not
        there. New is what has no like in the same file before, or stands on a touched line;
        in a file that didn't change, what another file's change has brought.
        """
        now = Context(
            self.tree.program(self.policy.functions), request=self._request, holds_data=self._holds_data
        )
        then = self.tree.program(self.policy.functions, before)
        new: list[Diagnostic] = []
        for path in before:
            text = self.tree.read(path)
            if text is not None and self.policy.rules_for(path):
                new += self.policy.news(before[path], text, path, now, Context(then))
        old = 0
        for path, said in self._elsewhere(before).items():
            text = self.tree.read(path) or ""
            earlier = self._together.lint(path, text, Context(then))
            known = Counter(d.identity for d in earlier)
            for diagnostic in said:
                known[diagnostic.identity] -= 1
                if known[diagnostic.identity] < 0:
                    new.append(diagnostic)
                else:
                    old += diagnostic.severity is Severity.ERROR
        return sorted(new, key=position), old

    def _elsewhere(self, changed: Mapping[str, str | None]) -> dict[str, list[Diagnostic]]:
        """What the rules of several files say of the files that did not change."""
        context, whole = Context(self.tree.program(self.policy.functions)), self._state()
        found = {
            path: self._asked("together", self._together, path, whole, context)
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
        context = Context(self.tree.program(self.policy.functions))
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
        """Take up what was kept at a place; nothing when it isn't there, or another program wrote it."""
        try:
            data = json.loads(place.read_text(encoding="utf-8"))
            if data["of"] != self._of():
                return
            for name in self._kept:
                kept = {path: (state, [_read(d) for d in said]) for path, (state, said) in data[name].items()}
                self._kept[name] = kept
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return

    def dump(self, place: Path) -> None:
        """Keep what is known of the files that are there. Raises OSError."""
        data: dict[str, Any] = {"of": self._of()}
        for name, kept in self._kept.items():
            there = {path: one for path, one in kept.items() if path in self.tree.stamps}
            data[name] = {path: (state, [asdict(d) for d in said]) for path, (state, said) in there.items()}
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = place.with_name(f"{place.name}.{os.getpid()}")
        beside.write_text(json.dumps(data), encoding="utf-8")
        beside.replace(place)  # whole at any moment, and a link that stands there leads nowhere

    def _of(self) -> str:
        """What the answers depend on besides the files."""
        said = [self.policy.functions, *self.policy.ids, *sorted(map(repr, self.policy.allowances)), _code()]
        return hashlib.sha256("\n".join(said).encode()).hexdigest()


@cache
def _code() -> str:
    """The rules' own code, as it is now."""
    folder = Path(str(resources.files("vly_nb.policy")))
    files = sorted(folder.rglob("*.py"))
    stamps = ((file.relative_to(folder).as_posix(), file.stat()) for file in files)
    return "\n".join(f"{name} {found.st_size} {found.st_mtime_ns}" for name, found in stamps)


def _read(data: dict[str, Any]) -> Diagnostic:
    place = Range(**data["range"]) if data["range"] else None
    fix = tuple(TextEdit(Range(**edit["range"]), edit["text"]) for edit in data["fix"])
    return Diagnostic(**{**data, "severity": Severity(data["severity"]), "range": place, "fix": fix})


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
