"""STACKS: the kinds of project that vly knows, first fit first."""

from __future__ import annotations

from pathlib import Path

from vly_nb.errors import ProjectError
from vly_nb.stacks.convex_react.stack import ConvexReact
from vly_nb.stacks.stack import Stack

STACKS: tuple[Stack, ...] = (ConvexReact(),)


def stack_of(root: Path) -> Stack:
    """The stack of the project in a folder. Raises ProjectError when there is none."""
    if not root.exists():
        near = (
            [p.name for p in sorted(root.parent.iterdir()) if p.is_dir()][:5] if root.parent.is_dir() else []
        )
        there = f" There is: {', '.join(near)}." if near else ""
        raise ProjectError(
            f"{root} isn't there.{there}", "Name another folder, or make an app: `%vly new NAME`."
        )
    if not root.is_dir():
        raise ProjectError(f"{root} is a file, not a folder.", "Name the folder that the app is in.")
    for stack in STACKS:
        if stack.fits(root):
            return stack
    raise ProjectError(
        f"{root.name} is no project that vly knows: it has no package.json.",
        "Mount the folder that holds package.json, or make an app: `%vly new NAME`.",
    )
