"""Policy: the rules over files, and the ratchet: only what is new counts.

policy = Policy(RULES, functions="src/convex", allowed=allowances)
policy.lint("src/convex/tasks.ts", text)            all that there is, debt too
policy.judge(before, after, "src/convex/tasks.ts")  new errors only
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

from vly_nb.diagnostics import Diagnostic, Range, Severity
from vly_nb.policy.allowances import Allowance, Asked, asked, digest
from vly_nb.policy.program import Program
from vly_nb.policy.rule import Context, Finding, Rule, in_scope
from vly_nb.policy.source import Source, parsed
from vly_nb.project.changes import FileChange
from vly_nb.project.secrets import Redactor

_REQUESTS = 200  # allowances that one file can ask for
_LATELY = 32  # answers kept
_BY_SHAPE = Redactor()
"""Complaints are kept on the disk; the line of one about a key must not bring the key there."""
_UNCONFIRMED = "The vly-allow comment here doesn't count until a person has confirmed it."


@dataclass(frozen=True)
class _Found:
    """A diagnostic, and the allowance that a comment beside it asks for."""

    diagnostic: Diagnostic
    asked: Allowance | None


class Policy:
    """Rules, the functions folder they are about, and what the person has allowed."""

    def __init__(
        self,
        rules: Sequence[Rule],
        *,
        functions: str,
        allowed: Iterable[Allowance] = (),
        wider: Policy | None = None,
    ) -> None:
        """`wider` is the policy that this one has some of the rules of."""
        self.rules = tuple(rules)
        self._wider = wider
        self._scopes: dict[tuple[str, ...], list[str]] = {}
        for rule in rules:
            self._scopes.setdefault(rule.whole_scope, []).append(rule.id)
        self.functions = functions.strip("/")
        self._by_id = {rule.id: rule for rule in rules}
        self._allowed = Counter(allowed)
        self._for_path: dict[str, tuple[Rule, ...]] = {}
        self._said: dict[tuple[object, ...], list[_Found]] = {}

    @property
    def ids(self) -> list[str]:
        """The rules' ids."""
        return list(self._by_id)

    @property
    def allowances(self) -> list[Allowance]:
        """What the person has allowed."""
        return list(self._allowed.elements())

    def only(self, wanted: Callable[[Rule], bool]) -> Policy:
        """The same with fewer rules."""
        rules = [rule for rule in self.rules if wanted(rule)]
        return Policy(rules, functions=self.functions, allowed=self.allowances, wider=self)

    def rule(self, code: str) -> Rule | None:
        """The rule by this id."""
        return self._by_id.get(code)

    def context(self) -> Context:
        """A context that knows no other file."""
        return Context(Program(self.functions, lambda path: None, tuple))

    def lint(self, path: str, text: str, context: Context | None = None) -> list[Diagnostic]:
        """All complaints about a file that no confirmed allowance covers, in the order of the text."""
        left = Counter(self._allowed)
        kept = []
        for found in self._found(path, text, context or self.context()):
            if found.asked is not None and left[found.asked] > 0:
                left[found.asked] -= 1
            elif found.asked is not None:
                kept.append(replace(found.diagnostic, advice=_UNCONFIRMED))
            else:
                kept.append(found.diagnostic)
        return kept

    def asked(self, path: str, text: str, context: Context | None = None) -> list[Allowance]:
        """The allowances that comments in a file ask for: what a person is to confirm, or has."""
        every = self._found(path, text, context or self.context())
        return [found.asked for found in every if found.asked is not None]

    def judge(
        self, before: str | None, after: str, path: str, context: Context | None = None
    ) -> list[Diagnostic]:
        """The errors that a change brings in: see `news`."""
        return [d for d in self.news(before, after, path, context) if d.severity is Severity.ERROR]

    def news(
        self,
        before: str | None,
        after: str,
        path: str,
        context: Context | None = None,
        then: Context | None = None,
    ) -> list[Diagnostic]:
        """What is new in a file: not there before (rule, line's text), or on a line that was touched.

        `then` is the project as it was; without it what other files brought isn't new.
        """
        context = replace(context or self.context(), changing=True, before=before)
        now = self.lint(path, after, context)
        if before is None or not now:
            return now
        earlier = then or replace(context, changing=False, before=None)
        debt = Counter((d.identity, d.severity) for d in self.lint(path, before, earlier))
        touched = _touched(before, after)
        new = []
        for diagnostic in now:
            key = (diagnostic.identity, diagnostic.severity)
            if debt[key] > 0 and not touched.intersection(_lines(diagnostic.range)):
                debt[key] -= 1
            else:
                new.append(diagnostic)
        return new

    def _found(self, path: str, text: str, context: Context) -> list[_Found]:
        wanted = [rule for rule in self.rules_for(path) if _needed(rule, text)]
        alone = (path, text, context.changing, context.before, context.holds_data)
        whole = (*alone, context.program, context.request)
        found = self._lately(alone, [rule for rule in wanted if rule.alone], path, text, context)
        found = [
            *found,
            *self._lately(whole, [rule for rule in wanted if not rule.alone], path, text, context),
        ]
        return sorted(found, key=lambda one: _position(one.diagnostic))

    def _lately(
        self, key: tuple[object, ...], rules: Sequence[Rule], path: str, text: str, context: Context
    ) -> list[_Found]:
        """What rules say; gates, remarks and the check ask the same one after another."""
        if not rules:
            return []
        if key not in self._said:
            if len(self._said) >= _LATELY:
                del self._said[next(iter(self._said))]
            source = parsed(path, text)
            requests = tuple(islice(asked(source), _REQUESTS))
            self._said[key] = [
                _located(source, rule, finding, requests)
                for rule in rules
                for finding in rule.check(source, context)
            ]
        return self._said[key]

    def rules_for(self, path: str) -> tuple[Rule, ...]:
        """The rules in whose scope a file is."""
        if path not in self._for_path:
            self._for_path[path] = tuple(self._in_scope(path))
        return self._for_path[path]

    def _in_scope(self, path: str) -> Iterator[Rule]:
        if self._wider is not None:
            return (rule for rule in self._wider.rules_for(path) if rule.id in self._by_id)
        near = [ids for scope, ids in self._scopes.items() if in_scope(path, scope, self.functions)]
        wanted = {one for ids in near for one in ids}
        return (rule for rule in self.rules if rule.id in wanted)


