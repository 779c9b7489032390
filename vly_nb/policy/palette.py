"""Palette: Tailwind's own colours among the classes, as opposed to the theme's."""

from __future__ import annotations

import re

HUES = (
    "slate", "gray", "zinc", "neutral", "stone", "mauve", "olive", "mist", "taupe", "red", "orange",
    "amber", "yellow", "lime", "green", "emerald", "teal", "cyan", "sky", "blue", "indigo", "violet",
    "purple", "fuchsia", "pink", "rose",
)  # fmt: skip
PURPLE = ("purple", "violet", "indigo", "fuchsia")
_PARTS = (
    "bg|text|border(?:-[trblxy])?|ring|from|via|to|fill|stroke|decoration|outline|shadow|accent|caret|divide"
)
UTILITY = re.compile(rf"(?:{_PARTS})-(?:{'|'.join(HUES)})-\d{{2,3}}(?:/.*)?")
"""`bg-red-500`, `text-slate-900/80`"""

ARBITRARY = re.compile(rf"(?:{_PARTS})-\[(?:#|rgb|hsl|oklch)[^\]]*\](?:/.*)?", re.I)
"""`bg-[#fff]`, `text-[rgb(1,2,3)]`"""

GRADIENT = re.compile(r"bg-(?:gradient-to-\w+|linear-.+|radial.*|conic.*)")
"""`bg-gradient-to-r`, `bg-linear-45`, `bg-radial`"""

STOP = re.compile(rf"(?:from|via|to)-({'|'.join(HUES)})-\d{{2,3}}(?:/.*)?")
"""A gradient's stop in a palette colour; group 1 is its hue."""

STOP_VALUE = re.compile(r"(?:from|via|to)-\[(.+)\](?:/.*)?")
"""A gradient's stop in a colour of its own; group 1 is that."""
