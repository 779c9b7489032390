"""Codes: what the parts of a text give when they are read as base64, hex, numbers, bits and the like.

Each decoder takes bytes of any kind and yields what it finds; none raises, and none takes long.
"""

from __future__ import annotations

import base64
import binascii
import bz2
import lzma
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from itertools import islice

BIGGEST = 200_000  # bytes that what one code gives may unpack to
MOST_WORDS = 3_000  # words that are read as base85, which is slow

Decode = Callable[[bytes], Iterator[bytes]]

_HEX = re.compile(rb"[0-9a-fA-F](?:[\s:,;|\\x-]{0,4}[0-9a-fA-F]){15,}")
_NUMBERS = re.compile(rb"\d{1,6}(?:[\s,;|:\]\[\\-]{1,4}\d{1,6}){4,}")
_BITS = re.compile(rb"[01](?:[\s,;|_-]?[01]){63,}")
_BIG = re.compile(rb"\d{20,4000}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{12,}={0,2}(?:[\s\\\"',+]{1,4}[A-Za-z0-9+/_-]{4,}={0,2})*")
_BASE32 = re.compile(rb"[A-Z2-7]{16,}|[a-z2-7]{24,}")
_WORD = re.compile(rb"[!-~]{20,4000}")
_UU = re.compile(rb"(?m)^begin [0-7]{3} [^\n]*\n((?:[ -`]{1,61}\n)+)")
_WORD_LETTERS = bytes(byte for byte in range(128) if chr(byte).isalnum()) + b"_-./:"
_ALNUM = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_Z85 = _ALNUM + b".-:+=^!/*?&<>()[]{}@%$#"
_FROM_Z85 = bytes.maketrans(_Z85, _ALNUM.swapcase() + b"!#$%&()*+-;<=>?@^_`{|}~")
_BASE85: tuple[tuple[Callable[[bytes], bytes], bytes], ...] = (
    (base64.b85decode, bytes(byte for byte in range(33, 127) if byte not in b"\"',./:[\\]")),
    (base64.a85decode, bytes(range(33, 118)) + b"z"),
    (lambda text: base64.b85decode(text.translate(_FROM_Z85)), _Z85),
)
_URL_SAFE = bytes.maketrans(b"-_", b"+/")


def decoded(data: bytes, codes: Mapping[str, Decode]) -> Iterator[tuple[str, bytes]]:
    """What the text may be a code of: for each code all that it gives, in a row, so that it is cheap."""
    for how, decode in codes.items():
        blobs = list(decode(data))
        if blobs:
            yield how, b"\0\0".join(blobs)
        if packed := list(_all_unpacked(blobs)):
            yield f"{how} of gzip", b"\0\0".join(packed)


def _all_unpacked(blobs: list[bytes]) -> Iterator[bytes]:
    """What is packed in them, as long as it doesn't grow beyond bounds."""
    left = BIGGEST
    for blob in blobs:
        if (inside := _unpacked(blob, left)) is not None:
            yield inside
            left -= len(inside)
            if left <= 0:
                return


def _all_hex(data: bytes) -> Iterator[bytes]:
    for match in _HEX.finditer(data):
        yield from _from_hex(_digits(match[0]))


def _all_numbers(data: bytes) -> Iterator[bytes]:
    """Bytes or 16-bit words, in decimal or octal."""
    for match in _NUMBERS.finditer(data):
        numbers = re.findall(rb"\d+", match[0])
        octal = [int(number, 8) for number in numbers if not number.strip(b"01234567")]
        for values in (list(map(int, numbers)), octal):
            yield bytes(value for value in values if value < 256)
            yield b"".join(value.to_bytes(2, "little") for value in values if value < 65_536)