def _needed(rule: Rule, text: str) -> bool:
    for need in rule.needs:  # a plain loop: it is asked for every rule and every file
        if need in text:
            return True
    return not rule.needs


def _located(source: Source, rule: Rule, finding: Finding, requests: Sequence[Asked]) -> _Found:
    place = finding.at if isinstance(finding.at, Range) else source.range(finding.at)
    diagnostic = Diagnostic(
        code=rule.id,
        message=finding.message or rule.message,
        path=source.path,
        range=place,
        severity=finding.severity or rule.severity,
        source="policy",
        snippet=_BY_SHAPE.clean(source.line(place.line)),
        fix=finding.fix,
    )
    node = finding.code or (None if isinstance(finding.at, Range) else finding.at)
    first = source.range(node).line if node is not None else place.line
    code = node.text() if node is not None else source.line(place.line)
    for request in requests:
        if request.rule == rule.id and request.covers(first, place.end_line or place.line):
            return _Found(diagnostic, Allowance(rule.id, source.path, digest(code), request.reason))
    return _Found(diagnostic, None)


@lru_cache(maxsize=32)
def _touched(before: str, after: str) -> frozenset[int]:
    return FileChange("", before.encode(), after.encode()).touched_lines


def _lines(place: Range | None) -> Iterator[int]:
    if place is not None:
        yield from range(place.line, (place.end_line or place.line) + 1)


def _position(diagnostic: Diagnostic) -> tuple[int, int, str]:
    place = diagnostic.range
    return (place.line, place.column, diagnostic.code) if place else (0, 0, diagnostic.code)
