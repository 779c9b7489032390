"""How close the times of a cron expression come, and the constants that rules follow."""

from __future__ import annotations

import pytest

from vly_nb.policy.constants import constant
from vly_nb.policy.cron import DAY, smallest_gap
from vly_nb.policy.policy import Policy
from vly_nb.policy.rules import RULES
from vly_nb.policy.source import Source


@pytest.mark.parametrize(
    ("expression", "minutes"),
    [
        ("* * * * *", 1),
        ("*/4 * * * *", 4),
        ("*/5 * * * *", 5),
        ("*/7 * * * *", 4),  # 56 to 60
        ("0,3 * * * *", 3),
        ("0,59 * * * *", 1),
        ("59 23 * * *", 24 * 60),
        ("0 0,12 * * *", 12 * 60),
        ("0,59 0,23 * * *", 1),
        ("59,0 0,23 1 * *", 59),  # never on two days in a row
        ("10-12 4 * * *", 1),
        ("5/20 * * * *", 20),
        ("0 9-17/2 * * MON-FRI", 120),
        ("0 0 * * 0", 24 * 60),
        ("@hourly", 60),
        ("@daily", 24 * 60),
        ("0 */5 * * * *", 5),
        ("*/30 0 * * * *", 0.5),
        ("0,58 0 0 * * *", 58 / 60),
    ],
)
def test_smallest_gap(expression: str, minutes: float) -> None:
    assert smallest_gap(expression) == minutes * 60 <= DAY


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "* * *",
        "a b c d e",
        "60 * * * *",
        "*/0 * * * *",
        "5-3 * * * *",
        "* " * 200,
        "@often",
        "1-x * * * *",
    ],
)
def test_what_cannot_be_read_has_no_gap(expression: str) -> None:
    assert smallest_gap(expression) is None


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("60 * 1_000", 60_000.0),
        ("(0x10 + 2) / 3", 6.0),
        ("-5 % 3", -2.0),
        ("DAY as number", 86_400.0),
        ("LIMITS.least", 5.0),
        ('LIMITS["name"]', "n"),
        ("`plain`", "plain"),
        ("`not ${plain}`", None),
        ("changed", None),
        ("1 / 0", None),
        ("loop", None),
        ("unknown()", None),
        ("9e999", float("inf")),
    ],
)
def test_constant(expression: str, value: float | str | None) -> None:
    head = (
        "const DAY = 24 * 3600;\nconst LIMITS = { least: 5, name: 'n' } as const;\n"
        "let changed = 1; const loop = loop;\n"
    )
    source = Source("a.ts", f"{head}use({expression});")
    (call,) = [node for node in source.nodes("call_expression") if node.text().startswith("use(")]
    arguments = call.field("arguments")
    assert arguments is not None
    assert constant(source, arguments.named_children()[0]) == value


@pytest.mark.parametrize(
    ("code", "severities"),
    [
        ("const EVERY = { minutes: 1 };\ncrons.interval('a', EVERY, f)", ["error"]),
        ("crons.interval('a', { ...EVERY }, f)", ["warning"]),
        ("crons.interval('a', { minutes: n }, f)", ["warning"]),
        ("crons.interval('a', every(5), f)", ["warning"]),
        ("crons.cron('a', spec, f)", ["warning"]),
        ("const MINUTE = 60; crons.interval('a', { seconds: 2 * MINUTE }, f)", ["error"]),
        ("crons.interval('a', { hours: 0.05 }, f)", ["error"]),
        ("crons['interval']('a', { seconds: 1 }, f)", ["error"]),
        ("crons.cron('a', `* * * * *`, f)", ["error"]),
        ("crons.cron('a', 'nonsense', f)", []),
        ("crons.daily('a', { hourUTC: 1 }, f)", []),
        ("crons.interval('a')", []),
        ("other.interval('a', { seconds: 1 }, f)", []),
        ("crons.register(ctx, { kind: 'interval', ms: 1 }, f)", []),
    ],
)
def test_registrations(code: str, severities: list[str]) -> None:
    text = f'import {{ cronJobs as jobs }} from "convex/server";\nconst crons = jobs();\n{code};\n'
    policy = Policy([r for r in RULES if r.id == "cron-min-interval"], functions="convex")
    assert [str(d.severity) for d in policy.lint("convex/crons.ts", text)] == severities
