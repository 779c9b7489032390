"""Surroundings: what the policy knows about the project that a command would run in."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from vly_nb.stacks.convex_react.layout import functions_folder, loaded, table

UNTOLD = ("$(", "`", "{}")  # what stands for a word that isn't known


@dataclass(frozen=True)
class Surroundings:
    """The scripts of package.json by name, the folder of the functions, the root's own paths, if known."""

    scripts: Mapping[str, str] = field(default_factory=dict)
    functions: str = "convex"
    roots: tuple[str, ...] = ()

    def located(self, path: str, folder: str | None = ".") -> str | None:
        """A path from the root; `../x`, `/etc/x` and `~/x` are outside. None when it can't be told."""
        if path.startswith(("/", "~")):
            folder = ""
        elif folder is None or path.startswith("$") or any(mark in path for mark in UNTOLD):
            return None
        place = posixpath.normpath(posixpath.join(folder, path))
        for root in self.roots:
            if place == root or place.startswith(root + "/"):
                return place[len(root) + 1 :] or "."
        return place


def surroundings(root: Path) -> Surroundings:
    """Read from package.json and convex.json; a project without them has no scripts."""
    scripts = table(loaded(root / "package.json"), "scripts")
    return Surroundings(
        {name: body for name, body in scripts.items() if isinstance(body, str)},
        functions_folder(root) or "convex",
        tuple(sorted({os.path.abspath(root), os.path.realpath(root)})),  # noqa: PTH100
    )
