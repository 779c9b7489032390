"""Tables: what commands print of versions, costs and the state of things."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from html import escape

from vly_nb.notebook.outputs import Bundle
from vly_nb.notebook.visible import one_line
from vly_nb.project.versions import Version

_CELL = "padding:2px 14px 2px 0;text-align:left;vertical-align:top"


_TAIL = (  # what is cut is the beginning: ids differ at their end; all of it is there to be copied
    "display:inline-block;max-width:9em;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;"
    "direction:rtl;vertical-align:top;font-family:monospace;opacity:.75"
)


def table(
    rows: Sequence[Sequence[str]],
    head: Sequence[str] = (),
    title: str = "",
    narrow: Callable[[str], bool] = lambda _: False,
) -> Bundle:
    """Rows of plain text as a table, and as aligned columns; `narrow` ones, such as ids, show their end."""
    every = [[one_line(cell, 300) for cell in row] for row in rows]
    top = [[*head]] if head else []
    widths = [
        max((len(row[n]) for row in [*top, *every]), default=0) for n in range(len((top or every or [[]])[0]))
    ]
    lines = [
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in [*top, *every]
    ]
    body = "".join(
        f"<tr>{''.join(_cell(cell, n == 0, narrow(cell)) for n, cell in enumerate(row))}</tr>"
        for row in every
    )
    heads = "".join(f'<th style="{_CELL}">{escape(cell)}</th>' for cell in head)
    heads = f"<tr>{heads}</tr>" if head else ""
    caption = f"<div><b>{escape(title)}</b></div>" if title else ""
    html = f'{caption}<table style="margin:2px 0;border-collapse:collapse">{heads}{body}</table>'
    return {"text/html": html, "text/plain": "\n".join([*([title] if title else []), *lines])}


def versions_table(versions: Sequence[Version], count: int, now: datetime) -> Bundle:
    """The newest versions, newest first, the present one marked."""
    shown = [*versions][-count:][::-1]
    head = versions[-1].number if versions else 0
    rows = [
        [
            ("→ " if version.number == head else "") + str(version.number),
            when(version.when, now),
            version.label if not version.restores else f"{version.label} (as version {version.restores})",
            files(version.changed),
        ]
        for version in shown
    ]
    title = "Versions, newest first" + (
        f" ({len(shown)} of {len(versions)})" if len(shown) < len(versions) else ""
    )
    return table(rows, ["", "when", "what", "files"], title)


def files(paths: Sequence[str]) -> str:
    """`src/a.tsx, src/b.tsx and 3 more`"""
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    return ", ".join(paths[:3]) + more


def when(moment: datetime, now: datetime) -> str:
    """A clock time for today, else a date."""
    local, today = moment.astimezone(), now.astimezone()
    return f"{local:%H:%M:%S}" if local.date() == today.date() else f"{local:%Y-%m-%d %H:%M}"


def _cell(text: str, first: bool, narrow: bool = False) -> str:
    if narrow:
        whole = escape(text, quote=True)
        return f'<td style="{_CELL}"><span style="{_TAIL}" title="{whole}"><bdi>{whole}</bdi></span></td>'
    tag = "b" if first else "span"
    return f'<td style="{_CELL}"><{tag}>{escape(text)}</{tag}></td>'
