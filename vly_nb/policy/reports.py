"""Reports: diagnostics as the programs around a linter want them.

REPORTS["sarif"](diagnostics, RULES)

text: for people; json: one list; sarif: 2.1.0, for code scanning
(https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html); github: lines that a
workflow's log turns into annotations (https://docs.github.com/actions, workflow commands).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from vly_nb.diagnostics import Diagnostic, Range, Severity
from vly_nb.policy.pages import about, page
from vly_nb.policy.rule import Rule

Report = Callable[[Sequence[Diagnostic], Sequence[Rule]], str]

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def as_text(diagnostics: Sequence[Diagnostic], rules: Sequence[Rule]) -> str:
    """One line each, and a count."""
    lines = [printable(str(diagnostic)) for diagnostic in diagnostics]
    fixable = sum(bool(d.fix) for d in diagnostics)
    more = f"; --fix mends {fixable}" if fixable else ""
    total = totals(d.severity for d in diagnostics)
    return "\n".join([*lines, f"{total or 'nothing found'}{more}"]) + "\n"


def totals(severities: Iterable[Severity]) -> str:
    """`2 errors, 1 warning`; "" for none."""
    count = Counter(severities)
    return ", ".join(f"{count[s]} {s}{'' if count[s] == 1 else 's'}" for s in Severity if count[s])


def as_json(diagnostics: Sequence[Diagnostic], rules: Sequence[Rule]) -> str:
    """A list of objects, of which docs/lint.md tells; lines and columns from 1, the end exclusive."""
    return json.dumps([_entry(diagnostic) for diagnostic in diagnostics], indent=2) + "\n"


def _entry(diagnostic: Diagnostic) -> dict[str, Any]:
    place = diagnostic.range or Range(1)
    return {
        "path": diagnostic.path,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line or place.line,
        "end_column": place.end_column or place.column,
        "severity": diagnostic.severity.value,
        "code": diagnostic.code,
        "message": diagnostic.message,
        "fixable": bool(diagnostic.fix),
    }


def as_sarif(diagnostics: Sequence[Diagnostic], rules: Sequence[Rule]) -> str:
    """A SARIF log with one run."""
    said = {diagnostic.code for diagnostic in diagnostics}
    driver = {
        "name": "vly",
        "rules": [_rule(rule) for rule in rules if rule.id in said],
    }
    results = [_result(diagnostic) for diagnostic in diagnostics]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    said = about(rule)
    return {
        "id": rule.id,
        "shortDescription": {"text": said.title},
        "fullDescription": {"text": rule.message},
        "help": {"text": said.why or said.title, "markdown": page(rule)},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": [rule.area]},
    }


def _result(diagnostic: Diagnostic) -> dict[str, Any]:
    found: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": diagnostic.message},
    }
    if diagnostic.path is not None:
        uri = quote(diagnostic.path)  # a name may hold spaces, %, [ and worse
        physical: dict[str, Any] = {"artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"}}
        if (place := diagnostic.range) is not None:
            region = {
                "startLine": place.line,
                "startColumn": place.column,
                "endLine": place.end_line,
                "endColumn": place.end_column,
            }
            physical["region"] = {key: value for key, value in region.items() if value is not None}
        found["locations"] = [{"physicalLocation": physical}]
    return found


def as_github(diagnostics: Sequence[Diagnostic], rules: Sequence[Rule]) -> str:
    """`::error file=…,line=…::message`"""
    return "".join(f"{_annotation(diagnostic)}\n" for diagnostic in diagnostics)


def _annotation(diagnostic: Diagnostic) -> str:
    place = diagnostic.range
    where = {"file": diagnostic.path, "title": diagnostic.code}
    if place is not None:
        where |= {"line": str(place.line), "col": str(place.column)}
        where |= {"endLine": str(place.end_line)} if place.end_line else {}
    given = ",".join(f"{key}={_property(value)}" for key, value in where.items() if value is not None)
    return f"::{_COMMANDS[diagnostic.severity]} {given}::{_data(diagnostic.message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def printable(text: str) -> str:
    """No character in it that steers a terminal: texts come from files."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


REPORTS: Mapping[str, Report] = {
    "text": as_text,
    "json": as_json,
    "sarif": as_sarif,
    "github": as_github,
}
"""By the name that `--format` takes."""
