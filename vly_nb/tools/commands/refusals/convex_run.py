"""`convex run`: the function's name and its arguments as the CLI takes them (convex-run-colon).

Read as the CLI reads them (convex 1.48, src/cli/lib/run.ts): `dir/file:function`, a bare module for
its default export, `api.file.function` and `internal.…`, an ending like `.ts`; arguments as JSON5.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from vly_nb.tools.commands.found.mention import Mention
from vly_nb.tools.commands.surroundings import Surroundings

VALUED = frozenset(
    {
        "--component",
        "--identity",
        "--typecheck",
        "--codegen",
        "--env-file",
        "--deployment",
        "--deployment-name",
    }
    | {"--preview-name", "--inline-query", "--url", "--admin-key"}
)
_NAME = re.compile(r"[\w./:-]+")
_ENDING = re.compile(r"\.[cm]?[jt]sx?(?=:|$)")
_JSON5 = re.compile(
    r"""(?P<double>"(?:\\.|[^"\\])*")|'(?P<single>(?:\\.|[^'\\])*)'|(?P<key>[A-Za-z_$][\w$]*)(?=\s*:)"""
    r"""|//[^\n]*|/\*.*?\*/|,(?=\s*[}\]])""",
    re.S,
)


def convex_run(mention: Mention, _: Surroundings) -> str:
    """What is wrong with a `convex run`, in a sentence; "" when nothing is, or it is none."""
    words = mention.arguments
    if mention.name != "convex" or words[:1] != ("run",) or {"--help", "-h"} & set(words):
        return ""
    return _wrong(words[1:])


def _wrong(words: Sequence[str]) -> str:
    operands: list[str] = []
    waiting = iter(words)
    for word in waiting:
        if word in VALUED:
            next(waiting, None)
        elif not word.startswith("-"):
            operands.append(word)
    if not operands or any("$" in word or "`" in word for word in operands):
        return ""
    name, *given = operands
    bare = _ENDING.sub("", name)
    if "." in bare and not name.startswith(("api.", "internal.")) and _NAME.fullmatch(name):
        path, _, function = bare.replace(":", ".").replace(".", "/").rpartition("/")
        return f"A function is named by its file and a colon: {_written(f'{path}:{function}')}"
    if given and given[0].startswith("{") and (len(given) > 1 or not _is_object(given[0])):
        return f"The arguments are one JSON object in single quotes: {_written(name)}"
    if len(given) == 1 and not given[0].startswith("{"):
        return f"The arguments are a JSON object with their names: {_written(name)}"
    return ""


def _written(name: str) -> str:
    return f"""`npx convex run {name} '{{"name": "value"}}'`."""


def _is_object(text: str) -> bool:
    """Whether JSON5 reads a text as an object; its odd numbers aside."""
    try:
        return isinstance(json.loads(_JSON5.sub(_as_json, text)), dict)
    except (ValueError, RecursionError):
        return False


def _as_json(match: re.Match[str]) -> str:
    if match["double"] is not None:
        return match["double"]
    plain = match["single"] if match["single"] is not None else match["key"]
    return json.dumps(plain.replace("\\'", "'")) if plain is not None else ""
