"""Examples: the fenced code in a rule's page, which is shown to people and tested.

    Bad, and what has to be found in it:
        ```ts path=src/convex/tasks.ts severity=warning

After a line `Bad` every fence must be complained about by the rule, after `Good` none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from vly_nb.diagnostics import Severity

FUNCTIONS = "src/convex"
"""The functions folder in all examples."""

_PIECE = re.compile(r"^(?P<head>Bad|Good):?$|^```(?P<info>[^\n`]+)\n(?P<code>.*?)^```$", re.M | re.S)


@dataclass(frozen=True, slots=True)
class Example:
    """Code at a path, and whether the rule complains about it; `severity` of all that it says."""

    good: bool
    path: str
    code: str
    severity: Severity | None = None


def examples(page: str) -> list[Example]:
    """The examples of a page. Raises ValueError for a fence without a path, or before Bad and Good."""
    found: list[Example] = []
    head = ""
    for match in _PIECE.finditer(page):
        if match["head"]:
            head = match["head"]
            continue
        info = dict(word.split("=", 1) for word in match["info"].split() if "=" in word)
        if "path" not in info or not head:
            raise ValueError(f"an example needs a path, and stands after Bad or Good: ```{match['info']}")
        severity = Severity(info["severity"]) if "severity" in info else None
        found.append(Example(head == "Good", info["path"], match["code"], severity))
    return found
