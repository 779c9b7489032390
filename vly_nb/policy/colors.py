"""Colours: what a CSS colour is in sRGB, its hue, and the contrast of two.

    color("oklch(0.62 0.19 259)")     Color(0.23, 0.51, 0.96)
    contrast(color("#fff"), color("#777"))

Hex, rgb, hsl, oklch and a few names; None for what can't be told here (var(), color-mix()).
Conversions: https://bottosson.github.io/posts/oklab/, contrast: WCAG 2.2, 1.4.3.
"""

from __future__ import annotations

import colorsys
import math
import re
from typing import NamedTuple

_NAMES = {"white": "#fff", "black": "#000", "purple": "#800080", "violet": "#ee82ee", "indigo": "#4b0082",
          "fuchsia": "#f0f", "magenta": "#f0f", "rebeccapurple": "#639", "blueviolet": "#8a2be2",
          "darkviolet": "#9400d3", "mediumpurple": "#9370db", "darkorchid": "#9932cc"}  # fmt: skip
_CALL = re.compile(r"(rgba?|hsla?|oklch)\(([^()]{1,80})\)", re.I)
TEXTS = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|oklch)\([^()]{1,80}\)|\b(?:" + "|".join(_NAMES) + r")\b", re.I
)
"""Finds colours in a text."""


class Color(NamedTuple):
    """sRGB, each part and the alpha from 0 to 1."""

    red: float
    green: float
    blue: float
    alpha: float = 1.0

    @property
    def hue(self) -> float | None:
        """Degrees, as in hsl(); None for greys and what is nearly one."""
        hue, _, saturation = colorsys.rgb_to_hls(*self[:3])
        spread = max(self[:3]) - min(self[:3])
        return hue * 360 if saturation > 0.08 and spread > 0.06 else None


def color(text: str) -> Color | None:
    """A CSS colour; None for what isn't one, or can't be told here."""
    text = text.strip().lower()
    text = _NAMES.get(text, text)
    if text.startswith("#"):
        return _hex(text[1:])
    match = _CALL.fullmatch(text)
    if match is None:
        return None
    parts = [part for part in re.split(r"[\s,/]+", match[2].strip()) if part]
    if len(parts) < 3:
        return None
    try:
        alpha = _amount(parts[3], 1) if len(parts) > 3 else 1.0
        if match[1].startswith("rgb"):
            red, green, blue = (_clamped(_amount(part, 255) / 255) for part in parts[:3])
            return Color(red, green, blue, alpha)
        if match[1].startswith("hsl"):
            red, green, blue = colorsys.hls_to_rgb(
                _degrees(parts[0]) / 360, _amount(parts[2], 1), _amount(parts[1], 1)
            )
            return Color(red, green, blue, alpha)
        return _oklch(_amount(parts[0], 1), _amount(parts[1], 0.4), _degrees(parts[2]), alpha)
    except ValueError:
        return None


def contrast(one: Color, other: Color) -> float:
    """The ratio of two colours' luminances, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _hex(digits: str) -> Color | None:
    if len(digits) in (3, 4):
        digits = "".join(digit * 2 for digit in digits)
    if len(digits) not in (6, 8):
        return None
    try:
        values = [int(digits[n : n + 2], 16) / 255 for n in range(0, len(digits), 2)]
    except ValueError:
        return None
    return Color(*values)


def _amount(text: str, whole: float) -> float:
    """A number, or a percentage of `whole`. Raises ValueError."""
    return float(text[:-1]) / 100 * whole if text.endswith("%") else float("0" if text == "none" else text)


def _degrees(text: str) -> float:
    return float("0" if text == "none" else text.removesuffix("deg")) % 360


def _oklch(light: float, chroma: float, hue: float, alpha: float) -> Color:
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    red, green, blue = (_gamma(value) for value in linear)
    return Color(red, green, blue, alpha)


def _gamma(linear: float) -> float:
    linear = _clamped(linear)
    return _clamped(12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055)


def _luminance(one: Color) -> float:
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in one[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def _clamped(value: float) -> float:
    return min(1.0, max(0.0, value))