def _all_bits(data: bytes) -> Iterator[bytes]:
    for match in _BITS.finditer(data):
        bits = re.sub(rb"[^01]", b"", match[0])
        yield int(bits, 2).to_bytes((len(bits) + 7) // 8, "big")


def _all_big(data: bytes) -> Iterator[bytes]:
    for match in _BIG.finditer(data):
        number = int(match[0])
        blob = number.to_bytes((number.bit_length() + 7) // 8 or 1, "big")
        yield from (blob, blob[::-1])


def _all_base64(data: bytes) -> Iterator[bytes]:
    for match in _BASE64.finditer(data):
        yield from _from_base64(match[0])


def _all_base32(data: bytes) -> Iterator[bytes]:
    for match in _BASE32.finditer(data):
        yield _from_base32(match[0].upper())


def _all_base85(data: bytes) -> Iterator[bytes]:
    for match in islice(_WORD.finditer(data), MOST_WORDS):
        if len(match[0].translate(None, _WORD_LETTERS)) * 12 > len(match[0]):
            yield from _from_base85(match[0])


def _all_uu(data: bytes) -> Iterator[bytes]:
    for match in _UU.finditer(data):
        yield _from_uu(match[1])


CODES: Mapping[str, Decode] = {
    "base64": _all_base64,
    "hex": _all_hex,
    "numbers": _all_numbers,
    "bits": _all_bits,
    "a number": _all_big,
    "base32": _all_base32,
    "base85": _all_base85,
    "uuencode": _all_uu,
}
COMMON: Mapping[str, Decode] = {"base64": _all_base64, "hex": _all_hex}
"""Those that are used most, for a text that is looked at in passing."""


def _digits(run: bytes) -> bytes:
    """A run's hex digits, without `0x` and what stands between."""
    return re.sub(rb"0[xX]", b"", run).translate(None, b" \t\r\n\f\v:,;|\\xX-")


def _from_hex(digits: bytes) -> Iterator[bytes]:
    """Read from its first digit and from its second, and with the bytes of words swapped (`od -x`)."""
    for first in (0, 1):
        even = digits[first : len(digits) - (len(digits) - first) % 2]
        blob = binascii.unhexlify(even)
        yield blob
        if first == 0:
            for width in (2, 4, 8):
                yield b"".join(blob[at : at + width][::-1] for at in range(0, len(blob), width))


def _from_base64(run: bytes) -> Iterator[bytes]:
    """At each of the four places where it may have begun."""
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", run.translate(_URL_SAFE))
    for first in range(4):
        part = letters[first:]
        part = part[: len(part) - 1] if len(part) % 4 == 1 else part
        yield base64.b64decode(part + b"=" * (-len(part) % 4))


def _from_base32(run: bytes) -> bytes:
    part = run[: len(run) - 1] if len(run) % 8 in (1, 3, 6) else run
    try:
        return base64.b32decode(part + b"=" * (-len(part) % 8))
    except binascii.Error:
        return b""


def _from_base85(word: bytes) -> Iterator[bytes]:
    bare = word.strip(b"'\"`,;").removeprefix(b"<~").removesuffix(b"~>")
    for text in dict.fromkeys((word, bare)):  # quotes may be around it, or be letters of it
        for decode, letters in _BASE85:
            if not text.translate(None, letters):  # else it fails, and slowly
                with suppress(ValueError, OverflowError):
                    yield decode(text)


def _from_uu(lines: bytes) -> bytes:
    parts = []
    for line in lines.splitlines():
        try:
            parts.append(binascii.a2b_uu(line))
        except binascii.Error:
            break
    return b"".join(parts)


def _unpacked(blob: bytes, limit: int) -> bytes | None:
    """What was packed by gzip, zlib, bzip2 or xz, at most so much of it; None for anything else."""
    try:
        if blob[:2] == b"\x1f\x8b" or (blob[:1] == b"\x78" and len(blob) > 8):
            return zlib.decompressobj(47).decompress(blob, limit)
        if blob[:3] == b"BZh":
            return bz2.BZ2Decompressor().decompress(blob, limit)
        if blob[:6] == b"\xfd7zXZ\x00":
            return lzma.LZMADecompressor(memlimit=32_000_000).decompress(blob, limit)
    except (zlib.error, OSError, EOFError, ValueError, lzma.LZMAError):
        return None
    return None
