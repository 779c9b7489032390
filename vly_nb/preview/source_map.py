"""From a place in what the browser runs to the place in the source, by a module's own source map.

Vite appends it to each module as base64. https://tc39.es/ecma426/
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator

INLINE = re.compile(
    rb"//# sourceMappingURL=data:application/json;(?:charset=[^;,]+;)?base64,([A-Za-z0-9+/=]+)"
)
DIGITS = {
    letter: n for n, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
}


def original(module: bytes, line: int, column: int) -> tuple[int, int] | None:
    """Line and column (both from 1) in the source for a line and column (both from 0) of the module.

    None when the module has no map, or says nothing of the line.
    """
    maps = INLINE.findall(module)
    if not maps:
        return None
    try:
        mappings = json.loads(base64.b64decode(maps[-1]))["mappings"]
        return _looked_up(str(mappings), line, column)
    except (ValueError, LookupError, TypeError):
        return None


def _looked_up(mappings: str, line: int, column: int) -> tuple[int, int] | None:
    source_line = source_column = 0
    best: tuple[int, int] | None = None
    for number, group in enumerate(mappings.split(";")):
        generated = 0
        for segment in filter(None, group.split(",")):
            values = list(_numbers(segment))
            generated += values[0]
            if len(values) >= 4:
                source_line += values[2]
                source_column += values[3]
                if number == line and (best is None or generated <= column):
                    best = source_line + 1, source_column + 1
        if number >= line:
            return best
    return None


def _numbers(segment: str) -> Iterator[int]:
    """Base64 VLQ: five bits a letter, the lowest of a number is its sign."""
    value = shift = 0
    for letter in segment:
        digit = DIGITS[letter]
        value |= (digit & 31) << shift
        shift += 5
        if not digit & 32:
            yield -(value >> 1) if value & 1 else value >> 1
            value = shift = 0
