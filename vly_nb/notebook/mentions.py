"""Mentions: what a prompt points at, put in beside it. The prompt itself is never changed.

    $`df.head()`      a value of this notebook
    @src/main.tsx     a file of the project, with line numbers
    @shot.png         a picture, of the project or beside the notebook
    @In[3] @Out[3]    an earlier cell, what it gave

A value is put in only when every name in the expression is one that the person
defined: a prompt with pasted code in it must not run anything of the shell's.
"""

from __future__ import annotations

import ast
import base64
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vly_nb.agent.context import as_data
from vly_nb.errors import ToolError
from vly_nb.model.messages import Block
from vly_nb.notebook.visible import one_line
from vly_nb.project.project import Project

VALUE = 4_096  # bytes of a value's preview
FILE = 60_000  # characters of a file
PICTURE = 5_000_000  # bytes of a picture
MOST = 20  # mentions in a prompt

_MARK = re.compile(r"\$`([^`\n]+)`")
_CELL = re.compile(r"(?<![\w@])@(In|Out)\[(\d+)\]")
_PATH = re.compile(r"""(?<![\w@/.`"'])@(?:"([^"\n]+)"|([\w.~][\w./()\[\]+~$-]*))""")
_LIKE_A_FILE = re.compile(r"(?:^|/)[\w.()\[\]$-]*\.[A-Za-z][A-Za-z0-9]{0,4}$")
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"RIFF", "image/webp"),
)
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp")
_HARMLESS = {"abs", "all", "any", "bool", "dict", "float", "int", "len", "list", "max", "min", "range"}
_HARMLESS |= {"repr", "round", "set", "sorted", "str", "sum", "tuple", "type", "zip", "enumerate"}


@dataclass
class PutIn:
    """Blocks for the model, what they are in a person's words, and remarks on what was left as it is."""

    blocks: list[Block] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, name: str, block: Block, size: str = "") -> None:
        """Put a block in."""
        self.blocks.append(block)
        self.names.append(f"{name} ({size})" if size else name)

    def text(self, name: str, about: str, words: str, size: str = "") -> None:
        """Put a text in, marked as data."""
        self.add(name, {"type": "text", "text": f"{about}\n{as_data(words)}"}, size)


def put_in(prompt: str, project: Project, names: Mapping[str, Any], hidden: Mapping[str, Any]) -> PutIn:
    """Everything that the prompt mentions.

    `names` is the notebook's namespace, `hidden` those of it that are the
    shell's own (`get_ipython`, `exit`, …).
    """
    found = PutIn()
    for expression in _each(_MARK, prompt):
        _value(expression[0], names, hidden, found)
    for kind, number in _each(_CELL, prompt):
        _cell(kind, int(number), names, found)
    for quoted, plain in _each(_PATH, prompt):
        if not (plain in ("In", "Out") or _CELL.match(f"@{plain}")):
            _file(quoted or plain, bool(quoted), project, found)
    return found


def _each(pattern: re.Pattern[str], prompt: str) -> list[tuple[str, ...]]:
    """What a pattern finds, each once, in order."""
    return list(dict.fromkeys(found.groups(default="") for found in pattern.finditer(prompt)))[:MOST]


# -- values ----------------------------------------------------------------------


