"""Forms: how a secret value may look once a program has printed it.

    for form in forms(b"hunter2…"): …      # as it is, base64, hex, for an address, in JSON, reversed

A value is looked for whole. Of a part that looks drawn by lot, any 16 characters in a row are
looked for too, so that a cut, a wrapped line or a dump in columns doesn't let the rest pass.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, quote_plus, unquote, urlsplit

from vly_nb.project.chance import is_mixed

SHORTEST = 8  # characters of a value that is hidden
PIECE = 12  # bytes of a piece
STRIDE = 5  # bytes from the beginning of a piece to the next one's
CERTAIN = PIECE + STRIDE - 1
"""So many bytes in a row of a form always hold a whole piece."""

REJOINED = 4
"""So many bytes must go on behind a line's end to count as the same value."""

BREAK = re.compile(rb"(?:\\[rn]|[\s\\\"'+,|>]|\d{1,6}[\t:])+")
"""What may stand between two lines of a wrapped value: quotes and line numbers too."""
_BLANK = frozenset(b" \t\r\n\\\"'+,|>")

_COMMON = frozenset({"undefined", "disabled", "localhost", "password", "passw0rd", "changeme", "postgres"})
_COMMON |= {"development", "production", "username", "testtest", "anonymous", "123456789", "1234567890"}
_TOKEN_RUN = re.compile(rb"[A-Za-z0-9+/_=-]{16,}")


@dataclass(frozen=True, slots=True)
class Form:
    """A value as it may stand in a text. `pieces`: parts of it count too."""

    text: bytes
    pieces: bool


def is_hideable(value: str) -> bool:
    """Whether a value can be hidden wherever it stands: long enough, and no word that is everywhere."""
    return len(value) >= SHORTEST and value.lower() not in _COMMON and len(set(value)) >= 4


def forms(value: str) -> list[Form]:
    """All forms of a value, those of its telling parts included, each once."""
    found: dict[bytes, bool] = {}
    for core in _cores(value):
        pieces = len(core) >= CERTAIN and is_mixed(core.decode("utf-8", "replace")) and _is_token(core)
        for text in _spelt(core):
            if len(text) >= SHORTEST:
                found[text] = found.get(text, False) or pieces
    return [Form(text, pieces) for text, pieces in found.items()]


def pieces_of(form: bytes) -> Iterator[tuple[int, bytes]]:
    """(offset, piece) of a form, so that any CERTAIN bytes of it in a row hold one; dull ones left out."""
    for offset in range(0, len(form) - PIECE + 1, STRIDE):
        piece = form[offset : offset + PIECE]
        if len(set(piece)) > 4:
            yield offset, piece


def stretched(data: bytes, at: int, form: bytes, offset: int) -> tuple[int, int]:
    """From a piece of a form in a text: all of the form that stands there, over line ends."""
    start, back = at, offset
    while back and start:
        if data[start - 1] == form[back - 1]:
            start, back = start - 1, back - 1
            continue
        before = start
        while before and data[before - 1] in _BLANK:
            before -= 1
        wanted = min(REJOINED, back)
        if before == start or data[max(before - wanted, 0) : before] != form[back - wanted : back]:
            break
        start, back = before - wanted, back - wanted
    end, on = at, offset
    while on < len(form) and end < len(data):
        if data[end] == form[on]:
            end, on = end + 1, on + 1
            continue
        gap = BREAK.match(data, end)
        wanted = min(REJOINED, len(form) - on)
        if gap is None or data[gap.end() : gap.end() + wanted] != form[on : on + wanted]:
            break
        end, on = gap.end() + wanted, on + wanted
    return start, end


def _cores(value: str) -> list[bytes]:
    """The value, the password of an address, and the parts that tell it all by themselves."""
    data = value.encode("utf-8", "surrogatepass")
    cores = [data, *(part for part in data.split(b"\n") if len(part) >= CERTAIN)]
    if "://" in value:
        password = _password(value)
        cores += [password.encode(), unquote(password).encode()] if is_hideable(password) else []
    cores += [run for run in _TOKEN_RUN.findall(data) if is_mixed(run.decode())]
    return list(dict.fromkeys(cores))


def _password(address: str) -> str:
    try:
        return urlsplit(address).password or ""
    except ValueError:
        return ""


def _is_token(core: bytes) -> bool:
    return _TOKEN_RUN.fullmatch(core) is not None


def _spelt(data: bytes) -> Iterator[bytes]:
    """The spellings that programs use."""
    text = data.decode("utf-8", "surrogateescape")
    yield data
    yield text[::-1].encode("utf-8", "surrogateescape")
    yield data.hex().encode()
    yield data.hex().upper().encode()
    yield from _base64(data)
    for spelt in (quote(data, safe=""), quote(data, safe="!'()*"), quote_plus(data), quote(data)):
        yield spelt.encode()
        yield re.sub("%..", lambda code: code[0].lower(), spelt).encode()
    for ascii_only in (True, False):
        escaped = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
        for spelt in (escaped, escaped.replace("/", "\\/"), json.dumps(escaped)[1:-1], repr(text)[1:-1]):
            yield spelt.encode("utf-8", "surrogateescape")
    yield html.escape(text).encode("utf-8", "surrogateescape")
    for gap in (b" ", b"\\n", b"\\r\\n", b"\r\n"):
        yield data.replace(b"\n", gap)


def _base64(data: bytes) -> Iterator[bytes]:
    """The letters that stand for it alone, wherever in a longer text it began; both alphabets."""
    for before in range(3):
        whole = base64.b64encode(bytes(before) + data)
        first = (before * 8 + 5) // 6
        kept = whole[first : (before + len(data)) * 8 // 6]
        yield kept
        yield kept.translate(_URL_SAFE)


_URL_SAFE = bytes.maketrans(b"+/", b"-_")
