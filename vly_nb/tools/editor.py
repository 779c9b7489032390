"""The text editor tool, in the shape models are trained on.

https://docs.claude.com/en/docs/agents-and-tools/tool-use/text-editor-tool
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar

from vly_nb.errors import ToolError
from vly_nb.project import edits
from vly_nb.tools.tool import Effect, Outcome, tool
from vly_nb.tools.workbench import Workbench

VIEW_LINES = 2000
LINE_CHARACTERS = 2000
LISTED = 300

T = TypeVar("T")


async def edit(
    bench: Workbench,
    command: Literal["view", "create", "str_replace", "insert"],
    path: str,
    view_range: list[int] | None = None,
    file_text: str | None = None,
    old_str: str | None = None,
    new_str: str | None = None,
    insert_line: int | None = None,
    insert_text: str | None = None,
) -> Outcome:
    """View, create and edit files of the project."""
    place = bench.project.relative(path)
    if command == "view":
        return view(bench, place, view_range)
    if bench.draft.changed_since_seen(place):
        raise ToolError(f"{place} changed since you read it (not by you). View it again, then edit.")
    if command == "create":
        return create(bench, place, needed(file_text, "file_text"))
    if command == "insert":
        text = needed(new_str if insert_text is None else insert_text, "insert_text")
        return rewritten(
            bench, place, lambda old: edits.insert(old, needed(insert_line, "insert_line"), text)
        )
    old = needed(old_str, "old_str")
    return rewritten(bench, place, lambda text: edits.replace(text, old, new_str or ""))


def needed(value: T | None, name: str) -> T:
    """The argument, or a ToolError that names it."""
    if value is None:
        raise ToolError(f"`{name}` is missing. Call it again with it.")
    return value


def view(bench: Workbench, path: str, span: list[int] | None) -> Outcome:
    """A file with numbered lines, or what a folder holds."""
    if not bench.draft.pending(path) and bench.project.is_folder(path):
        return listing(bench, path)
    text = edits.decode(bench.draft.look(path), path).text
    lines = text.splitlines()
    first, last = window(span, len(lines))
    shown = [
        f"{number:6}\t{line[:LINE_CHARACTERS]}" for number, line in enumerate(lines[first - 1 : last], first)
    ]
    left = len(lines) - last
    if left > 0 and span is None:
        shown.append(f"… {left} more lines; view them with view_range [{last + 1}, {len(lines)}].")
    text = "\n".join(shown) or "(the file is empty)"
    return Outcome(text, line=f"{path}, {last - first + 1} lines", foreign=True)


def window(span: list[int] | None, total: int) -> tuple[int, int]:
    """The first and last line to show, from 1; the end may be given as -1."""
    if span is None:
        return 1, min(total, VIEW_LINES)
    if len(span) != 2 or span[0] < 1 or span[0] > max(total, 1):
        raise ToolError(f"`view_range` is [first, last], from 1 to {total}; last may be -1.")
    last = total if span[1] == -1 else min(span[1], total)
    if last < span[0] and total:
        raise ToolError("`view_range` ends before it begins.")
    return span[0], min(last, span[0] + VIEW_LINES - 1)


def listing(bench: Workbench, path: str) -> Outcome:
    """What a folder holds, two levels deep, without what git ignores."""
    base = "" if path == "." else f"{path}/"
    names: dict[str, None] = {}
    for name in below(bench, base):
        parts = name[len(base) :].split("/")
        names["/".join(parts[:2]) + ("/" if len(parts) > 2 else "")] = None
    shown = list(names)[:LISTED]
    more = len(names) - len(shown)
    text = "\n".join(base + name for name in shown) + (f"\n… {more} more" if more else "")
    return Outcome(text or "(empty)", line=f"{path}, {len(names)} entries", foreign=True)


def below(bench: Workbench, base: str) -> list[str]:
    """The project's files whose path begins with `base`."""
    return [name for name in bench.project.files() if name.startswith(base)]


def create(bench: Workbench, path: str, text: str) -> Outcome:
    """A new file, or a known one written anew."""
    there = bench.draft.exists(path)
    if there and not bench.draft.pending(path) and path not in bench.draft.seen:
        raise ToolError(f"{path} exists already. View it first, then change it with str_replace.")
    bench.draft.put(path, written_like(bench.draft.read(path), text) if there else encoded(text))
    return Outcome(f"{'Rewrote' if there else 'Created'} {path}.", line=f"wrote {path}")


def written_like(before: bytes, text: str) -> bytes:
    """A text as bytes, with the line endings and the byte-order mark that the file had."""
    try:
        old = edits.decode(before)
    except ToolError:
        return encoded(text)
    if "\r\n" in old.text and "\r" not in text:
        text = text.replace("\n", "\r\n")
    return encoded(("\ufeff" if old.bom else "") + text)


def encoded(text: str) -> bytes:
    """UTF-8; a lone surrogate, which JSON can carry and files can't, becomes U+FFFD."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace").encode()


def rewritten(bench: Workbench, path: str, change: Callable[[str], edits.Edited]) -> Outcome:
    """A file with one edit carried out; the answer names the tier that matched."""
    before = edits.decode(bench.draft.read(path), path)
    edited = change(before.text)
    bench.draft.put(path, encoded(("\ufeff" if before.bom else "") + edited.text))
    how = "" if edited.tier == "exact" else f" (matched by {edited.tier})"
    return Outcome(f"Edited {path} at line {edited.line}{how}.", line=f"edited {path}")


def effect(arguments: Mapping[str, Any]) -> Effect:
    """Viewing reads, all else edits."""
    return Effect.READ if arguments.get("command") == "view" else Effect.EDIT


def line(arguments: Mapping[str, Any]) -> str:
    """What the call does, in plain words."""
    verb = {"view": "reading", "create": "writing"}.get(str(arguments.get("command")), "editing")
    return f"{verb} {arguments.get('path', '?')}"


EDITOR = tool(
    edit, name="str_replace_based_edit_tool", builtin="text_editor_20250728", effect=effect, line=line
)


async def delete_file(bench: Workbench, path: str) -> Outcome:
    """Delete one file of the project. It can be undone; other files are not touched.

    The editor has no command for this and shells are not for changing files.
    """
    place = bench.project.relative(path)
    bench.draft.read(place)
    bench.draft.put(place, None)
    return Outcome(f"Deleted {place}.", line=f"deleted {place}")


DELETE = tool(delete_file, effect=Effect.EDIT, line=lambda a: f"deleting {a.get('path', '?')}")
