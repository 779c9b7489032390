"""Words: verdicts, complaints and costs in one line each, the same wherever they are shown."""

from __future__ import annotations

from vly_nb.notebook.wire import CheckData, DiagnosticData, UsageData


def check_words(check: CheckData) -> str:
    """`tsc: 2 new errors (3 known)`"""
    errors = sum(one.severity == "error" for one in check.new) + check.new_count - len(check.new)
    others = check.new_count - errors
    new = [many(errors, "new error")] if errors else []
    new += [many(others, "new warning")] if others else []
    word = " and ".join(new) or {"green": "fine", "red": "failed"}.get(check.status, check.status)
    known = f" ({check.known:,} known)" if check.known else ""
    return f"{check.name}: {word}{known}" + (f". {check.note}" if check.note else "")


def complaint(one: DiagnosticData) -> str:
    """`src/a.tsx:3:7 TS2322 Type 'string' is not …`"""
    weight = "" if one.severity == "error" else f"({one.severity}) "
    return " ".join(part for part in (one.where, one.code, weight + " ".join(one.message.split())) if part)


def usage_words(usage: UsageData, cost: float | None) -> str:
    """`1,234 tokens read, 56 written, $0.01`; the price only where it is known."""
    read = usage.input + usage.cache_read + usage.cache_write
    words = f"{read:,} tokens in, {usage.output:,} out"
    return words if cost is None else f"{words}, {money(cost)}"


def money(cost: float) -> str:
    """US dollars, with as many digits as say something."""
    return f"${cost:.2f}" if cost >= 0.1 or cost == 0 else f"${cost:.4f}"


def mark(good: bool) -> str:
    """A sign before a verdict: colour is never the only one."""
    return "✓ " if good else "✗ "


def many(count: int, noun: str) -> str:
    """`1 error`, `2 errors`"""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
