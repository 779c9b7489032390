"""Which routes show a file: what `src/main.tsx` says of pages, read without a parser."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

ROUTE = re.compile(r"<Route\b[^>]*?\bpath=\"([^\"]*)\"(.*?)(?=<Route\b|</Routes>|\Z)", re.DOTALL)
IMPORT = re.compile(r"import\s+(?:\{[^}]*\}|(\w+))\s+from\s+\"(?:@/|\./)?((?:src/)?pages/[\w./-]+)\"")
LAZY = re.compile(r"const\s+(\w+)\s*=\s*(?:React\.)?lazy\(\s*\(\)\s*=>\s*import\(\"(?:@/|\./)([\w./-]+)\"\)")
MAIN = ("src/main.tsx", "src/App.tsx", "src/main.jsx", "src/App.jsx")
MOST = 3  # routes that are looked at after a change, besides the first page


def routes_of(changed: Sequence[str], root: Path) -> list[str]:
    """The first page, and the routes of pages that changed; a route with a parameter can't be opened."""
    found: dict[str, None] = {"/": None}
    for name in MAIN:
        try:
            text = (root / name).read_text("utf-8", "replace")[:200_000]
        except OSError:
            continue
        pages = {called: place for called, place in (*IMPORT.findall(text), *LAZY.findall(text)) if called}
        for path, element in ROUTE.findall(text):
            shown = [place for called, place in pages.items() if re.search(rf"<{called}\b", element)]
            if any(_is(place, changed) for place in shown) and re.fullmatch(r"/?[\w/-]*", path):
                found["/" + path.strip("/")] = None
    return list(found)[: MOST + 1]


def _is(place: str, changed: Sequence[str]) -> bool:
    stem = place if place.startswith("src/") else f"src/{place}"
    return any(path.rsplit(".", 1)[0] == stem or path == stem for path in changed)
