"""Theme: the variables of a style sheet, block by block."""

from __future__ import annotations

import re
from collections.abc import Iterator

_BLOCK = re.compile(r"([^{}@;]{1,200})\{([^{}]*)\}")
_VARIABLE = re.compile(r"(--[\w-]+)\s*:\s*([^;]{1,300})")


def blocks(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """(selector, variables) of the blocks that have no others in them, comments already taken out."""
    for match in _BLOCK.finditer(text):
        selector = " ".join(match[1].split())
        yield selector, {name: " ".join(value.split()) for name, value in _VARIABLE.findall(match[2])}


def resolved(value: str, variables: dict[str, str], hops: int = 5) -> str:
    """A value, through `var(--other)`."""
    match = re.fullmatch(r"var\((--[\w-]+)\)", value)
    while match is not None and match[1] in variables and hops > 0:
        value, hops = variables[match[1]], hops - 1
        match = re.fullmatch(r"var\((--[\w-]+)\)", value)
    return value
