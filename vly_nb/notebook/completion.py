"""Completion: what Tab offers after `%vly` and in a `%%vly` cell.

`complete` is a plain function of the text before the cursor and the session, so
that it can be tested without a kernel. It imports nothing heavy and asks the
model nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

from vly_nb.errors import ToolError, VlyError
from vly_nb.notebook.commands import (
    BACKEND,
    BY_NAME,
    COMMANDS,
    DB,
    KEYS,
    MODELS,
    MODES,
    NEW,
    OPTIONS,
    PREVIEW,
)

Found = list[tuple[str, str]]
"""What may stand in place of the fragment, and what kind of thing it is."""

MOST = 60

_MENTION = re.compile(r"(?<![\w@])@([\w./()\[\]+~$-]*)$")


def complete(before: str, session: Any | None) -> tuple[str, Found]:
    """The fragment before the cursor that is completed, and what it may become.

    `before` is the line up to the cursor, or the whole cell for a `%%vly` one.
    """
    if before.startswith("%%"):
        return _in_cell(before, session)
    fragment = re.split(r"\s", before)[-1]
    words = before.split()
    if len(words) < 2 or (len(words) == 2 and fragment):
        return fragment, [(c.name, "command") for c in COMMANDS if c.name.startswith(fragment)]
    command = BY_NAME.get(words[1])
    offer = _OFFERS.get(command.completes) if command else None
    if command is not None and command.completes in ("folders", "files"):
        fragment = before.split(command.name, 1)[1].lstrip()
    if command is not None and command.completes == "keys":
        typed = words[2 : -1 if fragment else None]
        return fragment, _keys(typed, fragment, session)[:MOST]
    return fragment, (offer(fragment, session) if offer else [])[:MOST]


def _in_cell(before: str, session: Any | None) -> tuple[str, Found]:
    if "\n" not in before:
        fragment = re.split(r"\s", before)[-1]
        return fragment, [(o.name, "option") for o in OPTIONS if o.name.startswith(fragment)]
    mention = _MENTION.search(before)
    if mention is None or session is None:
        return "", []
    wanted = mention[1].lower()
    every = _project_files(session)
    near = [path for path in every if path.lower().startswith(wanted)]
    near += [path for path in every if wanted in path.lower() and path not in set(near)]
    return mention[0], [(f"@{path}", "path") for path in near[:MOST]]


def _names(names: Iterable[str], kind: str) -> Callable[[str, Any], Found]:
    return lambda fragment, _: [(name, kind) for name in names if name.startswith(fragment)]


def _folders(fragment: str, _: Any) -> Found:
    return [found for found in _entries(fragment) if found[0].endswith("/")]


def _entries(fragment: str, _: Any = None) -> Found:
    """Files and folders on disk that begin with the fragment; hidden ones only when asked for."""
    head, slash, start = fragment.rpartition("/")
    try:
        entries = sorted(Path(head or ("/" if slash else ".")).expanduser().iterdir())[:2000]
    except OSError:
        return []
    return [
        (f"{head}{slash}{entry.name}{'/' if entry.is_dir() else ''}", "path")
        for entry in entries
        if entry.name.startswith(start) and (start.startswith(".") or not entry.name.startswith("."))
    ]


def _versions(fragment: str, session: Any) -> Found:
    if session is None:
        return []
    numbers = [str(version.number) for version in reversed(session.project.versions)]
    return [(number, "version") for number in numbers if number.startswith(fragment)]


def _diff(fragment: str, session: Any) -> Found:
    return _versions(fragment, session) or _project_paths(fragment, session)


def _project_paths(fragment: str, session: Any) -> Found:
    return [(path, "path") for path in _project_files(session) if path.startswith(fragment)]


def _project_files(session: Any) -> list[str]:
    try:
        return [] if session is None else list(session.project.files())
    except (ToolError, VlyError, OSError):
        return []


def _globs(fragment: str, session: Any) -> Found:
    folders = {str(parent) for path in _project_files(session) for parent in Path(path).parents}
    return [(f"{folder}/**", "glob") for folder in sorted(folders - {"."}) if folder.startswith(fragment)]


def _proposal(fragment: str, session: Any) -> Found:
    """Files that are proposed, and their hunks once a colon is typed."""
    waiting = session.turn.waiting if session is not None and session.turn else None
    change = getattr(waiting, "change", None)
    if change is None:
        return []
    path, colon, numbers = fragment.rpartition(":")
    if not colon:
        return [(one.path, "path") for one in change.changes if one.path.startswith(fragment)]
    typed, comma, start = numbers.rpartition(",")
    hunks = [str(hunk.number) for one in change.changes if one.path == path for hunk in one.hunks]
    left = [number for number in hunks if number not in typed.split(",") and number.startswith(start)]
    return [(f"{path}:{typed}{comma}{number}", "hunk") for number in left]


def _keys(typed: list[str], fragment: str, session: Any) -> Found:
    """What `%vly keys` does, and then the names of keys; values are nowhere near."""
    if not typed:
        return _names(KEYS, "keys")(fragment, session)
    if typed == ["jwt"]:
        return _names(("--new", "--push"), "option")(fragment, session)
    if len(typed) != 1 or typed[0] not in ("set", "remove") or session is None:
        return []
    try:
        there = session.keys.listed()
    except VlyError:
        return []
    names = [key.name for key in there if typed[0] == "set" or key.where == "vault"]
    if typed[0] == "set":
        names += session.keys.example_names()
    return _names(dict.fromkeys(names), "key")(fragment, session)


def _help(fragment: str, session: Any) -> Found:
    found = [*_names(BY_NAME, "command")(fragment, session), *_names(["rules"], "rules")(fragment, session)]
    rules = () if not fragment else session.stack.rules if session is not None else _rules()
    return [*found, *((rule, "rule") for rule in rules if rule.startswith(fragment))]


@cache
def _rules() -> list[str]:
    """The rules' ids, by the names of their files: to import them would cost too much here."""
    files = (Path(__file__).parent.parent / "policy" / "rules").glob("[a-z]*.py")
    return sorted(file.stem.replace("_", "-") for file in files)


