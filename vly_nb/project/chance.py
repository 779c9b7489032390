"""Chance: whether a text looks drawn by lot, as keys are, or was made up by somebody."""

from __future__ import annotations

import math
import re
from collections import Counter


def is_random(text: str) -> bool:
    """Whether a text of some length has the disorder of a key (over 3.5 bits a character)."""
    counts = Counter(text)
    bits = -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values()) if text else 0.0
    return bits > 3.5


def is_made_up(text: str) -> bool:
    """Whether it stands for a key and is none: `sk_test_xxxx`, `re_your_key_here`."""
    return _MADE_UP.search(text) is not None


def is_mixed(text: str) -> bool:
    """Whether a text looks drawn by lot: digits among letters, in no words."""
    return (
        re.search(r"\d", text) is not None
        and re.search(r"[A-Za-z]", text) is not None
        and _WORDS.fullmatch(text) is None
        and len(set(text)) >= 8
    )


_MADE_UP = re.compile(
    r"x{4,}|\.{3}|…|\*{3}|<[^>]+>|your|example|placeholder|dummy|fake|sample|changeme|1234567|hidden⟩",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[A-Za-z]+(?:[-_.:/ ][A-Za-z]+)*[-_.]?\d{0,4}")
