"""A picture of a schema: tables, fields, indexes and references, as SVG that any page can show.

It has its own background and colours, no script, no style sheet and no link, and every word in it
is escaped: it is read in saved notebooks, on light pages and dark ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from vly_nb.backend.schema import TableSchema

WIDTH, GAP, MARGIN = 240, 38, 20  # px; three columns fit beside a side panel
LINE, HEAD, PAD = 18, 30, 8
LETTERS = 32  # of a line
MOST_TABLES, MOST_LINES = 60, 24
FONT = "ui-sans-serif, system-ui, -apple-system, Segoe UI, sans-serif"
PAPER, CARD, EDGE, INK, QUIET, HEADING, ARROW = (
    "#f6f7f9",
    "#ffffff",
    "#c9ced6",
    "#1c2430",
    "#5b6675",
    "#e8ecf3",
    "#3b6fd4",
)


@dataclass(frozen=True, slots=True)
class Card:
    """A table's place. `lines` are what it says beneath its name: words, on the right, whether quiet."""

    table: TableSchema
    lines: Sequence[tuple[str, str, bool]]
    x: int
    y: int

    @property
    def height(self) -> int:
        """In px."""
        return HEAD + PAD + LINE * len(self.lines) + PAD


def picture(tables: Sequence[TableSchema]) -> str:
    """The SVG; tables beyond sixty, and lines beyond 24 of one, are counted only."""
    cards = _placed(tables[:MOST_TABLES])
    width = max((card.x + WIDTH for card in cards), default=WIDTH) + MARGIN
    height = max((card.y + card.height for card in cards), default=HEAD) + MARGIN
    left = len(tables) - len(cards)
    if left:
        height += LINE
    body = "".join([*(_arrows(card, cards) for card in cards), *map(_card, cards)])
    note = _text(MARGIN, height - MARGIN // 2, f"and {left} more tables", QUIET) if left else ""
    name = f"{len(tables)} tables: {', '.join(table.name for table in tables[:MOST_TABLES])}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" '
        f'role="img" font-family="{FONT}" font-size="12"><title>{escape(name)}</title>'
        f'<rect width="{width}" height="{height}" rx="8" fill="{PAPER}"/>{body}{note}</svg>'
    )


def _placed(tables: Sequence[TableSchema]) -> list[Card]:
    """Cards in columns, each put where the page is shortest; the most referred to come first."""
    count = {table.name: 0 for table in tables}
    for table in tables:
        for field in table.fields:
            for name in field.refers:
                count[name] = count.get(name, 0) + 1
    columns = min(max(1, round(len(tables) ** 0.5)), 3)
    ends = [MARGIN] * columns
    cards = []
    for table in sorted(tables, key=lambda one: -count[one.name]):
        column = ends.index(min(ends))
        card = Card(table, _lines(table), MARGIN + column * (WIDTH + GAP), ends[column])
        ends[column] += card.height + MARGIN
        cards.append(card)
    return cards


def _lines(table: TableSchema) -> list[tuple[str, str, bool]]:
    lines = [(f"{field.name}{'?' if field.optional else ''}", field.type, False) for field in table.fields]
    signs = {"index": "index", "search": "search", "vector": "vector"}
    lines += [(f"{signs[one.kind]} {one.name}", ", ".join(one.fields), True) for one in table.indexes]
    if len(lines) > MOST_LINES:
        lines = [*lines[:MOST_LINES], (f"and {len(lines) - MOST_LINES} more", "", True)]
    return lines


def _card(card: Card) -> str:
    parts = [
        f'<rect x="{card.x}" y="{card.y}" width="{WIDTH}" height="{card.height}" rx="6" fill="{CARD}" '
        f'stroke="{EDGE}"/>',
        f'<path d="M{card.x} {card.y + HEAD}h{WIDTH}v-{HEAD - 6}'
        f'a6 6 0 0 0 -6 -6h-{WIDTH - 12}a6 6 0 0 0 -6 6z" '
        f'fill="{HEADING}" stroke="{EDGE}"/>',
        _text(card.x + 12, card.y + 20, card.table.name, INK, bold=True),
    ]
    for number, (left, right, quiet) in enumerate(card.lines):
        y = _line_at(card, number)
        room = LETTERS - min(len(left), LETTERS - 8) - 2
        parts.append(
            _text(card.x + 12, y, left, QUIET if quiet else INK, most=LETTERS - 8 if right else LETTERS)
        )
        parts.append(_text(card.x + WIDTH - 12, y, right, QUIET, end=True, most=room))
    return "".join(parts)


def _line_at(card: Card, number: int) -> int:
    return card.y + HEAD + PAD + LINE * number + 13


def _arrows(card: Card, cards: Sequence[Card]) -> str:
    """A line from each field that refers to a table, to that table's name."""
    places = {one.table.name: one for one in cards}
    parts = []
    for number, field in enumerate(card.table.fields[:MOST_LINES]):
        for name in field.refers:
            if (to := places.get(name)) is not None and to is not card:
                parts.append(_arrow(card, _line_at(card, number) - 4, to))
    return "".join(parts)


def _arrow(card: Card, y: int, to: Card) -> str:
    end = to.y + HEAD // 2
    if to.x > card.x:
        start, stop, bend = card.x + WIDTH, to.x, GAP // 2
    elif to.x < card.x:
        start, stop, bend = card.x, to.x + WIDTH, -GAP // 2
    else:
        start, stop, bend = card.x, to.x, -GAP // 3
    back = bend if to.x == card.x else -bend
    return (
        f'<path d="M{start} {y}C{start + bend} {y} {stop + back} {end} {stop} {end}" fill="none" '
        f'stroke="{ARROW}" '
        f'stroke-width="1.5" stroke-opacity=".75"/><circle cx="{stop}" cy="{end}" r="3" fill="{ARROW}"/>'
    )


def _text(
    x: int, y: int, words: str, fill: str, *, bold: bool = False, end: bool = False, most: int = LETTERS
) -> str:
    cut = words if len(words) <= most else words[: max(most - 1, 0)] + "…"
    printable = "".join(letter if letter.isprintable() else "·" for letter in cut)
    extra = (' font-weight="600"' if bold else "") + (' text-anchor="end"' if end else "")
    return f'<text x="{x}" y="{y}" fill="{fill}"{extra}>{escape(printable)}</text>'


def described(tables: Sequence[TableSchema]) -> str:
    """The same in words, for where there is no picture."""
    blocks = []
    for table in tables:
        lines = [f"  {left:<28} {right}".rstrip() for left, right, _ in _lines(table)]
        blocks.append("\n".join([table.name, *lines]))
    return "\n\n".join(blocks)
