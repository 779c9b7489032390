"""Redaction with 50 secrets in all their forms, against the limits; below 1 is within them.

The text is this project's own code and its template's: 10 MB of it for the first look, 30 KB (a
long answer of a tool) for the second.
"""

from __future__ import annotations

import random
import statistics
import string
import time
from pathlib import Path

from vly_nb.project.secrets import Redactor

SECRETS = 50
LEAST = 30.0  # MB/s
LONGEST = 122.0  # ms for 30 KB
ROOT = Path(__file__).resolve().parent.parent


def rows() -> list[tuple[str, str, str, str, str]]:
    """The first look and the second."""
    dice = random.Random(1)
    letters = string.ascii_letters + string.digits
    values = ["".join(dice.choice(letters) for _ in range(dice.randint(20, 60))) for _ in range(SECRETS)]
    redactor = Redactor([(f"KEY_{number}", value) for number, value in enumerate(values)])
    text = sample()
    speed = statistics.median(megabytes_a_second(redactor, text) for _ in range(5))
    answers = [text[at : at + 30_000] for at in range(0, 900_000, 30_000)]
    looks = statistics.median(milliseconds(redactor, answer) for answer in answers)
    return [
        (
            f"redaction, {SECRETS} secrets",
            f"{speed:.0f} MB/s",
            "the limit",
            f"{LEAST:.0f} MB/s",
            f"{LEAST / speed:.2f}",
        ),
        (
            "second look at 30 KB",
            f"{looks:.0f} ms",
            "the limit",
            f"{LONGEST:.0f} ms",
            f"{looks / LONGEST:.2f}",
        ),
    ]


def sample() -> str:
    """Ten megabytes of code."""
    code = "".join(
        place.read_text(encoding="utf-8")
        for folder in ("vly_nb", "docs")
        for place in sorted((ROOT / folder).rglob("*"))
        if place.suffix in (".py", ".ts", ".tsx", ".md", ".json", ".yaml")
        and "node_modules" not in place.parts
    )
    plain = Redactor().clean(code)  # the rules' examples hold made-up keys
    return (plain * (10_000_000 // len(plain) + 1))[:10_000_000]


def megabytes_a_second(redactor: Redactor, text: str) -> float:
    began = time.process_time()
    assert redactor.clean(text) == text
    return len(text) / (time.process_time() - began) / 1e6


def milliseconds(redactor: Redactor, text: str) -> float:
    began = time.process_time()
    assert redactor.inspect(text) == text
    return (time.process_time() - began) * 1000