def _value(expression: str, names: Mapping[str, Any], hidden: Mapping[str, Any], found: PutIn) -> None:
    shown = one_line(expression, 60)
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError):
        return  # a template of somebody's code, not an expression
    own = {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - own
    unknown = sorted(n for n in used - _HARMLESS if n not in names or n in hidden)
    if unknown:
        found.notes.append(f"$`{shown}` is left as written: there is no {unknown[0]} in this notebook.")
        return
    if not used or not _allowed(tree):
        return
    safe = {name: names[name] for name in used if name in names}
    try:
        value = eval(compile(tree, "<a value for vly>", "eval"), {**safe})  # noqa: S307 - the person's own mark
        text = preview(value)
    except Exception as error:
        found.notes.append(
            f"$`{shown}` is left as written: {type(error).__name__}: {one_line(str(error), 120)}"
        )
        return
    cut, size = capped(text, VALUE)
    found.text(shown, f"The value of `{expression}` in the notebook ({type(value).__name__}):", cut, size)


def _allowed(tree: ast.AST) -> bool:
    """No way out of the names that were given: no `x.__class__`, no lambda, no await."""
    return not any(
        isinstance(node, (ast.Lambda, ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr))
        or (isinstance(node, ast.Attribute) and node.attr.startswith("__"))
        for node in ast.walk(tree)
    )


def preview(value: Any) -> str:
    """A value as text: strings as they are, tables by their own printing, else the repr."""
    if isinstance(value, str):
        return value
    if hasattr(type(value), "to_string") and hasattr(value, "shape"):
        rows = f"shape {tuple(value.shape)}\n"
        return rows + str(value.head(40).to_string() if hasattr(value, "head") else value.to_string())
    return repr(value)


def capped(text: str, limit: int) -> tuple[str, str]:
    """The text cut to `limit` bytes, saying so, and its size in words."""
    data = text.encode(errors="replace")
    if len(data) <= limit:
        return text, kilobytes(len(data))
    head = data[:limit].decode(errors="ignore")
    words = f"{kilobytes(limit)} of {kilobytes(len(data))}"
    return f"{head}\n… cut: this is the first {words}", f"first {words}"


def kilobytes(size: int) -> str:
    """`812 bytes`, `4 KB`."""
    return f"{size} bytes" if size < 1000 else f"{size / 1024:.0f} KB"


# -- cells -----------------------------------------------------------------------


def _cell(kind: str, number: int, names: Mapping[str, Any], found: PutIn) -> None:
    name = f"{kind}[{number}]"
    held = names.get(kind)
    try:
        value = held[number]  # type: ignore[index]
    except (KeyError, IndexError, TypeError):
        found.notes.append(f"@{name} is left as written: there is no such cell in this session.")
        return
    cut, size = capped(preview(value), VALUE)
    about = f"Cell {number} of the notebook:" if kind == "In" else f"What cell {number} of the notebook gave:"
    found.text(name, about, cut, size)


# -- files -----------------------------------------------------------------------


def _file(mention: str, certain: bool, project: Project, found: PutIn) -> None:
    """Put in a file. A word with an @ that is no file of the project is only a word."""
    for path in dict.fromkeys((mention, mention.rstrip(".,;:!?)]"))):
        if path.lower().endswith(_PICTURES):
            if _picture(path, project, found):
                return
        elif _exists(path, project):
            _text(path, project, found)
            return
    path = mention.rstrip(".,;:!?)]")
    if certain or _LIKE_A_FILE.search(path):
        reason = _why(path, project)
        found.notes.append(f"@{one_line(path, 80)} is left as written: {reason}")


def _exists(path: str, project: Project) -> bool:
    try:
        return bool(path) and project.exists(path)
    except ToolError:
        return False


def _why(path: str, project: Project) -> str:
    try:
        project.read(path)
    except ToolError as error:
        return one_line(str(error), 160)
    return "it can't be put in."


def _text(path: str, project: Project, found: PutIn) -> None:
    try:
        data = project.read(path).data
    except ToolError as error:
        found.notes.append(f"@{one_line(path, 80)} is left as written: {one_line(str(error), 160)}")
        return
    if b"\0" in data:
        found.notes.append(f"@{one_line(path, 80)} is left as written: it is not text.")
        return
    lines = data.decode(errors="replace").splitlines()
    numbered = "\n".join(f"{number:>5}\t{line}" for number, line in enumerate(lines, 1))
    cut, _ = capped(numbered, FILE)
    found.text(
        one_line(path, 80), f"The file {path} (line numbers are not part of it):", cut, kilobytes(len(data))
    )


def picture_type(data: bytes) -> str | None:
    """The media type of a picture that a model can be sent, by its first bytes; None for anything else."""
    return next((kind for start, kind in _SIGNATURES if data.startswith(start)), None)


def _picture(path: str, project: Project, found: PutIn) -> bool:
    """Put in a picture of the project, or one beside the notebook; False when there is none."""
    try:
        place = project.root / project.relative(path)
    except ToolError:
        place = Path(path)  # not in the project: the next line looks beside the notebook
    if not place.is_file():
        place = Path.cwd() / path
    # A link or a path with `..` could lead anywhere; what is sent goes to the model's provider.
    if ".." in Path(path).parts or not place.is_file() or place.is_symlink():
        return False
    shown = one_line(path, 80)
    if (size := place.stat().st_size) > PICTURE:
        found.notes.append(
            f"@{shown} is left as written: {kilobytes(size)} is more than the {PICTURE // 10**6} MB limit."
        )
        return True
    with os.fdopen(os.open(place, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), "rb") as file:
        data = file.read(PICTURE)
    media = picture_type(data)
    if media is None:
        found.notes.append(f"@{shown} is left as written: it is not a PNG, JPEG, GIF or WebP picture.")
        return True
    source = {"type": "base64", "media_type": media, "data": base64.b64encode(data).decode()}
    found.add(shown, {"type": "image", "source": source}, kilobytes(size))
    return True
