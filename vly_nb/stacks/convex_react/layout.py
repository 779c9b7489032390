"""Where things are in a project of this stack."""

from __future__ import annotations

import json
from pathlib import Path

from vly_nb.policy.read_only import Managed

DEFAULT_FUNCTIONS = "convex"
USE_AUTH = "/src/hooks/use-auth.ts"


def functions_folder(root: Path) -> str | None:
    """The folder of the Convex functions, as convex.json names it; None when there is no backend.

    Never assumed: without a convex.json it is Convex's own default, `convex`.
    """
    package = loaded(root / "package.json")
    wanted = {**table(package, "dependencies"), **table(package, "devDependencies")}
    if "convex" not in wanted:
        return None
    named = loaded(root / "convex.json").get("functions")
    return named.removeprefix("./").strip("/") if isinstance(named, str) else DEFAULT_FUNCTIONS


def auth_files(root: Path) -> tuple[str, ...]:
    """The files of Convex Auth that are read-only, as globs from the project's root."""
    folder = functions_folder(root)
    names = ("auth.ts", "auth.config.ts", "auth/**")
    return tuple(f"/{folder}/{name}" for name in names) if folder else ()


def sign_in_files(root: Path) -> tuple[str, ...]:
    """All that sign-in is made of, as globs: what a person may unlock."""
    folder = functions_folder(root)
    return (*auth_files(root), f"/{folder}/users.ts", USE_AUTH) if folder else ()


def managed(root: Path) -> Managed:
    """What else isn't changed once it is there: sign-in's part of the app, and the builder's own files.

    HTTP routes are added to http.ts, so it stays open; that its sign-in routes stay is a rule's matter.
    """
    folder = functions_folder(root)
    files = ("/src/instrumentation.tsx", "vly-toolbar-readonly.tsx")
    if folder is None or "@convex-dev/auth" not in _text(root / folder / "auth.ts"):
        return Managed(files)
    exports = {f"{folder}/users.ts": ("currentUser",)}
    return Managed((*files, USE_AUTH), exports, (f"{folder}/http.ts",))


def loaded(place: Path) -> dict[str, object]:
    """A JSON file's object, {} when it isn't there or isn't one."""
    try:
        found = json.loads(_text(place))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def table(of: dict[str, object], name: str) -> dict[str, object]:
    """An object within an object, {} when it isn't there."""
    found = of.get(name)
    return found if isinstance(found, dict) else {}


def _text(place: Path) -> str:
    try:
        return place.read_text(encoding="utf-8-sig")
    except (OSError, ValueError):
        return ""
