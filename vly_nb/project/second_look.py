"""A second look: is a known secret in a text that hides it?

    SecondLook([("OPENAI_API_KEY", "sk-proj-…")], plainly).find(output)    # ("OPENAI_API_KEY", "base64")

The first look (`secrets`) finds values in the forms that programs print by themselves. This one
undoes what someone does who wants a value past it: it decodes (base64 of base64, gzip, dumps in hex,
octal or decimal, escapes), joins what was spread out, turns round and shifts letters. What it finds
can't be masked in place, so the whole text is withheld.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import unescape

from ahocorasick_rs import BytesAhoCorasick, MatchKind

from vly_nb.project.chance import is_mixed
from vly_nb.project.codes import CODES, COMMON, Decode, decoded
from vly_nb.project.forms import PIECE, pieces_of

SHORTEST = 10  # letters and digits of a value that is looked for without all else
LONG = 20  # of one that is made of words, which may come together by chance
DEEPEST = 3  # codes within codes

Plainly = Callable[[bytes], str | None]
"""Which secret stands in some bytes as the first look sees it."""


class SecondLook:
    """Knows the values once and for all; see the module's top."""

    def __init__(self, values: Sequence[tuple[str, str]], plainly: Plainly) -> None:
        self._plainly = plainly
        self._bare: dict[bytes, str] = {}
        for name, value in values:
            bare = _bare(value.encode("utf-8", "surrogatepass"))
            if len(bare) < (SHORTEST if is_mixed(value) else LONG):
                continue
            for spelt in (bare, bare[::-1], bare.translate(_MIRROR)):
                self._bare[spelt] = name
            for shift in range(1, 26):
                self._bare[bare.translate(_shift(shift))] = name
            for spelt in (bare, bare[::-1]) if len(bare) >= 2 * PIECE and is_mixed(value) else ():
                self._bare |= {piece: name for _, piece in pieces_of(spelt)}
        self._patterns = list(self._bare)
        self._search = BytesAhoCorasick(self._patterns, matchkind=MatchKind.Standard) if self._bare else None

    def find(self, data: bytes) -> tuple[str, str] | None:
        """The name of a secret and how it was hidden; None when there is none."""
        for how, view in _views(data):
            if name := self._spread(view):
                return name, how
            deep = how in _READ
            if found := self._decoded(view, DEEPEST if deep else 1, CODES if deep else COMMON):
                return found
        return None

    def _spread(self, data: bytes) -> str | None:
        """A value with other things between its letters, in any case, turned round or shifted."""
        if self._search is None:
            return None
        bare = _bare(data)
        for step in (1, 2, 3, 4):
            for first in range(step):
                if hit := self._search.find_matches_as_indexes(bare[first::step]):
                    return self._bare[self._patterns[hit[0][0]]]
        return None

    def _decoded(self, data: bytes, depth: int, codes: Mapping[str, Decode]) -> tuple[str, str] | None:
        for how, blob in decoded(data, codes):
            if name := self._plainly(blob) or self._spread(blob):
                return name, how
            if depth > 1 and (found := self._decoded(blob, depth - 1, codes)):
                return found[0], f"{how} of {found[1]}"
        return None


# -- the same text, read otherwise --------------------------------------------------

_ESCAPED = re.compile(
    rb"\\x([0-9a-fA-F]{2})|\\u\{?(?:00)?([0-9a-fA-F]{2})\}?|%u?(?:00)?([0-9a-fA-F]{2})|=([0-9A-F]{2})"
    rb"|&#x0*([0-9a-fA-F]{2});|&#0*(\d{2,3});|\\([0-7]{3})"
)
_NUMBERED = re.compile(
    rb"(?m)^[ \t]*(?:[\w./-]{1,100}:)?[0-9a-fA-F]{1,16}[:\t|)]?[ \t]+|^[\w./-]{1,100}:\d{1,7}:"
)
_GUTTER = re.compile(rb"(?m)[ \t]{2}[|>]?[^\n]{1,16}[|<]?$|[|>][^|\n]{1,32}[|<][ \t]{0,8}$")
_ROT47 = bytes((33 + (byte - 33 + 47) % 94) if 33 <= byte < 127 else byte for byte in range(256))


_READ = ("spread out", "a dump", "escaped")
"""The views in which every code, and codes within codes, are looked for."""


def _views(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The text; without line numbers; without a dump's columns; with escapes undone; with plain letters."""
    yield "spread out", data
    unnumbered = _NUMBERED.sub(b"", data)
    if unnumbered != data:
        yield "in numbered lines", unnumbered
    if (bare := _GUTTER.sub(b"", unnumbered)) != unnumbered:
        yield "a dump", bare
    unescaped = _ESCAPED.sub(_letter, unescape(data.decode("utf-8", "replace")).encode("utf-8", "replace"))
    if unescaped != data:
        yield "escaped", unescaped
    if not data.isascii():
        text = unicodedata.normalize("NFKD", data.decode("utf-8", "replace"))
        yield "in other letters", text.encode("ascii", "ignore")
    yield "turned round", data[::-1]
    yield "lines turned round", b"\n".join(reversed(data.splitlines()))
    yield "rot47", data.translate(_ROT47)


def _letter(match: re.Match[bytes]) -> bytes:
    *hexes, decimal, octal = match.groups()
    if octal is not None:
        return bytes([int(octal, 8) & 0xFF])
    if decimal is not None:
        return bytes([int(decimal) & 0xFF])
    return bytes([int(next(digits for digits in hexes if digits is not None), 16)])


# -- letters and digits alone ---------------------------------------------------------

_OTHERS = bytes(byte for byte in range(256) if not (byte < 128 and chr(byte).isalnum()))
_LETTERS = b"abcdefghijklmnopqrstuvwxyz"
_MIRROR = bytes.maketrans(_LETTERS, _LETTERS[::-1])


def _bare(data: bytes) -> bytes:
    """Its letters and digits, in small letters."""
    return data.translate(None, _OTHERS).lower()


def _shift(by: int) -> bytes:
    return bytes.maketrans(_LETTERS, _LETTERS[by:] + _LETTERS[:by])
