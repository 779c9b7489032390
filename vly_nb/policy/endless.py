"""Endless: texts on which the grammar of TypeScript works without end.

A broken text of a few lines can keep tree-sitter's error recovery busy for ever, in native
code that no interrupt reaches; ast-grep has no limit to set. The parser of the `tree_sitter`
package has the same grammar and asks now and then whether to go on, so a text goes through
it first (0.4 ms for a file of usual size), and is given up after a number of steps: the
same text has the same answer on every machine.
"""

from __future__ import annotations

from functools import cache

import tree_sitter_typescript
from tree_sitter import Language, Parser

# It asks once in some 140 bytes; of 600 real files none made it ask more than once in 80.
_LEAST, _BYTES = 1_000, 40
_AT_ONCE = 1 << 16  # bytes handed to the parser at a time


def endless(text: str, grammar: str) -> bool:
    """Whether to keep a text (`grammar`: "tsx" or "typescript") from a parser without a limit."""
    data = text.encode(errors="replace")
    left = _LEAST + len(data) // _BYTES

    def enough(_: int, __: bool) -> bool:
        nonlocal left
        left -= 1
        return left < 0

    def read(start: int, _: object) -> bytes:
        return data[start : start + _AT_ONCE]

    try:
        Parser(_language(grammar)).parse(read, progress_callback=enough)
    except ValueError:  # how it says that it was stopped
        return True
    return False


@cache
def _language(grammar: str) -> Language:
    if grammar == "tsx":
        return Language(tree_sitter_typescript.language_tsx())
    return Language(tree_sitter_typescript.language_typescript())
