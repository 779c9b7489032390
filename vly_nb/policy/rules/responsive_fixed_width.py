"""Let widths fit a phone: `w-full max-w-…`, `grid-cols-1 md:grid-cols-3`.

A box of 600 pixels, or three columns side by side, stick out of a screen of 390. Begin with what
fits (`w-full`, `grid-cols-1`) and widen from `sm:` or `md:` on.

Bad

```tsx path=src/pages/Home.tsx severity=warning
export const Home = () => (
  <main className="w-[600px]">
    <div className="grid grid-cols-3 gap-4" />
    <div className="min-w-[500px]" />
  </main>
);
```

```tsx path=src/components/Box.tsx severity=warning
export const Box = () => <div style={{ width: 640, padding: 3 }} />;
```

Good

```tsx path=src/pages/Home.tsx
export const Home = () => (
  <main className="w-[600px] max-w-full">
    <div className="grid grid-cols-1 md:grid-cols-3" />
    <div className="w-full md:w-[600px]" />
    <div className="w-[320px]" />
    <div className="max-w-[900px]" />
  </main>
);
```

```tsx path=src/components/Wide.tsx
// what scrolls may be wide, and so may a table
export const Wide = () => (
  <div className="overflow-x-auto">
    <div className="min-w-[900px]">
      <Table className="w-[800px]" />
    </div>
  </div>
);
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.classes import ClassList, attributes, bare, class_lists, elements, tag_of, variants
from vly_nb.policy.constants import constant, pairs
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, unwrapped

_WIDE = re.compile(r"(?:min-)?w-\[(\d+)px\]")
_COLUMNS = re.compile(r"grid-cols-([3-9]|1[0-2])")
_FITS = re.compile(r"(?:max-)?w-(?:full|screen|\[\d+v?w\]|\[\d+%\]|\d?x?[sml]?l?)|max-w-.*")
_MOST = 400  # pixels
_TABLES = ("Table", "table", "TableHead", "TableCell", "TableRow", "th", "td", "tr", "ScrollArea", "Carousel")


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Wide boxes and many columns that have no other form for small screens."""
    for one in class_lists(source):
        said = _wrong(one)
        if said and one.element is not None and not _may_be_wide(one.element):
            yield Finding(one.at, f"{said} {_FIT}")
    if "width" not in source.text:
        return
    for element in elements(source):
        held = attributes(element).get("style")
        held = unwrapped(held) if held is not None else None
        width = pairs(held).get("width") if held is not None and held.kind() == "object" else None
        pixels = _pixels(source, width) if width is not None else None
        if held is None or pixels is None or pixels <= _MOST or "maxWidth" in pairs(held):
            continue
        if not _may_be_wide(element):
            yield Finding(held, f"A width of {pixels:g} pixels is more than a phone has. {_FIT}")


def _wrong(one: ClassList) -> str:
    plain = [name for name in one.names if not variants(name)]
    names = [bare(name) for name in one.names]
    for name in plain:
        match = _WIDE.fullmatch(bare(name))
        if match is not None and int(match[1]) > _MOST and not any(_FITS.fullmatch(other) for other in names):
            return f"{name} is wider than a phone."
        if _COLUMNS.fullmatch(name) and not any(
            variants(other) and bare(other).startswith("grid-cols-") for other in one.names
        ):
            return f"{name} is {name.rsplit('-', 1)[-1]} columns on a phone, too."
    return ""


def _may_be_wide(element: SgNode) -> bool:
    """Whether it is a table, or stands in one or in what scrolls."""
    above: SgNode | None = element
    for _ in range(40):
        if above is None:
            return False
        opening = above.field("open_tag") if above.kind() == "jsx_element" else above
        if opening is not None and opening.kind().startswith("jsx_") and opening.field("name") is not None:
            scrolls = re.search(r"\boverflow-(?:x-)?(?:auto|scroll|hidden)\b", opening.text()) is not None
            if tag_of(opening) in _TABLES or scrolls:
                return True
        above = above.parent()
    return False


def _pixels(source: Source, node: SgNode) -> float | None:
    value = constant(source, node)
    if isinstance(value, str):
        match = re.fullmatch(r"(\d+)px", value)
        return float(match[1]) if match is not None else None
    return value


_FIT = "Begin with what fits: w-full max-w-…, grid-cols-1 md:grid-cols-3."

RULE = Rule(
    id="responsive-fixed-width",
    area="frontend",
    severity=Severity.WARNING,
    scope=("src/**/*.tsx", "!src/components/ui/**"),
    needs=("w-[", "grid-cols-", "width"),
    message=_FIT,
    check=check,
    page=__doc__,
)
