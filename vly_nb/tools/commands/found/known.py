"""What a command has set for the commands after it: variables, functions, files, the folder."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass, field

from tree_sitter import Node

from vly_nb.tools.commands.found.mention import Mention

START = {"HOME": "~", "PWD": ".", "TMPDIR": "/tmp", "IFS": " ", "SHELL": "sh"}  # noqa: S108  (a name)


@dataclass
class Known:
    """Kept in the order of execution. `folder` is from the root, None when it can't be told."""

    variables: dict[str, str] = field(default_factory=lambda: dict(START))
    functions: dict[str, Node] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    folder: str | None = "."

    def bind(self, words: Sequence[str]) -> None:
        """`$1`, `$2`, `$@`."""
        self.variables.update({str(place): word for place, word in enumerate(words, 1)})
        self.variables.update({"@": " ".join(words), "*": " ".join(words)})

    def remember(self, one: Mention) -> None:
        """What `cd`, `set --` and `read` change."""
        words = one.arguments
        if one.name == "cd":
            target = next(iter(one.operands), "~")
            told = self.folder is not None and not target.startswith(("$", "-"))
            self.folder = posixpath.normpath(posixpath.join(self.folder or ".", target)) if told else None
        elif one.name == "set" and "--" in words:
            self.bind(words[words.index("--") + 1 :])
        elif one.name == "read" and one.stdin is not None and one.operands:
            self.variables[one.operands[-1]] = one.stdin.strip()
