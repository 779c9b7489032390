"""Visible: what hides in a text made plain to see.

Terminal escapes, other control characters and bidirectional overrides can make
a line read differently from what it holds (https://trojansource.codes). Every
string from the model, a file or a program goes through here before it is shown.
"""

from __future__ import annotations

import re

# Letters of right-to-left scripts and the joiners that emoji and Persian need stay as they are.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)


def visible(text: str) -> str:
    """The text with hidden characters written as `⟨U+202E⟩`, controls as `␛`; tabs and newlines stay."""
    return _HIDDEN.sub(lambda found: _name(found[0]), text)


def one_line(text: str, limit: int = 200) -> str:
    """The text on one line, hidden characters visible, at most `limit` characters long."""
    flat = " ".join(visible(text[: limit * 4]).split())
    return flat if len(flat) <= limit and len(text) <= limit * 4 else flat[: limit - 1] + "…"


def name(path: str) -> str:
    """A path on one line, hidden characters visible."""
    return visible(path).replace("\n", "␊").replace("\t", "␉")


def _name(letter: str) -> str:
    code = ord(letter)
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"⟨U+{code:04X}⟩"
