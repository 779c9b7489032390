"""Examples: the fenced code in a rule's page, which is shown to people and tested.

    Bad, and what has to be found in it:
        ```ts path=src/convex/tasks.ts severity=warning

After a line `Bad` every fence must be complained about by the rule, after `Good` none. A rule
that looks at other files, or at a change, is given them by more words in a fence:

    with       the file lies beside the example that comes next; after a line `Given`, beside all
    before     what the file of the example that comes next was until the change
    new        the example is a new file, in a change
    data       every table holds documents; data=?: nobody knows whether one does
    request=add-a-contact-page    what the person had asked for, with - for spaces; ?: nobody knows
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from vly_nb.diagnostics import Severity
from vly_nb.policy.program import Program
from vly_nb.policy.rule import Context

FUNCTIONS = "src/convex"
"""The functions folder in all examples."""

_PIECE = re.compile(r"^(?P<head>Given|Bad|Good):?$|^```(?P<info>[^\n`]+)\n(?P<code>.*?)^```$", re.M | re.S)


@dataclass(frozen=True)
class Example:
    """Code at a path, and whether the rule complains about it; `severity` of all that it says.

    `files` lie beside it, itself among them. `changing`: it is judged as a change from `before`.
    """

    good: bool
    path: str
    code: str
    severity: Severity | None = None
    files: dict[str, str] = field(default_factory=dict)
    changing: bool = False
    before: str | None = None
    request: str | None = ""
    data: bool | None = False

    def context(self) -> Context:
        """The example's surroundings."""
        program = Program(FUNCTIONS, self.files.get, lambda: tuple(self.files))
        return Context(program, self.changing, self.before, self.request, lambda table: self.data)


def examples(page: str) -> list[Example]:
    """The examples of a page. Raises ValueError for a fence without a path, or before the first head."""
    found: list[Example] = []
    given: dict[str, str] = {}
    beside: dict[str, str] = {}
    before: str | None = None
    head = ""
    for match in _PIECE.finditer(page):
        if match["head"]:
            head, beside, before = match["head"], {}, None
            continue
        words = match["info"].split()
        info = dict(word.split("=", 1) for word in words if "=" in word)
        path, code = info.get("path"), match["code"]
        if path is None or not head:
            raise ValueError(f"an example needs a path, and stands after Bad or Good: ```{match['info']}")
        if head == "Given":
            given[path] = code
        elif "with" in words:
            beside[path] = code
        elif "before" in words:
            before = code
        else:
            severity = Severity(info["severity"]) if "severity" in info else None
            changing = before is not None or "new" in words
            files = given | beside | {path: code}
            request = None if info.get("request") == "?" else info.get("request", "").replace("-", " ")
            data = None if info.get("data") == "?" else "data" in words
            found.append(
                Example(head == "Good", path, code, severity, files, changing, before, request, data)
            )
            beside, before = {}, None
    return found
