"""Which Convex deployment a project is set up with: by names, never by anybody's values.

The one value that is looked at is whether a deployment is a production one, and
it is told to nobody.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

NAMES = ("CONVEX_DEPLOYMENT", "CONVEX_SELF_HOSTED_URL", "CONVEX_DEPLOY_KEY")
ADMIN_KEY = "CONVEX_SELF_HOSTED_ADMIN_KEY"
VARIABLES = (*NAMES, ADMIN_KEY)
ENV_FILES = (".env.local", ".env")
SET_LINE = re.compile(
    r"""^[ \t]*(?:export[ \t]+)?(CONVEX_\w+)[ \t]*=[ \t]*["']?([^\s#"']{1,9})""", re.MULTILINE
)
BIGGEST = 200_000  # characters of an env file


def deployment(root: Path, keys: Mapping[str, str] | None = None) -> str:
    """The variable that names the deployment, "" when none is set up.

    Looked for in the process's environment, in `keys`, and in the env files.
    """
    names = _beginnings(root, keys)
    return next((name for name in NAMES if name in names), "")


def is_production(root: Path, keys: Mapping[str, str] | None = None) -> bool:
    """Whether that deployment is the one that people use: nothing is ever pushed to it."""
    return any(beginning.startswith("prod:") for beginning in _beginnings(root, keys).values())


def variables(keys: Mapping[str, str] | None = None) -> dict[str, str]:
    """What the CLI needs to reach the deployment, for its ears only: of this process's environment and
    of `keys`, which win.

    The admin key goes only where the person said: an address in a file of the project is not enough.
    """
    found = {name: value for name, value in {**os.environ, **(keys or {})}.items() if name in VARIABLES}
    if "CONVEX_SELF_HOSTED_URL" not in found:
        found.pop(ADMIN_KEY, None)
    return found


def _beginnings(root: Path, keys: Mapping[str, str] | None) -> dict[str, str]:
    """The first letters of each variable; the process's environment wins over the files."""
    found: dict[str, str] = {}
    for file in reversed(ENV_FILES):
        try:
            with (root / file).open(encoding="utf-8", errors="replace") as opened:
                found.update(SET_LINE.findall(opened.read(BIGGEST)))
        except OSError:
            continue
    found.update({name: value for name, value in variables(keys).items() if value})
    return {name: value for name, value in found.items() if name in NAMES}
