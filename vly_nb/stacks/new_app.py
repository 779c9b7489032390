"""Making a fresh app from a stack's template."""

from __future__ import annotations

import re
from pathlib import Path

from vly_nb.errors import ProjectError
from vly_nb.progress import Report, silent
from vly_nb.stacks.stack import Stack
from vly_nb.stacks.stacks import STACKS

APP_NAME = re.compile(r"[a-z][a-z0-9-]{0,59}")


async def new_app(name: str, *, parent: Path, report: Report = silent, stack: Stack = STACKS[0]) -> Path:
    """Make a fresh app in `parent`/`name` from a stack's template, packages installed.

    Raises ProjectError for a name that is taken or can't be one, ProgramError when
    the packages can't be installed (the app's files are there then).
    """
    if not APP_NAME.fullmatch(name):
        raise ProjectError(
            f"{name!r} can't be an app's name.",
            "Use small letters, digits and dashes, beginning with a letter: `%vly new my-app`.",
        )
    folder = parent / name
    if folder.exists():
        raise ProjectError(
            f"{name} is there already.", f"Mount it with `%vly mount {name}`, or choose another name."
        )
    await stack.new(folder, report)
    return folder
