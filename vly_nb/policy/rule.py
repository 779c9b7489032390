"""Rule: a pattern, where it holds, and what to say. A rule's file is its page and its test.

    RULE = Rule(id="no-collect", page=__doc__, scope=("<fn>/**/*.ts",), needs=("collect",), check=check, …)

`check` is given one Source and the Context it stands in, and yields Findings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from ast_grep_py import SgNode

from vly_nb.diagnostics import Range, Severity, TextEdit
from vly_nb.policy.program import Program
from vly_nb.policy.source import Source

HoldsData = Callable[[str], bool | None]
"""Whether a table has documents; None: nobody knows."""


def holds_nothing(table: str) -> bool:
    """The HoldsData of a project without a database."""
    return False


_NEVER = ("**/_generated/**", "**/node_modules/**", "**/*.d.ts")
_NO_TESTS = "!<fn>/**/*.{test,spec}.{ts,tsx}"  # they aren't deployed; but keys are kept there, too


@dataclass(frozen=True)
class Context:
    """What lies around a file: for rules that one file alone can't decide.

    `program` is the project with the change in it. `changing`: a change is being judged, and
    `before` is this file's text before it, None for a new file. `request` is the person's wish,
    None when nobody knows it. `holds_data` says whether a table has documents; None: nobody knows.
    """

    program: Program
    changing: bool = False
    before: str | None = None
    request: str | None = ""
    holds_data: HoldsData = holds_nothing

    @property
    def functions(self) -> str:
        """The folder that convex.json names, without a slash at its end."""
        return self.program.functions


@dataclass(frozen=True)
class Finding:
    """One place that a rule complains about.

    `at` is what is underlined; `code` the whole expression that a person would allow
    (`at` itself where it is None). `message` and `severity` are the rule's own when None.
    """

    at: SgNode | Range
    message: str | None = None
    severity: Severity | None = None
    code: SgNode | None = None
    fix: tuple[TextEdit, ...] = ()


@dataclass(frozen=True)
class Rule:
    """One rule.

    `scope` are globs (`**`, `*`, `{a,b}`), `<fn>` stands for the functions folder, a `!` in
    front takes files out; a rule about `<fn>/…` is not about the tests there, unless it is
    about keys. `needs`: with none of these texts in it a file isn't even parsed.
    `refuses`: decided by the file alone, so an error turns a change away; the findings of
    other rules, which a second file or an install can cure, go back with the outcome.
    `alone`: the file itself is all that it looks at, so what it says stands until the file
    changes; a rule that asks `context.program` is not. `page` is the docstring of the rule's
    file: what, why, and examples (see examples.py).
    """

    id: str
    area: str
    severity: Severity
    scope: tuple[str, ...]
    needs: tuple[str, ...]
    message: str
    check: Callable[[Source, Context], Iterable[Finding]]
    page: str = field(repr=False)
    refuses: bool = True
    alone: bool = True

    def holds_for(self, path: str, functions: str) -> bool:
        """Whether a file is in the rule's scope."""
        return in_scope(path, self.whole_scope, functions)

    @property
    def whole_scope(self) -> tuple[str, ...]:
        """All globs that decide it: its own, and the files that no rule is about taken out."""
        of_functions = any(glob.startswith("<fn>/") for glob in self.scope)
        without = (_NO_TESTS,) if of_functions and self.area != "env-secrets" else ()
        return (*self.scope, *without, *(f"!{glob}" for glob in _NEVER))


def in_scope(path: str, scope: tuple[str, ...], functions: str) -> bool:
    """Whether a file is among some globs, one of them without a `!`."""
    return _pattern(scope, functions).fullmatch(path) is not None


@lru_cache(maxsize=512)
def _pattern(scope: tuple[str, ...], functions: str) -> re.Pattern[str]:
    inside = (_regex(glob, functions) for glob in scope if not glob.startswith("!"))
    outside = (_regex(glob[1:], functions) for glob in scope if glob.startswith("!"))
    return re.compile(f"(?!(?:{'|'.join(outside)})\\Z)(?:{'|'.join(inside)})")


def _regex(glob: str, functions: str) -> str:
    parts = {"<fn>": re.escape(functions), "**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*"}
    parts |= {"{": "(?:", "}": ")", ",": "|"}
    tokens = re.findall(r"<fn>|\*\*/|\*\*|\*|.", glob)
    return "".join(parts.get(token, re.escape(token)) for token in tokens)