def _lint(fragment: str, session: Any) -> Found:
    return [*_names(["--all"], "option")(fragment, session), *_project_paths(fragment, session)]


_TABLE = re.compile(r"^\s*(\w+):\s*defineTable\(", re.MULTILINE)
_FUNCTION = re.compile(
    r"^export\s+(?:const\s+(\w+)|default)\s*=?\s*(?:internal)?(?:[Qq]uery|[Mm]utation|[Aa]ction)\(",
    re.MULTILINE,
)


def _tables(fragment: str, session: Any) -> Found:
    """Tables, as schema.ts says them; nothing is asked of a backend while somebody types."""
    names = [name for _, text in _backend_files(session, "schema.ts") for name in _TABLE.findall(text)]
    return [*_names(names, "table")(fragment, session), *_names(DB, "option")(fragment, session)]


def _functions(fragment: str, session: Any) -> Found:
    names = [
        f"{module}:{found or 'default'}"
        for module, text in _backend_files(session, ".ts")
        for found in _FUNCTION.findall(text)
    ]
    return _names(names, "function")(fragment, session)


def _backend_files(session: Any, ending: str) -> list[tuple[str, str]]:
    """Modules of the functions folder and their texts."""
    backends = getattr(session, "backends", None)
    folder = backends.embedded.functions if backends is not None and backends.embedded is not None else None
    found = []
    for path in _project_files(session) if folder else []:
        module = path.removeprefix(f"{folder}/")
        if module != path and module.endswith(ending) and not module.startswith("_generated/"):
            try:
                found.append(
                    (
                        module.removesuffix(".ts"),
                        session.project.read(path).text or "",
                    )
                )
            except (ToolError, VlyError, OSError):
                continue
    return found


_OFFERS: dict[str, Callable[[str, Any], Found]] = {
    "folders": _folders,
    "files": _entries,
    "modes": _names(MODES, "mode"),
    "models": _names(MODELS, "model"),
    "help": _help,
    "lint": _lint,
    "new": _names(NEW, "option"),
    "doctor": _names(("--fix",), "option"),
    "paths": _project_paths,
    "versions": _versions,
    "diff": _diff,
    "globs": _globs,
    "proposal": _proposal,
    "preview": _names(PREVIEW, "word"),
    "backend": _names(BACKEND, "word"),
    "db": _tables,
    "functions": _functions,
}
